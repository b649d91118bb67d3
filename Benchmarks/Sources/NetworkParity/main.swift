import Landau

// Writes every network with its inputs, outputs and gradients into a folder, for `Benchmarks/parity`.

let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count == 1, let folder = arguments.first else {
  preconditionFailure("usage: NetworkParity FOLDER")
}
for network in NetworkCase.all {
  for type in [ScalarType.float, .double] {
    let tree = NamedTensors(network.tensors(type))
    try Safetensors.save(tree, to: "\(folder)/\(network.name).\(type).safetensors")
  }
}

/// Tensors with names, as a file has them.
struct NamedTensors: TensorTree {
  var entries: [(name: String, tensor: Tensor)]

  init(_ entries: [(name: String, tensor: Tensor)]) { self.entries = entries }

  mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    for index in entries.indices { visit(entries[index].name, &entries[index].tensor) }
  }
}
