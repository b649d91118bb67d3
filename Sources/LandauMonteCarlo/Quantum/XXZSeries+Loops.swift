import LandauCore

extension XXZSeries {
  /// Makes all loops, each of which is flipped with probability 1/2.
  ///
  /// The link of a leg that was visited is replaced by the number of its loop, with the highest bit set.
  ///
  /// Two spins at one time are correlated along x where one loop passes both; along z the product of the two adds to
  /// that of the others with random signs. So at time zero <(sum x)^2> = sum over loops of (sum of s over its sites)^2, s the
  /// signs of the turned axes, and <(sum z)^2> = sum over loops of (sum of z)^2.
  func allLoops() -> LoopSums {
    let count = operatorCount
    let (vertices, links) = (vertices.pointer, links.pointer)
    let mark: UInt32 = 1 << 31
    var rng = rng
    var loop: UInt32 = 0
    var (coins, left) = (UInt64(0), 0)
    for start in 0..<4 * count where links[start] & mark == 0 {
      if left == 0 { (coins, left) = (rng.next(), 64) }
      let isFlipped = coins & 1 == 1
      coins >>= 1
      left -= 1
      let name = loop | mark
      loop += 1
      var leg = start
      repeat {
        let vertex = leg >> 2
        let bits = vertices[vertex]
        let exit = leg ^ Int(bits >> 4)
        if isFlipped { vertices[vertex] = bits ^ (1 << UInt8(leg & 3)) ^ (1 << UInt8(exit & 3)) }
        let next = Int(links[exit])
        links[leg] = name
        links[exit] = name
        leg = next
      } while leg != start
    }
    self.rng = rng
    var sums = LoopSums()
    sums.legs = 4 * count
    // Sums over sites at time zero, loop by loop; spins alone are loops of their own.
    let (spins, first) = (state.pointer, firstLegs.pointer)
    loopWeights.reserve(4 * Int(loop))
    let weights = loopWeights.pointer
    for item in 0..<4 * Int(loop) { weights[item] = 0 }
    let hasSublattices = !sublattices.isEmpty
    for site in 0..<state.count {
      let sign = hasSublattices ? Int32(sublattices[site]) : 0
      let (z, s) = (Int32(spins[site]), Int32(turned[site]))
      guard first[site] != Self.none else {
        sums.order += 1
        sums.transverse += 1
        sums.staggered += 1
        sums.transverseStaggered += 1
        continue
      }
      let item = 4 * Int(links[Int(first[site])] & ~mark)
      weights[item] += z
      weights[item + 1] += sign * z
      weights[item + 2] += s
      weights[item + 3] += sign * s
    }
    for item in 0..<Int(loop) {
      let (a, b) = (Double(weights[4 * item]), Double(weights[4 * item + 1]))
      let (c, d) = (Double(weights[4 * item + 2]), Double(weights[4 * item + 3]))
      sums.order += a * a
      sums.staggered += b * b
      sums.transverse += c * c
      sums.transverseStaggered += d * d
    }
    let square = Double(state.count) * Double(state.count)
    sums.order /= square
    sums.staggered /= square
    sums.transverse /= square
    sums.transverseStaggered /= square
    return sums
  }

  /// Makes `loopCount` loops that go their way by chance.
  ///
  /// Every fourth begins at time zero at a site drawn at random: whenever its head passes time zero elsewhere, the two are joined by
  /// an operator that raises one spin and lowers the other, and the mean number of passes at j is <x_i x_j + y_i y_j>/2 (Dorneich and
  /// Troyer 2001, Phys. Rev. E 64, 066701). The others begin at any leg.
  func directedLoops() -> LoopSums {
    let n = state.count
    let legs = 4 * operatorCount
    var rng = rng
    var sums = LoopSums()
    var starts = 0
    for loop in 0..<loopCount {
      if loop % 4 != 0 {
        if legs > 0 { sums.legs += walk(from: rng.index(below: legs), &rng) { _ in } }
        continue
      }
      let site = rng.index(below: n)
      let isUpward = rng.next() >> 63 == 1
      starts += 1
      var (uniform, staggered) = (1.0, 1.0)
      let start = isUpward ? firstLegs.pointer[site] : lastLegs.pointer[site]
      if start != Self.none {
        sums.legs += walk(from: Int(start), &rng) { other in
          let sign = Int(turned[site]) * Int(turned[other])
          uniform += Double(sign)
          if !sublattices.isEmpty {
            staggered += Double(sign * Int(sublattices[site]) * Int(sublattices[other]))
          }
        }
      }
      sums.transverse += uniform
      sums.transverseStaggered += staggered
    }
    sums.transverse /= Double(starts * n)
    sums.transverseStaggered /= Double(starts * n)
    self.rng = rng
    return sums
  }

  /// One loop that enters at a leg, until it is back on the link it began on.
  ///
  /// - Parameter passes: called with the site where the head passes time zero, but for the end.
  /// - Returns: the vertices visited.
  @inline(__always)
  private func walk(
    from start: Int, _ rng: inout RandomStream, passes: (Int) -> Void
  ) -> Int {
    let (vertices, links) = (vertices.pointer, links.pointer)
    let (bonds, kinds) = (bondOfVertex.pointer, kindOfBond.pointer)
    let (scattering, ends) = (scattering.pointer, ends.pointer)
    var leg = start
    var visited = 0
    while true {
      let vertex = leg >> 2
      let bits = Int(vertices[vertex] & 15)
      let bond = Int(bonds[vertex])
      let way = scattering[64 * Int(kinds[bond]) + 4 * bits + leg & 3]
      visited += 1
      let u = way.first == 1 ? 0 : rng.uniform()
      let exit = u < way.first ? Int(way.firstExit) : u < way.second ? Int(way.secondExit) : leg & 3
      vertices[vertex] ^= UInt8(truncatingIfNeeded: (1 << (leg & 3)) ^ (1 << exit))
      let out = 4 * vertex + exit
      if out == start { return visited }
      let next = Int(links[out])
      if next == start { return visited }
      // Upward links lead to later vertices and downward ones to earlier, but for those through time zero.
      if (exit & 2 != 0) == (next < out) { passes(Int(ends[2 * bond + exit & 1])) }
      leg = next
    }
  }
}
