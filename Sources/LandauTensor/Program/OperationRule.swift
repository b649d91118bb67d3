import LandauCore

/// An operation outside the closed set, with one result or several: the six rules in one place.
///
/// In a program it is one instruction whose value is a bundle, followed by the results that are used. Equality
/// is by structure: equal rules on equal operands are computed once.
protocol OperationRule: Sendable, Hashable, CustomStringConvertible {
  /// The shape rule.
  func resultTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType]

  /// The evaluate rule: everything that types decide is worked out here, once.
  func kernel(_ inputs: [TensorType]) -> ExtensionKernel

  /// The same for a plan whose steps that many threads may share: programs inside do as well.
  func kernel(_ inputs: [TensorType], threads: Int) -> ExtensionKernel

  /// The operation to run instead where a pullback follows: it may have further results, at the end.
  var saving: any OperationRule { get }

  /// The pullback rule: cotangents of the inputs, from those of the results that have one.
  ///
  /// - Parameter wanted: inputs whose cotangents are used; others may be nil.
  func pullback(
    _ site: Site, _ cotangents: [Value?], wanted: [Bool], in b: inout ProgramBuilder
  ) -> [Value?]

  /// The pushforward rule: tangents of the results, from those of the inputs that have one.
  func pushforward(_ site: Site, _ tangents: [Value?], in b: inout ProgramBuilder) -> Pushed

  /// The batch rule: results with or without the new leading axis of extent `count`.
  func batch(
    _ operands: [Value], batched: [Bool], count: Int, in b: inout ProgramBuilder
  ) -> [Batched]

  /// The program that stands for the operation once no derivative is asked for; nil where there is none.
  var inlined: Program? { get }

  /// The programs inside, for the checker and whoever walks through a program.
  var subPrograms: [Program] { get }
}

extension OperationRule {
  func kernel(_ inputs: [TensorType], threads: Int) -> ExtensionKernel { kernel(inputs) }
  var saving: any OperationRule { self }
  var inlined: Program? { nil }
  var subPrograms: [Program] { [] }
}

/// Tangents of the results, nil where they are zero; and the results again where tangents and values are
/// best computed together, so that the operation itself need not be.
struct Pushed {
  var values: [Value]?
  let tangents: [Value?]
}

/// A value of a batched program, and whether it has the new leading axis.
struct Batched {
  let value: Value
  let isBatched: Bool
}

/// The evaluate rule of an extension: reads operands, writes every result, may use scratch memory.
struct ExtensionKernel: Sendable {
  typealias Operands = UnsafeBufferPointer<UnsafeRawPointer>
  typealias Results = UnsafeBufferPointer<UnsafeMutableRawPointer>

  /// Bytes of scratch memory, aligned to a cache line; part of the workspace of a plan.
  let scratchBytes: Int
  /// Whether it has steps for the threads of a pool.
  let isShared: Bool
  let run: @Sendable (Operands, Results, _ scratch: UnsafeMutableRawPointer, WorkerPool?) -> Void

  init(
    scratchBytes: Int = 0,
    run: @escaping @Sendable (Operands, Results, UnsafeMutableRawPointer) -> Void
  ) {
    self.init(scratchBytes: scratchBytes, isShared: false) { operands, results, scratch, _ in
      run(operands, results, scratch)
    }
  }

  init(
    scratchBytes: Int, isShared: Bool,
    run: @escaping @Sendable (Operands, Results, UnsafeMutableRawPointer, WorkerPool?) -> Void
  ) {
    self.scratchBytes = scratchBytes
    self.isShared = isShared
    self.run = run
  }
}

/// A rule as part of an `Op`, compared by structure.
struct Extension: Sendable, Hashable {
  let rule: any OperationRule

  static func == (left: Extension, right: Extension) -> Bool {
    func equals<R: OperationRule>(_ rule: R) -> Bool { rule == right.rule as? R }
    return equals(left.rule)
  }

  func hash(into hasher: inout Hasher) { rule.hash(into: &hasher) }
}

extension ProgramBuilder {
  /// The results of an extension on `inputs`.
  mutating func apply(_ rule: any OperationRule, _ inputs: [Value]) -> [Value] {
    results(append(.extension(Extension(rule: rule)), inputs))
  }

  mutating func results(_ bundle: Value) -> [Value] {
    type(of: bundle).parts.indices.map { result(bundle, $0) }
  }

  mutating func result(_ bundle: Value, _ index: Int) -> Value { append(.result(index), [bundle]) }

  /// Writes a program's instructions here, on other inputs.
  mutating func call(_ callee: Program, _ arguments: [Value]) -> [Value] {
    var moved: [Value] = []
    moved.reserveCapacity(callee.instructions.count)
    for instruction in callee.instructions {
      if case .input(let number, _) = instruction.op {
        moved.append(arguments[number])
      } else {
        moved.append(append(instruction.op, instruction.inputs.map { moved[$0.index] }))
      }
    }
    return callee.outputs.map { moved[$0.index] }
  }

  /// Writes what a function of tensors does here; the language of rules that are not primitive.
  mutating func write(_ arguments: [Value], _ f: ([Tensor]) -> [Tensor]) -> [Value] {
    call(Program(tracing: f, arguments.map { type(of: $0) }), arguments)
  }
}

extension Tensor {
  /// The results of an extension, not yet computed.
  static func apply(_ rule: any OperationRule, _ inputs: [Tensor]) -> [Tensor] {
    let bundle = apply(.extension(Extension(rule: rule)), inputs)
    return bundle.type.parts.indices.map { apply(.result($0), [bundle]) }
  }
}
