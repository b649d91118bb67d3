import LandauCore
import LandauLinearAlgebra
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

struct MuonTests {
  /// Singular values in ascending order, through the Gram matrix of the smaller side.
  private func singularValues(_ matrix: Tensor) throws -> [Double] {
    let wide = matrix.shape[0] <= matrix.shape[1] ? matrix : matrix.transposed()
    let gram = matmul(wide.asType(.double), wide.asType(.double).transposed())
    return try SymmetricEigen(gram.scalars(), count: gram.shape[0]).values.map {
      max(0, $0).squareRoot()
    }
  }

  private func matrix(_ shape: [Int], _ name: String, _ type: ScalarType = .double) -> Tensor {
    var rng = Seed.test(name).makeStream()
    return .normal(shape, type: type, using: &rng)
  }

  /// Five iterations take singular values of Gaussian matrices to 0.6 to 1.3 (Jordan et al. 2024).
  @Test(arguments: [[16, 64], [64, 16], [40, 100]], [ScalarType.float, .double])
  func updatesAreNearlyOrthogonal(_ shape: [Int], _ type: ScalarType) throws {
    var optimizer = Muon(learningRate: 0.5)
    var parameters = [Tensor.zeros(shape, type: type)]
    optimizer.step(&parameters, gradients: [matrix(shape, "gradient", type)])
    let scale = 0.5 * max(1, Double(shape[1]) / Double(shape[0])).squareRoot()
    let values = try singularValues(parameters[0]).map { $0 / scale }
    #expect(values[0] > 0.6 && values.last! < 1.3, "\(values)")
    // The update points against the gradient.
    let along: Double = (parameters[0] * matrix(shape, "gradient", type)).sum().item()
    #expect(along < 0)
  }

  @Test func scales() throws {
    let shape = [10, 40]
    let expected: [(Muon.Scale, Double)] = [
      (.original, 2), (.spectral, 2), (.matchingAdam, 0.2 * 40.0.squareRoot()),
    ]
    for (scale, length) in expected {
      var optimizer = Muon(learningRate: 1, scale: scale)
      var parameters = [Tensor.zeros(shape, type: .double)]
      optimizer.step(&parameters, gradients: [matrix(shape, "g")])
      let top = try singularValues(parameters[0]).last! / length
      #expect(top > 0.6 && top < 1.3, "\(scale) \(top)")
    }
  }

  /// Vectors, and matrices whose factor says so, move exactly as AdamW moves them.
  @Test func theRestMovesByAdam() {
    let start = [matrix([3], "a"), matrix([4, 5], "b"), matrix([4, 5], "c")]
    var mine = start
    var theirs = start
    var muon = Muon(learningRate: 0.02, rest: .adam(learningRate: 1e-3))
    muon.factors = [ParameterFactor(), ParameterFactor(isMatrix: false), ParameterFactor()]
    var adam = AdamW.adam(learningRate: 0.02 * (1e-3 / 0.02))
    for step in 0..<5 {
      let gradients = start.indices.map { matrix(start[$0].shape, "g \(step) \($0)") }
      muon.step(&mine, gradients: gradients)
      adam.step(&theirs, gradients: gradients)
    }
    for index in 0..<2 {
      #expect(mine[index].scalars(Double.self) == theirs[index].scalars(Double.self))
    }
    #expect(mine[2].scalars(Double.self) != theirs[2].scalars(Double.self))
  }

  @Test(arguments: [true, false])
  func spectralSphereKeepsTheNormOfWeightsAndUpdates(_ isTangential: Bool) throws {
    let shape = [12, 48]
    let target = 0.5 * 2.0
    var optimizer = SpectralSphere(learningRate: 0.01, radius: 0.5, isTangential: isTangential)
    var parameters = [matrix(shape, "start")]
    var drift: [Double] = []
    for step in 0..<6 {
      let before = try singularValues(parameters[0]).last!
      let gradient = matrix(shape, "g \(step)")
      let old = parameters[0] * (target / before)
      optimizer.step(&parameters, gradients: [gradient])
      let update = try singularValues(parameters[0] - old)
      // All singular values of the update are rate · R; the first retraction is known to the iteration's 1e-6.
      for value in update { expectClose(value / (0.01 * target), 1, absolute: 2e-3) }
      drift.append(try singularValues(parameters[0]).last! / target - 1)
    }
    if isTangential {
      // Tangential to first order: what is left is of second order in the rate over the gap to the next value.
      for value in drift { #expect(abs(value) < 2e-3, "\(drift)") }
    } else {
      #expect(drift.contains { abs($0) > 2e-3 }, "\(drift)")
    }
  }

  @Test func zeroGradientsDoNoHarm() {
    var parameters = [matrix([3, 4], "w")]
    var muon = Muon()
    muon.step(&parameters, gradients: [Tensor.zeros([3, 4], type: .double)])
    #expect(parameters[0].scalars(Double.self) == matrix([3, 4], "w").scalars(Double.self))
    var sphere = SpectralSphere()
    sphere.step(&parameters, gradients: [Tensor.zeros([3, 4], type: .double)])
    #expect(parameters[0].scalars(Double.self).allSatisfy { $0.isFinite })
    parameters = [Tensor.zeros([3, 4], type: .double)]
    sphere = SpectralSphere()
    sphere.step(&parameters, gradients: [matrix([3, 4], "g")])
    #expect(parameters[0].scalars(Double.self).allSatisfy { $0.isFinite })
  }
}
