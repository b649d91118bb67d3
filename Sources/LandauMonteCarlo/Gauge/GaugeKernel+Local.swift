import LandauCore

extension GaugeKernel {
  /// Goes through the links as sweeps do, axis by axis and site by site, each with the sum of its staples.
  @inline(__always)
  private func forEachLink(_ body: (_ link: inout Link, _ staples: Link) -> Void) {
    for axis in 0..<dimension {
      for site in 0..<siteCount {
        let staples = staples(site, axis)
        body(&links[site &* dimension &+ axis], staples)
      }
    }
  }

  /// Draws every link in turn from its distribution beside its staples.
  func heatBath(beta: Double, using generator: inout RandomStream) {
    let strength = beta / Double(Link.rank)
    if heatInLanes(strength: strength, using: &generator) { return }
    var rng = generator
    forEachLink { link, staples in
      link = link.heated(staples, strength: strength, using: &rng)
    }
    generator = rng
  }

  /// Turns every link over in turn without changing the action.
  func reflect() {
    if reflectInLanes() { return }
    forEachLink { link, staples in link = link.reflected(staples) }
  }

  /// One Metropolis attempt per link; returns how many were accepted.
  ///
  /// The link is multiplied from the left by exp(step P), P normal in the algebra: P and -P are equally likely,
  /// so a move is as likely as its reverse, and every element can be reached.
  func metropolis(beta: Double, step: Double, using generator: inout RandomStream) -> Int {
    var rng = generator
    let gate = ExponentialGate.shared
    let strength = beta / Double(Link.rank)
    var accepted = 0
    forEachLink { link, staples in
      let new = Link.momentum(using: &rng).scaled(by: step).exponential * link
      let cost = -strength * ((new - link) * staples).trace.x
      if gate.accepts(rng.uniform(), cost: cost) {
        link = new
        accepted &+= 1
      }
    }
    generator = rng
    return accepted
  }

  /// Takes every link towards the least action: one sweep of cooling.
  func cool() { forEachLink { link, staples in link = link.aligned(staples) } }
}
