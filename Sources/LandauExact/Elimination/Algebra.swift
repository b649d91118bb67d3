/// What an elimination computes with: a commutative semiring.
///
/// With plus and times it gives partition functions, with maximum and plus ground states, modulo a
/// prime exact counts. One engine, compiled for each.
protocol Algebra: Sendable {
  associatedtype Element: BitwiseCopyable & Sendable
  var one: Element { get }
  func plus(_ a: Element, _ b: Element) -> Element
  func times(_ a: Element, _ b: Element) -> Element
  /// Divides a table by a number that makes its entries of order one, and returns the logarithm of
  /// that number; does nothing and returns 0 where numbers cannot overflow.
  func rescale(_ table: UnsafeMutableBufferPointer<Element>) -> Double
}

extension Algebra {
  func rescale(_ table: UnsafeMutableBufferPointer<Element>) -> Double { 0 }
}

/// Maximum and plus: the largest total of -E.
struct MaxPlus: Algebra {
  var one: Double { 0 }
  @inline(__always) func plus(_ a: Double, _ b: Double) -> Double { a > b ? a : b }
  @inline(__always) func times(_ a: Double, _ b: Double) -> Double { a + b }
}

/// The largest total and the number of ways to reach it exactly.
struct MaxCount: Algebra {
  struct Element: BitwiseCopyable, Sendable {
    var value: Double
    var count: Double
  }
  var one: Element { Element(value: 0, count: 1) }
  @inline(__always) func plus(_ a: Element, _ b: Element) -> Element {
    if a.value > b.value { return a }
    if a.value < b.value { return b }
    return Element(value: a.value, count: a.count + b.count)
  }
  @inline(__always) func times(_ a: Element, _ b: Element) -> Element {
    Element(value: a.value + b.value, count: a.count * b.count)
  }
}

/// Plus and times of real, complex or derivative-carrying numbers, kept in range.
struct Arithmetic<Number: AnalyticNumber & BitwiseCopyable & Sendable>: Algebra {
  typealias Element = Number
  var one: Number { Number(1) }
  @inline(__always) func plus(_ a: Number, _ b: Number) -> Number { a + b }
  @inline(__always) func times(_ a: Number, _ b: Number) -> Number { a * b }

  func rescale(_ table: UnsafeMutableBufferPointer<Number>) -> Double {
    var largest = 0.0
    for index in table.indices { largest = Swift.max(largest, table[index].magnitude) }
    guard largest > 0, largest.isFinite else { return 0 }
    // A power of two, so that nothing is rounded.
    let exponent = largest.exponent
    let factor = Double(sign: .plus, exponent: -Int(exponent), significand: 1)
    for index in table.indices { table[index] = factor * table[index] }
    return Double(exponent) * 0.693147180559945309417
  }
}
