import LandauCore

@testable import LandauTensor

/// One way to make a tensor out of those there are; a new primitive needs one entry in `all`.
///
/// Moves take numbers between -2 and 2 and give such numbers, away from poles, so that a function of fifty
/// of them is well-conditioned. What they choose may depend on shapes, not on values.
struct RandomMove: Sendable {
  let name: String
  /// The new tensor; nil where nothing in the pool has a fitting shape.
  let apply: @Sendable (inout RandomPool) -> Tensor?

  init(_ name: String, _ apply: @escaping @Sendable (inout RandomPool) -> Tensor?) {
    self.name = name
    self.apply = apply
  }

  static let all: [RandomMove] =
    elementwise + movement + contraction + indexing + extensions + complexes + control
    + matrices

  static let elementwise: [RandomMove] = [
    RandomMove("negate") { -$0.any() },
    RandomMove("exp") { exp($0.any() * 0.3) },
    RandomMove("log") { log($0.any() + 2.5) },
    RandomMove("expm1") { expm1($0.any() * 0.3) },
    RandomMove("log1p") { log1p($0.any() * 0.4) },
    RandomMove("atan2") { pool in
      let x = pool.any()
      return atan2(pool.broadcastable(to: x), x + 3) * 0.8
    },
    RandomMove("tanh") { tanh($0.any()) },
    RandomMove("sigmoid") { sigmoid($0.any()) * 2 },
    RandomMove("sin") { sin($0.any()) },
    RandomMove("cos") { cos($0.any() - 0.5) },
    RandomMove("sqrt") { sqrt($0.any() + 2.5) * 0.9 },
    RandomMove("erf") { erf($0.any()) * 1.5 },
    RandomMove("abs") { abs($0.any()) - 1 },
    RandomMove("sign") { pool in
      let x = pool.any()
      return sign(x) * x * x * 0.5
    },
    RandomMove("add") { pool in
      let x = pool.any()
      return (x + pool.broadcastable(to: x)) * 0.5
    },
    RandomMove("subtract") { pool in
      let x = pool.any()
      return (pool.broadcastable(to: x) - x) * 0.5
    },
    RandomMove("multiply") { pool in
      let x = pool.any()
      return x * pool.broadcastable(to: x) * 0.5
    },
    RandomMove("divide") { pool in
      let x = pool.any()
      return x / (sin(pool.broadcastable(to: x)) + 2)
    },
    RandomMove("power") { pool in
      let x = pool.any()
      return pow(tanh(x) * 0.5 + 1.2, pool.broadcastable(to: x)) * 0.5
    },
    RandomMove("whole power") { pool in pow(pool.any() * 0.5, Double(pool.below(4))) },
    RandomMove("maximum") { pool in
      let x = pool.any()
      return maximum(x, pool.broadcastable(to: x))
    },
    RandomMove("minimum") { pool in
      let x = pool.any()
      return minimum(x, pool.broadcastable(to: x))
    },
    RandomMove("select") { pool in
      let x = pool.any()
      let y = pool.broadcastable(to: x)
      let condition =
        switch pool.below(4) {
        case 0: x .< y
        case 1: x .<= y
        case 2: x .== y
        default: x .!= y
        }
      return select(condition, x, sin(y))
    },
    RandomMove("cast") { pool in
      let x = pool.any()
      return (x .> pool.broadcastable(to: x)).asType(x.scalarType) * x
    },
    RandomMove("stopGradient") { pool in
      let x = pool.any()
      return (x + sin(x).stoppingGradient()) * 0.6
    },
    RandomMove("neutral") { pool in
      // What the rewrites look for.
      let (x, number) = (pool.any(), [-1.0, 0, 0.5, 1][pool.below(4)])
      return pool.below(2) == 0 ? (x * number) * 0.5 : (x + number) * 0.5
    },
  ]

  static let movement: [RandomMove] = [
    RandomMove("broadcast") { pool in
      let x = pool.any()
      return x.count > 16 ? nil : x.broadcast(to: [pool.below(3) + 1] + x.shape)
    },
    RandomMove("reshape") { pool in
      let x = pool.any()
      let divisors = (1...max(1, x.count)).filter { x.count % $0 == 0 }
      return x.reshaped([divisors[pool.below(divisors.count)], -1])
    },
    RandomMove("transpose") { pool in
      let x = pool.any()
      return x.transposed(axes: pool.order(x.rank))
    },
    RandomMove("slice") { pool in
      guard let (x, axis) = pool.axis(longer: 1) else { return nil }
      let start = pool.below(x.shape[axis] - 1)
      return x.sliced(axis: axis, start..<x.shape[axis], stride: pool.below(2) + 1)
    },
    RandomMove("pad") { pool in
      let x = pool.any()
      func numbers(_ top: Int, _ pool: inout RandomPool) -> [Int] {
        x.shape.map { _ in pool.below(top) }
      }
      let (low, high) = (numbers(2, &pool), numbers(2, &pool))
      return x.padded(low: low, high: high, interior: numbers(2, &pool))
    },
    RandomMove("concatenate") { pool in
      guard let (x, axis) = pool.axis(longer: 0) else { return nil }
      let others = pool.values.filter { y in
        y.rank == x.rank && x.shape.indices.allSatisfy { $0 == axis || x.shape[$0] == y.shape[$0] }
      }
      return concatenated([x, others[pool.below(others.count)], sin(x)], axis: axis)
    },
  ]

  static let contraction: [RandomMove] = [
    RandomMove("sum") { pool in
      guard let (x, axis) = pool.axis(longer: 0) else { return nil }
      return x.sum(axes: [axis]) * (1 / Double(x.shape[axis]))
    },
    RandomMove("mean") { pool in
      guard let (x, axis) = pool.axis(longer: 0) else { return nil }
      return x.mean(axes: [axis], keepingAxes: true)
    },
    RandomMove("max") { pool in
      guard let (x, axis) = pool.axis(longer: 0) else { return nil }
      return x.max(axes: [axis])
    },
    RandomMove("min") { pool in
      guard let (x, axis) = pool.axis(longer: 0) else { return nil }
      return x.min(axes: [axis], keepingAxes: true)
    },
    RandomMove("matmul") { pool in
      guard let x = pool.any(where: { $0.rank >= 2 }) else { return nil }
      let inner = x.shape[x.rank - 1]
      let partners = pool.values.filter { $0.rank == 2 && $0.shape[0] == inner }
      let turned = x.transposed(axes: Array(0..<(x.rank - 2)) + [x.rank - 1, x.rank - 2])
      let y = partners.isEmpty ? tanh(turned) : partners[pool.below(partners.count)]
      return matmul(x, y) * (0.5 / Double(inner))
    },
    RandomMove("convolution") { pool in
      let (x, y) = (pool.any(), pool.any())
      let width = min(3, x.count, y.count)
      let kernel = y.reshaped([y.count]).sliced(axis: 0, 0..<width).reshaped([1, 1, width])
      let boundary: ConvolutionBoundary = pool.below(2) == 0 ? .circular : .zero
      return convolution(x.reshaped([1, 1, x.count]), kernel, boundary: boundary)
        * (0.5 / Double(width))
    },
    RandomMove("softmax") { pool in
      guard let (x, axis) = pool.axis(longer: 1) else { return nil }
      return x.softmax(axis: axis)
    },
  ]

  static let indexing: [RandomMove] = [
    RandomMove("sorted") { pool in
      guard let (x, axis) = pool.axis(longer: 1) else { return nil }
      return x.sorted(axis: axis, descending: pool.below(2) == 0)
    },
    RandomMove("top") { pool in
      guard let (x, axis) = pool.axis(longer: 1) else { return nil }
      return x.topK(2, axis: axis).values
    },
    RandomMove("cumulative sum") { pool in
      guard let (x, axis) = pool.axis(longer: 1) else { return nil }
      let sums = x.cumulativeSum(axis: axis, reversed: pool.below(2) == 0)
      return sums * (1 / Double(x.shape[axis]))
    },
    RandomMove("random key") { pool in
      let (x, key) = (pool.any(), RandomKey(Seed(62).child("noise", pool.below(100))))
      let kept = key.bernoulli(x.shape, probability: 0.7)
      return select(kept, x, sin(x * key.uniform(x.shape, type: x.scalarType)))
    },
    RandomMove("gather") { pool in
      guard let (x, axis) = pool.axis(longer: 0) else { return nil }
      return x.gathered(pool.indices(pool.below(3) + 1, below: x.shape[axis]), axis: axis)
    },
    RandomMove("gather shared") { pool in
      guard let x = pool.any(where: { $0.rank >= 2 }) else { return nil }
      let flat = pool.indices(2 * x.shape[0], below: x.shape[1])
      return x.gathered(flat.reshaped([x.shape[0], 2]), axis: 1, batchAxes: 1)
    },
    RandomMove("scatterAdd") { pool in
      guard let (x, axis) = pool.axis(longer: 0) else { return nil }
      let (extent, count) = (x.shape[axis], pool.below(3) + 1)
      let indices = pool.indices(extent, below: count)
      return x.scatterAdded(indices, axis: axis, count: count) * (1 / Double(extent))
    },
  ]
}

extension RandomMove {
  /// By way of the complex plane and back, away from the cuts of the functions.
  static let complexes: [RandomMove] = [
    RandomMove("complex functions") { pool in
      let x = pool.any()
      let z = complex(x * 0.2 + 1, pool.broadcastable(to: x) * 0.3)
      let w =
        switch pool.below(6) {
        case 0: exp(z) * 0.4
        case 1: log(z)
        case 2: sqrt(z)
        case 3: tanh(z)
        case 4: sin(z) * z
        default: pow(z, conjugate(z)) * 0.6
        }
      return pool.below(2) == 0 ? real(w) : imaginary(w)
    },
    RandomMove("complex magnitude") { pool in
      let x = pool.any()
      return abs(complex(x + 3, pool.broadcastable(to: x))) * 0.3
    },
  ]
}

extension RandomMove {
  /// Linear algebra on matrices with well separated eigenvalues.
  static let matrices: [RandomMove] = [
    RandomMove("linear algebra") { pool in
      guard let x = pool.any(where: { $0.rank >= 2 && $0.shape[$0.rank - 2] <= 4 }) else {
        return nil
      }
      let (size, inner) = (x.shape[x.rank - 2], x.shape[x.rank - 1])
      let turned = x.transposed(axes: Array(0..<(x.rank - 2)) + [x.rank - 1, x.rank - 2])
      let steps = Tensor(
        (0..<(size * size)).map { index in
          index % (size + 1) == 0 ? 1.5 + 2 * Double(index / (size + 1)) : 0
        }, shape: [size, size]
      ).asType(x.scalarType)
      let matrix = matmul(x, turned) * (0.1 / Double(inner)) + steps
      return switch pool.below(6) {
      case 0: solve(matrix, x)
      case 1: cholesky(matrix) * 0.4
      case 2: logDeterminant(matrix).logarithm * 0.2
      case 3: matrixExponential(matrix * 0.1) * 0.5
      case 4: symmetricEigen(matrix).values * 0.2
      default: qr(matrix).r * 0.2
      }
    }
  ]
}

extension RandomMove {
  /// Loops and conditions, some of them decided by the numbers.
  static let control: [RandomMove] = [
    RandomMove("scan") { pool in
      guard let x = pool.any(where: { $0.rank >= 1 }) else { return nil }
      let start = x.sliced(axis: 0, 0..<1).squeezed(axis: 0)
      let factor = pool.any().mean()
      let result = scan([start], over: [x], reversed: pool.below(2) == 0) { carry, slices in
        let next = tanh(carry[0] * factor + slices[0])
        return ([next], [next * carry[0]])
      }
      return pool.below(2) == 0 ? result.carry[0] : result.outputs[0]
    },
    RandomMove("while") { pool in
      let x = pool.any()
      return whileLoop([x, x * 0.5], maximumCount: 4) {
        ($0[0] * $0[0]).mean() .> 0.3
      } body: {
        [$0[0] * 0.7, sin($0[1] + $0[0])]
      }[1]
    },
    RandomMove("conditional") { pool in
      let x = pool.any()
      let y = pool.broadcastable(to: x)
      return conditional(y.mean() .> 0, [x, y]) {
        [$0[0] * 0.5 + $0[1] * 0.5]
      } otherwise: {
        [sin($0[0]) * $0[1]]
      }[0]
    },
    RandomMove("checkpoint") { pool in
      let factor = pool.any().mean()
      return checkpoint { [sin($0[0] * $0[0]) * factor] }([pool.any()])[0]
    },
  ]
}

extension RandomMove {
  /// Operations with rules of their own.
  static let extensions: [RandomMove] = [
    RandomMove("custom derivative") { pool in
      let softplus = customDerivative({ [log(exp($0[0]) + 1), $0[0] * 0.5] }) { x, _, g in
        [g[0] * sigmoid(x[0]) + g[1] * 0.5]
      }
      let both = softplus([pool.any() * 0.5])
      return both[pool.below(2)]
    }
  ]
}

/// The tensors a random function has so far, and its choices.
struct RandomPool {
  private(set) var values: [Tensor]
  private var rng: RandomStream

  init(_ values: [Tensor], _ seed: Seed) {
    self.values = values
    rng = seed.makeStream()
  }

  mutating func append(_ value: Tensor) { values.append(value) }
  mutating func below(_ count: Int) -> Int { rng.index(below: count) }

  /// One of the tensors; late ones more often, so that functions get deep.
  mutating func any() -> Tensor {
    let back = min(below(values.count), below(values.count))
    return values[values.count - 1 - back]
  }

  mutating func any(where fits: (Tensor) -> Bool) -> Tensor? {
    let chosen = values.filter(fits)
    return chosen.isEmpty ? nil : chosen[below(chosen.count)]
  }

  /// A tensor whose shape stretches to that of `x`.
  mutating func broadcastable(to x: Tensor) -> Tensor {
    any { (try? Op.broadcastType($0.type, x.shape)) != nil }!
  }

  mutating func axis(longer extent: Int) -> (Tensor, axis: Int)? {
    guard let x = any(where: { $0.shape.contains { $0 > extent } }) else { return nil }
    let axes = x.shape.indices.filter { x.shape[$0] > extent }
    return (x, axes[below(axes.count)])
  }

  mutating func order(_ rank: Int) -> [Int] {
    var result = Array(0..<rank)
    for last in result.indices.reversed() { result.swapAt(last, below(last + 1)) }
    return result
  }

  mutating func indices(_ count: Int, below bound: Int) -> Tensor {
    Tensor((0..<count).map { _ in Int32(below(bound)) })
  }
}

/// A function of fifty random moves; the same one for the same seed.
struct RandomFunction: Sendable {
  static let shapes: [[Int]] = [[2, 3], [3], [3, 2], [2, 1], []]

  let seed: Seed
  var length = 50

  func callAsFunction(_ arguments: [Tensor]) -> [Tensor] {
    var pool = RandomPool(arguments, seed)
    while pool.values.count < length + arguments.count {
      let move = RandomMove.all[pool.below(RandomMove.all.count)]
      if let next = move.apply(&pool), next.rank <= 3, next.count <= 48 { pool.append(next) }
    }
    return pool.values.suffix(12).map { $0 }
  }

  /// All values contracted with fixed numbers.
  func scalar(_ arguments: [Tensor]) -> Tensor {
    self(arguments).enumerated().map { index, value in
      (sin(value + Double(index)) * (0.3 + Double(index) / 16)).mean()
    }.reduce(Tensor.full([], 0, type: arguments[0].scalarType)) { $0 + $1 }
  }

  func arguments(_ name: String, leading: [Int] = [], type: ScalarType = .double) -> [Tensor] {
    var rng = seed.child(name).makeStream()
    return Self.shapes.map {
      .uniform(leading + $0, low: -1.5, high: 1.5, type: type, using: &rng)
    }
  }
}

extension Op {
  /// The names that random functions must cover; exhaustive, so that a new operation has to answer.
  var kind: String {
    switch self {
    case .unary(let op): "\(op)"
    case .binary(let op): "\(op)"
    case .compare(let op): "\(op)"
    case .reduce(let op, _): "reduce \(op)"
    case .input: "input"
    case .constant: "constant"
    case .full: "full"
    case .select: "select"
    case .cast: "cast"
    case .stopGradient: "stopGradient"
    case .broadcast: "broadcast"
    case .reshape: "reshape"
    case .transpose: "transpose"
    case .slice: "slice"
    case .pad: "pad"
    case .concatenate: "concatenate"
    case .matmul: "matmul"
    case .complex: "complex"
    case .part(let part): "\(part)"
    case .convolution(let op): "convolution \(op.result)"
    case .gather: "gather"
    case .scatterAdd: "scatterAdd"
    case .argSort: "argSort"
    case .randomBits: "randomBits"
    case .extension: "extension"
    case .result: "result"
    }
  }

  static let kinds: Set<String> = {
    var result: Set<String> = [
      "input", "constant", "full", "select", "cast", "stopGradient", "broadcast", "reshape",
      "transpose", "slice", "pad", "concatenate", "matmul", "gather", "scatterAdd",
      "extension", "result", "complex", "argSort", "randomBits",
    ]
    result.formUnion(UnaryOp.allCases.map { "\($0)" })
    result.formUnion(BinaryOp.allCases.map { "\($0)" })
    result.formUnion(Comparison.allCases.map { "\($0)" })
    result.formUnion(Reduction.allCases.map { "reduce \($0)" })
    result.formUnion(ComplexPart.allCases.map { "\($0)" })
    result.formUnion(Convolution.Role.allCases.map { "convolution \($0)" })
    return result
  }()
}
