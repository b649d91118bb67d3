import LandauCore

/// Variables of three values or more: consecutive whole numbers, such as -1, 0, 1 of Blume and Capel's spins or the
/// labels 0 ... q - 1 of Potts states.
///
/// A value that hardly occurs is taken for a mistake in data of fewer values: each has to occur sixteen times.
struct FewValues {
  var values: [Int8]
  var levels: [Int8]
  /// Whether labels that begin with 1 were made to begin with 0.
  var isShifted: Bool
  var highestCount: Int

  static let rarest = 16

  /// - Returns: nil for anything else.
  init?(_ array: NumericArray) {
    guard let numbers = Self.wholeNumbers(array) else { return nil }
    var counts = [Int](repeating: 0, count: 256)
    for number in numbers {
      guard let small = Int8(exactly: number) else { return nil }
      counts[Int(small) + 128] += 1
    }
    let present = counts.indices.filter { counts[$0] > 0 }
    guard let first = present.first, let last = present.last, last - first >= 2,
      (first...last).allSatisfy({ counts[$0] >= Self.rarest })
    else { return nil }
    let shift = first == 129 ? 1 : 0
    isShifted = shift == 1
    values = numbers.map { Int8($0 - shift) }
    levels = (first...last).map { Int8($0 - 128 - shift) }
    highestCount = counts[last]
  }

  private static func wholeNumbers(_ array: NumericArray) -> [Int]? {
    guard array.element.isFloat else { return array.integers }
    var numbers: [Int] = []
    numbers.reserveCapacity(array.count)
    for value in array.floats {
      guard let whole = Int(exactly: value) else { return nil }
      numbers.append(whole)
    }
    return numbers
  }
}
