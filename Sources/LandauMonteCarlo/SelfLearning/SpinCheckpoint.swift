import LandauCore

extension StateWriter {
  mutating func write(spins: [SIMD3<Double>]) {
    write(numbers: spins.flatMap { [$0.x, $0.y, $0.z] })
  }
}

extension StateReader {
  /// - Throws: `InputError` where the state is of another kind of chain.
  mutating func expect(chain name: String) throws(InputError) {
    guard try text() == name else {
      throw InputError("the checkpoint is damaged or belongs to another job or version")
    }
  }

  mutating func spins(count: Int) throws(InputError) -> [SIMD3<Double>] {
    let numbers = try numbers(count: 3 * count)
    return (0..<count).map { SIMD3(numbers[3 * $0], numbers[3 * $0 + 1], numbers[3 * $0 + 2]) }
  }
}
