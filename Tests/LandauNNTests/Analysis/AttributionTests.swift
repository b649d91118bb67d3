import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

/// Maps of evidence point at a patch that was planted.
struct AttributionTests {
  /// Noise with a bright cross at rows 3..<8, columns 9..<14.
  private let image: Tensor = {
    var rng = Seed.test("image", function: "image").makeStream()
    let noise = Tensor.normal([1, 16, 16], type: .double, using: &rng) * 0.1
    let pattern = (0..<256).map { (index: Int) -> Double in
      let (row, column) = (index / 16, index % 16)
      return (3..<8).contains(row) && (9..<14).contains(column) ? 1 : 0
    }
    let image = noise + Tensor(pattern, shape: [1, 16, 16])
    image.eval()
    return image
  }()

  private static func isInside(_ index: Int) -> Bool {
    (3..<8).contains(index / 16) && (9..<14).contains(index % 16)
  }

  @Test func extremalMaskFindsThePatch() {
    let area = 25.0 / 256
    // The network's answer: how much of the patch it sees.
    let weights = Tensor((0..<256).map { Self.isInside($0) ? 1 / 25.0 : 0 }, shape: [1, 1, 16, 16])
    let result = ExtremalPerturbation(area: area, spacing: 2)(image) { x in
      sigmoid(((x * weights).sum() - 0.5) * 8)
    }
    let mask = result.mask.scalars(Double.self)
    #expect(mask.allSatisfy { $0 >= -1e-12 && $0 <= 1 + 1e-12 })
    let chosen = mask.map { $0 > 0.5 }
    let both = (0..<256).count { chosen[$0] && Self.isInside($0) }
    let either = (0..<256).count { chosen[$0] || Self.isInside($0) }
    #expect(Double(both) / Double(either) > 0.7, "\(both) of \(either)")
    expectClose(result.area, area, absolute: 0.04)
    // The mask keeps most of the score; the baseline has none of it.
    #expect(result.score > 0.8 * result.wholeScore && result.baselineScore < 0.1)
  }

  @Test func classMapLightsThePatch() {
    // Two channels: the image, and its negative; class 0 wants bright sites, class 1 dark ones.
    let features = concatenated([image, -image], axis: 0).expandedDimension(at: 0)
    let head = { (f: Tensor) -> Tensor in
      let means = maximum(f, 0).mean(axes: [2, 3])
      return matmul(means, Tensor([1.0, -1, -1, 1], shape: [2, 2]))
    }
    let map = gradientClassMap(features: features, classes: [0], head: head)
    #expect(map.shape == [1, 16, 16])
    let values = map.scalars(Double.self)
    #expect(values.allSatisfy { $0 >= 0 })
    let inside = (0..<256).filter { Self.isInside($0) }.map { values[$0] }
    let outside = (0..<256).filter { !Self.isInside($0) }.map { values[$0] }
    #expect(inside.min()! > outside.max()!)
    // The other class's map is dark there.
    let other = gradientClassMap(features: features, classes: [1], head: head).scalars(Double.self)
    #expect((0..<256).filter { Self.isInside($0) }.allSatisfy { other[$0] == 0 })
  }

  /// One channel and a linear head: the weights are the mean derivatives, worked out by hand.
  @Test func classMapOfALinearHead() {
    let features = Tensor([1.0, -2, 3, 4, 0.5, 1, -1, 2], shape: [1, 2, 2, 2])
    let map = gradientClassMap(features: features, classes: [1]) { f in
      let a = f.sliced(axis: 1, 0..<1).reshaped([1, 4])
      let b = f.sliced(axis: 1, 1..<2).reshaped([1, 4])
      let first = (a * Tensor([1.0, 0, 0, 3])).sum(axes: [1], keepingAxes: true)
      return concatenated([first * 0, first - b.sum(axes: [1], keepingAxes: true)], axis: 1)
    }
    // Channel weights (1 + 3)/4 = 1 and -1.
    #expect(map.scalars(Double.self) == [0.5, 0, 4, 2])
  }
}
