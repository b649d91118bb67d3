import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

struct RecurrentTests {
  private func sigmoid(_ x: Double) -> Double { LandauTensor.sigmoid(Tensor(x)).item() }
  private func tanh(_ x: Double) -> Double { LandauTensor.tanh(Tensor(x)).item() }

  /// Preactivations of all gates of one example at one time, by loops.
  private func affine(_ dense: Dense, _ x: [Double]) -> [Double] {
    let (w, b) = (Numbers(dense.weight), Numbers(dense.bias!))
    return (0..<w.shape[1]).map { j in
      x.indices.reduce(b[j]) { $0 + x[$1] * w[$1, j] }
    }
  }

  @Test func gatedUnitsByLoop() {
    var rng = Seed.test("layer").makeStream()
    var layer = GRU(inputs: 2, units: 3, type: .double, using: &rng)
    layer.recurrent.bias = numbers([9], .test("bias"))
    let x = numbers([2, 5, 2], .test("x"))
    let sequence = Numbers(x)
    var expected = Numbers(zeros: [2, 5, 3])
    for b in 0..<2 {
      var state = [0.0, 0, 0]
      for t in 0..<5 {
        let outside = affine(layer.input, [sequence[b, t, 0], sequence[b, t, 1]])
        let inside = affine(layer.recurrent, state)
        state = (0..<3).map { k in
          let reset = sigmoid(outside[k] + inside[k])
          let update = sigmoid(outside[3 + k] + inside[3 + k])
          let candidate = tanh(outside[6 + k] + reset * inside[6 + k])
          return (1 - update) * candidate + update * state[k]
        }
        for k in 0..<3 { expected[b, t, k] = state[k] }
      }
    }
    #expect(distance(layer(x), expected.tensor) < 1e-14)
  }

  @Test func memoryByLoop() {
    var rng = Seed.test("layer").makeStream()
    let layer = LSTM(inputs: 2, units: 3, type: .double, using: &rng)
    #expect(layer.input.bias!.scalars(Double.self) == [0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    let x = numbers([2, 5, 2], .test("x"))
    let sequence = Numbers(x)
    var expected = Numbers(zeros: [2, 5, 3])
    for b in 0..<2 {
      var (state, memory) = ([0.0, 0, 0], [0.0, 0, 0])
      for t in 0..<5 {
        let gates = zip(
          affine(layer.input, [sequence[b, t, 0], sequence[b, t, 1]]),
          affine(layer.recurrent, state)
        ).map { $0 + $1 }
        for k in 0..<3 {
          memory[k] = sigmoid(gates[3 + k]) * memory[k] + sigmoid(gates[k]) * tanh(gates[6 + k])
          state[k] = sigmoid(gates[9 + k]) * tanh(memory[k])
          expected[b, t, k] = state[k]
        }
      }
    }
    #expect(distance(layer(x), expected.tensor) < 1e-14)
  }

  /// A sequence in two pieces, the second from where the first ended, is the whole; the past does not see the future.
  @Test func piecesJoin() {
    var rng = Seed.test("layer").makeStream()
    let layer = GRU(inputs: 2, units: 3, type: .double, using: &rng)
    let x = numbers([2, 6, 2], .test("x"))
    let whole = layer(x)
    let first = layer(x.sliced(axis: 1, 0..<4))
    let state = first.sliced(axis: 1, 3..<4).squeezed(axis: 1)
    let second = layer(x.sliced(axis: 1, 4..<6), from: state)
    #expect(distance(concatenated([first, second], axis: 1), whole) < 1e-15)
    let gradient = grad { layer($0).sliced(axis: 1, 2..<3).sum() }(x)
    let perTime = abs(gradient).sum(axes: [0, 2]).scalars(Double.self)
    #expect(perTime[..<3].allSatisfy { $0 > 0 } && perTime[3...].allSatisfy { $0 == 0 })
  }
}
