internal import CLandauKernels

// Configurations into the words and out of them.
extension PackedBlocks {
  /// Takes over a configuration, site by site.
  func load(_ states: UnsafePointer<UInt8>) {
    for (place, offset) in placeOffsets.enumerated() {
      write(place, states + offset, laneOffsets)
    }
    for (number, copy) in copies.copies.enumerated() {
      write(
        grid.placeCount + number, states + placeOffsets[copy.place],
        copies.sources(of: number).map { laneOffsets[Int($0)] })
    }
  }

  private func write(_ place: Int, _ states: UnsafePointer<UInt8>, _ offsets: [Int]) {
    for (plane, words) in planes.enumerated() {
      for word in 0..<(offsets.count + 63) / 64 {
        var bits: UInt64 = 0
        for lane in 64 * word..<min(offsets.count, 64 * word + 64) {
          bits |= UInt64(states[offsets[lane]] >> UInt8(plane) & 1) << UInt64(lane % 64)
        }
        words[8 * place + word] = bits
      }
    }
  }

  /// Writes the configuration, site by site.
  func unpack(to states: UnsafeMutablePointer<UInt8>) {
    var replicas = replicas()
    let (places, lanes, row) = (grid.placeCount, grid.laneCount, grid.rowLength)
    let eights = (row + 7) / 8
    // Room for the eights of the last.
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64 * places + 8) { block in
      laneOffsets.withUnsafeBufferPointer { offsets in
        sitesAhead.withUnsafeBufferPointer { ahead in
          for word in 0..<(lanes + 63) / 64 {
            kernels.packed_states(&replicas, Int32(word), block.baseAddress!)
            for first in stride(from: 0, to: places, by: row) {
              var from = UnsafeRawPointer(block.baseAddress!) + first
              let start = UnsafeMutableRawPointer(states) + placeOffsets[first]
              for lane in 64 * word..<min(lanes, 64 * word + 64) {
                let to = start + offsets[lane]
                if ahead[lane] >= 8 &* eights {
                  // What is too much is overwritten by the blocks that follow in the row.
                  for eight in 0..<eights {
                    to.storeBytes(
                      of: from.loadUnaligned(fromByteOffset: 8 &* eight, as: UInt64.self),
                      toByteOffset: 8 &* eight, as: UInt64.self)
                  }
                } else {
                  for site in 0..<row {
                    to.storeBytes(
                      of: from.load(fromByteOffset: site, as: UInt8.self), toByteOffset: site,
                      as: UInt8.self)
                  }
                }
                from += places
              }
            }
          }
        }
      }
    }
  }
}
