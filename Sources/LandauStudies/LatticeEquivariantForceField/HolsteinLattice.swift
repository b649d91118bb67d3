import LandauCore
import LandauLinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Electrons without spin on a square torus, coupled to a classical distortion Q_i of every site.
///
/// H = -t sum over bonds (c†c + c c†) - g sum (n_i - 1/2) Q_i + (kappa/2) sum Q_i². With the electrons in equilibrium at the
/// temperature T and chemical potential 0 (half filling, by symmetry of particles and holes) the force on a distortion is
/// F_i = g (<n_i> - 1/2) - kappa Q_i, minus the derivative of the free energy. t = g = 1 and kappa = 1/3: sublattices
/// fill and empty, and the gap opens where 1 = (g²/kappa) <1/(2 E)>, at |Q| about 1.
struct HolsteinLattice: Sendable {
  static let (coupling, stiffness, temperature) = (1.0, 1.0 / 3, 0.05)
  let side: Int
  var siteCount: Int { side * side }

  /// The hopping matrix with the distortions on its diagonal.
  private func matrix(_ distortions: [Double]) -> [Double] {
    let count = siteCount
    var matrix = [Double](repeating: 0, count: count * count)
    for x in 0..<side {
      for y in 0..<side {
        let site = x * side + y
        matrix[site * count + site] = -Self.coupling * distortions[site]
        for other in [(x + 1) % side * side + y, x * side + (y + 1) % side] {
          matrix[site * count + other] -= 1
          matrix[other * count + site] -= 1
        }
      }
    }
    return matrix
  }

  /// <n_i> - 1/2 of every site, from all orbitals.
  ///
  /// - Throws: `LinearAlgebraError` where a distortion is not finite.
  /// - Complexity: O(siteCount³).
  func electrons(_ distortions: [Double]) throws -> [Double] {
    precondition(distortions.count == siteCount, "\(distortions.count) distortions")
    let count = siteCount
    let orbitals = try SymmetricEigen(matrix(distortions), count: count)
    let filling = orbitals.values.map { 1 / (exp($0 / Self.temperature) + 1) }
    return (0..<count).map { site in
      var sum = -0.5
      for k in 0..<count {
        let amplitude = orbitals.vectors[site * count + k]
        sum += filling[k] * amplitude * amplitude
      }
      return sum
    }
  }

  /// F_i of every site.
  func forces(_ distortions: [Double]) throws -> [Double] {
    zip(try electrons(distortions), distortions).map { Self.force(electrons: $0, distortion: $1) }
  }

  static func force(electrons: Double, distortion: Double) -> Double {
    coupling * electrons - stiffness * distortion
  }

  /// The free energy whose derivatives the forces are: -T sum ln(1 + exp(-E/T)) + (g/2) sum Q + (kappa/2) sum Q².
  func freeEnergy(_ distortions: [Double]) throws -> Double {
    let orbitals = try SymmetricEigen(matrix(distortions), count: siteCount)
    let electrons = orbitals.values.reduce(0) { sum, energy in
      let scaled = energy / Self.temperature
      return sum - Self.temperature * (max(0, -scaled) + log1p(exp(-abs(scaled))))
    }
    return distortions.reduce(electrons) {
      $0 + Self.coupling * $1 / 2 + Self.stiffness * $1 * $1 / 2
    }
  }

  /// Distortions times +1 on one sublattice and -1 on the other.
  func staggered(_ distortions: [Double]) -> [Double] {
    distortions.indices.map {
      ($0 / side + $0 % side).isMultiple(of: 2) ? distortions[$0] : -distortions[$0]
    }
  }

  /// |sum over sites of Q_i exp(i (pi, pi) r)|²/N².
  func structureFactor(_ distortions: [Double]) -> Double {
    let mean = staggered(distortions).reduce(0, +) / Double(siteCount)
    return mean * mean
  }

  /// The share of bonds whose sites are distorted alike: those in walls between domains.
  func wallDensity(_ distortions: [Double]) -> Double {
    let order = staggered(distortions)
    var walls = 0
    for x in 0..<side {
      for y in 0..<side {
        for other in [(x + 1) % side * side + y, x * side + (y + 1) % side]
        where order[x * side + y] * order[other] < 0 { walls += 1 }
      }
    }
    return Double(walls) / Double(2 * siteCount)
  }
}

/// Distortions that follow their forces and the noise of a bath: dQ/dt = F + sqrt(2 T) noise.
struct LangevinRun: Sendable {
  static let timeStep = 0.25
  /// The present distortions.
  private(set) var distortions: [Double]
  private var noise: RandomStream

  /// Normal distortions of width 1/2: a hot lattice, quenched at time 0. The same seed brings the same start and noise.
  init(_ lattice: HolsteinLattice, seed: Seed) {
    var start = seed.child("start").makeStream()
    distortions = (0..<lattice.siteCount).map { _ in 0.5 * start.normal() }
    noise = seed.child("noise").makeStream()
  }

  mutating func step(forces: [Double]) {
    let width = (2 * HolsteinLattice.temperature * Self.timeStep).squareRoot()
    for site in distortions.indices {
      distortions[site] += Self.timeStep * forces[site] + width * noise.normal()
    }
  }

  /// The distortions at times 0, 1, ..., `steps`, with what the electrons did there by exact diagonalisation.
  static func exact(
    _ lattice: HolsteinLattice, steps: Int, seed: Seed
  ) throws -> [(distortions: [Double], electrons: [Double])] {
    var run = LangevinRun(lattice, seed: seed)
    var frames: [(distortions: [Double], electrons: [Double])] = []
    for _ in 0...steps {
      let electrons = try lattice.electrons(run.distortions)
      frames.append((run.distortions, electrons))
      run.step(
        forces: zip(electrons, run.distortions).map {
          HolsteinLattice.force(electrons: $0, distortion: $1)
        })
    }
    return frames
  }
}
