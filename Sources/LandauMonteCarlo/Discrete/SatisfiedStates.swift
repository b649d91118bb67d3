import LandauCore
import LandauLattice

/// Finds configurations in which every bond and every field has its lowest energy.
///
/// Where there is one a cluster update is that of a ferromagnet in other words: clusters contain
/// aligned sites only and stay finite where correlations do.
struct SatisfiedStates {
  struct Refusal: Error { let text: String }

  private let model: DiscreteModel
  /// For J > 0 and J < 0: the one state beside which each state has the lowest bond energy; -1 for
  /// none.
  private let partners: (positive: [Int], negative: [Int])

  static func of(_ model: DiscreteModel) -> Result<SatisfiedStates, Refusal> {
    let signs = (
      model.couplings.contains { $0 > 0 }, model.couplings.contains { $0 < 0 }
    )
    let positive = partners(model.spins.pairEnergies, sign: 1)
    let negative = partners(model.spins.pairEnergies, sign: -1)
    if (signs.0 && positive == nil) || (signs.1 && negative == nil) {
      let kind = signs.1 && negative == nil ? "negative" : "positive"
      return .failure(
        Refusal(
          text: "cluster updates need one best partner for every state, and with \(kind) "
            + "couplings a state of \(model.name) has several; use metropolis or heat-bath"))
    }
    return .success(
      SatisfiedStates(model: model, partners: (positive ?? [], negative ?? [])))
  }

  /// nil where a state has several.
  private static func partners(_ pairs: [[Double]], sign: Double) -> [Int]? {
    let lowest = pairs.joined().map { sign * $0 }.min()!
    var result = [Int](repeating: -1, count: pairs.count)
    for one in pairs.indices {
      for other in pairs.indices where sign * pairs[one][other] <= lowest + 1e-12 {
        if result[one] >= 0 { return nil }
        result[one] = other
      }
    }
    return result
  }

  /// One such configuration, every connected piece in one of its ways with equal probability; nil
  /// where there is none.
  func configuration(using rng: inout some RandomNumberGenerator) -> [UInt8]? {
    var states = [Int](repeating: -1, count: model.siteCount)
    var order = Array(0..<model.stateCount)
    let uniform = model.fields.isEmpty ? allowed(at: 0) : nil
    for root in 0..<model.siteCount where states[root] < 0 {
      rng.shuffle(&order)
      guard
        order.contains(where: {
          (uniform ?? allowed(at: root))[$0] && fill(from: root, $0, &states, uniform)
        })
      else { return nil }
    }
    return states.map { UInt8($0) }
  }

  /// States that no reflection lowers in energy at a site.
  private func allowed(at site: Int) -> [Bool] {
    model.states.map { state in
      let energy = model.siteEnergy(of: state, at: site)
      return model.spins.reflections.allSatisfy {
        model.siteEnergy(of: $0[Int(state)], at: site) >= energy - 1e-12
      }
    }
  }

  /// Follows the bonds from a state of one site; takes everything back where they contradict.
  private func fill(
    from root: Int, _ state: Int, _ states: inout [Int], _ uniform: [Bool]?
  ) -> Bool {
    let lattice = model.lattice
    states[root] = state
    var members = [root]
    var next = 0
    while next < members.count {
      let site = members[next]
      next += 1
      for place in lattice.neighbourRange(of: site) {
        let coupling = model.couplings[Int(lattice.neighbourBonds[place])]
        if coupling == 0 { continue }
        let wanted = (coupling > 0 ? partners.positive : partners.negative)[states[site]]
        let other = Int(lattice.neighbours[place])
        let isFree = states[other] < 0
        if wanted >= 0, isFree ? (uniform ?? allowed(at: other))[wanted] : states[other] == wanted {
          if isFree {
            states[other] = wanted
            members.append(other)
          }
          continue
        }
        for member in members { states[member] = -1 }
        return false
      }
    }
    return true
  }
}
