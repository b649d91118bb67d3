import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

/// x → first → residual blocks → last, and what every layer computes.
private struct Probe: TensorTree, Sendable {
  var first: Dense
  var blocks: [Residual<Sequential>]
  var last: Scaled<Dense>

  init(width: Int, depth: Int, scale: Double, multiplier: Double, seed: Seed) {
    var rng = seed.makeStream()
    func dense(_ inputs: Int, _ outputs: Int) -> Dense {
      Dense(inputs: inputs, outputs: outputs, initialization: .lecunNormal, using: &rng)
    }
    first = dense(8, width)
    blocks = []
    for _ in 0..<depth {
      blocks.append(Residual(Sequential([Activation.relu, dense(width, width)]), scale: scale))
    }
    last = Scaled(dense(width, 1), by: multiplier)
  }

  /// The preactivations of the first layer, of all blocks together, and the output.
  func stages(_ x: Tensor) -> [Tensor] {
    let start = first(x)
    let end = blocks.reduce(start) { $1($0) }
    return [start, end, last(end)]
  }

  mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    self.visit("first", &first, visit)
    self.visit("blocks", &blocks, visit)
    self.visit("last", &last, visit)
  }
}

struct MaximalUpdateTests {
  private static let baseWidth = 64
  private static let baseDepth = 4

  /// Size of the change of every stage after four steps: the coordinate check of Yang et al. 2022.
  private func changes(
    width: Int, depth: Int = baseDepth, parametrised: Bool, family: MaximalUpdate.Family, seed: Seed
  ) -> [Double] {
    func probe(_ width: Int, _ multiplier: Double) -> Probe {
      let scale = parametrised ? 1 / Double(depth).squareRoot() : 1 / 2
      return Probe(width: width, depth: depth, scale: scale, multiplier: multiplier, seed: seed)
    }
    let rule = MaximalUpdate(
      model: probe(width, 1), base: probe(Self.baseWidth, 1),
      depthRatio: Double(depth) / Double(Self.baseDepth))
    var model = probe(width, parametrised ? rule.outputMultiplier : 1)
    if parametrised { model = rule.initialized(model) }
    let rate = family == .adam ? 0.003 : 0.05
    var optimizers = rule.learningRateFactors(family).map { factor in
      let own = rate * (parametrised ? factor : 1)
      return family == .adam
        ? AnyRule.adam(AdamW.adam(learningRate: own)) : .sgd(SGD(learningRate: own))
    }
    let x = numbers([16, 8], seed.child("x"), type: .float)
    let y = sin(x.sum(axes: [1], keepingAxes: true))
    let before = model.stages(x)
    eval(before)
    let gradients = valueAndGradient { (tree: Probe, data: [Tensor]) in
      Loss.meanSquaredError(tree.stages(data[0])[2], data[1])
    }
    for _ in 0..<4 {
      let slopes = gradients(model, [x, y]).gradient.tensors
      var tensors = model.tensors
      for index in tensors.indices {
        optimizers[index].step(&tensors[index], slopes[index])
      }
      model = model.replacing(tensors)
    }
    return zip(model.stages(x), before).map {
      (($0 - $1) * ($0 - $1)).mean().item(Double.self).squareRoot()
    }
  }

  private enum AnyRule {
    case adam(AdamW)
    case sgd(SGD)

    mutating func step(_ tensor: inout Tensor, _ gradient: Tensor) {
      var list = [tensor]
      switch self {
      case .adam(var rule):
        rule.step(&list, gradients: [gradient])
        self = .adam(rule)
      case .sgd(var rule):
        rule.step(&list, gradients: [gradient])
        self = .sgd(rule)
      }
      tensor = list[0]
    }
  }

  /// Largest over smallest.
  private func spread(_ sizes: [Double]) -> Double {
    // A NaN or an infinity is no size at all.
    sizes.allSatisfy { $0.isFinite } ? sizes.max()! / sizes.min()! : .infinity
  }

  /// From width 64 to 1024 changes stay of the same order; in the standard parametrisation, where sizes of steps are
  /// off by factors of sqrt(16) to 16, they do not.
  @Test(.slow, arguments: MaximalUpdate.Family.allCases)
  func coordinateCheckInWidth(_ family: MaximalUpdate.Family) {
    func sizes(_ widths: [Int], parametrised: Bool) -> [[Double]] {
      widths.map {
        changes(
          width: $0, depth: 2, parametrised: parametrised, family: family, seed: .test(family))
      }
    }
    let ours = sizes([64, 256, 1024], parametrised: true)
    let standard = sizes([64, 1024], parametrised: false)
    for stage in 0..<3 { #expect(spread(ours.map { $0[stage] }) < 4, "stage \(stage): \(ours)") }
    #expect((0..<3).contains { stage in spread(standard.map { $0[stage] }) > 6 }, "\(standard)")
  }

  /// From 4 blocks to 64, the same; without the scale 1/sqrt(depth) the sum grows with every block.
  @Test(arguments: MaximalUpdate.Family.allCases)
  func coordinateCheckInDepth(_ family: MaximalUpdate.Family) {
    func sizes(_ depths: [Int], parametrised: Bool) -> [[Double]] {
      depths.map {
        changes(
          width: 64, depth: $0, parametrised: parametrised, family: family, seed: .test(family))
      }
    }
    let ours = sizes([4, 16, 64], parametrised: true)
    let standard = sizes([4, 64], parametrised: false)
    for stage in 0..<3 { #expect(spread(ours.map { $0[stage] }) < 4, "stage \(stage): \(ours)") }
    #expect((0..<3).contains { stage in spread(standard.map { $0[stage] }) > 6 }, "\(standard)")
  }

  @Test func rolesByShape() {
    func model(_ width: Int) -> Probe {
      Probe(width: width, depth: 1, scale: 1, multiplier: 1, seed: Seed(1))
    }
    let rule = MaximalUpdate(model: model(32), base: model(8), depthRatio: 4)
    #expect(
      rule.roles == [
        .input(ratio: 4), .input(ratio: 4), .hidden(ratio: 4), .input(ratio: 4), .output(ratio: 4),
        .fixed,
      ])
    #expect(rule.isInBranch == [false, false, true, true, false, false])
    #expect(rule.initialScales == [1, 1, 1, 1, 2, 1])
    #expect(rule.outputMultiplier == 0.25)
    #expect(rule.learningRateFactors(.sgd) == [4, 4, 1, 4, 4, 1])
    #expect(rule.learningRateFactors(.adam) == [1, 1, 0.125, 0.5, 1, 1])
    // The base itself is left alone.
    let base = MaximalUpdate(model: model(8), base: model(8))
    #expect(base.learningRateFactors(.adam).allSatisfy { $0 == 1 } && base.outputMultiplier == 1)
  }
}
