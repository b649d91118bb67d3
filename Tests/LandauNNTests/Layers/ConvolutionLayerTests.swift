import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

struct ConvolutionLayerTests {
  /// Site by site on the torus, with groups, stride and dilation.
  @Test func convolutionByLoop() {
    var rng = Seed.test("layer").makeStream()
    var layer = Convolution(
      inputs: 4, outputs: 6, window: [3, 2], stride: [1, 2], dilation: [2, 1], groups: 2,
      type: .double, using: &rng)
    layer.bias = numbers([6], .test("bias"))
    let x = numbers([2, 4, 5, 6], .test("x"))
    let (field, w, bias) = (Numbers(x), Numbers(layer.weight), Numbers(layer.bias!))
    #expect(w.shape == [6, 2, 3, 2])
    var expected = Numbers(zeros: [2, 6, 5, 3])
    for n in 0..<2 {
      for o in 0..<6 {
        for i in 0..<5 {
          for j in 0..<3 {
            var sum = bias[o]
            for c in 0..<2 {
              for a in 0..<3 {
                for b in 0..<2 {
                  // Three are centred on the site, two are the site and the next.
                  let (row, column) = ((i + 2 * (a - 1) + 5) % 5, (2 * j + b) % 6)
                  sum += w[o, c, a, b] * field[n, 2 * (o / 3) + c, row, column]
                }
              }
            }
            expected[n, o, i, j] = sum
          }
        }
      }
    }
    #expect(distance(layer(x), expected.tensor) < 1e-14)
  }

  /// The transpose: (A x) · y = x · (Aᵀ y), for any stride and boundary.
  @Test(arguments: [ConvolutionBoundary.circular, .zero, .valid])
  func transposedIsTheTranspose(_ boundary: ConvolutionBoundary) {
    var rng = Seed.test("layer", boundary).makeStream()
    let down = Convolution(
      inputs: 3, outputs: 4, window: [3], boundary: boundary, stride: [2], hasBias: false,
      type: .double, using: &rng)
    var up = TransposedConvolution(
      inputs: 4, outputs: 3, window: [3], boundary: boundary, stride: [2], hasBias: false,
      type: .double, using: &rng)
    up.weight = down.weight
    let y = numbers([2, 4, 4], .test("y"))
    let image = up(y)
    let x = numbers(image.shape, .test("x"))
    let (left, right) = ((down(x) * y).sum(), (x * image).sum())
    #expect(abs((left - right).item(Double.self)) < 1e-13)
    up.bias = Tensor([1.0, 2, 3])
    #expect(
      distance(up(y) - image, Tensor([1.0, 2, 3], shape: [3, 1]).broadcast(to: image.shape)) < 1e-15
    )
  }

  /// A network of convolutions, normalisations and pooling moves with translations of the torus; what is pooled over
  /// all sites does not move at all. Zeros at the edge break both.
  @Test(arguments: [ConvolutionBoundary.circular, .zero])
  func translationsOfTheTorus(_ boundary: ConvolutionBoundary) {
    var rng = Seed.test("layer").makeStream()
    let network = Sequential([
      Convolution(
        inputs: 1, outputs: 4, window: [3, 3], boundary: boundary, type: .double, using: &rng),
      Activation.gelu,
      GroupNormalization(channels: 4, groupCount: 2, type: .double),
      Convolution(
        inputs: 4, outputs: 3, window: [2, 2], boundary: boundary, type: .double, using: &rng),
    ])
    let x = numbers([2, 1, 6, 6], .test("x"))
    func shifted(_ x: Tensor) -> Tensor {
      let rows = Tensor((0..<6).map { Int32(($0 + 2) % 6) })
      let columns = Tensor((0..<6).map { Int32(($0 + 5) % 6) })
      return x.gathered(rows, axis: 2).gathered(columns, axis: 3)
    }
    let apart = distance(network(shifted(x)), shifted(network(x)))
    let pooled = GlobalPooling()
    let change = distance(pooled(network(shifted(x))), pooled(network(x)))
    if boundary == .circular {
      #expect(apart < 1e-14 && change < 1e-14)
    } else {
      #expect(apart > 0.01 && change > 1e-3)
    }
  }

  @Test func poolingByHand() {
    let x = Tensor((0..<6).map { Double($0 * $0) }, shape: [1, 1, 6])  // 0 1 4 9 16 25
    func pooled(_ layer: some Layer) -> [Double] { layer(x).scalars() }
    #expect(pooled(WindowPooling(.mean, window: [2])) == [0.5, 6.5, 20.5])
    #expect(pooled(WindowPooling(.sum, window: [3], boundary: .valid)) == [5, 50])
    // On the torus windows of three are centred on the sites 0 and 3.
    #expect(pooled(WindowPooling(.sum, window: [3])) == [26, 29])
    // Three sites around each: the first sees the last.
    #expect(pooled(WindowPooling(.maximum, window: [3], stride: [1])) == [25, 4, 9, 16, 25, 25])
    #expect(
      pooled(WindowPooling(.mean, window: [3], stride: [3], boundary: .zero)) == [0.5, 29.0 / 3])
    #expect(GlobalPooling(.sum)(x).scalars(Double.self) == [55])
    #expect(GlobalPooling(.maximum)(x).shape == [1, 1])
    #expect(Flatten()(Tensor.zeros([2, 3, 4])).shape == [2, 12])
  }
}
