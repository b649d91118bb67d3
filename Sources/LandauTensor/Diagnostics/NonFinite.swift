/// The first operation that made a NaN, or an infinity out of finite numbers.
public struct NonFinite: Sendable, CustomStringConvertible {
  /// What a tensor holds.
  public struct Numbers: Sendable, CustomStringConvertible {
    public let type: TensorType
    /// The smallest and largest finite number; nil where none is finite.
    public let range: ClosedRange<Double>?
    public let nanCount: Int
    public let infinityCount: Int

    /// For example `float[2, 3], 1 NaN, the others from -1.0 to 2.0`.
    public var description: String {
      contents.isEmpty ? "\(type)" : "\(type), \(contents)"
    }

    var contents: String {
      var parts: [String] = []
      if nanCount > 0 { parts.append("\(nanCount) NaN") }
      if infinityCount > 0 { parts.append("\(infinityCount) infinite") }
      if let range {
        let which = nanCount + infinityCount > 0 ? "the others from" : "from"
        parts.append("\(which) \(range.lowerBound) to \(range.upperBound)")
      }
      return parts.joined(separator: ", ")
    }
  }

  /// The operation as a printed program names it, or the argument that was not finite to begin with.
  public let operation: String
  public let result: Numbers
  public let operands: [Numbers]
  /// Lines of the calling code, innermost first; empty where there is no debug information.
  public let places: [String]

  public var description: String {
    let what = result.nanCount > 0 ? "NaN" : "infinity"
    let inputs = operands.enumerated().map { "  operand \($0.offset): \($0.element)" }
    return
      (["the first \(what) comes from \(operation)", "  result: \(result)"] + inputs
      + places.map { "  \($0)" })
      .joined(separator: "\n")
  }
}

/// Runs a function and looks at the result of every operation as it is made.
///
/// A debugging tool, some times slower than running the function: each operation on `arguments`, and on
/// what follows from them, is computed at once and searched. Derivatives taken inside are searched operation
/// by operation; a compiled function is run uncompiled, and where that finds nothing as the program its
/// plan was made from. An operation with sub-programs (a loop, a condition) counts as one.
///
/// Infinities that were there before (a mask of -infinity) are no finding; a NaN always is.
///
/// - Parameter arguments: a model, or a list of tensors.
/// - Returns: the values, and the first finding; nil where everything was finite.
public func tracingNonFinite<Arguments: TensorTree>(
  _ arguments: Arguments, _ body: (Arguments) -> [Tensor]
) -> (values: [Tensor], first: NonFinite?) {
  let watch = Watch()
  let watched = arguments.named.map { name, tensor in
    let storage = Evaluation.storage(of: tensor.node)
    watch.look(at: storage, tensor.type, argument: name)
    return Tensor(Node(Constant(storage: storage, type: tensor.type), watch: watch))
  }
  let values = body(arguments.replacing(watched)).map { value in
    Tensor(Node(Constant(storage: Evaluation.storage(of: value.node), type: value.type)))
  }
  return (values, watch.first)
}
