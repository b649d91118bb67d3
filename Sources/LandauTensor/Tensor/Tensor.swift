/// A rectangular array of numbers, computed when somebody looks at it.
///
/// Arithmetic builds a graph; `eval`, `item` and `scalars` compute it. Values never change once made.
/// Scalar types never mix silently (`asType`), shapes broadcast by NumPy's rule, extents are row-major.
/// Misuse (shapes that do not fit, mixed types, an index out of range) is a programming error and stops
/// the program with a line that names shapes and values.
///
///     let x = Tensor([1, 2, 3] as [Float])
///     let y = sin(x) * 2 + 1
///     y.scalars(Float.self)
public struct Tensor: Sendable {
  var node: Node

  init(_ node: Node) { self.node = node }

  public var type: TensorType { node.type }
  public var shape: [Int] { node.type.shape }
  public var rank: Int { node.type.rank }
  /// The number of scalars.
  public var count: Int { node.type.count }
  public var scalarType: ScalarType { node.type.scalar }

  /// The value of `op` on `inputs`, not yet computed.
  static func apply(_ op: Op, _ inputs: [Tensor]) -> Tensor {
    let nodes = inputs.map(\.node)
    do throws(ShapeError) {
      return Tensor(Node.making(op, try op.resultType(nodes.map(\.type)), inputs: nodes))
    } catch {
      misuse(error.message)
    }
  }
}

/// Why an operation cannot take the inputs it was given; one line with shapes and values.
struct ShapeError: Error, Hashable {
  let message: String
  init(_ message: String) { self.message = message }
}
