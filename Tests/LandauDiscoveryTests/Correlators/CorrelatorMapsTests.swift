import LandauCore
import LandauTensor
import LandauTestSupport
import Testing

@testable import LandauDiscovery

@Suite struct CorrelatorMapsTests {
  /// Numbers and filters of two channels, and a way to look at them one by one.
  private struct Scene {
    var shape: [Int]
    var window: [Int]
    var channels = 2
    var spins: [Double]
    var filter: [Double]

    init(shape: [Int], window: [Int], seed: Seed, draw: (inout RandomStream) -> Double) {
      var rng = seed.makeStream()
      (self.shape, self.window) = (shape, window)
      spins = (0..<channels * shape.reduce(1, *)).map { _ in draw(&rng) }
      filter = (0..<channels * window.reduce(1, *)).map { _ in rng.uniform() }
    }

    var snapshots: Tensor { Tensor(spins, shape: [1, channels] + shape) }
    var filters: Tensor { Tensor(filter, shape: [1, channels] + window) }

    /// The numbers f S at one place, pair by pair; the window is anchored as convolutions are.
    func seen(at place: Int, periodic: Bool) -> [Double] {
      let columns = shape[shape.count - 1]
      let rows = shape.count == 1 ? 1 : shape[0]
      let (height, width) = (window.count == 1 ? 1 : window[0], window[window.count - 1])
      let places = periodic ? columns : columns - width + 1
      let (row, column) = (place / places, place % places)
      let low = periodic ? ((height - 1) / 2, (width - 1) / 2) : (0, 0)
      return filter.indices.map { index in
        let (channel, site) = index.quotientAndRemainder(dividingBy: height * width)
        let r = (row + site / width - low.0 + rows) % rows
        let c = (column + site % width - low.1 + columns) % columns
        return filter[index] * spins[channel * rows * columns + r * columns + c]
      }
    }

    /// The sum over sets of n distinct pairs, set by set.
    static func bruteForce(_ numbers: [Double], _ n: Int) -> Double {
      (0..<1 << numbers.count).reduce(0) { sum, set in
        guard set.nonzeroBitCount == n else { return sum }
        return sum
          + numbers.indices.reduce(1.0) { set >> $1 & 1 == 1 ? $0 * numbers[$1] : $0 }
      }
    }
  }

  static let scenes: [(shape: [Int], window: [Int])] = [
    ([5], [2]), ([5], [3]), ([3, 4], [2, 2]), ([3, 3], [1, 3]),
  ]

  @Test(arguments: scenes.indices, [false, true])
  func `The recursion is the sum over sets of distinct pairs`(index: Int, isSpin: Bool) {
    let (shape, window) = Self.scenes[index]
    // Once with any numbers, once with S^2 = 1.
    let scene = Scene(shape: shape, window: window, seed: .test(index, isSpin)) {
      isSpin ? ($0.uniform() < 0.5 ? -1 : 1) : $0.normal()
    }
    let pairs = scene.filter.count
    for boundary in [ConvolutionBoundary.circular, .valid] {
      // One order more than there are pairs: no such set.
      let maps = CorrelatorMaps.maps(
        scene.snapshots, filters: scene.filters, order: pairs + 1, boundary: boundary)
      for (n, map) in maps.enumerated() {
        for (place, value) in map.scalars(Double.self).enumerated() {
          let numbers = scene.seen(at: place, periodic: boundary == .circular)
          // Alternating sums of at most (sum of moduli)^n / n!; 2^n terms of rounding.
          let size = numbers.reduce(0) { $0 + abs($1) }
          var bound = 1e-15
          for k in 1...(n + 1) { bound *= 2 * (1 + size) / Double(k).squareRoot() }
          expectClose(value, Scene.bruteForce(numbers, n + 1), absolute: bound)
        }
      }
    }
  }

  @Test func `Derivatives by the filter leave one pair out, and no pair enters twice`() {
    let scene = Scene(shape: [5], window: [2], seed: .test()) { $0.normal() }
    let order = 3
    func value(_ filters: Tensor) -> Tensor {
      CorrelatorMaps.maps(scene.snapshots, filters: filters, order: order)[order - 1]
        .reshaped([5]).sum()
    }
    let gradient = grad(of: value)(scene.filters).scalars(Double.self)
    let second = hessian(of: { value($0.reshaped(scene.filters.shape)) })(
      scene.filters.reshaped([4])
    ).scalars(Double.self)
    for pair in 0..<4 {
      let expected = (0..<5).reduce(0.0) { sum, place in
        var numbers = scene.seen(at: place, periodic: true)
        let spin = numbers[pair] / scene.filter[pair]
        numbers.remove(at: pair)
        return sum + spin * Scene.bruteForce(numbers, order - 1)
      }
      expectClose(gradient[pair], expected, absolute: 1e-12)
      // Multilinear in the numbers f S.
      expectClose(second[pair * 4 + pair], 0, absolute: 1e-11)
    }
  }

  @Test func `Symmetrised correlators do not see rotations and reflections`() {
    var rng = Seed.test().makeStream()
    let network = CorrelatorNetwork(
      filterCount: 2, channelCount: 1, window: [3, 3], order: 3, isSymmetrized: true,
      boundary: .circular, using: &rng)
    let plain = CorrelatorNetwork(
      filterCount: 2, channelCount: 1, window: [3, 3], order: 3, isSymmetrized: false,
      boundary: .circular, using: &rng)
    let x = Tensor((0..<25).map { _ in Float(rng.uniform() < 0.5 ? -1 : 1) }, shape: [1, 1, 5, 5])
    func distance(_ network: CorrelatorNetwork, _ image: Tensor) -> Double {
      abs(network.features(x) - network.features(image)).max().item()
    }
    let images = CorrelatorNetwork.squareImages(of: x)
    #expect(Set(images.map { $0.scalars(Float.self) }).count == 8)
    for image in images { #expect(distance(network, image) < 1e-5) }
    #expect(images.contains { distance(plain, $0) > 1e-3 })
    let lengths = (network.filters * network.filters).sum(axes: [1, 2, 3]).scalars(Double.self)
    for length in lengths { expectClose(length, 1, absolute: 1e-6) }
    #expect(network.filters.min().item(Float.self) >= 0)
  }
}
