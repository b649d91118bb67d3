/// The order of the elements of rows, by integers that are ordered as the numbers are.
struct SortKernel: Sendable {
  let rows: Int
  let count: Int
  let descending: Bool

  /// A position with what it is sorted by; equal numbers keep the order of their positions.
  private struct Entry: Comparable {
    let key: UInt64
    let index: Int32

    static func < (a: Entry, b: Entry) -> Bool {
      a.key != b.key ? a.key < b.key : a.index < b.index
    }
  }

  /// Increases with `x`: sign and magnitude become an unsigned number. Both zeros are equal, NaN comes
  /// last in either direction.
  @inline(__always)
  private func key(_ x: Double) -> UInt64 {
    if x.isNaN { return .max }
    let bits = (x + 0).bitPattern
    let ascending = bits >> 63 == 1 ? ~bits : bits | 1 << 63
    return descending ? ~ascending : ascending
  }

  func run<T>(
    _ x: UnsafePointer<T>, _ result: UnsafeMutablePointer<Int32>, _ number: (T) -> Double
  ) {
    var entries: [Entry] = []
    entries.reserveCapacity(count)
    for row in 0..<rows {
      let (from, to) = (x + row * count, result + row * count)
      entries.removeAll(keepingCapacity: true)
      for index in 0..<count {
        entries.append(
          Entry(key: key(number(from[index])), index: Int32(truncatingIfNeeded: index)))
      }
      entries.sort()
      for index in 0..<count { to[index] = entries[index].index }
    }
  }
}
