import LandauCore
import LandauExact
import LandauLattice
import LandauQuantum

/// The ground state of a model at one point of its scan.
enum QuantumGroundState: Sendable {
  case fermions(TransverseIsingChain)
  case amplitudes(QuantumState, energy: Double, gap: Double?)
  case matrixProduct(MatrixProductGround)

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

  /// - Parameters:
  ///   - method: one that nothing stands in the way of.
  ///   - sectors: of diagonalisation.
  ///   - needsGap: whether matrix products look for the next level, too.
  /// - Throws: `Interrupted`; `LinearAlgebraError`.
  init(
    _ model: ResolvedQuantumModel, point: Int, method: QuantumMethod, sectors: QuantumSectors?,
    needsGap: Bool, seed: Seed, pool: WorkerPool, cancellation: Cancellation
  ) throws {
    if method == .matrixProduct {
      self = .matrixProduct(
        try MatrixProductGround(
          model.hamiltonian(at: point), bondDimension: model.bondDimension, needsGap: needsGap,
          seed: seed, cancellation: cancellation))
      return
    }
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
    case .matrixProduct: "matrix products (two-site DMRG, White 1992)"
    }
  }

  var energy: Double {
    switch self {
    case .fermions(let chain): chain.energy
    case .amplitudes(_, let energy, _): energy
    case .matrixProduct(let ground): ground.result.energy
    }
  }

  /// To the next level; nil where it was not looked for.
  var gap: Double? {
    switch self {
    case .fermions(let chain): chain.isPeriodic ? nil : chain.fermionEnergies[0]
    case .amplitudes(_, _, let gap): gap
    case .matrixProduct(let ground): ground.gap
    }
  }

  /// Lines that say where the ground state is one of several, or not found well enough.
  func warnings(at value: Double, of parameter: String) -> [String] {
    let place = "\(parameter) = \(SampleJob.short(value)): "
    if case .matrixProduct(let ground) = self { return ground.warnings.map { place + $0 } }
    guard let gap, gap < 1e-9 * max(1, abs(energy)) else { return [] }
    return [place + "the ground state is degenerate, and the one taken here is one of several"]
  }

  /// What is known of how good a state of matrix products is.
  var members: [JSONValue.Member] {
    if case .matrixProduct(let ground) = self { return ground.members }
    return []
  }

  /// The same in a line of text.
  func remark(at value: Double, of parameter: String) -> String? {
    guard case .matrixProduct(let ground) = self else { return nil }
    return "\(parameter) = \(SampleJob.short(value)): \(ground.summary)"
  }

  /// Draws measurements of all spins, shot by shot: of a number of shots and a seed.
  func sampler(axes: [SpinAxis]) -> @Sendable (Int, Seed) -> [Int8] {
    switch self {
    case .fermions(let chain): { chain.snapshots($0, axis: axes[0], seed: $1) }
    case .amplitudes(let state, _, _): { state.snapshots($0, axes: axes, seed: $1) }
    case .matrixProduct(let ground): ground.sampler(axes: axes)
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

  /// - Returns: nil where another method is taken.
  init?(_ model: ResolvedQuantumModel, method: QuantumMethod?) {
    guard method == .diagonalization else { return nil }
    let n = model.lattice.siteCount
    whole = SpinBasis(siteCount: n)
    guard model.values.indices.contains(where: { Self.isEven(model.hamiltonian(at: $0)) }) else {
      flipped = []
      return
    }
    flipped = [RootOfUnity.one, .minusOne].map { character in
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
