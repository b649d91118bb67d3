import LandauCore
import LandauTestSupport
import Testing

@testable import LandauPipeline

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// I_k(x) exp(-x), by the trapezoidal rule, exact to rounding for periodic functions.
private func bessel(_ order: Int, _ x: Double) -> Double {
  let points = 200
  return (0..<points).reduce(0) { sum, index in
    let angle = 2 * Double.pi * Double(index) / Double(points)
    return sum + exp(x * (cos(angle) - 1)) * cos(Double(order) * angle) / Double(points)
  }
}

@Suite struct TwistedBoundaryTests {
  /// A ring of planar spins turned by A across its end has Z = sum over k of I_k(beta)^N cos(k A); the energy is the
  /// derivative of its logarithm. Without the twist it is lower by 0.25.
  @Test func ringOfPlanarSpins() throws {
    let (count, beta, angle) = (4, 1.3, 1.9)
    func logPartition(_ beta: Double) -> Double {
      log(
        (-30...30).reduce(0) { $0 + pow(bessel($1, beta), Double(count)) * cos(Double($1) * angle) }
      )
        + Double(count) * beta
    }
    let step = 1e-4
    let slope = (logPartition(beta + step) - logPartition(beta - step)) / (2 * step)
    try expectAgreement(with: -slope / Double(count), seed: .test(), minimalBias: 0.02) {
      seed, effort in
      var model = ModelOptions(name: .xy)
      model.lattice = .chain
      model.size = [count]
      try model.setBoundary("twisted")
      model.parameters[.twist] = angle
      var options = SampleOptions(model: model, scan: .beta([beta]))
      options.length.sweeps = 10_000 * effort
      options.seed = seed.value
      let report = try options.run(threads: 1)
      let point = try #require(report.json.first { $0.key == "points" }?.value.items.first)
      #expect(point["boundary"] == .string("twisted"))
      return Estimate(
        try #require(point["energyPerSite"]?["value"]?.number),
        error: try #require(point["energyPerSite"]?["error"]?.number),
        effectiveCount: point["energyPerSite"]?["effectiveCount"]?.number)
    }
  }

  @Test func axesAreChosenOneByOne() throws {
    var model = ModelOptions(name: .heisenberg)
    model.size = [4, 4, 4]
    try model.setBoundary("periodic,twisted,open")
    model.parameters[.twist] = 0.5
    let resolved = try model.resolved()
    #expect(resolved.twist == [0, 0.5, 0])
    #expect(resolved.boundaryText == "periodic,twisted,open")
    model.parameters[.twist] = nil
    #expect(throws: InputError.self) { try model.resolved() }
  }
}
