import LandauCore
import LandauTensor
import LandauTestSupport
import Testing

@testable import LandauDiscovery

@Suite struct InfinitesimalSymmetriesTests {
  /// The symmetries of x^T Q x, Q diagonal.
  private func quadratic(_ q: [Double], seed: Seed) -> InfinitesimalSymmetries {
    var rng = seed.makeStream()
    let points = Tensor.normal([100, q.count], type: .double, using: &rng)
    let form = Tensor(q, shape: [1, q.count])
    return InfinitesimalSymmetries(
      points: points, gradients: grad(of: { ($0 * $0 * form).sum() })(points))
  }

  @Test(arguments: [2, 3, 4])
  func `A central function has the rotations and nothing else`(dimension: Int) {
    let found = quadratic([Double](repeating: 1, count: dimension), seed: .test(dimension))
    let count = dimension * (dimension - 1) / 2
    #expect(found.nullCount(bound: 1e-12) == count)
    let rotations = found.generators(count)
    expectClose(found.symmetricPart(of: rotations), 0, absolute: 1e-12)
    expectClose(found.closureDefect(of: rotations), 0, absolute: 1e-12)
    expectClose(found.singularValues.reduce(0) { $0 + $1 * $1 }, 1, absolute: 1e-12)
  }

  @Test func `An ellipsoid's generators satisfy Q A + A' Q = 0 and are no rotations`() {
    let q = [1.0, 1, 3]
    let found = quadratic(q, seed: .test())
    #expect(found.nullCount(bound: 1e-12) == 3)
    for a in found.generators(3) {
      for i in 0..<3 {
        for j in 0..<3 {
          expectClose(q[i] * a[3 * i + j] + q[j] * a[3 * j + i], 0, absolute: 1e-12)
        }
      }
    }
    // Unit generators (0, 3, -1)/sqrt(10): symmetric part (3 - 1)/sqrt(2 * 10).
    expectClose(
      found.symmetricPart(of: found.generators(3)), 2 / 20.0.squareRoot(), absolute: 1e-12)
    expectClose(found.closureDefect(of: found.generators(3)), 0, absolute: 1e-12)
  }

  @Test func `What is no algebra does not close`() {
    let found = quadratic([1, 1, 1], seed: .test())
    // Two rotations alone: their commutator is the third.
    expectClose(found.closureDefect(of: Array(found.generators(3).prefix(2))), 1, absolute: 1e-12)
  }
}
