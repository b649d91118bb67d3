import LandauCore
import LandauLattice
import LandauQuantum

/// The ground state as matrix products along the numbers of the sites, with what is known of its quality.
///
/// Where all spins may be flipped at once a search ends in any mixture of the even and the odd state: an ordered phase has both at
/// almost the same energy. Such a state psi is then projected, psi + P psi and psi - P psi, and the lower of the two is taken, the even one
/// where they cannot be told apart; so it is with diagonalisation and free fermions.
struct MatrixProductGround: Sendable {
  private(set) var result: DensityMatrixRenormalization<Double>.Result
  /// Of the product of all x, where it commutes with the Hamiltonian.
  private(set) var parity: Int?
  /// Energies of the even and the odd part, where the search ended in a mixture.
  private(set) var split: (even: Double, odd: Double)?
  /// To the next level found; nil where none was looked for.
  private(set) var gap: Double?
  private(set) var halfChainEntropy = 0.0
  private var hasPoorGap = false
  /// Below this, relative to the energy, levels are not told apart.
  private static let resolution = 1e-8

  /// - Throws: `Interrupted`; `LinearAlgebraError`.
  init(
    _ hamiltonian: PauliSum, bondDimension: Int?, needsGap: Bool, seed: Seed,
    cancellation: Cancellation
  ) throws {
    var options = DensityMatrixRenormalization<Double>.Options()
    if let bondDimension { options.maximumBondDimension = bondDimension }
    let search = try DensityMatrixRenormalization<Double>(hamiltonian, options: options)
    result = try search.groundState(seed: seed.child("ground"), cancellation: cancellation)
    if hamiltonian.transformed(site: { $0 }, flipping: true) == hamiltonian {
      try resolve(hamiltonian, options)
    }
    halfChainEntropy =
      try result.state.entanglementEntropies()[hamiltonian.siteCount / 2 - 1]
    guard needsGap else { return }
    // For a gap of a few digits.
    options.maximumSweeps = 12
    options.energyTolerance = 1e-9
    options.varianceTolerance = 1e-6
    let excited = try DensityMatrixRenormalization<Double>(
      hamiltonian, options: options
    ).groundState(
      orthogonalTo: [result.state], seed: seed.child("excited"), cancellation: cancellation)
    gap = max(0, excited.energy - result.energy)
    hasPoorGap = excited.status != .converged
  }

  /// Takes the part of a mixture that has the lower energy.
  private mutating func resolve(
    _ hamiltonian: PauliSum, _ options: DensityMatrixRenormalization<Double>.Options
  ) throws {
    let state = result.state
    let mean = state.overlap(state.flipped)
    parity = mean > 0 ? 1 : -1
    guard abs(mean) < 1 - 1e-13 else { return }
    let operators = try MatrixProductOperator<Double>(hamiltonian)
    func part(_ sign: Int) throws -> (
      state: MatrixProductState<Double>, energy: Double, lost: Double
    ) {
      var (part, lost) = try MatrixProductState.sum(
        0.5, state, 0.5 * Double(sign), state.flipped,
        maximumBondDimension: 2 * options.maximumBondDimension, cutoff: options.cutoff)
      part.normalize()
      return (part, part.expectation(operators), lost)
    }
    var taken = try part(mean > 0 ? 1 : -1)
    // A part of less than a millionth is noise.
    if abs(mean) < 1 - 2e-6 {
      let other = try part(mean > 0 ? -1 : 1)
      let (even, odd) = mean > 0 ? (taken, other) : (other, taken)
      split = (even.energy, odd.energy)
      let isOdd = odd.energy < even.energy - Self.resolution * max(1, abs(even.energy))
      parity = isOdd ? -1 : 1
      taken = isOdd ? odd : even
    }
    result.state = taken.state
    result.energy = taken.energy
    result.variance = max(0, taken.state.variance(operators))
    result.bondDimension = taken.state.largestBondDimension
    result.discardedWeight = max(result.discardedWeight, taken.lost)
  }

  /// Draws measurements along axes: of a number of shots and a seed.
  func sampler(axes: [SpinAxis]) -> @Sendable (Int, Seed) -> [Int8] {
    if axes.contains(.y) {
      let sampler = MatrixProductSampler(result.state.complex, axes: axes)
      return { sampler.snapshots($0, seed: $1) }
    }
    let sampler = MatrixProductSampler(result.state, axes: axes)
    return { sampler.snapshots($0, seed: $1) }
  }

  var warnings: [String] {
    var lines: [String] = []
    switch result.status {
    case .converged: break
    case .bondDimensionReached:
      lines.append(
        "not converged: a variance of the energy of \(Self.short(result.variance)) with \(result.bondDimension) states per bond; give a larger --bond-dimension"
      )
    case .sweepsUsedUp:
      lines.append(
        "not converged in \(result.sweeps) sweeps: a variance of the energy of \(Self.short(result.variance))"
      )
    }
    let scale = max(1, abs(result.energy))
    if let split, abs(split.even - split.odd) < Self.resolution * scale {
      lines.append(
        "even and odd ground states are within \(Self.short(Self.resolution * scale)) of one another; the even one is taken"
      )
    } else if let gap, gap < Self.resolution * scale {
      lines.append(
        "the ground state is degenerate to \(Self.short(Self.resolution * scale)), and the one taken here is one of several"
      )
    }
    if hasPoorGap { lines.append("the gap is not converged") }
    return lines
  }

  var members: [JSONValue.Member] {
    [
      .init("bondDimension", .integer(result.bondDimension)),
      .init("discardedWeight", .number(result.discardedWeight)),
      .init("energyVariance", .number(result.variance)), .init("sweeps", .integer(result.sweeps)),
      .init("converged", .bool(result.status == .converged)),
    ] + (parity.map { [.init("parity", .integer($0))] } ?? [])
  }

  /// In a line.
  var summary: String {
    var parts = [
      "\(result.bondDimension) states per bond",
      "discarded weight \(Self.short(result.discardedWeight))",
      "variance of the energy \(Self.short(result.variance))", "\(result.sweeps) sweeps",
    ]
    if let parity { parts.append(parity > 0 ? "even" : "odd") }
    return parts.joined(separator: ", ")
  }

  /// Two digits.
  private static func short(_ value: Double) -> String {
    guard value > 0 else { return "0" }
    var (mantissa, exponent) = (value, 0)
    while mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while mantissa < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    // 9.96 is 10.0, to two digits.
    if mantissa >= 9.95 { (mantissa, exponent) = (1, exponent + 1) }
    let digits = Estimate.fixed(mantissa, digits: 1)
    return exponent == 0 ? digits : "\(digits)e\(exponent)"
  }
}
