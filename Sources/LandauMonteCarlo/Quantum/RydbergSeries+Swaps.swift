import LandauCore

extension RydbergSeries {
  /// Exchanges whole world lines of sites that block each other, where the blockade allows: an excitation hops, which line by line would
  /// have to vanish first.
  ///
  /// Weights are those of operators of single sites, alike on all of them, so that every exchange between allowed states is accepted. As many pairs
  /// are tried as there are sites. Entries of a line stay where they are until the end; `owners` says whose they are by then.
  ///
  /// - Precondition: no pairs but those of the blockade.
  func swapPass() {
    let n = state.count
    owners.reserve(n)
    sites.reserve(n)
    // The line that is at each site, and the site at which each line is.
    let (lines, owners) = (sites.pointer, owners.pointer)
    for site in 0..<n {
      lines[site] = UInt32(truncatingIfNeeded: site)
      owners[site] = UInt32(truncatingIfNeeded: site)
    }
    var rng = rng
    var hasSwapped = false
    for _ in 0..<n {
      let i = rng.index(below: n)
      let degree = Int(blockStarts[i + 1] - blockStarts[i])
      guard degree > 0 else { continue }
      let j = Int(blockers.pointer[Int(blockStarts[i]) + rng.index(below: degree)])
      guard fits(Int(lines[i]), at: j, insteadOf: i, lines),
        fits(Int(lines[j]), at: i, insteadOf: j, lines)
      else { continue }
      swap(&lines[i], &lines[j])
      hasSwapped = true
    }
    self.rng = rng
    guard hasSwapped else { return }
    for site in 0..<n { owners[Int(lines[site])] = UInt32(truncatingIfNeeded: site) }
    let (operators, places, rows) = (operators.pointer, places.pointer, rows.pointer)
    let (starts, entries) = (starts.pointer, entries.pointer)
    let former = Array(state.elements)
    for line in 0..<n where Int(owners[line]) != line {
      let site = Int32(bitPattern: owners[line])
      state.pointer[Int(site)] = former[line]
      for entry in Int(starts[line])..<Int(starts[line + 1]) {
        let vertex = Int(entries[entry] >> 2)
        let place = Int(places[vertex])
        operators[place] =
          rows[vertex] == Self.siteOperator
          ? 2 * site + operators[place] & 1 : 2 * Int32(truncatingIfNeeded: n) + site
      }
    }
  }

  /// Whether a line is never excited together with the lines around a site, but for those at its present one and around it, where it fits.
  private func fits(
    _ line: Int, at site: Int, insteadOf former: Int, _ lines: UnsafeMutablePointer<UInt32>
  ) -> Bool {
    for place in blockStarts[site]..<blockStarts[site + 1] {
      let other = Int(blockers.pointer[Int(place)])
      if other != former, areExcitedTogether(line, Int(lines[other])) { return false }
    }
    return true
  }

  private func areExcitedTogether(_ a: Int, _ b: Int) -> Bool {
    let (starts, entries, bits) = (starts.pointer, entries.pointer, bits.pointer)
    var (one, other) = (state.pointer[a], state.pointer[b])
    if one & other == 1 { return true }
    var (i, j) = (Int(starts[a]), Int(starts[b]))
    let (end, otherEnd) = (Int(starts[a + 1]), Int(starts[b + 1]))
    while i < end || j < otherEnd {
      // The earlier vertex of the two lines; only operators of the site change anything.
      if j == otherEnd || i < end && entries[i] < entries[j] {
        if entries[i] & 3 == 3 { one = bits[Int(entries[i] >> 2)] >> 1 }
        i += 1
      } else {
        if entries[j] & 3 == 3 { other = bits[Int(entries[j] >> 2)] >> 1 }
        j += 1
      }
      if one & other == 1 { return true }
    }
    return false
  }
}
