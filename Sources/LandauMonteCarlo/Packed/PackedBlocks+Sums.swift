internal import CLandauKernels

// What is counted in the words, without a configuration.
extension PackedBlocks {
  /// What `lk_kernels.packed_bonds` counts, each bond once.
  func bonds() -> (Int, Int) {
    var replicas = replicas()
    var counts: [UInt64] = [0, 0]
    kernels.packed_bonds(&replicas, Int32(packed.spins.kernel), &counts)
    return (Int(counts[0] / 2), Int(counts[1] / 2))
  }

  /// Bonds of the lattice.
  var bondCount: Int { Int(packed.start[grid.placeCount]) * grid.laneCount / 2 }

  /// How many sites are in a state with the bit of a plane.
  func ones(inPlane plane: Int) -> Int {
    Int(kernels.popcount(planes[plane], 8 * grid.placeCount))
  }

  /// Sites with the bit of plane 0 in each slice at right angles to an axis.
  func sliceOnes(along axis: Int) -> [Int] {
    let blocks = grid.blocks[axis]
    let inBlock = grid.sides[axis] / blocks
    let masks = sliceMasks[axis]
    let inner = grid.sides.indices.dropFirst(axis + 1).reduce(grid.basisCount) {
      $0 * grid.sides[$1] / grid.blocks[$1]
    }
    var ones = [Int](repeating: 0, count: grid.sides[axis])
    var counts = [UInt64](repeating: 0, count: blocks)
    for position in 0..<inBlock {
      for block in 0..<blocks { counts[block] = 0 }
      for first in stride(from: position * inner, to: grid.placeCount, by: inBlock * inner) {
        kernels.masked_ones(planes[0] + 8 * first, inner, masks, blocks, &counts)
      }
      for block in 0..<blocks { ones[block * inBlock + position] = Int(counts[block]) }
    }
    return ones
  }

  /// Sites with the bit of plane 0 on the two sublattices of a checkerboard.
  func sublatticeOnes() -> (Int, Int) {
    let inBlock = zip(grid.sides, grid.blocks).map { $0 / $1 }
    let masks = sublatticeMasks
    var sums = [0, 0]
    for place in 0..<grid.placeCount {
      var (rest, parity) = (place / grid.basisCount, 0)
      for side in inBlock.reversed() {
        parity += rest % side
        rest /= side
      }
      var counts: [UInt64] = [0, 0]
      kernels.masked_ones(planes[0] + 8 * place, 1, masks, 2, &counts)
      sums[parity % 2] += Int(counts[0])
      sums[1 - parity % 2] += Int(counts[1])
    }
    return (sums[0], sums[1])
  }
}
