/// A value made of tensors: a layer, a model, a list of them. Its tensors have a fixed order and names.
public protocol TensorTree {
  /// Calls `visit` with the name and a reference to every tensor, always in the same order.
  mutating func forEachTensor(_ visit: (_ name: String, _ tensor: inout Tensor) -> Void)
}

extension TensorTree {
  /// The tensors in order.
  public var tensors: [Tensor] { named.map(\.tensor) }

  /// The tensors in order, with their names.
  public var named: [(name: String, tensor: Tensor)] {
    var copy = self
    var result: [(name: String, tensor: Tensor)] = []
    copy.forEachTensor { result.append(($0, $1)) }
    return result
  }

  /// The same structure with other tensors, in order.
  public func replacing(_ tensors: [Tensor]) -> Self {
    var copy = self
    var next = 0
    copy.forEachTensor { name, tensor in
      require(next < tensors.count, "\(tensors.count) tensors do not fill the tree at \(name)")
      tensor = tensors[next]
      next += 1
    }
    require(next == tensors.count, "\(tensors.count) tensors for a tree of \(next)")
    return copy
  }

  /// Visits a child with its names put behind `name` and a dot.
  public func visit<Child: TensorTree>(
    _ name: String, _ child: inout Child, _ visit: (String, inout Tensor) -> Void
  ) {
    child.forEachTensor { visit($0.isEmpty ? name : "\(name).\($0)", &$1) }
  }
}

extension Tensor: TensorTree {
  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) { visit("", &self) }
}

extension Array: TensorTree where Element: TensorTree {
  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    for index in indices {
      self[index].forEachTensor { visit($0.isEmpty ? "\(index)" : "\(index).\($0)", &$1) }
    }
  }
}

/// The function that gives the value of a scalar function of a tree and the tree of its gradients.
///
/// - Parameter f: the tree that is differentiated, and further tensors that are not.
public func valueAndGradient<Tree: TensorTree>(
  of f: @escaping (Tree, [Tensor]) -> Tensor
) -> (Tree, [Tensor]) -> (value: Tensor, gradient: Tree) {
  { tree, others in
    let (value, gradients) = valueAndGradient { f(tree.replacing($0), others) }(tree.tensors)
    return (value, tree.replacing(gradients))
  }
}
