import LandauCore
import LandauTensor

/// A few particles in the plane that act on each other in pairs.
struct ParticleDynamics: Sendable {
  enum Law: String, Sendable, CaseIterable {
    /// Springs of length one between all: the pull on a particle is r - 1 along the line to the other.
    case spring
    /// Gravity: the pull on a particle, per unit of its mass, is the other's mass over r².
    case inverseSquare = "inverse square"
  }

  /// What one particle feels from the others at one moment.
  struct Sample {
    /// dx, dy to the other, distance, the other's mass; one row for every other particle.
    var edges: [[Double]]
    var acceleration: [Double]
  }

  static let particles = 4
  /// Moments with a closer pair are left out; softening changes forces there by less than a hundredth.
  static let nearest = 0.4
  private static let softening = 0.02
  private static let timeStep = 0.01
  let law: Law

  /// The pull on one particle by another per unit of mass.
  func pull(_ edge: [Double]) -> (Double, Double) {
    let (dx, dy, mass) = (edge[0], edge[1], edge[3])
    let square = dx * dx + dy * dy
    switch law {
    case .spring:
      let distance = square.squareRoot()
      return ((1 - 1 / distance) * dx, (1 - 1 / distance) * dy)
    case .inverseSquare:
      let softened = square + Self.softening * Self.softening
      let strength = mass / (softened * softened.squareRoot())
      return (strength * dx, strength * dy)
    }
  }

  /// Moments of trajectories that begin at random places, six from each.
  ///
  /// Velocity Verlet, of second order and reversible; steps of 0.01.
  func samples(_ count: Int, _ seed: Seed) -> [Sample] {
    var rng = seed.makeStream()
    var result: [Sample] = []
    while result.count < count {
      let masses = (0..<Self.particles).map { _ in 0.5 + rng.uniform() }
      var places = (0..<Self.particles).map { _ in
        [3 * rng.uniform() - 1.5, 3 * rng.uniform() - 1.5]
      }
      var velocities = (0..<Self.particles).map { _ in [0.3 * rng.normal(), 0.3 * rng.normal()] }
      var accelerations = felt(places, masses).map(\.acceleration)
      for step in 0..<120 {
        for i in places.indices {
          for axis in 0..<2 {
            velocities[i][axis] += 0.5 * Self.timeStep * accelerations[i][axis]
            places[i][axis] += Self.timeStep * velocities[i][axis]
          }
        }
        let now = felt(places, masses)
        accelerations = now.map(\.acceleration)
        for i in places.indices {
          for axis in 0..<2 { velocities[i][axis] += 0.5 * Self.timeStep * accelerations[i][axis] }
        }
        if step % 20 == 19 && isUsable(now) { result += now }
      }
    }
    return Array(result.prefix(count))
  }

  /// Neither too close nor flung out of the region.
  private func isUsable(_ samples: [Sample]) -> Bool {
    samples.allSatisfy { $0.edges.allSatisfy { $0[2] > Self.nearest && $0[2] < 4 } }
  }

  private func felt(_ places: [[Double]], _ masses: [Double]) -> [Sample] {
    places.indices.map { i in
      let edges = places.indices.filter { $0 != i }.map { j -> [Double] in
        let (dx, dy) = (places[j][0] - places[i][0], places[j][1] - places[i][1])
        return [dx, dy, (dx * dx + dy * dy).squareRoot(), masses[j]]
      }
      let pulls = edges.map(pull)
      return Sample(
        edges: edges,
        acceleration: [pulls.reduce(0) { $0 + $1.0 }, pulls.reduce(0) { $0 + $1.1 }])
    }
  }

  /// `[samples, others, 4]` and `[samples, 2]`.
  static func tensors(_ samples: [Sample]) -> (Tensor, Tensor) {
    let edges = samples.flatMap { $0.edges.flatMap { $0.map { Float($0) } } }
    let accelerations = samples.flatMap { $0.acceleration.map { Float($0) } }
    return (
      Tensor(edges, shape: [samples.count, particles - 1, 4]),
      Tensor(accelerations, shape: [samples.count, 2])
    )
  }
}
