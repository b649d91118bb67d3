import LandauDiscovery

// All configurations of a small Ising model on the square lattice.
extension DualSystem {
  func exactResult(_ isSummed: Bool) -> DualSearch.Result {
    let periodic = bondValues(twisted: [false, false])
    let summed = [[false, false], [false, true], [true, false], [true, true]]
      .flatMap { bondValues(twisted: $0) }
    return ExactDual(ansatz: ansatz, couplings: couplings, original: periodic)
      .result(dual: isSummed ? summed : periodic, summed: summed)
  }

  /// The products of neighbours, `[kind, cell]`, of every configuration with the first spin up; those across twisted boundaries
  /// have the other sign.
  func bondValues(twisted: [Bool]) -> [[Int8]] {
    let count = side * side
    return (0..<1 << (count - 1)).map { bits in
      func spin(_ row: Int, _ column: Int) -> Int8 {
        let site = row % side * side + column % side
        return site == 0 || bits >> (site - 1) & 1 == 0 ? 1 : -1
      }
      var values: [Int8] = []
      for axis in 0..<2 {
        for cell in 0..<count {
          let (row, column) = (cell / side, cell % side)
          let (down, right) = axis == 0 ? (row + 1, column) : (row, column + 1)
          let crosses = axis == 0 ? down == side : right == side
          values.append(
            spin(row, column) * spin(down, right) * (crosses && twisted[axis] ? -1 : 1))
        }
      }
      return values
    }
  }
}
