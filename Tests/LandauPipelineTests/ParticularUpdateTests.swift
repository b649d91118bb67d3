import LandauCore
import LandauTestSupport
import Testing

@testable import LandauPipeline

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

private func point(
  update: String, beta: Double, sweeps: Int, seed: Seed, magnetization: Double? = nil
) throws -> JSONValue {
  var model = ModelOptions(name: .ising)
  model.size = [4]
  var options = SampleOptions(model: model, scan: .beta([beta]))
  options.update = update
  options.magnetization = magnetization
  options.length.sweeps = sweeps
  options.seed = seed.value
  let report = try options.run(threads: 2)
  return try #require(report.json.first { $0.key == "points" }?.value.items.first)
}

private func estimate(_ point: JSONValue, _ name: String) throws -> Estimate {
  Estimate(
    try #require(point[name]?["value"]?.number, "\(name)"),
    error: try #require(point[name]?["error"]?.number, "\(name)"),
    effectiveCount: point[name]?["effectiveCount"]?.number)
}

@Suite struct ParticularUpdateTests {
  @Test(arguments: [
    ("rejection-free", "energyPerSite", 0.03), ("rejection-free", "absMagnetizationPerSite", 0.02),
    ("worm", "energyPerSite", 0.04), ("worm", "magnetizationSquaredPerSite", 0.03),
  ])
  func agreesWithTheExactValue(update: String, name: String, bias: Double) throws {
    let exact = try #require(
      try point(update: update, beta: 0.4, sweeps: 10, seed: Seed(1))["exact"]?[name]?.number)
    try expectAgreement(with: exact, seed: .test(update, name), minimalBias: bias) { seed, effort in
      try estimate(
        point(update: update, beta: 0.4, sweeps: 10_000 * effort, seed: seed), name)
    }
  }

  /// The energy at a fixed order against the sum over all configurations that have it.
  @Test(arguments: [0.0, 0.25])
  func exchangesKeepTheOrder(magnetization: Double) throws {
    let beta = 0.3
    var (weights, energies) = (0.0, 0.0)
    for index in 0..<(1 << 16) {
      let spins = (0..<16).map { 2 * (index >> $0 & 1) - 1 }
      guard spins.reduce(0, +) == Int(16 * magnetization) else { continue }
      var energy = 0
      for site in 0..<16 {
        let (row, column) = (site / 4, site % 4)
        energy -=
          spins[site] * (spins[(row + 1) % 4 * 4 + column] + spins[row * 4 + (column + 1) % 4])
      }
      let weight = exp(-beta * Double(energy))
      weights += weight
      energies += weight * Double(energy)
    }
    let exact = energies / weights / 16
    try expectAgreement(with: exact, seed: .test(magnetization), minimalBias: 0.02) {
      seed, effort in
      let point = try point(
        update: "kawasaki", beta: beta, sweeps: 10_000 * effort, seed: seed,
        magnetization: magnetization)
      #expect(point["magnetizationPerSite"]?["value"]?.number == magnetization)
      #expect(point["exact"] == .null)
      #expect(point["structureFactorMinimal"] != nil)
      return try estimate(point, "energyPerSite")
    }
  }

  @Test func refusals() {
    #expect(throws: InputError.self) {
      try point(update: "kawasaki", beta: 1, sweeps: 10, seed: Seed(1), magnetization: 0.3)
    }
    #expect(throws: InputError.self) {
      try point(update: "metropolis", beta: 1, sweeps: 10, seed: Seed(1), magnetization: 0)
    }
  }
}
