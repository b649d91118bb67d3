#if canImport(Landau)
  import Landau
#else
  import LandauCore
  import LandauNN
  import LandauTensor
#endif

/// A network that is being trained.
struct Training {
  /// Does one step and gives the loss.
  let step: () -> Double
  /// Where the time goes in the functions that the step calls.
  let profiles: () -> [ProgramProfile]
}

/// One network and its training step, written as a user would write it.
struct TensorCase {
  /// `--threads N` of the command line; nil for one.
  static let pool: WorkerPool? = {
    let arguments = CommandLine.arguments
    guard let place = arguments.firstIndex(of: "--threads"), place + 1 < arguments.count,
      let count = Int(arguments[place + 1]), count > 1
    else { return nil }
    return WorkerPool(threadCount: count)
  }()

  let name: String
  let make: () -> Training

  init(_ name: String, _ make: @escaping () -> Training) {
    self.name = name
    self.make = make
  }

  /// A network trained by Adam on the same batch again and again.
  init<Model: TensorTree & Sendable>(
    _ name: String, _ batch: @escaping (inout RandomStream) -> [Tensor],
    model build: @escaping (inout RandomStream) -> Model,
    loss: @escaping @Sendable (Model, [Tensor]) -> Tensor
  ) {
    self.init(name) {
      var rng = Seed(1).child(name).makeStream()
      let model = build(&rng)
      let data = batch(&rng)
      var parameters = model.tensors
      var optimizer = AdamW(learningRate: 1e-3, weightDecay: 0)
      optimizer.state.pool = TensorCase.pool
      let count = parameters.count
      let function: @Sendable ([Tensor]) -> [Tensor] = { all in
        let both = valueAndGradient { loss(model.replacing($0), Array(all[count...])) }(
          Array(all[..<count]))
        return [both.value] + both.gradients
      }
      let gradient = compile(on: TensorCase.pool, function)
      return Training(
        step: {
          var results = gradient(parameters + data)
          let value = results.removeFirst()
          optimizer.step(&parameters, gradients: results)
          return value.item()
        }, profiles: { [profile(function, parameters + data)] })
    }
  }
}
