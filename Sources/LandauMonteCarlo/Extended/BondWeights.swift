public import LandauCore
public import LandauLattice
public import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Weights of a multibondic ensemble: of configurations of spins and joined bonds, by the number of these.
///
/// In Fortuin and Kasteleyn's picture a Potts ferromagnet has the weight v^B, v = exp(beta gap) - 1, where B
/// bonds between equal states are joined. Here the logarithm of the weight is a line in B outside a range,
/// as at one temperature, and a chain of lines inside, which `BondWeightSearch` bends until all B of the range
/// are equally likely.
///
/// Summed over bonds, n of which join equal states, the spins have the weight sum_B (n over B) W(B): a
/// function of the energy alone, so that what a chain measures is reweighted like any multicanonical run.
///
/// - Note: Janke and Kappler, Phys. Rev. Lett. 74, 212 (1995).
public struct BondWeights: Sendable, Hashable {
  /// Bonds of the lattice, and those joined between which the histogram is to be flat.
  public let bondCount: Int
  public let flatRange: ClosedRange<Int>
  /// Energy of a bond between different states above that of one between equal ones.
  public let gap: Double
  /// Energy without equal neighbours.
  public let highestEnergy: Double
  /// The slope of the logarithm outside the range, ln(exp(beta gap) - 1).
  public let outerSlope: Double
  /// Slopes of equal parts of the range.
  var slopes: [Double]

  static let partCount = 60

  /// Begins as the canonical ensemble.
  ///
  /// - Parameters:
  ///   - energies: total energies of two phases that coexist.
  ///   - beta: where they do.
  /// - Throws: `InputError` where the model is no Potts ferromagnet (or one in disguise) with one coupling.
  public init(
    model: DiscreteModel, between energies: ClosedRange<Double>, beta: Double
  ) throws(InputError) {
    self.init(try Self.facts(model), energies, beta: beta)
  }

  private init(
    _ facts: (bondCount: Int, gap: Double, highest: Double), _ energies: ClosedRange<Double>,
    beta: Double
  ) {
    precondition(beta > 0, "weights at beta = \(beta)")
    (bondCount, gap, highestEnergy) = facts
    outerSlope = log(expm1(beta * gap))
    let joined = -expm1(-beta * gap) / gap
    func bonds(_ energy: Double) -> Int {
      min(facts.bondCount, max(0, Int((joined * (facts.highest - energy)).rounded())))
    }
    let low = min(bonds(energies.upperBound), facts.bondCount - 1)
    flatRange = low...max(low + 1, bonds(energies.lowerBound))
    slopes = [Double](repeating: outerSlope, count: Self.partCount)
  }

  /// What Fortuin and Kasteleyn's picture needs to know of a model.
  static func facts(
    _ model: DiscreteModel
  ) throws(InputError) -> (bondCount: Int, gap: Double, highest: Double) {
    let links = Links(model)
    let pairs = model.spins.pairEnergies
    guard model.stateCount >= 2, model.spins.isPottsLike, model.fields.allSatisfy({ $0 == 0 }),
      let coupling = links.bondCouplings.first,
      links.bondCouplings.allSatisfy({ $0 == coupling }), coupling * (pairs[0][1] - pairs[0][0]) > 0
    else {
      throw InputError(
        "flat numbers of bonds need a Potts ferromagnet with one coupling and without a field; "
          + "\(model.name) with these couplings is none")
    }
    let gap = coupling * (pairs[0][1] - pairs[0][0])
    let ground = model.energy(of: [UInt8](repeating: 0, count: model.siteCount).span)
    let count = links.bondCouplings.count
    return (count, gap, ground + gap * Double(count))
  }

  /// The slopes of weights that were found for another size, at the same bonds per bond of the lattice: they depend
  /// little on it.
  public func bent(as other: BondWeights) -> BondWeights {
    var result = self
    let scale = Double(other.bondCount) / Double(bondCount)
    for part in slopes.indices {
      let length = Double(flatRange.upperBound - flatRange.lowerBound) / Double(slopes.count)
      let centre = Double(flatRange.lowerBound) + (Double(part) + 0.5) * length
      result.slopes[part] = other.slope(at: scale * centre)
    }
    return result
  }

  /// d ln W / dB at a number of bonds.
  private func slope(at joined: Double) -> Double {
    let width = Double(flatRange.upperBound - flatRange.lowerBound)
    let place = (joined - Double(flatRange.lowerBound)) / width
    return place > 0 && place < 1 ? slopes[Int(place * Double(slopes.count))] : outerSlope
  }

  /// ln W of each number of bonds, 0 in the first.
  public var logWeights: [Double] {
    var values = [0.0]
    values.reserveCapacity(bondCount + 1)
    for joined in 1...max(1, bondCount) {
      values.append(values[joined - 1] + slope(at: Double(joined) - 0.5))
    }
    return values
  }

  /// ln of the weights of the spins alone, by the number of bonds between equal states.
  var logSpinWeights: [Double] {
    let joined = logWeights
    var logFactorials = [0.0]
    for number in 1...max(1, bondCount) {
      logFactorials.append(logFactorials[number - 1] + log(Double(number)))
    }
    var top = 0
    return (0...bondCount).map { equal in
      func term(_ count: Int) -> Double {
        joined[count] + logFactorials[equal] - logFactorials[count] - logFactorials[equal - count]
      }
      // The largest term moves up by one at most; terms fall off on both sides of it.
      top = min(top, equal)
      while top < equal && term(top + 1) >= term(top) { top += 1 }
      let largest = term(top)
      var sum = 1.0
      for count in stride(from: top - 1, through: 0, by: -1) {
        let part = term(count) - largest
        if part < -50 { break }
        sum += exp(part)
      }
      for count in stride(from: top + 1, through: equal, by: 1) {
        let part = term(count) - largest
        if part < -50 { break }
        sum += exp(part)
      }
      return largest + log(sum)
    }
  }

  /// What a run gives to `Reweighting`: the energies with the weights of the spins.
  ///
  /// - Parameter energy: total energies that chains with these weights measured.
  /// - Complexity: some hundreds of exponentials for each bond of the lattice.
  public func sampledState(energy: Series) -> SampledState {
    let (weights, highest, gap) = (logSpinWeights, highestEnergy, gap)
    return SampledState(
      logWeight: { energy in
        let equal = Int(((highest - energy) / gap).rounded())
        return weights.indices.contains(equal) ? weights[equal] : -.infinity
      }, energy: energy)
  }
}
