import LandauCore
import LandauExact
import LandauLattice

/// The ground state of a model at one point of its scan: by free fermions where it is of that kind, else by
/// diagonalisation.
enum QuantumGroundState: Sendable {
  case fermions(TransverseIsingChain)
  case amplitudes(QuantumState, energy: Double, gap: Double?)

  /// The most spins that are diagonalised.
  static let largestDiagonalized = 24

  /// Whether free fermions solve it.
  static func isFree(_ model: ResolvedQuantumModel) -> Bool {
    guard model.name == .tfim, model.lattice.name == "chain", model.lattice.siteCount > 2 else {
      return false
    }
    return model.values.indices.allSatisfy { point in
      let (h, j) = (model.value(.transverseField, at: point), model.value(.coupling, at: point))
      guard model.value(.field, at: point) == 0 else { return false }
      // A ring must not be frustrated, and its fields positive.
      return !model.isPeriodic || h > 0 && (j >= 0 || model.lattice.siteCount % 2 == 0)
    }
  }

  /// Why there is no exact ground state; nil where there is one.
  static func obstacle(_ model: ResolvedQuantumModel, isMixed: Bool = false) -> String? {
    let n = model.lattice.siteCount
    if n <= largestDiagonalized || isFree(model) && !isMixed { return nil }
    return isFree(model)
      ? "of \(n) spins only measurements along one axis are known; diagonalisation ends at \(largestDiagonalized)"
      : "\(n) spins are no free fermions here, and diagonalisation ends at \(largestDiagonalized)"
  }

  /// - Parameter sectors: nil where free fermions do.
  /// - Throws: `Interrupted`; `LinearAlgebraError`.
  init(
    _ model: ResolvedQuantumModel, point: Int, sectors: QuantumSectors?, seed: Seed,
    pool: WorkerPool, cancellation: Cancellation
  ) throws {
    guard let sectors else {
      let n = model.lattice.siteCount
      let (pair, single) = model.units
      let coupling = pair * model.value(.coupling, at: point)
      self = .fermions(
        try TransverseIsingChain(
          couplings: [Double](repeating: coupling, count: model.isPeriodic ? n : n - 1),
          fields: [Double](
            repeating: single * model.value(.transverseField, at: point), count: n),
          isPeriodic: model.isPeriodic))
      return
    }
    let hamiltonian = model.hamiltonian(at: point)
    var levels: [SpinDiagonalization.Level] = []
    for basis in sectors.bases(of: hamiltonian) {
      levels += try SpinDiagonalization(hamiltonian, basis: basis, pool: pool).lowest(
        2, seed: seed, cancellation: cancellation)
    }
    levels.sort { $0.energy < $1.energy }
    self = .amplitudes(
      levels[0].state, energy: levels[0].energy,
      gap: levels.count > 1 ? levels[1].energy - levels[0].energy : nil)
  }

  var method: String {
    switch self {
    case .fermions: "free fermions (Lieb, Schultz and Mattis 1961)"
    case .amplitudes: "exact diagonalisation (Lanczos)"
    }
  }

  var energy: Double {
    switch self {
    case .fermions(let chain): chain.energy
    case .amplitudes(_, let energy, _): energy
    }
  }

  /// To the next level; nil where it was not looked for.
  var gap: Double? {
    switch self {
    case .fermions(let chain): chain.isPeriodic ? nil : chain.fermionEnergies[0]
    case .amplitudes(_, _, let gap): gap
    }
  }

  /// A line where the ground state is one of several, among which diagonalisation takes any.
  func warning(at value: Double, of parameter: String) -> String? {
    guard let gap, gap < 1e-9 * max(1, abs(energy)) else { return nil }
    return
      "\(parameter) = \(SampleJob.short(value)): the ground state is degenerate, and the one taken here is one of several"
  }

  /// Measurements of all spins, shot by shot.
  func snapshots(_ count: Int, axes: [SpinAxis], seed: Seed) -> [Int8] {
    switch self {
    case .fermions(let chain): chain.snapshots(count, axis: axes[0], seed: seed)
    case .amplitudes(let state, _, _): state.snapshots(count, axes: axes, seed: seed)
    }
  }
}

/// The bases in which the points of a scan are diagonalised, made once.
///
/// States even and odd under the flip of all spins are found apart where the Hamiltonian allows: they may be almost equal in
/// energy.
struct QuantumSectors: Sendable {
  private let whole: SpinBasis
  private let flipped: [SpinBasis]

  /// - Returns: nil where free fermions do.
  /// - Parameter needsAmplitudes: diagonalises though free fermions would do.
  init?(_ model: ResolvedQuantumModel, needsAmplitudes: Bool) {
    guard needsAmplitudes || !QuantumGroundState.isFree(model) else { return nil }
    let n = model.lattice.siteCount
    whole = SpinBasis(siteCount: n)
    guard model.values.indices.contains(where: { Self.isEven(model.hamiltonian(at: $0)) }) else {
      flipped = []
      return
    }
    flipped = [1.0, -1].map { character in
      SpinBasis(
        siteCount: n,
        group: SpinSymmetryGroup(
          siteCount: n, generators: [.spinFlip(siteCount: n, character: character)]))
    }
  }

  private static func isEven(_ hamiltonian: PauliSum) -> Bool {
    hamiltonian.transformed(site: { $0 }, flipping: true) == hamiltonian
  }

  func bases(of hamiltonian: PauliSum) -> [SpinBasis] {
    Self.isEven(hamiltonian) ? flipped : [whole]
  }
}
