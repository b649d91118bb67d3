import LandauCore
import LandauTestSupport
import Testing

@testable import LandauTensor

/// Convolutions against plain loops over their definition.
struct ConvolutionTests {
  struct Setting: Sendable, CustomTestStringConvertible {
    var input: [Int]
    var kernel: [Int]
    var boundary: ConvolutionBoundary
    var stride: [Int]
    var dilation: [Int]
    var groups = 1
    var testDescription: String { "\(input) \(kernel) \(boundary) \(stride) \(dilation) \(groups)" }
  }

  static let settings: [Setting] = [
    Setting(input: [2, 3, 7], kernel: [4, 3, 3], boundary: .valid, stride: [1], dilation: [1]),
    Setting(input: [2, 3, 7], kernel: [4, 3, 3], boundary: .zero, stride: [2], dilation: [2]),
    Setting(input: [3, 2, 6], kernel: [2, 2, 4], boundary: .circular, stride: [3], dilation: [1]),
    // A window longer than the torus winds around it twice.
    Setting(input: [2, 1, 3], kernel: [2, 1, 5], boundary: .circular, stride: [1], dilation: [2]),
    Setting(
      input: [2, 4, 5, 6], kernel: [6, 2, 3, 2], boundary: .zero, stride: [1, 2], dilation: [1, 1],
      groups: 2),
    Setting(
      input: [1, 3, 4, 4], kernel: [3, 1, 2, 2], boundary: .circular, stride: [1, 1],
      dilation: [1, 3], groups: 3),
    Setting(
      input: [2, 2, 6, 5], kernel: [3, 2, 2, 3], boundary: .padded(low: [2, 0], high: [1, 3]),
      stride: [2, 3], dilation: [2, 1]),
    Setting(
      input: [2, 2, 3, 4, 3], kernel: [2, 2, 2, 3, 1], boundary: .circular, stride: [1, 1, 1],
      dilation: [1, 1, 1]),
    Setting(
      input: [2, 2, 4, 5, 3], kernel: [2, 2, 2, 2, 2], boundary: .valid, stride: [2, 1, 1],
      dilation: [1, 2, 1]),
    Setting(
      input: [3, 5, 30, 30], kernel: [4, 5, 3, 3], boundary: .zero, stride: [1, 1],
      dilation: [1, 1]),
  ]

  /// Calls `body` for every term of the sum: positions in input, kernel and output.
  private func forEachTerm(_ s: Setting, _ places: [Int], _ body: (Int, Int, Int) -> Void) {
    let (spatial, window) = (Array(s.input[2...]), Array(s.kernel[2...]))
    let per = s.kernel[1]
    let outputs = s.kernel[0]
    for n in 0..<s.input[0] {
      for o in 0..<outputs {
        for c in 0..<per {
          for p in coordinates(places) {
            element: for w in coordinates(window) {
              var position = 0
              for axis in spatial.indices {
                let anchor = (window[axis] - 1) / 2
                var index = p[axis] * s.stride[axis]
                switch s.boundary {
                case .valid: index += w[axis] * s.dilation[axis]
                case .zero, .circular: index += (w[axis] - anchor) * s.dilation[axis]
                case .padded(let low, _): index += w[axis] * s.dilation[axis] - low[axis]
                }
                if s.boundary == .circular { index = (index + 100 * spatial[axis]) % spatial[axis] }
                if index < 0 || index >= spatial[axis] { continue element }
                position = position * spatial[axis] + index
              }
              let channel = o / (outputs / s.groups) * per + c
              body(
                (n * s.input[1] + channel) * count(spatial) + position,
                (o * per + c) * count(window) + flat(w, window),
                (n * outputs + o) * count(places) + flat(p, places))
            }
          }
        }
      }
    }
  }

  private func count(_ shape: [Int]) -> Int { shape.reduce(1, *) }
  private func flat(_ position: [Int], _ shape: [Int]) -> Int {
    zip(position, shape).reduce(0) { $0 * $1.1 + $1.0 }
  }
  private func coordinates(_ shape: [Int]) -> [[Int]] {
    shape.reduce([[]]) { all, extent in all.flatMap { one in (0..<extent).map { one + [$0] } } }
  }

  @Test(arguments: settings)
  func valuesAreThoseOfPlainLoops(_ s: Setting) {
    var rng = Seed.test(s).makeStream()
    let x = Tensor.normal(s.input, type: .double, using: &rng)
    let k = Tensor.normal(s.kernel, type: .double, using: &rng)
    let y = convolution(
      x, k, boundary: s.boundary, stride: s.stride, dilation: s.dilation, groups: s.groups)
    let g = Tensor.normal(y.shape, type: .double, using: &rng)
    var (sums, input, kernel) = (
      [Double](repeating: 0, count: y.count), [Double](repeating: 0, count: x.count),
      [Double](repeating: 0, count: k.count)
    )
    let (xs, ks, gs) = (x.scalars(Double.self), k.scalars(Double.self), g.scalars(Double.self))
    forEachTerm(s, Array(y.shape[2...])) { i, j, p in
      sums[p] += xs[i] * ks[j]
      input[i] += gs[p] * ks[j]
      kernel[j] += gs[p] * xs[i]
    }
    #expect(distance(y, Tensor(sums, shape: y.shape)) < 1e-13)
    let back = vjp(
      {
        [
          convolution(
            $0[0], $0[1], boundary: s.boundary, stride: s.stride, dilation: s.dilation,
            groups: s.groups)
        ]
      }, [x, k], cotangents: [g]
    ).cotangents
    #expect(distance(back[0], Tensor(input, shape: x.shape)) < 1e-13)
    #expect(distance(back[1], Tensor(kernel, shape: k.shape)) < 1e-13)
    let transposed = transposedConvolution(
      g, k, boundary: s.boundary, stride: s.stride, dilation: s.dilation, groups: s.groups,
      spatialShape: Array(s.input[2...]))
    #expect(distance(transposed, back[0]) == 0)
    // Float: a few hundred terms.
    let single = convolution(
      x.asType(.float), k.asType(.float), boundary: s.boundary, stride: s.stride,
      dilation: s.dilation, groups: s.groups)
    #expect(distance(single.asType(.double), y) < 2e-6)
  }

  @Test func theAnchorOfAnEvenWindowIsItsOwnSite() {
    let x = Tensor([1.0, 2, 4, 8], shape: [1, 1, 4])
    let k = Tensor([1.0, 10], shape: [1, 1, 2])
    let y = convolution(x, k, boundary: .circular)
    #expect(y.scalars(Double.self) == [21, 42, 84, 18])
    #expect(convolution(x, k, boundary: .zero).scalars(Double.self) == [21, 42, 84, 8])
    #expect(convolution(x, k, boundary: .valid).scalars(Double.self) == [21, 42, 84])
  }

  /// On a torus the convolution commutes with translations.
  @Test func circularConvolutionsAreEquivariant() {
    var rng = Seed.test().makeStream()
    let x = Tensor.normal([2, 2, 5, 4], type: .double, using: &rng)
    let k = Tensor.normal([3, 2, 3, 2], type: .double, using: &rng)
    func shifted(_ x: Tensor) -> Tensor {
      x.gathered(Tensor([2, 3, 4, 0, 1] as [Int32]), axis: 2)
        .gathered(Tensor([3, 0, 1, 2] as [Int32]), axis: 3)
    }
    let before = convolution(shifted(x), k, boundary: .circular)
    let after = shifted(convolution(x, k, boundary: .circular))
    #expect(distance(before, after) == 0)
  }

  @Test func transposedShapes() {
    let k = Tensor.ones([3, 2, 3, 3])
    func shape(_ boundary: ConvolutionBoundary, _ stride: [Int]) -> [Int] {
      transposedConvolution(Tensor.ones([1, 3, 4, 5]), k, boundary: boundary, stride: stride).shape
    }
    #expect(shape(.valid, [1, 2]) == [1, 2, 6, 11])
    #expect(shape(.circular, [2, 1]) == [1, 2, 8, 5])
    #expect(shape(.zero, [2, 2]) == [1, 2, 8, 10])
    #expect(shape(.padded(low: [1, 1], high: [1, 1]), [2, 2]) == [1, 2, 7, 9])
  }

  @Test func emptyBatchesAreEmpty() {
    let x = Tensor.zeros([0, 2, 4, 4])
    let k = Tensor.ones([3, 2, 3, 3])
    #expect(convolution(x, k, boundary: .circular).shape == [0, 3, 4, 4])
    let gradient = grad { convolution(x, $0, boundary: .circular).sum() }(k)
    #expect(gradient.scalars(Float.self).allSatisfy { $0 == 0 })
  }

  @Test(arguments: [
    ConvolutionBoundary.valid, .zero, .circular, .padded(low: [1, 0], high: [1, 2]),
  ])
  func poolingIsAPlainLoop(_ boundary: ConvolutionBoundary) {
    var rng = Seed.test(boundary).makeStream()
    let shape = [2, 2, 6, 9]
    let x = Tensor.normal(shape, type: .double, using: &rng)
    let (window, stride) = ([2, 3], [2, 1])
    let top = maxPooling(x, window: window, stride: stride, boundary: boundary)
    let mean = averagePooling(x, window: window, stride: stride, boundary: boundary)
    // The same places as a convolution with these windows.
    let places = Array(
      convolution(x, Tensor.ones([1, 2, 2, 3], type: .double), boundary: boundary, stride: stride)
        .shape[2...])
    #expect(top.shape == [2, 2] + places && mean.shape == top.shape)
    var (tops, sums) = (
      [Double](repeating: -.infinity, count: top.count), [Double](repeating: 0, count: top.count)
    )
    var counts = sums
    // One channel at a time: every channel is its own output.
    let s = Setting(
      input: shape, kernel: [2, 1] + window, boundary: boundary, stride: stride, dilation: [1, 1],
      groups: 2)
    let xs = x.scalars(Double.self)
    forEachTerm(s, places) { i, _, p in
      tops[p] = max(tops[p], xs[i])
      sums[p] += xs[i]
      counts[p] += 1
    }
    #expect(distance(top, Tensor(tops, shape: top.shape)) == 0)
    #expect(distance(mean, Tensor(zip(sums, counts).map { $0 / $1 }, shape: top.shape)) < 1e-15)
  }
}
