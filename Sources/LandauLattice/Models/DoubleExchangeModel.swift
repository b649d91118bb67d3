public import LandauCore
public import LandauLinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Electrons that hop between sites with classical spins: double exchange, the Kondo lattice of classical spins.
///
/// H = -t sum over bonds (c†_ia c_ja + h.c.) + J/2 sum over sites of c†_i (S_i . sigma) c_i - mu N, unit vectors S_i.
/// The electrons are summed over exactly: at inverse temperature beta a configuration of spins has the weight
/// product over levels of (1 + exp(-beta (E - mu))) = exp(-beta F). With J = 0 they are free; equal spins split the band
/// into two, moved by ±J/2; turning all spins together changes nothing; and on lattices of two sublattices
/// levels come in pairs ±E, so mu = 0 is half filling and mu to -mu turns electrons into holes.
///
/// - Note: dossier of the methods: Nagai and Tomiya, arXiv:2306.11527.
public struct DoubleExchangeModel: Sendable, Hashable {
  public let lattice: Lattice
  /// t of every bond; its sign changes across antiperiodic boundaries.
  public let hopping: Double
  /// J; a spin splits its site's level into ±J/2.
  public let coupling: Double
  /// mu.
  public let chemicalPotential: Double
  /// The matrix without spins, `[level, level]` of complex numbers, row by row; level 2i + a is spin a at site i.
  private let kinetic: [Double]

  /// - Throws: `InputError` when a number is not finite or there are more than 4096 sites.
  public init(
    _ lattice: Lattice, hopping: Double = 1, coupling: Double = 1, chemicalPotential: Double = 0
  ) throws(InputError) {
    for (name, number) in [
      ("hopping", hopping), ("coupling", coupling), ("chemical-potential", chemicalPotential),
    ] where !number.isFinite {
      throw .notAllowed(name, number, allowed: "finite numbers")
    }
    guard lattice.siteCount <= 4096 else {
      throw .notAllowed(
        "the number of sites", lattice.siteCount, allowed: "1 to 4096, whose levels fit in memory")
    }
    self.lattice = lattice
    self.hopping = hopping
    self.coupling = coupling
    self.chemicalPotential = chemicalPotential
    let order = 2 * lattice.siteCount
    var kinetic = [Double](repeating: 0, count: 2 * order * order)
    for (bond, sign) in zip(lattice.bonds, lattice.bondSigns) {
      for spin in 0..<2 {
        let (one, other) = (2 * Int(bond.source) + spin, 2 * Int(bond.target) + spin)
        kinetic[2 * (one * order + other)] -= hopping * Double(sign)
        kinetic[2 * (other * order + one)] -= hopping * Double(sign)
      }
    }
    self.kinetic = kinetic
  }

  public var siteCount: Int { lattice.siteCount }

  /// Energies of single electrons, two for each site, ascending; mu is not subtracted.
  ///
  /// - Parameter spins: of unit length, one for each site.
  /// - Throws: `LinearAlgebraError` where a spin is not finite.
  /// - Complexity: about 43 N³ operations for N sites, a millisecond at N = 36.
  public func levels(of spins: [SIMD3<Double>]) throws(LinearAlgebraError) -> [Double] {
    precondition(spins.count == siteCount, "\(spins.count) spins on \(siteCount) sites")
    guard spins.allSatisfy({ $0.x.isFinite && $0.y.isFinite && $0.z.isFinite }) else {
      throw .notFinite
    }
    let order = 2 * siteCount
    var matrix = kinetic
    var levels = [Double](repeating: 0, count: order)
    let half = coupling / 2
    for (site, spin) in spins.enumerated() {
      // The lower triangle of J/2 S . sigma: (z, .; x + iy, -z).
      let (up, down) = (2 * site * order + 2 * site, (2 * site + 1) * order + 2 * site)
      matrix[2 * up] += half * spin.z
      matrix[2 * down] += half * spin.x
      matrix[2 * down + 1] += half * spin.y
      matrix[2 * (down + 1)] -= half * spin.z
    }
    let status = matrix.withUnsafeMutableBytes { matrix in
      levels.withUnsafeMutableBytes { levels in
        LAPACK.symmetricEigenvalues(
          .complexDouble, order: order, matrix.baseAddress!, values: levels.baseAddress!)
      }
    }
    if status > 0 { throw .noConvergence(remaining: status) }
    return levels
  }

  /// beta F = -sum over levels of ln(1 + exp(-beta (E - mu))): minus the logarithm of the spins' weight.
  public func action(levels: [Double], beta: Double) -> Double {
    levels.reduce(0) { sum, level in
      // ln(1 + exp(-x)) without overflow.
      let x = beta * (level - chemicalPotential)
      return sum - max(-x, 0) - log1p(exp(-abs(x)))
    }
  }

  /// The electrons' energy sum of E f(E), f = 1/(1 + exp(beta (E - mu))); mu N is not subtracted.
  public func energy(levels: [Double], beta: Double) -> Double {
    levels.reduce(0) { $0 + $1 * filling($1, beta: beta) }
  }

  /// How many electrons there are on average: sum of f(E).
  public func electronCount(levels: [Double], beta: Double) -> Double {
    levels.reduce(0) { $0 + filling($1, beta: beta) }
  }

  private func filling(_ level: Double, beta: Double) -> Double {
    0.5 * (1 - tanh(0.5 * beta * (level - chemicalPotential)))
  }
}
