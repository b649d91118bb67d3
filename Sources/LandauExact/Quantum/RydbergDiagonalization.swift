public import LandauLattice
import LandauLinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// All levels of a small Rydberg array in the states that its blockade allows.
///
///     let ring = try RydbergArray(
///       .named("chain", sides: [12]), rabi: 1, detuning: 0.5, interaction: 0, radius: 0, blockadeRadius: 1)
///     let averages = try RydbergDiagonalization(ring).canonicalAverages(beta: 4)     // of 322 states
public struct RydbergDiagonalization: Sendable {
  public let array: RydbergArray
  /// Bit i is set where atom i is excited; ascending.
  public let states: [UInt64]
  /// Ascending.
  public let energies: [Double]
  /// Component of state r in level k at `[r * states.count + k]`.
  private let vectors: [Double]

  /// The most states that are diagonalised.
  public static let maximumStateCount = 4096

  /// - Throws: `LinearAlgebraError`.
  /// - Precondition: at most 64 atoms and `maximumStateCount` states.
  /// - Complexity: nine times the cube of the number of states.
  public init(_ array: RydbergArray) throws {
    let states = Self.states(array)
    precondition(states.count <= Self.maximumStateCount, "\(states.count) states")
    let count = states.count
    var numbers: [UInt64: Int] = [:]
    for (number, state) in states.enumerated() { numbers[state] = number }
    let hamiltonian = SparseHamiltonian(dimension: count) { row in
      let state = states[row]
      var diagonal = -array.detuning * Double(state.nonzeroBitCount)
      for pair in array.pairs
      where state >> UInt64(pair.first) & state >> UInt64(pair.second) & 1 == 1 {
        diagonal += pair.strength
      }
      return [(row, diagonal)]
        + (0..<array.siteCount).compactMap { site in
          numbers[state ^ 1 << UInt64(site)].map { ($0, array.rabi / 2) }
        }
    }
    let eigen = try hamiltonian.spectrum()
    self.array = array
    self.states = states
    energies = eigen.values
    vectors = eigen.vectors
  }

  /// The states that the blockade allows.
  public static func states(_ array: RydbergArray) -> [UInt64] {
    precondition(array.siteCount <= 64, "\(array.siteCount) atoms in words of 64 bits")
    var masks = [UInt64](repeating: 0, count: array.siteCount)
    for pair in array.blockade {
      masks[pair[0]] |= 1 << UInt64(pair[1])
      masks[pair[1]] |= 1 << UInt64(pair[0])
    }
    var states: [UInt64] = [0]
    for site in 0..<array.siteCount {
      states += states.filter { $0 & masks[site] == 0 }.map { $0 | 1 << UInt64(site) }
    }
    return states.sorted()
  }

  public struct Averages: Sendable {
    /// Total.
    public var energy: Double
    /// <n>, the square of the average of n over atoms, and <x>, averaged over atoms.
    public var density: Double
    public var densitySquared: Double
    public var transverse: Double
    /// The square of the average of z with the signs of the sublattices; nil where there are none.
    public var staggeredSquared: Double?
  }

  /// Canonical averages at an inverse temperature; infinity is the ground state.
  public func canonicalAverages(beta: Double) -> Averages {
    let probabilities = probabilities(beta: beta)
    let weights = weights(beta: beta)
    let energy = zip(weights, energies).reduce(0) { $0 + $1.0 * $1.1 }
    let n = Double(array.siteCount)
    var result = Averages(energy: energy, density: 0, densitySquared: 0, transverse: 0)
    var (potential, order) = (0.0, 0.0)
    for (state, probability) in zip(states, probabilities) {
      let density = Double(state.nonzeroBitCount) / n
      result.density += probability * density
      result.densitySquared += probability * density * density
      for pair in array.pairs
      where state >> UInt64(pair.first) & state >> UInt64(pair.second) & 1 == 1 {
        potential += probability * pair.strength
      }
      let staggered = array.sublattices.enumerated().reduce(0) {
        $0 + Int($1.element) * (state >> UInt64($1.offset) & 1 == 1 ? -1 : 1)
      }
      order += probability * Double(staggered * staggered) / (n * n)
    }
    // What of the energy is neither detuning nor interaction.
    let drive = energy + array.detuning * n * result.density - potential
    result.transverse = array.rabi == 0 ? 0 : drive / (array.rabi / 2 * n)
    if !array.sublattices.isEmpty { result.staggeredSquared = order }
    return result
  }

  /// Of `states` when all atoms are looked at.
  public func probabilities(beta: Double) -> [Double] {
    let weights = weights(beta: beta)
    let count = states.count
    return (0..<count).map { row in
      (0..<count).reduce(0) { sum, level in
        let component = vectors[row * count + level]
        return sum + weights[level] * component * component
      }
    }
  }

  private func weights(beta: Double) -> [Double] {
    let weights = energies.map { level in
      level == energies[0] ? 1 : exp(-beta * (level - energies[0]))
    }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }
}
