import LandauCore

extension NumericArray {
  /// The array that regularly nested JSON lists of numbers or booleans describe, or nil.
  ///
  /// Whole numbers give `int64`, any fraction makes all `float64`, booleans give `bool`.
  init?(_ value: JSONValue) {
    var shape: [Int] = []
    var probe = value
    while case .array(let items) = probe {
      shape.append(items.count)
      guard let first = items.first else { break }
      probe = first
    }
    var leaves = Leaves()
    guard leaves.collect(value, shape: shape[...]) else { return nil }
    if leaves.allBooleans && !leaves.numbers.isEmpty {
      self.init(leaves.numbers.map { $0 == 1 }, shape: shape)
    } else if leaves.allWhole {
      self.init(leaves.numbers.map { Int($0) }, shape: shape)
    } else {
      self.init(leaves.numbers, shape: shape)
    }
  }

  private struct Leaves {
    var numbers: [Double] = []
    var allWhole = true
    var allBooleans = true

    mutating func collect(_ value: JSONValue, shape: ArraySlice<Int>) -> Bool {
      switch value {
      case .array(let items):
        guard let extent = shape.first, items.count == extent else { return false }
        for item in items where !collect(item, shape: shape.dropFirst()) { return false }
        return true
      case .integer(let number):
        allBooleans = false
        // Beyond 2^53 a double would no longer hold the integer itself.
        if abs(Double(number)) > 9e15 { allWhole = false }
        numbers.append(Double(number))
      case .number(let number):
        allBooleans = false
        allWhole = false
        numbers.append(number)
      case .bool(let flag):
        guard allBooleans else { return false }
        numbers.append(flag ? 1 : 0)
      case .null, .string, .object: return false
      }
      return shape.isEmpty
    }
  }
}
