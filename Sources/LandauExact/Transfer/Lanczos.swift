import LandauLinearAlgebra

/// The largest eigenvalue of a symmetric operator and its vector (Lanczos 1950), with every basis vector
/// kept orthogonal to all others and restarts from the best vector.
struct Lanczos {
  let size: Int
  let apply: ([Double]) -> [Double]
  private static let basisSize = 40
  private static let restartCount = 60

  struct Pair {
    var value: Double
    /// Of unit length.
    var vector: [Double]
  }

  /// Within the invariant space that `start` lies in; nil without convergence to 1e-13.
  func largest(from start: [Double]) throws -> Pair? {
    var vector = Self.normalized(start)
    for _ in 0..<Self.restartCount {
      let (pair, residual) = try improve(vector)
      vector = Self.normalized(pair.vector)
      if residual <= 1e-13 * abs(pair.value) { return Pair(value: pair.value, vector: vector) }
    }
    return nil
  }

  private func improve(_ start: [Double]) throws -> (pair: Pair, residual: Double) {
    var basis = [start]
    var (diagonal, beside) = ([Double](), [Double]())
    while true {
      var next = apply(basis.last!)
      diagonal.append(Self.dot(next, basis.last!))
      for _ in 0..<2 {
        for old in basis { Self.add(-Self.dot(next, old), old, to: &next) }
      }
      let length = Self.dot(next, next).squareRoot()
      beside.append(length)
      let done = length <= 1e-14 * abs(diagonal[0]) || basis.count == min(size, Self.basisSize)
      if done { break }
      basis.append(next.map { $0 / length })
    }
    let count = diagonal.count
    var matrix = [Double](repeating: 0, count: count * count)
    for index in 0..<count {
      matrix[index * count + index] = diagonal[index]
      if index > 0 {
        matrix[index * count + index - 1] = beside[index - 1]
        matrix[(index - 1) * count + index] = beside[index - 1]
      }
    }
    let eigen = try SymmetricEigen(matrix, count: count)
    let weights = eigen.vector(count - 1)
    var vector = [Double](repeating: 0, count: size)
    for (weight, old) in zip(weights, basis) { Self.add(weight, old, to: &vector) }
    return (
      Pair(value: eigen.values[count - 1], vector: vector),
      abs(weights[count - 1]) * beside[count - 1]
    )
  }

  /// Solves (value - operator) x = b for b orthogonal to the eigenvector of `pair`, by conjugate
  /// gradients in what is orthogonal to it; what is shorter than `floor` is rounding and left.
  func resolvent(_ pair: Pair, _ b: [Double], floor: Double) -> [Double] {
    var x = [Double](repeating: 0, count: size)
    var rest = b
    Self.add(-Self.dot(rest, pair.vector), pair.vector, to: &rest)
    var direction = rest
    var square = Self.dot(rest, rest)
    let goal = max(square * 1e-28, floor * floor)
    for _ in 0..<2000 where square > goal {
      var image = apply(direction).enumerated().map { pair.value * direction[$0.0] - $0.1 }
      Self.add(-Self.dot(image, pair.vector), pair.vector, to: &image)
      let curvature = Self.dot(direction, image)
      guard curvature > 0 else { break }
      let step = square / curvature
      Self.add(step, direction, to: &x)
      Self.add(-step, image, to: &rest)
      let new = Self.dot(rest, rest)
      for index in direction.indices {
        direction[index] = rest[index] + new / square * direction[index]
      }
      square = new
    }
    return x
  }

  static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for index in a.indices { sum += a[index] * b[index] }
    return sum
  }

  private static func add(_ factor: Double, _ a: [Double], to b: inout [Double]) {
    for index in b.indices { b[index] += factor * a[index] }
  }

  private static func normalized(_ a: [Double]) -> [Double] {
    let length = dot(a, a).squareRoot()
    return a.map { $0 / length }
  }
}
