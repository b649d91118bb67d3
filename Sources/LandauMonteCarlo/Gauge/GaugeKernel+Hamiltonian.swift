import LandauCore

/// Links and momenta in the algebra, for the integrator.
///
/// K = sum of p_a^2/2, dU/dt = P U. Along it dS/dt = -(beta/N) Re tr(P U A) = -(beta/N) Re tr(P X), X the algebra
/// part of U A, so K + S is kept by dP/dt = -beta f X with the factor f of the group.
struct GaugeMotion<Link: GaugeGroup>: HamiltonianSystem {
  let kernel: GaugeKernel<Link>
  let momenta: UnsafeMutablePointer<Link>
  let backup: UnsafeMutablePointer<Link>
  let beta: Double
  var positions: UnsafeMutablePointer<Link> { kernel.links }
  var positionCount: Int { kernel.linkCount }

  func kick(_ step: Double) {
    let kernel = kernel
    let scale = -step * beta * Link.forceFactor
    for site in 0..<kernel.siteCount {
      for axis in 0..<kernel.dimension {
        let place = site &* kernel.dimension &+ axis
        let product = kernel.links[place] * kernel.staples(site, axis)
        momenta[place] += product.algebraPart.scaled(by: scale)
      }
    }
  }

  func drift(_ step: Double) {
    for place in 0..<kernel.linkCount {
      kernel.links[place] = momenta[place].scaled(by: step).exponential * kernel.links[place]
    }
  }

  /// K + beta H.
  func total() -> Double {
    var kinetic = 0.0
    for place in 0..<kernel.linkCount { kinetic += momenta[place].kinetic }
    return kinetic + beta * kernel.energy()
  }

  func drawMomenta(using generator: inout RandomStream) {
    var rng = generator
    for place in 0..<kernel.linkCount { momenta[place] = Link.momentum(using: &rng) }
    generator = rng
  }
}

extension GaugeKernel {
  /// Links with room for momenta, as trajectories move them.
  func motion(beta: Double) -> GaugeMotion<Link> {
    GaugeMotion(kernel: self, momenta: momenta!, backup: backup!, beta: beta)
  }

  func trajectory(
    _ path: TrajectoryPath, beta: Double, using rng: inout RandomStream
  ) -> TrajectoryResult {
    motion(beta: beta).trajectory(path, using: &rng)
  }
}
