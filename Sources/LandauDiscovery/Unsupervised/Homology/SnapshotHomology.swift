public import LandauCore

extension Snapshots {
  /// What the level of a filtration means.
  public enum Filtration: Sendable, Hashable {
    /// Minus the spin: first the upper level, then one level after the other.
    case spins
    /// Minus the distance to the nearest domain wall in the domains of the majority, plus it in the others: the majority
    /// grows from its cores, reaches the walls at -1/2 and then fills the minority.
    ///
    /// Of two-valued spins. Distances count steps between sites; a wall is half a step from the sites beside it. Where
    /// there is no wall every site is as deep as a site can be from another, half the sum of the sides.
    case wallDistance
  }

  /// The persistence diagram of one sample's first channel.
  ///
  /// - Parameter boundary: nil takes that of the snapshots; a torus needs sides from three.
  public func persistence(
    ofSample sample: Int, filtration: Filtration, boundary: Boundary? = nil
  ) -> PersistenceDiagram {
    precondition((0..<sampleCount).contains(sample), "sample \(sample) of \(sampleCount)")
    let width = siteCount * channels.count
    let spins = values[sample * width..<sample * width + siteCount]
    let isPeriodic = (boundary ?? self.boundary) == .periodic
    let field: [Double]
    switch filtration {
    case .spins: field = spins.map { -Double($0) }
    case .wallDistance:
      precondition(isBinary, "distances to domain walls of levels \(levels); allowed: -1 and 1")
      field = WallDistance.signed(Array(spins), shape: siteShape, isPeriodic: isPeriodic)
    }
    return PersistenceDiagram(of: field, shape: siteShape, isPeriodic: isPeriodic)
  }
}

/// Distances to domain walls on a grid.
enum WallDistance {
  /// Minus the distance for spins of the majority (ties: +1), plus it for the others.
  static func signed(_ spins: [Int8], shape: [Int], isPeriodic: Bool) -> [Double] {
    let majority: Int8 = spins.reduce(0) { $0 + Int($1) } >= 0 ? 1 : -1
    let neighbors = (0..<spins.count).map { Self.neighbors(of: $0, shape, isPeriodic) }
    // Breadth first from all sites beside a wall at a time: each is reached along a shortest way.
    var steps = [Int](repeating: -1, count: spins.count)
    var queue = spins.indices.filter { site in neighbors[site].contains { spins[$0] != spins[site] }
    }
    for site in queue { steps[site] = 0 }
    var next = 0
    while next < queue.count {
      let site = queue[next]
      next += 1
      for other in neighbors[site] where steps[other] < 0 {
        steps[other] = steps[site] + 1
        queue.append(other)
      }
    }
    let deepest = Double(shape.reduce(0, +)) / 2
    return spins.indices.map { site in
      let distance = steps[site] < 0 ? deepest : Double(steps[site]) + 0.5
      return spins[site] == majority ? -distance : distance
    }
  }

  private static func neighbors(of site: Int, _ shape: [Int], _ isPeriodic: Bool) -> [Int] {
    var result: [Int] = []
    var stride = 1
    for side in shape.reversed() {
      let x = site / stride % side
      for step in [-1, 1] where side > 1 {
        let y = x + step
        if (0..<side).contains(y) {
          result.append(site + step * stride)
        } else if isPeriodic {
          result.append(site + (step - step * side) * stride)
        }
      }
      stride *= side
    }
    return result
  }
}
