import LandauCore

@testable import LandauTensor

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
