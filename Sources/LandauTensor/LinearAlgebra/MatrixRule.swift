import LandauLinearAlgebra

/// An operation on matrices, which are the last two axes of every input; the axes before them are a batch.
///
/// Where LAPACK finds no result for a matrix (an entry that is not finite, a singular or indefinite matrix, no
/// convergence) all results of that matrix are NaN; the others of the batch are not touched. Derivatives are
/// written once, as tangents in the language of tensors; they are linear in the tangents of the inputs, and the
/// pullback is their transpose.
protocol MatrixRule: OperationRule {
  /// The types of the results for one matrix of each input.
  func matrixResults(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType]

  /// What computes the results of one matrix of each input, and the scratch memory it wants.
  func matrixKernel(_ inputs: [TensorType]) -> MatrixKernel

  /// The tangents of the results `y` from those of the inputs `x`, nil where they are zero.
  func tangents(_ x: [Tensor], _ y: [Tensor], _ t: [Tensor?]) -> [Tensor]
}

struct MatrixKernel: Sendable {
  var scratchBytes = 0
  /// Returns false where there is no result.
  let run:
    @Sendable (
      _ inputs: [UnsafeRawPointer], _ results: [UnsafeMutableRawPointer],
      _ scratch: UnsafeMutableRawPointer
    ) -> Bool
}

extension MatrixRule {
  private func single(_ type: TensorType) -> TensorType { type.with(shape: type.shape.suffix(2)) }

  func resultTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard let first = inputs.first,
      inputs.allSatisfy({
        $0.rank >= 2 && $0.scalar == first.scalar && $0.scalar.isFloating
          && $0.shape.dropLast(2) == first.shape.dropLast(2)
      })
    else { throw ShapeError("\(self) of \(inputs)") }
    return try matrixResults(inputs.map { single($0) }).map {
      $0.with(shape: first.shape.dropLast(2) + $0.shape)
    }
  }

  func kernel(_ inputs: [TensorType]) -> ExtensionKernel {
    let count = inputs[0].shape.dropLast(2).reduce(1, *)
    let singles = inputs.map { single($0) }
    guard let results = try? matrixResults(singles) else {
      preconditionFailure("\(self) of \(inputs)")
    }
    let kernel = matrixKernel(singles)
    return ExtensionKernel(scratchBytes: kernel.scratchBytes) { operands, places, scratch in
      for index in 0..<count {
        let sources = zip(operands, singles).map { $0 + index * $1.byteCount }
        let targets = zip(places, results).map { $0 + index * $1.byteCount }
        let isFinite = zip(sources, singles).allSatisfy {
          LAPACK.allFinite($1.scalar.lapack, $0, count: $1.count)
        }
        if isFinite && kernel.run(sources, targets, scratch) { continue }
        for (target, type) in zip(targets, results) {
          // All bits set are a NaN in every floating type.
          target.initializeMemory(as: UInt8.self, repeating: 0xff, count: type.byteCount)
        }
      }
    }
  }

  func pushforward(_ site: Site, _ tangents: [Value?], in b: inout ProgramBuilder) -> Pushed {
    let y = b.results(site.result)
    let given = tangents.map { $0 != nil }
    let results = b.write(site.inputs + y + tangents.compactMap { $0 }) {
      linear($0, given, results: y.count)
    }
    return Pushed(tangents: results)
  }

  func pullback(
    _ site: Site, _ cotangents: [Value?], wanted: [Bool], in b: inout ProgramBuilder
  ) -> [Value?] {
    let y = b.results(site.result)
    let point = site.inputs + y
    let directions = zip(site.inputs, wanted).filter { $0.1 }.map { b.full(0, like: $0.0) }
    let types = (point + directions).map { b.type(of: $0) }
    let forward = Program(tracing: { linear($0, wanted, results: y.count) }, types)
    let transposed = forward.pullback(
      wanted: types.indices.map { $0 >= point.count }, seeded: cotangents.map { $0 != nil })
    let results = b.call(transposed, point + directions + cotangents.compactMap { $0 })
    return results.distributed(where: wanted)
  }

  /// The tangents from inputs, results and the tangents there are, in one list.
  private func linear(_ all: [Tensor], _ given: [Bool], results: Int) -> [Tensor] {
    let (first, second) = (given.count, given.count + results)
    return tangents(
      Array(all[..<first]), Array(all[first..<second]),
      Array(all[second...]).distributed(where: given))
  }

  func batch(
    _ operands: [Value], batched: [Bool], count: Int, in b: inout ProgramBuilder
  ) -> [Batched] {
    let wide = zip(operands, batched).map {
      b.spread(Batched(value: $0, isBatched: $1), count)
    }
    return b.apply(self, wide).map { Batched(value: $0, isBatched: true) }
  }
}

extension ScalarType {
  /// The tag of a floating type in LAPACK.
  var lapack: LAPACK.Scalar {
    switch self {
    case .float: .float
    case .double: .double
    case .complexFloat: .complexFloat
    case .complexDouble: .complexDouble
    case .int32, .bool: preconditionFailure("linear algebra of \(self)")
    }
  }

  /// The type of absolute values.
  var real: ScalarType { part ?? self }
  /// The distance from 1 to the next number.
  var epsilon: Double { real == .float ? 0x1p-23 : 0x1p-52 }
}

extension TensorType {
  /// The order of a square matrix.
  func order(_ name: String) throws(ShapeError) -> Int {
    guard shape[0] == shape[1] else { throw ShapeError("\(name) of \(self); it must be square") }
    return shape[0]
  }
}

// Words for the rules.
extension Tensor {
  /// A constant matrix, broadcast by whatever it meets.
  static func pattern(_ rows: Int, _ columns: Int, _ type: ScalarType, _ f: (Int, Int) -> Double)
    -> Tensor
  {
    let numbers = (0..<(rows * columns)).map { f($0 / columns, $0 % columns) }
    return Tensor(numbers, shape: [rows, columns]).asType(type)
  }

  /// The unit matrix, `[order, order]`.
  public static func identity(_ order: Int, type: ScalarType = .float) -> Tensor {
    require(order >= 0, "the unit matrix of order \(order)")
    return pattern(order, order, type) { $0 == $1 ? 1 : 0 }
  }

  /// The last two axes exchanged.
  var matrixTransposed: Tensor {
    transposed(axes: Array(0..<(rank - 2)) + [rank - 1, rank - 2])
  }

  /// The last two axes exchanged, and conjugated.
  var adjoint: Tensor { conjugate(matrixTransposed) }

  /// Half the sum with the adjoint.
  var hermitianPart: Tensor { (self + adjoint) * 0.5 }

  /// The diagonals of the matrices, `[…, order]`.
  var matrixDiagonal: Tensor {
    (self * .identity(shape[rank - 1], type: scalarType)).sum(axes: [-1])
  }
}
