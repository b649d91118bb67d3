import LandauCore
import LandauDiscovery
import LandauLattice
import LandauMonteCarlo

/// A model whose dual is looked for: both sides with their chains. What the dual should be is in `DualReference`.
struct DualSystem: Sendable {
  enum Spins: Sendable, Hashable {
    case ising
    case potts(Int)
    /// The dual has couplings of so many cosines.
    case clock(states: Int, harmonics: Int)
  }

  /// What the dual is a model of.
  enum Partner: Sendable, Hashable {
    /// The same spins on the sites of a cell.
    case spins(UnitCell)
    /// Z2 spins on the links of the cubic lattice, with plaquettes.
    case gauge
  }

  let spins: Spins
  let cell: UnitCell
  let partner: Partner
  let side: Int
  /// J of each bond of the cell, all equal or one for each.
  let bondCouplings: [Double]
  var beta: Double
  /// Of plaquettes in the original model, in units of J; then the dual has a coupling of plaquettes as well.
  let plaquette: Double?

  var isAnisotropic: Bool { Set(bondCouplings).count > 1 }

  var sides: [Int] { [Int](repeating: side, count: cell.axisCount) }

  /// beta J by class of the original terms.
  var couplings: [Double] {
    (isAnisotropic ? bondCouplings : [bondCouplings[0]]).map { beta * $0 }
      + (plaquette.map { [beta * $0] } ?? [])
  }

  /// The same with all cosines in the dual's energy, which a narrower ansatz leaves out; nil where none is left out.
  var withAllCosines: DualSystem? {
    guard case .clock(let states, let harmonics) = spins, harmonics < states / 2 else { return nil }
    return DualSystem(
      spins: .clock(states: states, harmonics: states / 2), cell: cell, partner: partner,
      side: side,
      bondCouplings: bondCouplings, beta: beta, plaquette: plaquette)
  }

  /// What the dual's couplings are called in reports.
  func couplingName(_ index: Int) -> String {
    if case .clock = spins { return "cos(\(index == 0 ? "" : "\(index + 1) ")angle)" }
    return "class \(index)"
  }

  /// Where fits of the dual's couplings begin; those of its plaquettes and of further cosines at nothing.
  var firstCouplings: [Double] {
    if case .clock(_, let harmonics) = spins {
      return [1] + [Double](repeating: 0, count: harmonics - 1)
    }
    let links = [Double](repeating: spins == .ising ? 0.5 : 1, count: isAnisotropic ? 2 : 1)
    return links + (plaquette == nil ? [] : [0])
  }

  var ansatz: DualAnsatz {
    if case .clock(let states, let harmonics) = spins { return clockAnsatz(states, harmonics) }
    let original = LocalTerms(
      sides: sides, vectors: cell.vectors,
      kinds: Self.kinds(of: cell, scale: 1, shift: cell.vectors[0].map { _ in 0 }, isAnisotropic)
        + plaquetteKinds)
    let dual: LocalTerms
    let radius: Double
    switch partner {
    case .spins(let other):
      // Cells of both lattices are alike; the dual's have sites in the faces of the original.
      let scale = cell.vectors[0][0] / other.vectors[0][0]
      radius = cell.basis.count == other.basis.count ? 1.01 : 0.9 * max(1, scale)
      dual = LocalTerms(
        sides: sides, vectors: cell.vectors,
        kinds: Self.kinds(of: other, scale: scale, shift: shift(of: other, scale), isAnisotropic)
          + plaquetteKinds)
    case .gauge:
      radius = 0.75
      dual = LocalTerms(
        sides: sides, vectors: cell.vectors,
        kinds: Self.plaquetteAxes.enumerated().map { kind, axes in
          .init(
            name: "plaquette \(kind)",
            position: (0..<3).map { 0.5 + (axes.contains($0) ? 0.5 : 0) }, couplingClass: 0)
        })
    }
    return DualAnsatz(
      original: original, dual: dual, features: DualFeatures(of: cell), radius: radius,
      isSelfMap: partner == .spins(cell))
  }

  /// Original links are 1 where their clocks agree; dual links have an indicator for each difference but the largest.
  private func clockAnsatz(_ states: Int, _ harmonics: Int) -> DualAnsatz {
    func terms(_ shift: [Double], _ linkTerms: Int) -> LocalTerms {
      LocalTerms(
        sides: sides, vectors: cell.vectors,
        kinds: Self.kinds(of: cell, scale: 1, shift: shift, false).flatMap { link in
          (0..<linkTerms).map { difference in
            .init(
              name: link.name, position: link.position, couplingClass: difference,
              isLink: difference == 0)
          }
        }, linkTerms: linkTerms)
    }
    return DualAnsatz(
      original: terms([0, 0], 1), dual: terms([0.5, 0.5], states / 2),
      // A product of n links of a dual with k terms needs (k + 1)^n moments.
      features: DualFeatures(
        of: cell, largestProduct: states / 2 > 2 ? 3 : DualFeatures.largestProduct), radius: 1.01,
      isSelfMap: true,
      combinations: ClockDuality.combinations(states: states, couplings: harmonics))
  }

  /// In units of that of two-valued links: moments are kept by the counts of all differences but one, and with more of those there are
  /// nearly as many levels as configurations.
  var sampleCost: Double {
    if case .clock(let states, _) = spins { return [1, 1, 2, 8][states / 2] }
    return 1
  }

  /// The plaquettes of the cubic lattice by the axes they span.
  static let plaquetteAxes = [[1, 2], [0, 2], [0, 1]]

  private var plaquetteKinds: [LocalTerms.Kind] {
    plaquette == nil
      ? []
      : [
        .init(
          name: "plaquette", position: [0.5, 0.5], couplingClass: isAnisotropic ? 2 : 1,
          isLink: false)
      ]
  }

  private static func kinds(
    of cell: UnitCell, scale: Double, shift: [Double], _ isAnisotropic: Bool
  ) -> [LocalTerms.Kind] {
    cell.bonds.enumerated().map { kind, bond in
      let step = cell.displacement(of: bond)
      return .init(
        name: "link \(kind)",
        position: step.indices.map {
          shift[$0] + scale * (cell.basis[bond.source][$0] + 0.5 * step[$0])
        }, couplingClass: isAnisotropic ? kind : 0)
    }
  }

  /// From the corner of the original's cell to the origin of the dual lattice: into the middle of its first face.
  private func shift(of other: UnitCell, _ scale: Double) -> [Double] {
    switch (cell.name, other.name) {
    case ("triangular", _):
      // The middle of the triangle at the origin.
      return [0.5, 0.5 / Double(3).squareRoot()]
    case ("honeycomb", _):
      // The middle of the hexagon above the cell's first bond: three bonds from its corners in height.
      return [cell.vectors[0][0], 1]
    default: return cell.vectors[0].map { _ in 0.5 }
    }
  }
}

// Chains.
extension DualSystem {
  func sampler(
    _ side: DualSearch.Side, isSummed: Bool, couplings: [Double], seed: Seed
  ) -> any TermSampler {
    let isSummed = side == .dual && isSummed
    if case .clock(let states, _) = spins {
      return ClockSampler(
        chain: TwistedClockChain(
          side: self.side, states: states, logWeights: clockWeights(side, couplings, states),
          isSummed: isSummed, seed: seed), indicators: side == .dual ? states / 2 : 1)
    }
    if plaquette != nil { return plaquettes(isSummed: isSummed, couplings, seed) }
    switch (side, partner) {
    case (.original, _): return potts(cell, isSummed: false, couplings, seed)
    case (.dual, .spins(let other)): return potts(other, isSummed: isSummed, couplings, seed)
    case (.dual, .gauge): return gauge(isSummed: isSummed, couplings, seed)
    }
  }

  /// ln W by difference: K cos of the original, couplings of counts of the dual.
  private func clockWeights(
    _ side: DualSearch.Side, _ couplings: [Double], _ states: Int
  ) -> [Double] {
    side == .original ? ClockDuality.logWeights(couplings, states: states) : couplings + [0]
  }

  private func potts(
    _ cell: UnitCell, isSummed: Bool, _ couplings: [Double], _ seed: Seed
  ) -> any TermSampler {
    let (states, factor) = if case .potts(let states) = spins { (states, 1.0) } else { (2, 2.0) }
    // exp(K s_i s_j) is exp(2 K delta) but for a factor. Fits of frames that are no duals may ask for couplings just below 0.
    let bonds = cell.bonds.indices.map { factor * max(0, couplings[min($0, couplings.count - 1)]) }
    // Sides were checked when the job was made, and couplings are finite and not negative.
    let chain = try! TwistedPottsChain(
      cell: cell, sides: sides, states: states, couplings: bonds, isSummed: isSummed, seed: seed)
    return PottsSampler(chain: chain, isIsing: spins == .ising)
  }

  /// Bonds and plaquettes of the square lattice.
  ///
  /// Twists are signs of all bonds that cross a line, one for each axis, and plaquettes pass each line twice. Every line has a spin
  /// of its own, a factor of its bonds; lines of one axis differ by a change of the spins between.
  private func plaquettes(
    isSummed: Bool, _ couplings: [Double], _ seed: Seed
  ) -> any TermSampler {
    func site(_ row: Int, _ column: Int) -> Int { row % side * side + column % side }
    let corners: [[(Int, Int)]] = [
      [(0, 0), (1, 0)], [(0, 0), (0, 1)], [(0, 0), (1, 0), (0, 1), (1, 1)],
    ]
    let terms = corners.enumerated().flatMap { kind, corners in
      (0..<side * side).map { cell -> ProductChain.Term in
        let line = side * side + kind * side + (kind == 0 ? cell / side : cell % side)
        return ProductChain.Term(
          spins: corners.map { site(cell / side + $0.0, cell % side + $0.1) }
            + (isSummed && kind < 2 ? [line] : []),
          couplingClass: kind == 2 ? couplings.count - 1 : min(kind, couplings.count - 2))
      }
    }
    return ProductSampler(
      chain: ProductChain(
        spinCount: side * side + (isSummed ? 2 * side : 0), terms: terms, couplings: couplings,
        seed: seed), sweeps: 2)
  }

  /// Plaquettes of the cubic lattice, spins on its links.
  ///
  /// Twists of a gauge theory are signs of all plaquettes that a straight line through the cubes passes, one for each axis ('t Hooft,
  /// Nucl. Phys. B 153, 141, 1979). Here every such line has a spin of its own, a factor of its plaquettes. Lines of one axis
  /// differ by a change of links, so that each twist comes up with the same weight.
  private func gauge(isSummed: Bool, _ couplings: [Double], _ seed: Seed) -> any TermSampler {
    let cells = side * side * side
    func link(_ cell: [Int], _ axis: Int) -> Int {
      3 * ((cell[0] % side * side + cell[1] % side) * side + cell[2] % side) + axis
    }
    let terms = Self.plaquetteAxes.flatMap { axes in
      (0..<cells).map { cell -> ProductChain.Term in
        let corner = [cell / (side * side), cell / side % side, cell % side]
        var beside = corner
        var above = corner
        beside[axes[0]] += 1
        above[axes[1]] += 1
        // The line along the normal.
        let normal = 3 - axes[0] - axes[1]
        let line = 3 * cells + (normal * side + corner[axes[0]]) * side + corner[axes[1]]
        return ProductChain.Term(
          spins: [
            link(corner, axes[0]), link(beside, axes[1]), link(above, axes[0]),
            link(corner, axes[1]),
          ] + (isSummed ? [line] : []))
      }
    }
    return ProductSampler(
      chain: ProductChain(
        spinCount: 3 * cells + (isSummed ? 3 * side * side : 0), terms: terms,
        couplings: couplings, seed: seed), sweeps: 2)
  }
}

private final class PottsSampler: TermSampler {
  private let chain: TwistedPottsChain
  private let isIsing: Bool

  init(chain: TwistedPottsChain, isIsing: Bool) {
    self.chain = chain
    self.isIsing = isIsing
  }

  func next(_ values: UnsafeMutablePointer<Int8>) {
    chain.sweep()
    chain.writeBonds(values, differing: isIsing ? -1 : 0)
  }
}

private final class ProductSampler: TermSampler {
  private let chain: ProductChain
  private let sweeps: Int

  init(chain: ProductChain, sweeps: Int) {
    self.chain = chain
    self.sweeps = sweeps
  }

  func next(_ values: UnsafeMutablePointer<Int8>) {
    chain.sweep(sweeps)
    chain.writeTerms(values)
  }
}

/// Indicators of the smallest differences of clocks, `[bond kind, difference, cell]`.
private final class ClockSampler: TermSampler {
  private let chain: TwistedClockChain
  private let indicators: Int
  /// Between configurations.
  private static let sweeps = 2

  init(chain: TwistedClockChain, indicators: Int) {
    self.chain = chain
    self.indicators = indicators
  }

  func next(_ values: UnsafeMutablePointer<Int8>) {
    chain.sweep(Self.sweeps)
    let cells = chain.side * chain.side
    chain.visitDifferences { bond, difference in
      let first = bond / cells * indicators * cells + bond % cells
      for indicator in 0..<indicators {
        values[first + indicator * cells] = indicator == difference ? 1 : 0
      }
    }
  }
}
