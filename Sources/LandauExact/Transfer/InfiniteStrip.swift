public import LandauCore
public import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Few-valued spins on an infinitely long strip of the square lattice, exactly, by the leading
/// eigenvalues of the transfer matrix.
///
/// H = J sum over bonds of pair(s_i, s_j) + site terms, as in `DiscreteModel`: Ising, Potts, clock,
/// Blume-Capel. One bond per site and axis: a periodic strip of width 2 has double bonds across, one of
/// width 1 bonds of a site with itself. The matrix is applied column by column: q^W W q operations.
/// Finite strips and tori are what `ExactSum` is for.
public struct InfiniteStrip: Sendable, Hashable {
  public let spins: DiscreteModel.SpinSpace
  public let width: Int
  public let isPeriodicAcross: Bool
  public let coupling: Double

  /// The most states of a row.
  public static let maximumRowStateCount = 1 << 18

  /// - Throws: `InputError` for a width below 1 or one with more than 2^18 row states, fewer than two
  ///   states, or a coupling that is not finite.
  public init(
    _ spins: DiscreteModel.SpinSpace, width: Int, isPeriodicAcross: Bool = true,
    coupling: Double = 1
  ) throws(InputError) {
    guard spins.stateCount >= 2 else {
      throw .notAllowed("states", spins.stateCount, allowed: "2 or more")
    }
    var size = 1
    for _ in 0..<max(1, min(width, 64)) where size <= Self.maximumRowStateCount {
      size *= spins.stateCount
    }
    guard width >= 1, size <= Self.maximumRowStateCount else {
      throw .notAllowed(
        "width", width, allowed: "1 and more, with at most \(Self.maximumRowStateCount) row states")
    }
    guard coupling.isFinite else {
      throw .notAllowed("coupling", coupling, allowed: "finite numbers")
    }
    self.spins = spins
    self.width = width
    self.isPeriodicAcross = isPeriodicAcross
    self.coupling = coupling
  }

  /// Per site of the infinite strip.
  public struct Solution: Sendable, Hashable {
    public let logPartitionPerSite: Double
    public let energyPerSite: Double
    /// beta^2 (<E^2> - <E>^2) / N.
    public let specificHeatPerSite: Double
  }

  /// Leading eigenvalue with its first two derivatives in beta: the first from its vector, the second
  /// by a linear system, nothing by differences.
  ///
  /// - Throws: `RunError` where the iteration does not converge; `LinearAlgebraError` from LAPACK.
  public func solve(beta: Double) throws -> Solution {
    precondition(beta >= 0 && beta.isFinite, "beta is \(beta)")
    let rows = StripRows(self, beta: beta)
    let lanczos = Lanczos(size: rows.size) { rows.apply($0) }
    let start = [Double](repeating: 1, count: rows.size)
    guard let pair = try lanczos.largest(from: start) else { throw Self.noConvergence(beta) }
    let derivatives = rows.applyWithDerivatives(pair.vector)
    let first = derivatives.map(\.first)
    let slope = Lanczos.dot(pair.vector, first)
    let response = lanczos.resolvent(
      pair, zip(first, pair.vector).map { $0 - slope * $1 },
      floor: 1e-15 * Lanczos.dot(first, first).squareRoot())
    let curvature =
      Lanczos.dot(pair.vector, derivatives.map(\.second)) + 2 * Lanczos.dot(first, response)
    let logarithm = Jet(pair.value, slope, curvature).logarithm()
    let sites = Double(width)
    return Solution(
      logPartitionPerSite: (logarithm.value - beta * rows.offset) / sites,
      energyPerSite: (rows.offset - logarithm.first) / sites,
      specificHeatPerSite: beta * beta * logarithm.second.orZero / sites)
  }

  /// How far the order parameter is correlated along the strip, in lattice spacings: 1 / ln(first /
  /// second eigenvalue), the second with the symmetry of the first order-vector component.
  ///
  /// - Throws: `InputError` for J <= 0 or site energies; else as `solve` does.
  public func correlationLength(beta: Double) throws -> Double {
    guard coupling > 0, spins.siteEnergies.allSatisfy({ $0 == spins.siteEnergies[0] }) else {
      throw InputError.notAllowed(
        "model", "one with J <= 0 or site energies", allowed: "ferromagnets without field")
    }
    precondition(beta > 0 && beta.isFinite, "beta is \(beta)")
    let rows = StripRows(self, beta: beta)
    let lanczos = Lanczos(size: rows.size) { rows.apply($0) }
    let ones = [Double](repeating: 1, count: rows.size)
    guard let first = try lanczos.largest(from: ones),
      let second = try lanczos.largest(from: rows.order)
    else { throw Self.noConvergence(beta) }
    return 1 / log(first.value / second.value)
  }

  private static func noConvergence(_ beta: Double) -> RunError {
    RunError("the transfer matrix at beta \(beta) did not converge")
  }
}

/// The rows of a strip at one temperature: T = sqrt(D) V sqrt(D), with the Boltzmann factors D within a
/// row and V between rows, a product over columns.
private struct StripRows {
  let size: Int
  /// The energy per row that all weights are counted from.
  let offset: Double
  /// The first component of the order vectors, summed along the row, without its mean.
  let order: [Double]
  private let states: Int
  private let width: Int
  /// e^(-beta E / 2) of each row, with derivatives.
  private let half: [Jet]
  /// `[state above, state below]`.
  private let between: [Jet]

  init(_ strip: InfiniteStrip, beta: Double) {
    let q = strip.spins.stateCount
    let width = strip.width
    states = q
    self.width = width
    var size = 1
    for _ in 0..<width { size *= q }
    self.size = size
    let pair = strip.spins.pairEnergies.flatMap { $0 }.map { strip.coupling * $0 }
    let least = pair.min()!
    var energies = [Double](repeating: 0, count: size)
    var order = energies
    let vectors = strip.spins.orderVectors.map { $0[0] }
    let mean = vectors.reduce(0, +) / Double(q)
    for row in 0..<size {
      var rest = row
      let digits = (0..<width).map { _ in
        defer { rest /= q }
        return rest % q
      }
      for column in 0..<width {
        energies[row] += strip.spins.siteEnergies[digits[column]]
        order[row] += vectors[digits[column]] - mean
        guard column < width - 1 || strip.isPeriodicAcross else { continue }
        energies[row] += pair[digits[column] * q + digits[(column + 1) % width]]
      }
    }
    let lowest = energies.min()!
    offset = lowest + least * Double(width)
    self.order = order
    func weight(_ energy: Double, _ share: Double) -> Jet {
      (Jet(-share * energy * beta, -share * energy, 0)).exponential()
    }
    half = energies.map { weight($0 - lowest, 0.5) }
    between = pair.map { weight($0 - least, 1) }
  }

  func apply(_ x: [Double]) -> [Double] {
    let factors = half.map(\.value)
    return multiply(x, factors, between.map(\.value))
  }

  func applyWithDerivatives(_ x: [Double]) -> [Jet] { multiply(x.map { Jet($0) }, half, between) }

  private func multiply<Number: AnalyticNumber>(
    _ x: [Number], _ factors: [Number], _ matrix: [Number]
  ) -> [Number] {
    var current = x.indices.map { x[$0] * factors[$0] }
    var next = current
    var stride = 1
    for _ in 0..<width {
      for base in Swift.stride(from: 0, to: size, by: stride * states) {
        for low in base..<(base + stride) {
          for new in 0..<states {
            var sum = current[low] * matrix[new]
            for old in 1..<states {
              sum = sum + current[low + old * stride] * matrix[old * states + new]
            }
            next[low + new * stride] = sum
          }
        }
      }
      swap(&current, &next)
      stride *= states
    }
    return current.indices.map { current[$0] * factors[$0] }
  }
}
