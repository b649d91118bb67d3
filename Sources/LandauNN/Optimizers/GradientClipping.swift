public import LandauTensor

/// A bound on gradients before a step.
public enum GradientClipping: Sendable, Hashable {
  /// Every real number is held to ±bound.
  case value(Double)
  /// All gradients together are shortened to this Euclidean norm where they are longer (Pascanu et al. 2013).
  case norm(Double)

  /// The gradients within the bound; those that are within it already stay as they are.
  public func callAsFunction(_ gradients: [Tensor]) -> [Tensor] {
    switch self {
    case .value(let bound):
      return gradients.map { gradient in
        switch gradient.scalarType {
        case .float, .complexFloat:
          Fused.map(gradient) { (x: Float) in min(max(x, Float(-bound)), Float(bound)) }
        case .double, .complexDouble:
          Fused.map(gradient) { (x: Double) in min(max(x, -bound), bound) }
        case .int32, .bool: gradient
        }
      }
    case .norm(let bound):
      let norm = Self.norm(of: gradients)
      guard norm > bound, norm.isFinite else { return gradients }
      let clipped = gradients.map { $0.scalarType.isFloating ? $0 * (bound / norm) : $0 }
      eval(clipped)
      return clipped
    }
  }

  /// The Euclidean norm over all gradients, added up in Double in the order of the parameters.
  public static func norm(of gradients: [Tensor]) -> Double {
    var total = 0.0
    for gradient in gradients {
      switch gradient.scalarType {
      case .float, .complexFloat: total += squares(gradient, Float.self)
      case .double, .complexDouble: total += squares(gradient, Double.self)
      case .int32, .bool: break
      }
    }
    return total.squareRoot()
  }

  private static func squares<T: BinaryFloatingPoint & TensorScalar>(
    _ tensor: Tensor, _ type: T.Type
  ) -> Double {
    tensor.withReals { (scalars: UnsafeBufferPointer<T>) in
      // Four sums, so that additions need not wait for each other.
      var sums = SIMD4<Double>()
      var index = 0
      while index + 4 <= scalars.count {
        let x = SIMD4<Double>(
          Double(scalars[index]), Double(scalars[index + 1]), Double(scalars[index + 2]),
          Double(scalars[index + 3]))
        sums += x * x
        index += 4
      }
      while index < scalars.count {
        let x = Double(scalars[index])
        sums[0] += x * x
        index += 1
      }
      return (sums[0] + sums[1]) + (sums[2] + sums[3])
    }
  }
}
