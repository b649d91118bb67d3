public import LandauTensor

/// A rule that improves parameters from gradients, step by step.
///
/// Rules run as one plain loop over the buffers of each parameter, in the parameter's own type.
public protocol Optimizer: Sendable {
  /// Multiplies every step; a schedule may change it between steps.
  var learningRate: Double { get set }

  /// One step on every parameter. The first call fixes number and types of the parameters.
  mutating func step(_ parameters: inout [Tensor], gradients: [Tensor])
}

extension Optimizer {
  /// One step on the parameters of a tree.
  public mutating func step<Tree: TensorTree>(_ tree: inout Tree, gradients: [Tensor]) {
    var parameters = tree.tensors
    step(&parameters, gradients: gradients)
    tree = tree.replacing(parameters)
  }
}

/// Per-parameter memories of an optimiser, zero at first and shaped like the parameters.
struct Memories: Sendable {
  private(set) var tensors: [Tensor] = []

  mutating func prepare(_ parameters: [Tensor], _ gradients: [Tensor]) {
    if tensors.isEmpty { tensors = parameters.map { .zeros($0.shape, type: $0.scalarType) } }
    precondition(
      parameters.map(\.type) == tensors.map(\.type) && gradients.map(\.type) == tensors.map(\.type),
      "an optimiser of \(tensors.map(\.type)) was given \(parameters.map(\.type)) and the gradients "
        + "\(gradients.map(\.type))")
  }

  subscript(index: Int) -> Tensor {
    get { tensors[index] }
    set { tensors[index] = newValue }
  }
}
