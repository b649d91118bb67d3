import LandauCore

extension GaugeKernel {
  /// Draws every link in turn from its distribution beside its staples.
  func heatBath(beta: Double, using generator: inout RandomStream) {
    var rng = generator
    let strength = beta / Double(Link.rank)
    for axis in 0..<dimension {
      for site in 0..<siteCount {
        let place = site &* dimension &+ axis
        links[place] = links[place].heated(staples(site, axis), strength: strength, using: &rng)
      }
    }
    generator = rng
  }

  /// Turns every link over in turn without changing the action.
  func reflect() {
    for axis in 0..<dimension {
      for site in 0..<siteCount {
        let place = site &* dimension &+ axis
        links[place] = links[place].reflected(staples(site, axis))
      }
    }
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
    for axis in 0..<dimension {
      for site in 0..<siteCount {
        let place = site &* dimension &+ axis
        let old = links[place]
        let new = Link.momentum(using: &rng).scaled(by: step).exponential * old
        let cost = -strength * ((new - old) * staples(site, axis)).trace.x
        if gate.accepts(rng.uniform(), cost: cost) {
          links[place] = new
          accepted &+= 1
        }
      }
    }
    generator = rng
    return accepted
  }

  /// Takes every link towards the least action: one sweep of cooling.
  func cool() {
    for axis in 0..<dimension {
      for site in 0..<siteCount {
        let place = site &* dimension &+ axis
        links[place] = links[place].aligned(staples(site, axis))
      }
    }
  }
}
