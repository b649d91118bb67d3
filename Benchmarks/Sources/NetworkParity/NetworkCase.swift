import Landau

/// One network as a function of its trained tensors and its inputs, and what is written about it.
struct NetworkCase: Sendable {
  let name: String
  /// Every tensor of the file, in the scalar type given.
  let tensors: @Sendable (ScalarType) -> [(name: String, tensor: Tensor)]

  /// - Parameters:
  ///   - inputs: shapes of the inputs that have derivatives.
  ///   - constants: whole numbers and masks that the network was built with.
  init<Model: TensorTree & Sendable>(
    _ name: String, _ inputs: [[Int]], constants: [(name: String, tensor: Tensor)] = [],
    build: @escaping @Sendable (ScalarType, inout RandomStream) -> Model,
    apply: @escaping @Sendable (Model, [Tensor]) -> Tensor
  ) {
    self.name = name
    tensors = { type in
      var rng = Seed(1).child(name).makeStream()
      var model = build(type, &rng)
      let isTrained = model.isTrained
      // Away from zeros and ones, where mistakes hide.
      model.forEachTensor { entry, tensor in
        let isFixed = entry.split(separator: ".").last!.hasPrefix("fixed")
        if !isFixed {
          tensor = tensor + .uniform(tensor.shape, low: -0.2, high: 0.2, type: type, using: &rng)
        }
      }
      let x = inputs.map { Tensor.uniform($0, low: -1.2, high: 1.2, type: type, using: &rng) }
      let trained = zip(model.tensors, isTrained).filter { $0.1 }.map { $0.0 }
      let shape = apply(model, x).shape
      let cotangent = Tensor.uniform(shape, low: -1, high: 1, type: type, using: &rng)
      let whole = model
      let results = vjp(
        { arguments in
          var next = 0
          let tensors = zip(whole.tensors, isTrained).map { tensor, trained -> Tensor in
            guard trained else { return tensor }
            next += 1
            return arguments[next - 1]
          }
          return [apply(whole.replacing(tensors), Array(arguments[next...]))]
        }, trained + x, cotangents: [cotangent])
      let names = zip(model.named.map(\.name), isTrained).filter { $0.1 }.map { $0.0 }
      var file = model.named.map { (name: "parameter.\($0.name)", tensor: $0.tensor) }
      file += x.enumerated().map { ("input.\($0)", $1) }
      file += constants.map { ("constant.\($0.name)", $0.tensor) }
      file += [("cotangent", cotangent), ("output", results.values[0])]
      file += zip(names, results.cotangents).map { ("gradient.\($0)", $1) }
      file += results.cotangents[names.count...].enumerated().map { ("inputGradient.\($0)", $1) }
      return file
    }
  }

  /// A layer of one input.
  init<L: Layer>(
    _ name: String, _ input: [Int], build: @escaping @Sendable (ScalarType, inout RandomStream) -> L
  ) {
    self.init(name, [input], build: build) { $0($1[0]) }
  }
}
