/// A function with derivatives of its own, in place of those of the operations it is made of.
///
/// For derivatives that are better known by formula: implicit functions, sums that cancel, functions that are flat
/// by construction. Either derivative is enough: each is the transpose of the other and is worked out from it; the
/// derivatives of both are taken in the usual way, so that higher orders follow.
///
///     let softplus = customDerivative { [log(1 + exp($0[0]))] } pullback: { x, y, g in [g[0] * sigmoid(x[0])] }
///
/// - Parameters:
///   - value: the function; traced values from outside must be among its arguments.
///   - pullback: cotangents of the arguments, one each and of its type, from arguments, values and the values'
///     cotangents (the adjoint where they are complex, as in `vjp`). Those of int32 and bool arguments are not
///     looked at.
///   - pushforward: tangents of the values, one each and of its type, from arguments, values and the arguments'
///     tangents.
/// - Returns: a function that nests with every transformation. Where no derivative is asked for, compilation
///   writes its operations out.
public func customDerivative(
  _ value: @escaping @Sendable ([Tensor]) -> [Tensor],
  pullback: (
    @Sendable (_ arguments: [Tensor], _ values: [Tensor], _ cotangents: [Tensor]) -> [Tensor]
  )? = nil,
  pushforward: (
    @Sendable (_ arguments: [Tensor], _ values: [Tensor], _ tangents: [Tensor]) -> [Tensor]
  )? = nil
) -> @Sendable ([Tensor]) -> [Tensor] {
  require(
    pullback != nil || pushforward != nil, "customDerivative needs a pullback or a pushforward")
  let function = CustomFunction(value, pullback, pushforward)
  return { arguments in
    Tensor.apply(CustomOperation(function, arguments.map(\.type)), arguments)
  }
}

/// What `customDerivative` was given; equal to itself only.
final class CustomFunction: Sendable {
  /// From arguments, values, and the cotangents of the values or the tangents of the arguments.
  typealias Derivative =
    @Sendable (_ arguments: [Tensor], _ values: [Tensor], _ directions: [Tensor]) -> [Tensor]

  let value: @Sendable ([Tensor]) -> [Tensor]
  private let givenPullback: Derivative?
  private let givenPushforward: Derivative?

  init(
    _ value: @escaping @Sendable ([Tensor]) -> [Tensor], _ pullback: Derivative?,
    _ pushforward: Derivative?
  ) {
    self.value = value
    givenPullback = pullback
    givenPushforward = pushforward
  }

  /// Cotangents of the arguments; the transpose of the pushforward where only that is given.
  func pullback(_ x: [Tensor], _ y: [Tensor], _ g: [Tensor]) -> [Tensor] {
    if let givenPullback { return givenPullback(x, y, g) }
    // t ↦ J t is linear: its pullback, anywhere, is the transpose of J.
    return vjp(
      { givenPushforward!(x, y, $0) }, x.map { .zeros($0.shape, type: $0.scalarType) },
      cotangents: g
    )
    .cotangents
  }

  /// Tangents of the values; the transpose of the pullback where only that is given.
  func pushforward(_ x: [Tensor], _ y: [Tensor], _ t: [Tensor]) -> [Tensor] {
    if let givenPushforward { return givenPushforward(x, y, t) }
    return vjp(
      { givenPullback!(x, y, $0) }, y.map { .zeros($0.shape, type: $0.scalarType) }, cotangents: t
    )
    .cotangents
  }
}

/// A custom function on arguments of known types, under any number of batch axes.
struct CustomOperation: OperationRule {
  /// One `vmap` around the function: which arguments have the axis, and its extent.
  private struct Level: Hashable {
    let mapped: [Bool]
    let count: Int
  }

  private let function: CustomFunction
  private let body: SubProgram
  /// Innermost first.
  private var levels: [Level] = []

  init(_ function: CustomFunction, _ types: [TensorType]) {
    self.function = function
    body = SubProgram(Self.program(types, function.value))
  }

  private init(_ function: CustomFunction, _ body: SubProgram, _ levels: [Level]) {
    self.function = function
    self.body = body
    self.levels = levels
  }

  private static func program(_ types: [TensorType], _ f: ([Tensor]) -> [Tensor]) -> Program {
    let trace = Trace(types, inlining: true, f)
    require(
      trace.captures.isEmpty,
      "a function with a custom derivative uses a traced value \(trace.captures[0].type) from outside; "
        + "make it an argument")
    require(!trace.program.outputs.isEmpty, "a function with a custom derivative returns nothing")
    return trace.program
  }

  static func == (left: CustomOperation, right: CustomOperation) -> Bool {
    left.function === right.function && left.levels == right.levels && left.body == right.body
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(function))
    hasher.combine(levels)
  }

  var description: String { "custom" }
  var inlined: Program? { body.program }
  var subPrograms: [Program] { [body.program] }

  func resultTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard inputs == body.program.inputTypes else {
      throw ShapeError("a custom function of \(body.program.inputTypes) was given \(inputs)")
    }
    return body.program.outputTypes
  }

  func kernel(_ inputs: [TensorType]) -> ExtensionKernel { kernel(inputs, threads: 1) }
  func kernel(_ inputs: [TensorType], threads: Int) -> ExtensionKernel {
    body.kernel(threads: threads)
  }

  func pullback(
    _ site: Site, _ cotangents: [Value?], wanted: [Bool], in b: inout ProgramBuilder
  ) -> [Value?] {
    let values = b.results(site.result)
    let g = zip(values, cotangents).map { $1 ?? b.full(0, like: $0) }
    // What users write are adjoints; the rules transpose without conjugates.
    return derive("pullback", site.inputs, values, g, like: site.inputs, in: &b) { x, y, g in
      apply(function.pullback, x, y, g.map { conjugate($0) }, sharedResults: true)
        .map { conjugate($0) }
    }
  }

  func pushforward(
    _ site: Site, _ tangents: [Value?], in b: inout ProgramBuilder
  ) -> Pushed {
    let t = zip(site.inputs, tangents).map { $1 ?? b.full(0, like: $0) }
    let values = b.results(site.result)
    let results = derive("pushforward", site.inputs, values, t, like: values, in: &b) { x, y, t in
      apply(function.pushforward, x, y, t, sharedResults: false)
    }
    return Pushed(tangents: results)
  }

  /// Writes a derivative and checks what it gives; nil for whole numbers.
  private func derive(
    _ name: String, _ x: [Value], _ y: [Value], _ directions: [Value], like: [Value],
    in b: inout ProgramBuilder, _ f: CustomFunction.Derivative
  ) -> [Value?] {
    let arguments = x + y + directions
    let program = Self.program(arguments.map { b.type(of: $0) }) {
      f(
        Array($0[..<x.count]), Array($0[x.count..<(x.count + y.count)]),
        Array($0[(x.count + y.count)...]))
    }
    let expected = like.map { b.type(of: $0) }
    require(
      zip(program.outputTypes, expected).allSatisfy { $0 == $1 || !$1.scalar.isFloating }
        && program.outputs.count == expected.count,
      "a custom \(name) gives \(program.outputTypes) instead of \(expected)")
    return zip(b.call(program, arguments), expected).map { $1.scalar.isFloating ? $0 : nil }
  }

  func batch(
    _ operands: [Value], batched: [Bool], count: Int, in b: inout ProgramBuilder
  ) -> [Batched] {
    let wide = SubProgram(body.program.batched(batched, count: count))
    let rule = CustomOperation(function, wide, levels + [Level(mapped: batched, count: count)])
    return b.apply(rule, operands).map { Batched(value: $0, isBatched: true) }
  }

  /// A derivative under the batch axes: shared arguments add their cotangents up.
  private func apply(
    _ derivative: @escaping CustomFunction.Derivative, _ x: [Tensor], _ y: [Tensor],
    _ directions: [Tensor], sharedResults: Bool, level: Int? = nil
  ) -> [Tensor] {
    let level = (level ?? levels.count) - 1
    if level < 0 { return derivative(x, y, directions) }
    let mapped = levels[level].mapped
    // Values always have the axis; tangents have it where their arguments do, cotangents where values do.
    let yes = y.map { _ in true }
    let directionFlags = sharedResults ? yes : mapped
    let (first, second) = (x.count, x.count + y.count)
    let results = vmap(
      { all in
        apply(
          derivative, Array(all[..<first]), Array(all[first..<second]), Array(all[second...]),
          sharedResults: sharedResults, level: level)
      }, mapped: mapped + yes + directionFlags)(x + y + directions)
    guard sharedResults else { return results }
    return zip(results, mapped).map { $1 || !$0.scalarType.isFloating ? $0 : $0.sum(axes: [0]) }
  }
}
