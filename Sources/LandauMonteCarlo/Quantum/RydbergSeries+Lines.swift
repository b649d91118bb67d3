import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension RydbergSeries {
  /// Turns pieces of world lines by heat bath, each once, site by site.
  func linePass() {
    let (starts, entries) = (starts.pointer, entries.pointer)
    let (bits, rows, ratios) = (bits.pointer, rows.pointer, ratios.pointer)
    let state = state.pointer
    var rng = rng
    for site in 0..<self.state.count {
      let (low, high) = (Int(starts[site]), Int(starts[site + 1]))
      // Pieces begin behind an operator of the site.
      var first = low
      while first < high, entries[first] & 3 != 3 { first += 1 }
      if first == high {
        var sum = 0.0
        for place in low..<high {
          let entry = entries[place]
          let vertex = Int(entry >> 2)
          sum += ratios[Int(rows[vertex]) + 4 * Int(bits[vertex]) + Int(entry & 3)]
        }
        if accepts(sum, &rng), state[site] == 1 || isFree(site, nil) {
          turn(low..<high)
          state[site] ^= 1
        }
        continue
      }
      var begin = first
      repeat {
        // Adds up to the next operator of the site, round the end where it has to.
        var sum = 0.0
        var place = begin + 1
        var isAround = false
        while true {
          if place == high {
            place = low
            isAround = true
          }
          let entry = entries[place]
          if entry & 3 == 3 { break }
          let vertex = Int(entry >> 2)
          sum += ratios[Int(rows[vertex]) + 4 * Int(bits[vertex]) + Int(entry & 3)]
          place += 1
        }
        if accepts(sum, &rng) {
          let (from, to) = (Int(entries[begin] >> 2), Int(entries[place] >> 2))
          if bits[from] & 2 != 0 || isFree(site, (from, to, isAround)) {
            if isAround {
              turn(begin + 1..<high)
              turn(low..<place)
              state[site] ^= 1
            } else {
              turn(begin + 1..<place)
            }
            bits[from] ^= 2
            bits[to] ^= 1
          }
        }
        begin = place
      } while begin != first
    }
    self.rng = rng
  }

  /// Heat bath: R/(1 + R) for a ratio given by its logarithm.
  @inline(__always)
  private func accepts(_ logRatio: Double, _ rng: inout RandomStream) -> Bool {
    if logRatio == 0 { return rng.next() >> 63 == 1 }
    if logRatio == -.infinity { return false }
    return rng.uniform() * (1 + exp(-logRatio)) < 1
  }

  /// Turns the ends of vertices on one line.
  @inline(__always)
  private func turn(_ range: Range<Int>) {
    let (entries, bits) = (entries.pointer, bits.pointer)
    for place in range {
      let entry = entries[place]
      bits[Int(entry >> 2)] ^= UInt8(truncatingIfNeeded: entry & 3 + 1)
    }
  }

  /// Whether all atoms that block a site are down from one vertex to another, round the end or not; all the time where there are none.
  private func isFree(_ site: Int, _ piece: (from: Int, to: Int, isAround: Bool)?) -> Bool {
    for place in blockStarts[site]..<blockStarts[site + 1] {
      let other = Int(blockers.pointer[Int(place)])
      let isDown =
        if let piece {
          piece.isAround
            ? isDown(other, after: piece.from, before: .max)
              && isDown(other, after: -1, before: piece.to)
            : isDown(other, after: piece.from, before: piece.to)
        } else {
          isDown(other, after: -1, before: .max)
        }
      guard isDown else { return false }
    }
    return true
  }

  private func isDown(_ site: Int, after: Int, before: Int) -> Bool {
    let (entries, bits) = (entries.pointer, bits.pointer)
    let end = Int(starts.pointer[site + 1])
    var (low, high) = (Int(starts.pointer[site]), end)
    while low < high {
      let middle = (low + high) / 2
      if Int(entries[middle] >> 2) <= after { low = middle + 1 } else { high = middle }
    }
    // Behind the last vertex a line is as before the first.
    guard low < end else { return state.pointer[site] == 0 }
    var entry = entries[low]
    // Bit 0 is the occupation before an operator of the site, and for a detuning and the first end of a pair; bit 1 for the second.
    if bits[Int(entry >> 2)] >> UInt8(entry & 3 == 1 ? 1 : 0) & 1 != 0 { return false }
    while Int(entry >> 2) < before {
      if entry & 3 == 3, bits[Int(entry >> 2)] & 2 != 0 { return false }
      low += 1
      if low == end { return true }
      entry = entries[low]
    }
    return true
  }
}
