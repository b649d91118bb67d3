import LandauCore
import LandauLinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Electrons without spin on a square torus, each site of which has a classical distortion:
/// H = -t sum (c+_i c_j + h.c.) - g sum Q_i (n_i - 1/2) + K/2 sum Q_i², t = K = 1.
///
/// Electrons follow at once (adiabatic), at the chemical potential of half filling and the temperature of the lattice. Sites
/// then feel F_i = g (<n_i> - 1/2) - K Q_i, minus the gradient of the free energy at given distortions, and move with
/// friction: dQ/dt = F + noise. The model turns Q into -Q where particles become holes on alternating sites.
struct HolsteinLattice: Sendable {
  let side: Int
  let coupling: Double
  let temperature: Double
  private let hopping: [Double]

  var siteCount: Int { side * side }

  /// - Precondition: an even side from 4, so that sites alternate.
  init(side: Int, coupling: Double, temperature: Double) {
    precondition(side >= 4 && side % 2 == 0, "a torus of side \(side)")
    precondition(temperature > 0, "a temperature of \(temperature)")
    self.side = side
    self.coupling = coupling
    self.temperature = temperature
    let n = side * side
    var hopping = [Double](repeating: 0, count: n * n)
    for site in 0..<n {
      let (x, y) = (site / side, site % side)
      for other in [(x + 1) % side * side + y, x * side + (y + 1) % side] {
        hopping[site * n + other] = -1
        hopping[other * n + site] = -1
      }
    }
    self.hopping = hopping
  }

  /// Energies of single electrons and their orbitals.
  private func orbitals(_ distortions: [Double]) throws -> SymmetricEigen {
    precondition(distortions.count == siteCount, "\(distortions.count) of \(siteCount) sites")
    var matrix = hopping
    for site in 0..<siteCount { matrix[site * siteCount + site] = -coupling * distortions[site] }
    return try SymmetricEigen(matrix, count: siteCount)
  }

  /// <n_i> - 1/2 = -1/2 sum over orbitals of |psi_i|² tanh(e/2T).
  ///
  /// - Complexity: the diagonalisation, about 9 N³.
  func densities(_ distortions: [Double]) throws -> [Double] {
    let orbitals = try orbitals(distortions)
    let n = siteCount
    let fillings = orbitals.values.map { -0.5 * tanh($0 / (2 * temperature)) }
    return (0..<n).map { site in
      var sum = 0.0
      for orbital in 0..<n {
        let amplitude = orbitals.vectors[site * n + orbital]
        sum += amplitude * amplitude * fillings[orbital]
      }
      return sum
    }
  }

  /// What the sites feel where the electrons' densities are known.
  func forces(_ distortions: [Double], densities: [Double]) -> [Double] {
    zip(densities, distortions).map { coupling * $0 - $1 }
  }

  /// The free energy at given distortions, whose gradient is minus the forces.
  func freeEnergy(_ distortions: [Double]) throws -> Double {
    let energies = try orbitals(distortions).values
    let electrons = energies.reduce(0) { sum, energy in
      // ln(1 + exp(-x)) without overflow.
      let x = energy / temperature
      return sum - temperature * (max(-x, 0) + log1p(exp(-abs(x))))
    }
    return distortions.reduce(electrons) { $0 + 0.5 * $1 * $1 + 0.5 * coupling * $1 }
  }

  /// One step of Euler and Maruyama.
  func step(
    _ distortions: inout [Double], densities: [Double], by time: Double,
    using rng: inout some RandomNumberGenerator
  ) {
    let noise = (2 * temperature * time).squareRoot()
    let forces = forces(distortions, densities: densities)
    for site in distortions.indices {
      distortions[site] += forces[site] * time + noise * rng.normal()
    }
  }
}
