internal import CLandauKernels
import LandauCore
import LandauLattice

/// Bonds and kinds of sites of packed replicas, in the buffers that kernels read.
final class PackedLattice {
  let spins: PackedSpins
  /// Places where the lanes are blocks of one lattice.
  let siteCount: Int
  let coupling: Double
  let crystalField: Double
  /// The kinds of sites there are.
  let kinds: [PackedCosts]
  let start: UnsafeMutablePointer<Int32>
  let neighbours: UnsafeMutablePointer<Int32>
  let kindOfSite: UnsafeMutablePointer<UInt8>?
  /// Signs of bonds by place, or by place and replica; nil where all are positive.
  let signs: UnsafeMutablePointer<UInt64>?
  let signsDiffer: Bool
  private let owned = OwnedBuffers()

  /// - Parameters:
  ///   - costs: one for each site.
  ///   - start: where the neighbours of each site begin, and last where they end.
  ///   - signs: eight words for each neighbour, the lanes with a negative coupling; empty for none.
  init(
    _ spins: PackedSpins, coupling: Double, crystalField: Double, costs: [PackedCosts],
    start: [Int32], neighbours: [Int32], signs: [UInt64]
  ) {
    self.spins = spins
    self.coupling = coupling
    self.crystalField = crystalField
    siteCount = costs.count
    self.start = owned.make(of: start)
    self.neighbours = owned.make(of: neighbours)
    var numbers: [PackedCosts: UInt8] = [:]
    for cost in costs where numbers[cost] == nil { numbers[cost] = UInt8(numbers.count) }
    kinds = numbers.sorted { $0.value < $1.value }.map(\.key)
    kindOfSite = kinds.count == 1 ? nil : owned.make(of: costs.map { numbers[$0]! })
    let words = stride(from: 0, to: signs.count, by: 8)
    signsDiffer = !words.allSatisfy { place in
      (signs[place] == 0 || signs[place] == ~0)
        && (1..<8).allSatisfy { signs[place + $0] == signs[place] }
    }
    if signs.allSatisfy({ $0 == 0 }) {
      self.signs = nil
    } else {
      self.signs = owned.make(of: signsDiffer ? signs : words.map { signs[$0] })
    }
  }

  /// - Parameter models: one for each replica, or one for all, that differ in the signs of couplings at most.
  /// - Throws: `InputError` with the reason where replicas cannot be packed.
  convenience init(_ models: [DiscreteModel]) throws(InputError) {
    let model = models[0]
    let links = Links(model)
    let costs = Self.costs(model, links)
    if let reason = Self.refusal(of: model, links, costs) { throw InputError(reason) }
    let spins = PackedSpins(model.spins)!
    var all = [links.couplings]
    for other in models.dropFirst() {
      guard spins == .ising, other.lattice == model.lattice, other.fields == model.fields,
        other.spins == model.spins, other.couplings.map(abs) == model.couplings.map(abs)
      else { throw InputError("replicas may differ in the signs of Ising couplings only") }
      all.append(Links(other).couplings)
    }
    var signs: [UInt64] = []
    if spins == .ising && all.count == 1 {
      signs = links.couplings.flatMap { [UInt64](repeating: $0 < 0 ? ~0 : 0, count: 8) }
    } else if spins == .ising {
      signs = [UInt64](repeating: 0, count: 8 * links.couplings.count)
      // Replicas that nobody asked for are as the first ones.
      for replica in 0..<PackedChains.maximumCount {
        let couplings = all[replica % all.count]
        for place in couplings.indices where couplings[place] < 0 {
          signs[8 * place + replica / 64] |= 1 << UInt64(replica % 64)
        }
      }
    }
    self.init(
      spins, coupling: Self.coupling(spins, links), crystalField: Self.crystalField(model),
      costs: costs, start: links.start, neighbours: links.sites, signs: signs)
  }

  /// J; its modulus for Ising spins.
  static func coupling(_ spins: PackedSpins, _ links: Links) -> Double {
    let first = links.couplings.first ?? 0
    return spins == .ising ? abs(first) : first
  }

  static func crystalField(_ model: DiscreteModel) -> Double {
    PackedSpins(model.spins) == .blumeCapel ? model.spins.siteEnergies[0] : 0
  }

  /// Why replicas of a model cannot be packed, or nil.
  static func refusal(of model: DiscreteModel) -> String? {
    let links = Links(model)
    return refusal(of: model, links, costs(model, links))
  }

  static func refusal(
    of model: DiscreteModel, _ links: Links, _ costs: [PackedCosts]
  ) -> String? {
    guard let spins = PackedSpins(model.spins) else {
      return "only replicas of Ising, Potts (3 or 4 states) and Blume-Capel spins are packed"
    }
    let strengths = Set(
      model.couplings.lazy.filter { $0 != 0 }.map { spins == .ising ? abs($0) : $0 })
    guard strengths.count <= 1 else {
      return "replicas are packed where all couplings have one strength"
    }
    guard spins == .ising || model.fields.allSatisfy({ $0 == 0 }) else {
      return "replicas of \(model.name) are packed without a field"
    }
    guard model.selfCouplings.isEmpty else {
      return "replicas are not packed where sites have bonds with themselves"
    }
    let degree = costs.map(\.degree).max() ?? 0
    guard degree <= spins.maximumDegree else {
      return "replicas of \(model.name) are packed with up to \(spins.maximumDegree) bonds a site, "
        + "and there are \(degree)"
    }
    guard Set(costs).count <= 255 else {
      return "replicas are packed with up to 255 different fields"
    }
    return nil
  }

  static func costs(_ model: DiscreteModel, _ links: Links) -> [PackedCosts] {
    (0..<model.siteCount).map { site in
      let field =
        model.fields.isEmpty || model.stateCount < 2
        ? 0 : model.siteEnergy(of: 1, at: site) - model.siteEnergy(of: 0, at: site)
      return PackedCosts(degree: Int(links.start[site + 1] - links.start[site]), field: field)
    }
  }

  var classes: [[PackedCosts.Class]] {
    kinds.map { $0.classes(spins, coupling: coupling, crystalField: crystalField) }
  }

  /// 2 or 3 where every site has four or six bonds and no field: kernels have these by heart.
  var dimension: Int {
    guard spins == .ising, kinds.count == 1, kinds[0].field == 0 else { return 0 }
    return kinds[0].degree == 4 ? 2 : kinds[0].degree == 6 ? 3 : 0
  }
}
