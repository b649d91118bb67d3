import LandauCore
import LandauLinearAlgebra
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Loss slices and Hessian spectra of linear regression, where everything is known.
struct LandscapeTests {
  private struct Regression {
    let x: Tensor
    let y: Tensor
    let covariance: [Double]
    let loss: @Sendable ([Tensor]) -> Tensor

    init(seed: Seed) {
      var rng = seed.makeStream()
      let (count, width) = (40, 6)
      let scales = Tensor((0..<width).map { 1 + Double($0) })
      let x = Tensor.normal([count, width], type: .double, using: &rng) * scales
      let y = Tensor.normal([count, 1], type: .double, using: &rng)
      x.eval()
      (self.x, self.y) = (x, y)
      covariance = (matmul(x.transposed(), x) / Double(count)).scalars()
      loss = { p in
        let r = matmul(x, p[0]) - y
        return (r * r).mean() * 0.5
      }
    }
  }

  @Test func sliceOfLinearRegressionIsQuadratic() throws {
    let problem = Regression(seed: .test())
    var rng = Seed.test("direction").makeStream()
    let parameters = [Tensor.normal([6, 1], type: .double, using: &rng)]
    let direction = LossLandscape.filterNormalizedDirection(of: parameters, using: &rng)
    // One filter: the direction is as long as the parameters.
    func length(_ x: Tensor) -> Double { sqrt((x * x).sum()).item() }
    expectClose(length(direction[0]), length(parameters[0]), ulps: 8)
    let positions = (-4...4).map { Double($0) / 4 }
    let line = LossLandscape.line(
      through: parameters, along: direction, at: positions
    ) { problem.loss($0).item() }
    // Third differences vanish; second differences are h² dᵀCd.
    let f = line.losses
    let scale = f.max()!
    for i in 0..<(f.count - 3) {
      expectClose(f[i + 3] - 3 * f[i + 2] + 3 * f[i + 1] - f[i], 0, absolute: 1e-13 * scale)
    }
    let c = Tensor(problem.covariance, shape: [6, 6])
    let d = direction[0]
    let curvature: Double = matmul(d.transposed(), matmul(c, d)).item()
    for i in 0..<(f.count - 2) {
      expectClose((f[i + 2] - 2 * f[i + 1] + f[i]) * 16, curvature, relative: 1e-10)
    }
    #expect(line.figure(title: "slice").panels[0].series[0].y == f)
  }

  @Test func planesHoldTheirLines() {
    let problem = Regression(seed: .test())
    var rng = Seed.test("direction").makeStream()
    let parameters = [Tensor.normal([6, 1], type: .double, using: &rng)]
    let (a, b) = (
      LossLandscape.filterNormalizedDirection(of: parameters, using: &rng),
      LossLandscape.filterNormalizedDirection(of: parameters, using: &rng)
    )
    let plane = LossLandscape.plane(
      through: parameters, along: a, and: b, at: [-1, 0, 2], and: [0, 1]
    ) { problem.loss($0).item() }
    #expect(plane.losses.count == 6)
    let line = LossLandscape.line(through: parameters, along: a, at: [-1, 0, 2]) {
      problem.loss($0).item()
    }
    #expect(Array(plane.losses[..<3]) == line.losses)
    let moved = [parameters[0] + a[0] * 2 + b[0]]
    expectClose(plane.losses[5], problem.loss(moved).item(), relative: 1e-14)
    #expect(plane.figure(title: "plane").panels[0].map?.values == plane.losses)
  }

  @Test func filtersAreColumnsOfMatricesAndBlocksOfKernels() {
    var rng = Seed.test().makeStream()
    let parameters = [
      Tensor([1.0, 10, 2, 20], shape: [2, 2]), Tensor([1.0, 1]),
      Tensor((0..<12).map { Double($0) }, shape: [2, 3, 2]),
    ]
    let d = LossLandscape.filterNormalizedDirection(of: parameters, using: &rng)
    func norms(_ x: Tensor, _ axes: [Int]) -> [Double] { sqrt((x * x).sum(axes: axes)).scalars() }
    for (x, y) in zip(norms(d[0], [0]), norms(parameters[0], [0])) { expectClose(x, y, ulps: 8) }
    #expect(d[1].scalars(Double.self) == [0, 0])
    for (x, y) in zip(norms(d[2], [1, 2]), norms(parameters[2], [1, 2])) {
      expectClose(x, y, ulps: 8)
    }
  }

  @Test func lanczosSpectrumIsThatOfTheCovariance() throws {
    let problem = Regression(seed: .test())
    let exact = try SymmetricEigen(problem.covariance, count: 6).values
    var rng = Seed.test("start").makeStream()
    let spectrum = HessianSpectrum(
      at: [Tensor.zeros([6, 1], type: .double)], probes: 3, steps: 20, using: &rng,
      loss: problem.loss)
    #expect(spectrum.dimension == 6 && spectrum.runs[0].status == .converged)
    let found = spectrum.converged()
    #expect(found.count == 6)
    for (x, y) in zip(found, exact) { expectClose(x, y, relative: 1e-10) }
    expectClose(spectrum.largest.value, exact[5], relative: 1e-10)
    expectClose(spectrum.smallest.value, exact[0], relative: 1e-10)
  }

  /// The trace is unbiased over probes; the density of a known spectrum has the right mass and moments.
  @Test func densityAndTrace() throws {
    let values = (0..<100).map { Double($0) / 50 - 0.5 }
    let diagonal = Tensor(values)
    var rng = Seed.test().makeStream()
    let spectrum = HessianSpectrum(
      at: [Tensor.zeros([100], type: .double)], probes: 20, steps: 15, using: &rng
    ) { p in (p[0] * p[0] * diagonal).sum() * 0.5 }
    expectClose(spectrum.trace.value, values.reduce(0, +), absolute: 6 * spectrum.trace.error)
    #expect(spectrum.trace.error < 5)
    // A uniform density of 1/2 on [-0.5, 1.5], away from its ends.
    let grid = (0...300).map { -1 + Double($0) * 0.01 }
    let density = spectrum.density(at: grid, width: 0.1)
    expectClose(density.reduce(0) { $0 + $1.value * 0.01 }, 1, absolute: 1e-3)
    for (x, value) in zip(grid, density) where abs(x - 0.5) < 0.6 {
      expectClose(value.value, 0.5, absolute: 0.15)
    }
    #expect(
      spectrum.figure(title: "h", at: grid, width: 0.1).panels[0].series[0].errors.count == 301)
    let plain = HessianSpectrum(
      at: [Tensor.zeros([4], type: .double)], steps: 4, using: &rng
    ) { ($0[0] * $0[0]).sum() }
    #expect(plain.trace.warning != nil)
    // All eigenvalues are 2: the space closes after one step.
    expectClose(plain.trace.value, 8, ulps: 8)
  }
}
