import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension VectorKernel {
  /// One Metropolis attempt per site, in order; returns how many were accepted.
  ///
  /// In the plane the spin is turned by an angle whose half tangent is uniform on (-step, step); in more
  /// dimensions a vector uniform in direction, of a length up to `step`, is added and the sum brought
  /// back to length 1. The chance of a move depends on the angle between the ends alone, so it is
  /// as likely as its reverse.
  func metropolis(beta: Double, step: Double, using generator: inout RandomStream) -> Int {
    var rng = generator
    let gate = ExponentialGate.shared
    var accepted = 0
    for site in 0..<siteCount {
      let local = localField(at: site)
      let spin = spins[site]
      let new: V
      if components == 2 {
        let tangent = step * (2 * rng.uniform() - 1)
        let scale = 1 / (1 + tangent * tangent)
        new = spin.turned(cosine: (1 - tangent * tangent) * scale, sine: 2 * tangent * scale)
      } else {
        let length = step * rng.uniform()
        let moved = spin + length * V.direction(components, using: &rng)
        let square = V.dot(moved, moved)
        new = square > 0 ? moved * (1 / square.squareRoot()) : spin
      }
      let cost = -beta * V.dot(new - spin, local)
      if gate.accepts(rng.uniform(), cost: cost) {
        spins[site] = new
        accepted &+= 1
      }
    }
    generator = rng
    return accepted
  }

  /// Draws every spin, in order, from its distribution in the field of its neighbours.
  func heatBath(beta: Double, using generator: inout RandomStream) {
    var rng = generator
    for site in 0..<siteCount {
      let local = beta * localField(at: site)
      spins[site] = Self.drawn(in: local, components, using: &rng)
    }
    generator = rng
  }

  /// A unit vector s with density proportional to exp(field . s).
  @inline(__always)
  static func drawn(in field: V, _ components: Int, using rng: inout RandomStream) -> V {
    let square = V.dot(field, field)
    guard square > 1e-300 else { return V.direction(components, using: &rng) }
    let strength = square.squareRoot()
    let axis = field * (1 / strength)
    return components == 3
      ? inverted(strength, axis, using: &rng)
      : rejected(strength, axis, components, using: &rng)
  }

  /// Three components, by inversion: the projection x on the axis has density exp(kappa x) on (-1, 1).
  @inline(__always)
  private static func inverted(
    _ strength: Double, _ axis: V, using rng: inout RandomStream
  ) -> V {
    let below = log1p(rng.uniform() * expm1(-2 * strength)) / strength  // x - 1
    let x = 1 + below
    let radius = max(0, -below * (2 + below)).squareRoot()
    while true {
      let other = V.direction(3, using: &rng)
      let across = other - V.dot(other, axis) * axis
      let square = V.dot(across, across)
      if square > 1e-20 { return x * axis + (radius / square.squareRoot()) * across }
    }
  }

  /// Any number n of components, by rejection (Best and Fisher 1979 for n = 2, Wood 1994).
  ///
  /// A uniform direction with projection t on the axis is moved towards it by the conformal map
  /// t -> w = (x0 + t)/(1 + x0 t) of the sphere and accepted with probability
  /// exp(kappa (w - x0)) (1 + x0 t)^(1 - n), where x0 makes its largest value, 1 at t = 0. At least 65 % are.
  @inline(__always)
  private static func rejected(
    _ strength: Double, _ axis: V, _ components: Int, using rng: inout RandomStream
  ) -> V {
    let gate = ExponentialGate.shared
    let order = Double(components - 1)
    let root = (4 * strength * strength + order * order).squareRoot()
    let sum = 2 * strength + root
    let shift = (2 * strength + 4 * strength * strength / (root + order)) / (sum + order)
    let b = order / sum
    let narrow = 4 * b / ((1 + b) * (1 + b))  // 1 - x0^2
    while true {
      let direction = V.direction(components, using: &rng)
      let t = V.dot(direction, axis)
      let scale = 1 / (1 + shift * t)
      let cost = order * log1p(shift * t) - strength * narrow * t * scale
      if gate.accepts(rng.uniform(), cost: cost) {
        let across = direction - t * axis
        return ((shift + t) * scale * axis + (narrow.squareRoot() * scale) * across).unit
      }
    }
  }

  /// Mirrors every spin, in order, at the field of its neighbours: the energy stays as it is.
  func reflect() {
    for site in 0..<siteCount {
      let local = localField(at: site)
      let square = V.dot(local, local)
      if square > 1e-300 {
        let spin = spins[site]
        spins[site] = (2 * V.dot(spin, local) / square) * local - spin
      }
    }
  }
}
