import LandauLattice

extension GaugeKernel {
  /// The same lattice with other links, which the caller owns.
  func with(_ other: UnsafeMutablePointer<Link>) -> GaugeKernel {
    var copy = self
    copy.links = other
    return copy
  }

  /// Runs `body` with a copy of the links, which it may change.
  func withCopy<Result>(_ body: (GaugeKernel) -> Result) -> Result {
    let memory = UnsafeMutablePointer<Link>.allocate(capacity: linkCount)
    memory.initialize(from: links, count: linkCount)
    defer { memory.deallocate() }
    return body(with(memory))
  }

  /// Wilson's flow to a time: dV/dt = -X V with X the algebra part of V A, steepest descent of the action.
  ///
  /// Lüscher's Runge-Kutta scheme of third order (arXiv:1006.4518, appendix C). Links are smoothed over a radius of
  /// sqrt(8 t) lattice spacings.
  ///
  /// - Parameter steps: equal steps in which the time is made; nil for steps of 0.05 or a little less.
  func flow(time: Double, steps: Int? = nil) {
    guard time > 0 else { return }
    let steps = steps ?? max(1, Int((time / 0.05).rounded(.up)))
    let step = -time / Double(steps)
    let slope = UnsafeMutablePointer<Link>.allocate(capacity: linkCount)
    slope.initialize(repeating: .zero, count: linkCount)
    defer { slope.deallocate() }
    for _ in 0..<steps {
      // W_1 = exp(Z_0/4) W_0, W_2 = exp(8/9 Z_1 - 17/36 Z_0) W_1, W_3 = exp(3/4 Z_2 - 8/9 Z_1 + 17/36 Z_0) W_2:
      // `slope` holds the exponent, which the next one contains with the opposite sign.
      advance(slope, own: step / 4, last: 0)
      advance(slope, own: step * 8 / 9, last: -17.0 / 9)
      advance(slope, own: step * 3 / 4, last: -1)
    }
    unitarise()
  }

  /// slope <- own X + last slope, V <- exp(slope) V.
  private func advance(_ slope: UnsafeMutablePointer<Link>, own: Double, last: Double) {
    for site in 0..<siteCount {
      for axis in 0..<dimension {
        let place = site &* dimension &+ axis
        let force = (links[place] * staples(site, axis)).algebraPart
        slope[place] = force.scaled(by: own) + slope[place].scaled(by: last)
      }
    }
    for place in 0..<linkCount { links[place] = slope[place].exponential * links[place] }
  }

  /// The field strength G of a plane at a site: the algebra part of the mean of its four plaquettes there.
  @inline(__always)
  func clover(_ site: Int, _ a: Int, _ b: Int) -> Link {
    let (left, below) = (previous(site, a), previous(site, b))
    let corner = previous(left, b)
    let first = plaquette(site, a, b)
    // U_b(x) U_a(x - a + b)^dagger U_b(x - a)^dagger U_a(x - a)
    let second =
      link(site, b).timesAdjoint(link(next(left, b), a)).timesAdjoint(link(left, b))
      * link(left, a)
    // U_a(x - a)^dagger U_b(x - a - b)^dagger U_a(x - a - b) U_b(x - b)
    let third =
      (link(corner, b) * link(left, a)).adjointTimes(link(corner, a)) * link(below, b)
    // U_b(x - b)^dagger U_a(x - b) U_b(x + a - b) U_a(x)^dagger
    let fourth =
      (link(below, b).adjointTimes(link(below, a)) * link(next(below, a), b))
      .timesAdjoint(link(site, a))
    return (first + second + third + fourth).scaled(by: 0.25).algebraPart
  }

  /// Mean over the sites of E = -(1/2) sum over all pairs of axes, both orders, of tr G^2.
  func actionDensity() -> Double {
    let planes = model.lattice.planes
    var total = 0.0
    for site in 0..<siteCount {
      for (a, b) in planes {
        let strength = clover(site, a, b)
        total -= (strength * strength).trace.x
      }
    }
    return total / Double(siteCount)
  }

  /// Q = -(1/32 pi^2) sum of epsilon_abcd tr G_ab G_cd over the sites of a four-dimensional lattice.
  ///
  /// Near a whole number for smooth links; ultraviolet noise on others. With the eight equal terms of epsilon
  /// Q = -(1/4 pi^2) sum of tr(G_01 G_23 - G_02 G_13 + G_03 G_12).
  func cloverCharge() -> Double {
    precondition(dimension == 4, "the charge of \(dimension) dimensions")
    var total = 0.0
    for site in 0..<siteCount {
      let one = (clover(site, 0, 1) * clover(site, 2, 3)).trace.x
      let two = (clover(site, 0, 2) * clover(site, 1, 3)).trace.x
      let three = (clover(site, 0, 3) * clover(site, 1, 2)).trace.x
      total -= one - two + three
    }
    return total / (4 * Double.pi * Double.pi)
  }
}
