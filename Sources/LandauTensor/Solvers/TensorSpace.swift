/// The vector space of lists of tensors of given types, with vectors as flat lists of Double.
///
/// Solvers and searches work in it on models of any structure. A complex number has two coordinates, and the inner product is
/// the real part of the complex one. Whole numbers and truth values have none and come back as they were given.
public struct TensorSpace: Sendable {
  /// The tensors that made the space; they lend their types, and their values where they have no coordinates.
  private let origin: [Tensor]
  /// Coordinates of each tensor.
  public let counts: [Int]
  /// Coordinates of a vector.
  public let dimension: Int

  public init(like tensors: [Tensor]) {
    origin = tensors
    counts = tensors.map(\.realCount)
    dimension = counts.reduce(0, +)
  }

  /// The coordinates of tensors of the space's types, in order, row-major.
  public func coordinates(of tensors: [Tensor]) -> [Double] {
    require(
      tensors.map(\.type) == origin.map(\.type),
      "tensors \(tensors.map(\.type)) in the space of \(origin.map(\.type))")
    eval(tensors)
    var result: [Double] = []
    result.reserveCapacity(dimension)
    for tensor in tensors {
      switch tensor.realType {
      case .float?:
        tensor.withReals { (s: UnsafeBufferPointer<Float>) in
          for value in s { result.append(Double(value)) }
        }
      case .double?: tensor.withReals { (s: UnsafeBufferPointer<Double>) in result += s }
      default: break
      }
    }
    return result
  }

  /// The tensors with these coordinates, each rounded to its own type.
  public func tensors(_ coordinates: [Double]) -> [Tensor] {
    require(
      coordinates.count == dimension,
      "\(coordinates.count) coordinates in a space of dimension \(dimension)")
    var start = 0
    return zip(origin, counts).map { tensor, count in
      defer { start += count }
      switch tensor.realType {
      case .float?:
        return Tensor(like: tensor, Float.self) { result in
          for index in 0..<count { result[index] = Float(coordinates[start + index]) }
        }
      case .double?:
        return Tensor(like: tensor, Double.self) { result in
          for index in 0..<count { result[index] = coordinates[start + index] }
        }
      default: return tensor
      }
    }
  }
}

/// Sums over lists of Double in a fixed order, eight lanes wide.
package enum VectorMath {
  package static func dot(_ a: [Double], _ b: [Double]) -> Double {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        var lanes = SIMD8<Double>()
        var index = 0
        while index + 8 <= a.count {
          var (x, y) = (SIMD8<Double>(), SIMD8<Double>())
          for lane in 0..<8 {
            x[lane] = a[index + lane]
            y[lane] = b[index + lane]
          }
          lanes += x * y
          index += 8
        }
        var rest = 0.0
        while index < a.count {
          rest += a[index] * b[index]
          index += 1
        }
        let four = lanes.lowHalf + lanes.highHalf
        let two = four.lowHalf + four.highHalf
        return two[0] + two[1] + rest
      }
    }
  }

  package static func norm(_ a: [Double]) -> Double { dot(a, a).squareRoot() }

  /// y += factor · x.
  package static func add(_ factor: Double, _ x: [Double], to y: inout [Double]) {
    y.withUnsafeMutableBufferPointer { y in
      x.withUnsafeBufferPointer { x in
        for index in 0..<y.count { y[index] += factor * x[index] }
      }
    }
  }
}
