import LandauCore
import LandauLattice

/// The configuration a run begins with, spin by spin in the order of the sites.
///
/// All bonds satisfied and a random sign, or the sign of a field; random spins where
/// `IsingModel.startsOrdered` says so.
struct IsingStart {
  private let lattice: HypercubicLattice
  private var rng: RandomStream
  /// The spin of site 0; nil where spins are random.
  private let ordered: Int8?
  private let alternates: Bool
  private var word: UInt64 = 0
  private var site = 0

  init(_ model: IsingModel, beta: Double, seed: Seed) {
    lattice = model.lattice
    rng = seed.makeStream()
    let field = model.field
    if model.startsOrdered(beta: beta) {
      let coin: Int8 = rng.next() >> 63 == 0 ? 1 : -1
      ordered = field == 0 ? coin : (field > 0 ? 1 : -1)
    } else {
      ordered = nil
    }
    let fieldWins = abs(field) >= 2 * Double(lattice.dimension) * abs(model.coupling)
    alternates = model.coupling < 0 && !fieldWins
  }

  /// The spin of the next site.
  mutating func next() -> Int8 {
    defer { site += 1 }
    if let ordered { return alternates ? ordered * lattice.sublatticeSign(of: site) : ordered }
    if site & 63 == 0 { word = rng.next() }
    defer { word >>= 1 }
    return word & 1 == 0 ? 1 : -1
  }

  /// The spins of the whole lattice.
  func spins() -> [Int8] {
    var copy = self
    return (0..<lattice.siteCount).map { _ in copy.next() }
  }
}
