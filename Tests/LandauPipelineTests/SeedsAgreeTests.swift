import LandauCore
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauPipeline

@Suite struct SeedsAgreeTests {
  /// A chain that is stuck has a small error bar and a wrong mean: seeds then scatter more than their errors say.
  /// Twenty seeds of frustrated models, local updates, by the chi-square of their energies about the common mean.
  /// Silent error 8: a frozen frustrated model with small error bars.
  @Test(arguments: [
    (ModelOptions.Name.ising, ModelOptions.Lattice.triangular, 0.7),
    (.edwardsAnderson, .square, 0.8), (.potts, .kagome, 0.9),
  ])
  func ofFrustratedModels(
    name: ModelOptions.Name, lattice: ModelOptions.Lattice, beta: Double
  ) throws {
    var model = ModelOptions(name: name)
    model.lattice = lattice
    model.size = [6]
    if name != .edwardsAnderson { model.parameters[.coupling] = -1 }
    if name == .potts { model.parameters[.states] = 3 }
    let root = Seed.test(name.rawValue)
    var energies: [Estimate] = []
    for seed in 0..<20 {
      var options = SampleOptions(model: model, scan: .beta([beta]))
      options.length.sweeps = 4000
      options.seed = root.child("run", seed).value
      let report = try options.run(threads: 2)
      let energy = try #require(
        report.json.first { $0.key == "points" }?.value.items.first?["energyPerSite"])
      energies.append(
        Estimate(
          try #require(energy["value"]?.number), error: try #require(energy["error"]?.number)))
    }
    let weights = energies.map { 1 / ($0.error * $0.error) }
    let mean = zip(weights, energies).reduce(0) { $0 + $1.0 * $1.1.value } / weights.reduce(0, +)
    let chiSquare = zip(weights, energies).reduce(0) { sum, pair in
      sum + pair.0 * (pair.1.value - mean) * (pair.1.value - mean)
    }
    let p = chiSquareSurvival(chiSquare, degreesOfFreedom: Double(energies.count - 1))
    #expect(p > 1e-7, "chi-square \(chiSquare) for \(energies.count - 1)")
    // Errors several times too large would pass everything else.
    #expect(chiSquare > 1.5, "chi-square \(chiSquare) for \(energies.count - 1)")
  }
}
