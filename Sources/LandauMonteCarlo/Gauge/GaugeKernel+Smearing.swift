extension GaugeKernel {
  /// Smears the links in space, all axes but the first, `count` times (APE: Albanese et al. 1987).
  ///
  /// A link becomes the element of the group nearest to (1 - weight) U + weight times the mean of its staples in
  /// space. Loops in space and time then see more of the ground state and less of what lies above it.
  func smear(_ count: Int, weight: Double = 0.5) {
    guard dimension > 2, count > 0 else { return }
    let memory = UnsafeMutablePointer<Link>.allocate(capacity: linkCount)
    memory.initialize(from: links, count: linkCount)
    defer { memory.deallocate() }
    let share = weight / Double(2 * (dimension - 2))
    for _ in 0..<count {
      for site in 0..<siteCount {
        for axis in 1..<dimension {
          let link = link(site, axis)
          // The adjoint of the sum, as `aligned` takes it.
          let staples = plainStaples(site, axis, from: 1)
          let target = link.adjoint.scaled(by: 1 - weight) + staples.scaled(by: share)
          memory[site * dimension + axis] = Self.projected(link, target)
        }
      }
      links.update(from: memory, count: linkCount)
    }
  }

  /// The element with the largest Re tr(U A), from one that is near; at once for U(1) and SU(2).
  private static func projected(_ link: Link, _ target: Link) -> Link {
    var nearest = link.aligned(target)
    guard Link.rank > 2 else { return nearest }
    var value = (nearest * target).trace.x
    for _ in 0..<100 {
      let next = nearest.aligned(target)
      let other = (next * target).trace.x
      nearest = next
      if other - value <= 1e-15 { break }
      value = other
    }
    return nearest.unitarised
  }

  /// Means of Re tr W / N over rectangles of R links in space and T in time, `[R - 1][T - 1]`.
  func timeLoops(width: Int, height: Int) -> [[Double]] {
    // Lines in time from every site, by length, and where they end.
    var times: [[Link]] = []
    var tops: [[Int]] = []
    for length in 0..<height {
      times.append(
        (0..<siteCount).map { site in
          length == 0 ? link(site, 0) : times[length - 1][site] * link(tops[length - 1][site], 0)
        })
      tops.append(
        (0..<siteCount).map { site in next(length == 0 ? site : tops[length - 1][site], 0) })
    }
    var sums = [[Double]](repeating: [Double](repeating: 0, count: height), count: width)
    for axis in 1..<dimension {
      var line = (0..<siteCount).map { link($0, axis) }
      var end = (0..<siteCount).map { next($0, axis) }
      for extent in 0..<width {
        if extent > 0 {
          line = (0..<siteCount).map { line[$0] * link(end[$0], axis) }
          end = end.map { next($0, axis) }
        }
        for length in 0..<height {
          var sum = 0.0
          for site in 0..<siteCount {
            let half = line[site] * times[length][end[site]]
            let other = times[length][site] * line[tops[length][site]]
            sum += half.timesAdjoint(other).realTrace
          }
          sums[extent][length] += sum
        }
      }
    }
    let count = Double(siteCount * (dimension - 1))
    return sums.map { $0.map { $0 / count } }
  }
}
