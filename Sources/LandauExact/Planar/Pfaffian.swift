/// A number as `factor` times 2^`exponent`, so that long products stay in range.
struct ScaledProduct<Number: AnalyticNumber & Sendable>: Sendable {
  private(set) var factor = Number(1)
  private(set) var exponent = 0

  mutating func multiply(by number: Number) {
    factor = factor * number
    guard factor.magnitude > 0, factor.magnitude.isFinite else { return }
    let shift = Int(factor.magnitude.exponent)
    factor = Double(sign: .plus, exponent: -shift, significand: 1) * factor
    exponent += shift
  }
}

/// A skew-symmetric matrix that is consumed to give its Pfaffian, with its sign.
struct SkewMatrix<Number: AnalyticNumber & BitwiseCopyable & Sendable> {
  let count: Int
  private var elements: [Number]

  init(count: Int) {
    precondition(count % 2 == 0, "the Pfaffian of \(count) rows")
    self.count = count
    elements = [Number](repeating: Number(0), count: count * count)
  }

  /// Adds to the element in a row and column, and subtracts from its mirror image.
  mutating func add(_ value: Number, row: Int, column: Int) {
    elements[row * count + column] = elements[row * count + column] + value
    elements[column * count + row] = elements[column * count + row] - value
  }

  /// Elimination in pairs with the largest element of a row as pivot (Parlett and Reid 1970); rows that
  /// are zero cost nothing, so that matrices of lattices take about n b^2 operations, b the band.
  consuming func pfaffian() -> ScaledProduct<Number> {
    var product = ScaledProduct<Number>()
    let count = count
    var touched: [Int] = []
    touched.reserveCapacity(count)
    elements.withUnsafeMutableBufferPointer { a in
      for k in stride(from: 0, to: count, by: 2) {
        var (pivot, size) = (k + 1, a[k * count + k + 1].magnitude)
        for column in (k + 1)..<count where a[k * count + column].magnitude > size {
          (pivot, size) = (column, a[k * count + column].magnitude)
        }
        if pivot != k + 1 {
          Self.exchange(pivot, k + 1, a, count)
          product.multiply(by: Number(-1))
        }
        let value = a[k * count + k + 1]
        product.multiply(by: value)
        guard k + 2 < count else { break }
        // A zero column: the Pfaffian vanishes.
        guard size > 0 else { break }
        touched.removeAll(keepingCapacity: true)
        for column in (k + 2)..<count
        where !a[k * count + column].vanishes || !a[(k + 1) * count + column].vanishes {
          touched.append(column)
        }
        for (place, row) in touched.enumerated() {
          let ratio = a[k * count + row] / value
          let other = a[(k + 1) * count + row]
          for column in touched[(place + 1)...] {
            let change =
              other * (a[k * count + column] / value) - ratio * a[(k + 1) * count + column]
            a[row * count + column] = a[row * count + column] + change
            a[column * count + row] = a[column * count + row] - change
          }
        }
      }
    }
    return product
  }

  private static func exchange(
    _ i: Int, _ j: Int, _ a: UnsafeMutableBufferPointer<Number>, _ count: Int
  ) {
    for k in 0..<count { a.swapAt(i * count + k, j * count + k) }
    for k in 0..<count { a.swapAt(k * count + i, k * count + j) }
  }
}
