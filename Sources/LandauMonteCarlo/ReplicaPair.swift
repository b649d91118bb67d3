public import LandauCore
import LandauLattice

/// Two independent chains of the same couplings at the same temperature, and how alike they are.
///
/// Overlaps tell a spin glass from a paramagnet where magnetisations do not: q = sum of a_i b_i / N over the order
/// vectors of two replicas a and b, and the link overlap sum of (a_i a_j)(b_i b_j) over bonds / bonds (for
/// one component; of the scalar products for more). Two replicas of one realisation make no disorder average.
public final class ReplicaPair: TemperedChain, SnapshotChain, ReportingChain {
  private let one: DiscreteChain
  private let other: DiscreteChain
  /// Scalar products of the order vectors of all pairs of states.
  private let products: [Double]
  private let waves: OverlapWaves?
  public let observables: [Observable]

  /// - Parameters:
  ///   - one: with a seed of its own.
  ///   - other: of the same model at the same temperature.
  ///   - measuresWaves: whether the overlap is also measured at the smallest wave vectors, where Ising spins
  ///     stand on a crystal that has them.
  public init(_ one: DiscreteChain, _ other: DiscreteChain, measuresWaves: Bool = false) {
    precondition(one.model == other.model && one.beta == other.beta, "replicas of different jobs")
    self.one = one
    self.other = other
    let vectors = one.model.spins.orderVectors
    products = vectors.flatMap { a in
      vectors.map { b in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    waves = measuresWaves ? OverlapWaves(one.model) : nil
    observables =
      one.observables + [.overlap, .linkOverlap] + (waves == nil ? [] : [.overlapStructureMinimal])
  }

  public var beta: Double {
    get { one.beta }
    set {
      one.beta = newValue
      other.beta = newValue
    }
  }

  /// Of both together: what exchanges of temperature weigh.
  public var energy: Double { one.energy + other.energy }

  public func sweep(_ count: Int) {
    one.sweep(count)
    other.sweep(count)
  }

  public func burnIn(_ stage: inout BurnIn, unless isOver: () -> Bool) {
    if stage.parts.isEmpty { stage.parts = [BurnIn(stage.count), BurnIn(stage.count)] }
    for (index, chain) in [one, other].enumerated() where !stage.parts[index].isComplete {
      chain.burnIn(&stage.parts[index], unless: isOver)
      guard stage.parts[index].isComplete else { return }
    }
    stage.isComplete = true
  }

  /// What the first replica has (a mean of both would fluctuate less than one system does), then the overlaps.
  public func measure(into row: inout [Double]) {
    one.measure(into: &row)
    let overlaps = overlaps()
    row += [overlaps.sites, overlaps.links]
    if let waves { row.append(waves.value(one.storage, other.storage)) }
  }

  private func overlaps() -> (sites: Double, links: Double) {
    let (a, b) = (one.configuration, other.configuration)
    let states = one.model.stateCount
    var sites = 0.0
    for site in a.indices { sites += products[Int(a[site]) * states + Int(b[site])] }
    var links = 0.0
    for bond in one.model.lattice.bonds {
      let (i, j) = (Int(bond.source), Int(bond.target))
      links +=
        products[Int(a[i]) * states + Int(a[j])] * products[Int(b[i]) * states + Int(b[j])]
    }
    return (sites / Double(a.count), links / Double(max(1, one.model.lattice.bondCount)))
  }

  public var algorithm: String { one.algorithm + ", two replicas" }
  public var updateCount: Int { one.updateCount + other.updateCount }
  public var acceptanceRate: Double? {
    guard let first = one.acceptanceRate, let second = other.acceptanceRate else { return nil }
    return (first + second) / 2
  }

  /// The first replica's.
  public var snapshotWidth: Int { one.snapshotWidth }
  public func appendSnapshot(to array: inout [Int8]) { one.appendSnapshot(to: &array) }

  public func save(to writer: inout StateWriter) {
    one.save(to: &writer)
    other.save(to: &writer)
  }

  public func restore(from reader: inout StateReader) throws(InputError) {
    try one.restore(from: &reader)
    try other.restore(from: &reader)
  }
}

/// |sum over sites of a_i b_i exp(i k r)|^2 / N^2, averaged over the smallest wave vectors: the overlap of Ising
/// spins as a field of its own.
private final class OverlapWaves {
  private let structure: StructureFactor
  private let alike: UnsafeMutablePointer<UInt8>
  private let owned = OwnedBuffers()

  /// nil where no wave fits, and for spins that are not +-1: their overlap is no state.
  init?(_ model: DiscreteModel) {
    let vectors = model.spins.orderVectors
    guard vectors == [[-1], [1]], let structure = StructureFactor(model) else { return nil }
    self.structure = structure
    alike = owned.make(model.siteCount, 0)
  }

  func value(_ one: DiscreteStorage, _ other: DiscreteStorage) -> Double {
    for site in 0..<one.count { alike[site] = one.states[site] == other.states[site] ? 1 : 0 }
    return structure.value(alike)
  }
}

extension Observable {
  /// |sum over sites of a_i b_i exp(i k r)|^2 / N^2 at the smallest wave vectors, of two replicas a and b.
  public static let overlapStructureMinimal: Observable = "overlapStructureMinimalPerSite"
  /// q = sum over sites of the product of two replicas / N.
  public static let overlap: Observable = "overlapPerSite"
  /// The same over bonds, of the products at their ends.
  public static let linkOverlap: Observable = "linkOverlap"
}
