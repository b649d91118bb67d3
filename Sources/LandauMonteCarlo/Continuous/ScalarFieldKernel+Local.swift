import LandauCore

extension ScalarFieldKernel {
  /// One Metropolis attempt per site, in order, by a step uniform on (-step, step); returns how many were
  /// accepted.
  func metropolis(step: Double, using generator: inout RandomStream) -> Int {
    var rng = generator
    let gate = ExponentialGate.shared
    // A neighbour along an axis of side 1 is the site itself: its part of the action is 0.
    let stiff = (Double(dimension) - selfNeighbours / 2) * gradient + quadratic / 2
    var accepted = 0
    for row in 0..<rowCount {
      for site in (row * width)..<((row + 1) * width) {
        let old = field[site]
        let new = old + step * (2 * rng.uniform() - 1)
        let around = neighbourSum(at: site, row: row) - selfNeighbours * old
        let (oldSquare, newSquare) = (old * old, new * new)
        let cost =
          (newSquare - oldSquare) * (stiff + quartic / 4 * (newSquare + oldSquare))
          - gradient * (new - old) * around
        if gate.accepts(rng.uniform(), cost: cost) {
          field[site] = new
          accepted &+= 1
        }
      }
    }
    generator = rng
    return accepted
  }

  /// Turns over one cluster of equal signs; returns its size.
  ///
  /// With signs split off, phi = |phi| sign, the action is an Ising model with couplings
  /// k |phi_x| |phi_y|: neighbours of equal sign join with probability 1 - exp(-2 k phi_x phi_y).
  func flipCluster(
    _ queue: UnsafeMutablePointer<Int32>, using generator: inout RandomStream
  ) -> Int {
    var rng = generator
    defer { generator = rng }
    let gate = ExponentialGate.shared
    let (field, rows, width) = (field, rows, width)
    let entries = 2 * (dimension - 1)
    let root = rng.index(below: siteCount)
    queue[0] = Int32(truncatingIfNeeded: root)
    field[root] = -field[root]
    var head = 0
    var tail = 1
    while head < tail {
      let site = Int(queue[head])
      head &+= 1
      let pull = -2 * gradient * field[site]
      let row = site / width
      let column = site &- row &* width
      @inline(__always)
      func join(_ other: Int) {
        let x = pull * field[other]
        guard x > 0, gate.opens(rng.uniform(), x) else { return }
        field[other] = -field[other]
        queue[tail] = Int32(truncatingIfNeeded: other)
        tail &+= 1
      }
      join(column &+ 1 < width ? site &+ 1 : site &- column)
      join(column > 0 ? site &- 1 : site &+ width &- 1)
      for entry in 0..<entries { join(Int(rows[row &* entries &+ entry]) &+ column) }
    }
    return tail
  }
}
