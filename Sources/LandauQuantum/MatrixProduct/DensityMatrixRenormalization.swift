public import LandauCore
public import LandauLattice
import LandauLinearAlgebra

/// The ground state of a sum of Pauli products on a chain, by the density-matrix renormalisation group of two sites.
///
/// Neighbouring tensors are joined, replaced by the lowest state of the Hamiltonian between what is left and right of
/// them, and split by singular values (White 1992; Schollwoeck 2011, arXiv:1008.3477). Bond dimensions grow from a small one by
/// doubling. Several starts, each swept a few times with few states, compete, and the lowest goes on: the best product state of a short period, and random
/// ones.
///
///     let chain = try Lattice.named("chain", sides: [64], boundary: [.open])
///     let model = PauliSum.transverseIsing(chain, transverseField: 1)
///     let ground = try DensityMatrixRenormalization<Double>(model).groundState(seed: Seed(1))
///     print(ground.energy, ground.variance, ground.status)
public struct DensityMatrixRenormalization<Scalar: AmplitudeScalar>: Sendable {
  public struct Options: Sendable, Hashable {
    public var maximumBondDimension = 128
    /// Of the discarded part of the squared singular values, at each bond.
    public var cutoff = 1e-12
    /// Of the variance of the energy per site, in units of the squared size of the largest coefficient.
    public var varianceTolerance = 1e-8
    /// Of the relative change of the energy in one sweep.
    public var energyTolerance = 1e-11
    public var maximumSweeps = 40
    /// States from which short runs compete: a product state, the others random.
    public var startCount = 3

    public init() {}
  }

  /// How a search ended.
  public enum Status: String, Sendable, Hashable {
    /// Energy and variance are within tolerance.
    case converged
    /// The energy no longer changes, but its variance is too large: more states are needed.
    case bondDimensionReached
    /// Sweeps were used up.
    case sweepsUsedUp
  }

  public struct Result: Sendable {
    /// Of unit length.
    public var state: MatrixProductState<Scalar>
    /// Total, in the units of the couplings.
    public var energy: Double
    /// <H^2> - <H>^2: there is a level within its root of the energy.
    public var variance: Double
    /// The largest discarded part of the squared singular values of a bond in the last sweep.
    public var discardedWeight: Double
    /// The largest number of states of a bond.
    public var bondDimension: Int
    public var sweeps: Int
    public var status: Status
    /// Energies at which the competing starts ended.
    public var startEnergies: [Double]
  }

  public let hamiltonian: PauliSum
  public let options: Options
  let operators: MatrixProductOperator<Scalar>
  private let scale: Double

  /// - Precondition: two sites or more; a real sum where amplitudes are real.
  /// - Throws: `LinearAlgebraError`.
  @_specialize(where Scalar == Double)
  @_specialize(where Scalar == LandauCore.Complex<Double>)
  public init(_ hamiltonian: PauliSum, options: Options = Options()) throws {
    precondition(hamiltonian.siteCount > 1, "one spin is no chain")
    self.hamiltonian = hamiltonian
    self.options = options
    operators = try MatrixProductOperator(hamiltonian)
    // Constants move energies and say nothing of their differences.
    scale = hamiltonian.coefficients.filter { !$0.key.support.isEmpty }.values.map(abs).max() ?? 1
  }

  /// The lowest state that the starts lead to, orthogonal to those given.
  ///
  /// - Parameter states: lifted by more than the width of the spectrum: from the ground state one finds the first excited one.
  /// - Throws: `Interrupted`; `LinearAlgebraError`.
  /// - Complexity: for each sweep some ten times 16 N D chi^3 operations, and N singular value decompositions.
  @_specialize(where Scalar == Double)
  @_specialize(where Scalar == LandauCore.Complex<Double>)
  public func groundState(
    orthogonalTo states: [MatrixProductState<Scalar>] = [], seed: Seed,
    cancellation: Cancellation = .never
  ) throws -> Result {
    let n = hamiltonian.siteCount
    let small = min(16, options.maximumBondDimension)
    // A sum of magnitudes bounds the spectrum on both sides.
    let weight = hamiltonian.terms.reduce(0.0) {
      $1.product.support.isEmpty ? $0 : $0 + 2 * abs($1.coefficient)
    }
    var best: (sweeper: DensityMatrixSweeper<Scalar>, energy: Double)?
    var startEnergies: [Double] = []
    for start in 0..<max(1, options.startCount) {
      let state =
        start == 0
        ? bestProduct()
        : MatrixProductState<Scalar>.random(
          siteCount: n, bondDimension: min(4, small), seed: seed.child("start", start))
      var sweeper = DensityMatrixSweeper(
        state: state, operators: operators, lifting: states, by: weight)
      var energy = 0.0
      for _ in 0..<(options.startCount > 1 ? 4 : 1) {
        energy = try sweeper.sweep(
          maximum: small, cutoff: options.cutoff, tolerance: 1e-4 * scale, limit: 6,
          cancellation: cancellation)
      }
      startEnergies.append(energy)
      if best == nil || energy < best!.energy { best = (sweeper, energy) }
    }
    return try converge(best!.sweeper, startEnergies: startEnergies, cancellation: cancellation)
  }

  /// The product state of lowest energy among those of spins up and down with periods of up to four, tilted a little or much to either side
  /// of x: where order of a short period competes with walls, it has none.
  private func bestProduct() -> MatrixProductState<Scalar> {
    let n = hamiltonian.siteCount
    var best: (state: MatrixProductState<Scalar>, energy: Double)?
    for period in 1...4 {
      for pattern in 0..<1 << period {
        for (large, small) in [(0.96, 0.28), (0.96, -0.28), (0.8, 0.6), (0.8, -0.6)] {
          let state = MatrixProductState<Scalar>(
            product: (0..<n).map { site in
              let isDown = pattern >> (site % period) & 1 == 1
              return (
                Scalar(real: isDown ? small : large), Scalar(real: isDown ? large : small)
              )
            })
          let energy = state.expectation(operators)
          if best == nil || energy < best!.energy { best = (state, energy) }
        }
      }
    }
    return best!.state
  }

  /// Sweeps on from a state, orthogonal to nothing.
  ///
  /// - Throws: `Interrupted`; `LinearAlgebraError`.
  @_specialize(where Scalar == Double)
  @_specialize(where Scalar == LandauCore.Complex<Double>)
  public func improved(
    _ state: MatrixProductState<Scalar>, cancellation: Cancellation = .never
  ) throws -> Result {
    precondition(state.siteCount == hamiltonian.siteCount, "a state of \(state.siteCount) spins")
    var state = state
    state.moveCenter(to: 0)
    state.normalize()
    return try converge(
      DensityMatrixSweeper(state: state, operators: operators, lifting: [], by: 0),
      startEnergies: [], cancellation: cancellation)
  }

  private func converge(
    _ first: DensityMatrixSweeper<Scalar>, startEnergies: [Double], cancellation: Cancellation
  ) throws -> Result {
    var sweeper = first
    let n = Double(hamiltonian.siteCount)
    var maximum = min(32, options.maximumBondDimension)
    var last = Double.infinity
    var status = Status.sweepsUsedUp
    var variance = Double.infinity
    var energy = 0.0
    var sweeps = 0
    while sweeps < options.maximumSweeps {
      energy = try sweeper.sweep(
        maximum: maximum, cutoff: options.cutoff, tolerance: 1e-7 * scale, limit: 12,
        cancellation: cancellation)
      sweeps += 1
      let isSteady = abs(energy - last) <= options.energyTolerance * max(abs(energy), scale)
      let isAlmost = abs(energy - last) <= 1e-6 * max(abs(energy), scale)
      last = energy
      let isFull = maximum < options.maximumBondDimension && sweeper.discarded > options.cutoff
      if isFull {
        // Fewer states than wanted: the energy need not settle before there are more.
        if isAlmost || sweeps % 3 == 0 { maximum = min(2 * maximum, options.maximumBondDimension) }
        continue
      }
      guard isSteady else { continue }
      variance = sweeper.state.variance(operators)
      if variance <= options.varianceTolerance * n * scale * scale {
        status = .converged
      } else {
        status = .bondDimensionReached
      }
      break
    }
    if variance.isInfinite { variance = sweeper.state.variance(operators) }
    var state = sweeper.state
    state.normalize()
    return Result(
      state: state, energy: state.expectation(operators), variance: max(0, variance),
      discardedWeight: sweeper.discarded, bondDimension: state.largestBondDimension,
      sweeps: sweeps, status: status, startEnergies: startEnergies)
  }
}
