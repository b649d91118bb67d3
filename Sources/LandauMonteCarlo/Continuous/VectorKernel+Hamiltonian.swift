import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Spins and momenta at a temperature, for the integrator.
struct VectorMotion<V: SpinVector>: HamiltonianSystem {
  let kernel: VectorKernel<V>
  let momenta: UnsafeMutablePointer<V>
  let backup: UnsafeMutablePointer<V>
  let beta: Double
  var positions: UnsafeMutablePointer<V> { kernel.spins }
  var positionCount: Int { kernel.siteCount }

  /// Momenta are tangents: only the part of the force across the spin counts.
  func kick(_ step: Double) {
    let scale = step * beta
    for site in 0..<kernel.siteCount {
      let local = kernel.localField(at: site)
      let spin = kernel.spins[site]
      momenta[site] += scale * (local - V.dot(local, spin) * spin)
    }
  }

  /// Along great circles, exactly.
  func drift(_ step: Double) {
    for site in 0..<kernel.siteCount {
      let (spin, momentum) = (kernel.spins[site], momenta[site])
      let speed = V.dot(momentum, momentum).squareRoot()
      guard speed > 0 else { continue }
      let (c, s) = (cos(speed * step), sin(speed * step))
      kernel.spins[site] = c * spin + (s / speed) * momentum
      momenta[site] = c * momentum - (s * speed) * spin
    }
  }

  /// Normal numbers in the tangent plane of every spin.
  func drawMomenta(using rng: inout RandomStream) {
    let normal = NormalZiggurat.shared
    for site in 0..<kernel.siteCount {
      let spin = kernel.spins[site]
      var vector = V.zero
      for k in 0..<kernel.components { vector[k] = normal.draw(using: &rng) }
      momenta[site] = vector - V.dot(vector, spin) * spin
    }
  }

  /// Half the squared momenta plus beta H, without the energy of self-bonds.
  func total() -> Double {
    var (kinetic, potential) = (0.0, 0.0)
    for site in 0..<kernel.siteCount {
      kinetic += V.dot(momenta[site], momenta[site])
      let local = kernel.localField(at: site)
      potential += V.dot(local + kernel.field, kernel.spins[site])
    }
    return (kinetic - beta * potential) / 2
  }
}

extension VectorKernel {
  /// Spins with room for momenta, as trajectories move them.
  func motion(beta: Double) -> VectorMotion<V> {
    VectorMotion(kernel: self, momenta: momenta!, backup: backup!, beta: beta)
  }

  /// Leapfrog on the sphere (Byrne and Girolami 2013): kicks across the spins alternate with motion along
  /// great circles. Both keep volume in phase space and are undone by turning the momenta round.
  func trajectory(
    _ path: TrajectoryPath, beta: Double, using rng: inout RandomStream
  ) -> TrajectoryResult {
    let result = motion(beta: beta).trajectory(path, using: &rng)
    if result.isAccepted { renormalise() }
    return result
  }
}
