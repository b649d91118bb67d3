import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

struct BatchNormalizationTests {
  private let key = RandomKey(Seed(1))

  @Test func trainingByLoop() {
    var layer = BatchNormalization(channels: 2, momentum: 0.25, epsilon: 1e-3, type: .double)
    layer.scale = numbers([2], .test("scale"))
    layer.offset = numbers([2], .test("offset"))
    layer.runningMean = numbers([2], .test("mean"))
    let before = layer
    let x = numbers([3, 2, 4], .test("x"))
    let y = layer(x, training: key)
    let field = Numbers(x)
    var expected = Numbers(zeros: [3, 2, 4])
    let (scale, offset) = (Numbers(layer.scale), Numbers(layer.offset))
    for c in 0..<2 {
      let all = (0..<3).flatMap { b in (0..<4).map { field[b, c, $0] } }
      let mean = all.reduce(0, +) / 12
      let variance = all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 12
      for b in 0..<3 {
        for i in 0..<4 {
          let even = (field[b, c, i] - mean) / (variance + 1e-3).squareRoot()
          expected[b, c, i] = even * scale[c] + offset[c]
        }
      }
      let running = Numbers(layer.runningMean)[c]
      expectClose(running, 0.75 * Numbers(before.runningMean)[c] + 0.25 * mean, absolute: 1e-15)
      expectClose(
        Numbers(layer.runningVariance)[c], 0.75 + 0.25 * variance * 12 / 11, absolute: 1e-15)
    }
    #expect(distance(y, expected.tensor) < 1e-14)
  }

  /// Judged one by one or in company, an example gives the same; after enough batches of the same kind that is what
  /// training gave.
  @Test func judging() {
    var layer = BatchNormalization(channels: 3, momentum: 0.5, epsilon: 0, type: .double)
    let x = numbers([50, 3], .test()) * 2 + 1
    var trained = x
    for _ in 0..<60 {
      trained = layer(x, training: key)
      eval(layer.tensors)
    }
    let judged = layer(x)
    let first = layer(x.sliced(axis: 0, 0..<1))
    #expect(distance(first, judged.sliced(axis: 0, 0..<1)) < 1e-15)
    // The running variance is 50/49 of the batch's.
    #expect(distance(judged, trained * (49.0 / 50).squareRoot()) < 1e-13)
  }

  /// The statistics come out of a differentiated step beside the gradients, and have no derivative.
  @Test func statefulStep() {
    let layer = Sequential([BatchNormalization(channels: 2, type: .double), Activation.tanh])
    #expect(layer.isTrained == [true, true, false, false])
    let x = numbers([5, 2], .test())
    let step = compile { arguments in
      let results = vjp(
        { tensors in
          var model = layer.replacing(tensors)
          let loss = model(x, training: RandomKey(Seed(1))).sum()
          return [loss] + model.tensors
        }, arguments,
        cotangents: [Tensor(1.0)] + arguments.map { .zeros($0.shape, type: .double) })
      return results.values + results.cotangents
    }
    let results = step(layer.tensors)
    var plain = BatchNormalization(channels: 2, type: .double)
    _ = plain(x, training: key)
    #expect(distance(results[3], plain.runningMean) < 1e-15)
    #expect(distance(results[4], plain.runningVariance) < 1e-15)
    #expect(
      results[7].scalars(Double.self) == [0, 0] && results[8].scalars(Double.self) == [0, 0])
    #expect(abs(results[5]).max().item(Double.self) > 0)
  }
}
