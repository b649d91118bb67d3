#if canImport(Landau)
  import Landau
#else
  import LandauCore
  import LandauNN
  import LandauTensor
#endif

extension Tensor {
  /// The neighbours one step on along an axis of a torus.
  fileprivate func shifted(_ axis: Int) -> Tensor {
    let extent = shape[axis]
    return concatenated(
      [sliced(axis: axis, 1..<extent), sliced(axis: axis, 0..<1)], axis: axis)
  }
}

extension TensorCase {
  /// A RealNVP flow for phi^4 on 8x8: eight checkerboard couplings by convolutions 1-8-8-2, batch 1024, reverse
  /// Kullback-Leibler divergence.
  static var flow: TensorCase { TensorCase("flow") { makeFlow() } }

  private static func makeFlow() -> Training {
    let (side, batch) = (8, 1024)
    var rng = Seed(1).child("flow").makeStream()
    let channels = [1, 8, 8, 2]
    let nets = (0..<8).map { _ -> Sequential in
      var layers: [any Layer] = []
      for (index, (a, b)) in zip(channels, channels.dropFirst()).enumerated() {
        layers.append(Convolution(inputs: a, outputs: b, window: [3, 3], using: &rng))
        layers.append(index < 2 ? Activation.leakyRelu : .tanh)
      }
      return Sequential(layers)
    }
    let odd = Tensor(
      (0..<side * side).map { Float(($0 / side + $0 % side) % 2) }, shape: [side, side])
    let function: @Sendable ([Tensor]) -> [Tensor] = { all in
      let both = valueAndGradient { parameters -> Tensor in
        let nets = nets.replacing(parameters)
        var z = RandomKey(words: all.last!).normal([batch, side, side])
        var logarithm = (z * z).sum(axes: [1, 2]) * -0.5
        for (index, net) in nets.enumerated() {
          let frozen = index % 2 == 0 ? odd : 1 - odd
          let out = net((frozen * z).expandedDimension(at: 1))
          func part(_ k: Int) -> Tensor {
            (1 - frozen) * out.sliced(axis: 1, k..<k + 1).squeezed(axis: 1)
          }
          let s = part(0)
          z = z * exp(s) + part(1)
          logarithm = logarithm - s.sum(axes: [1, 2])
        }
        let kinetic = z * (4 * z - 2 * z.shifted(1) - 2 * z.shifted(2))
        let square = z * z
        let action = (kinetic - 4 * square + 8 * square * square).sum(axes: [1, 2])
        return (logarithm + action).mean()
      }(Array(all.dropLast()))
      return [both.value] + both.gradients
    }
    let gradient = compile(on: TensorCase.pool, function)
    var parameters = nets.tensors
    var optimizer = AdamW(learningRate: 1e-3, weightDecay: 0)
    var count = 0
    return Training(
      step: {
        var results = gradient(parameters + [RandomKey(Seed(1).child("step", count)).words])
        let value = results.removeFirst()
        optimizer.step(&parameters, gradients: results)
        count += 1
        return value.item()
      }, profiles: { [profile(function, parameters + [RandomKey(Seed(1)).words])] })
  }

  /// A variational autoregressive network for the critical Ising model on 8x8, one hidden layer of four units a
  /// site, batch 1000: hidden sums are carried from site to site while sampling.
  static var autoregressive: TensorCase { TensorCase("autoregressive") { makeAutoregressive() } }

  private static func makeAutoregressive() -> Training {
    let (side, batch, multiplicity) = (8, 1000, 4)
    let n = side * side
    let hidden = multiplicity * n
    let beta = 0.440_686_793_509_771_5
    var rng = Seed(1).child("autoregressive").makeStream()
    var parameters: [Tensor] = [
      .normal([n, hidden], using: &rng) * (1 / Double(n).squareRoot()), .zeros([hidden]),
      .normal([hidden, n], using: &rng) * (1 / Double(hidden).squareRoot()), .zeros([n]),
    ]
    eval(parameters)
    // Hidden units of site i see the spins before it, outputs the hidden units up to their site.
    let below = Tensor(
      (0..<n * hidden).map { Float($0 / hidden < $0 % hidden / multiplicity ? 1 : 0) },
      shape: [n, hidden])
    let upTo = Tensor(
      (0..<hidden * n).map { Float($0 / n / multiplicity <= $0 % n ? 1 : 0) }, shape: [hidden, n])
    let draw: @Sendable ([Tensor]) -> [Tensor] = { all in
      let (w1, b1) = (all[0] * below, all[1])
      let (w2, b2) = ((all[2] * upTo).transposed(), all[3])
      let uniforms = RandomKey(words: all[4]).uniform([n, batch])
      let start = b1.broadcast(to: [batch, hidden])
      let (_, spins) = scan(
        [start], over: [w1, w2, b2, uniforms]
      ) { carry, row in
        let logit =
          matmul(Activation.relu(carry[0]), row[1].expandedDimension(at: 1)).squeezed(axis: 1)
          + row[2].broadcast(to: [batch])
        let up = (row[3] .< sigmoid(logit)).asType(.float) * 2 - 1
        let next = carry[0] + up.expandedDimension(at: 1) * row[0].expandedDimension(at: 0)
        return ([next], [up])
      }
      return [spins[0].transposed()]
    }
    let function: @Sendable ([Tensor]) -> [Tensor] = { all in
      let s = all[4]
      let g = s.reshaped([batch, side, side])
      let energy = -(g * (g.shifted(1) + g.shifted(2))).sum(axes: [1, 2])
      let both = valueAndGradient { p -> Tensor in
        let h = Activation.relu(matmul(s, p[0] * below) + p[1])
        let x = matmul(h, p[2] * upTo) + p[3]
        let logarithm = -Activation.softplus(-s * x).sum(axes: [1])
        let free = (logarithm + beta * energy).stoppingGradient()
        return ((free - free.mean()) * logarithm).mean()
      }(Array(all[..<4]))
      return [both.value] + both.gradients
    }
    let (sample, gradient) = (
      compile(on: TensorCase.pool, draw), compile(on: TensorCase.pool, function)
    )
    var optimizer = AdamW(learningRate: 1e-3, weightDecay: 0)
    var count = 0
    return Training(
      step: {
        let s = sample(parameters + [RandomKey(Seed(1).child("step", count)).words])[0]
        var results = gradient(parameters + [s])
        let value = results.removeFirst()
        optimizer.step(&parameters, gradients: results)
        count += 1
        return value.item()
      },
      profiles: {
        let key = RandomKey(Seed(1)).words
        return [
          profile(draw, parameters + [key]),
          profile(function, parameters + [sample(parameters + [key])[0]]),
        ]
      })
  }
}
