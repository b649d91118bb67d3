import LandauCore
import LandauTestSupport
import Testing

@testable import LandauPipeline

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One point of an average over realisations from one on that the seed chooses: `--seed` does not change drawings.
private func average(
  size: Int, beta: Double, parameters: [ModelParameter: Double], sweeps: Int, realizations: Int,
  seed: Seed, disorder: String = "gaussian", boundary: String = "open"
) throws -> JSONValue {
  var model = ModelOptions(name: .edwardsAnderson)
  model.lattice = .chain
  model.size = [size]
  try model.setBoundary(boundary)
  model.parameters = parameters
  model.parameters[.realization] = Double(seed.value % 1_000_000_000)
  model.words[.disorder] = disorder
  var options = SampleOptions(model: model, scan: .beta([beta]))
  options.realizations = realizations
  options.length.sweeps = sweeps
  options.length.burnIn = 20
  options.length.chains = 2
  options.seed = seed.value
  let report = try options.run(threads: 1)
  return try #require(report.json.first { $0.key == "points" }?.value.items.first)
}

/// The mean of a function of a normal number of mean 0 and width 1, by the trapezoidal rule, whose error falls
/// faster than any power of the step.
private func normalMean(_ function: (Double) -> Double) -> Double {
  let step = 1.0 / 64
  return (-640...640).reduce(0) { sum, index in
    let x = Double(index) * step
    return sum + step * exp(-x * x / 2) / (2 * Double.pi).squareRoot() * function(x)
  }
}

private func estimate(_ point: JSONValue, _ name: String) throws -> Estimate {
  let value = try #require(point[name]?["value"]?.number, "\(name)")
  let error = try #require(point[name]?["error"]?.number, "\(name)")
  let count = try #require(point[name]?["effectiveCount"]?.number, "\(name)")
  return Estimate(value, error: error, degreesOfFreedom: count - 1)
}

@Suite struct DisorderAverageJobTests {
  /// Two spins and one normal bond J: <s s> = t = tanh(beta J), and everything follows. Chains are so short that the
  /// square of one chain's mean in place of a product of two would be seen.
  @Test(arguments: [
    ("energyPerSite", 0.12), ("specificHeatPerSite", 0.12), ("magnetizationSquaredPerSite", 0.12),
    ("susceptibilityPerSite", 0.12), ("overlapSquaredPerSite", 0.12), ("linkOverlap", 0.12),
    ("spinGlassSusceptibilityPerSite", 0.2), ("energyLinkResidualPerSite", 0.12),
    ("overlapBinder", 0.3),
  ])
  func averagesOfOneBondAgreeWithTheIntegral(name: String, bias: Double) throws {
    let beta = 1.2
    let square = normalMean { tanh(beta * $0) * tanh(beta * $0) }
    let exact =
      [
        "energyPerSite": normalMean { -$0 * tanh(beta * $0) / 2 },
        "specificHeatPerSite": normalMean {
          beta * beta / 2 * $0 * $0 * (1 - tanh(beta * $0) * tanh(beta * $0))
        }, "magnetizationSquaredPerSite": 0.5,
        "susceptibilityPerSite": beta / 2 * (1 - square),
        "overlapSquaredPerSite": (1 + square) / 2, "linkOverlap": square,
        "spinGlassSusceptibilityPerSite": 1 + square, "energyLinkResidualPerSite": 0,
        // q is 0 or +-1, so <q^4> = <q^2>.
        "overlapBinder": (3 - 2 / (1 + square)) / 2,
      ][name]!
    try expectAgreement(with: exact, seed: .test(name), minimalBias: bias) { seed, effort in
      try estimate(
        average(
          size: 2, beta: beta, parameters: [:], sweeps: 8, realizations: 500 * effort, seed: seed),
        name)
    }
  }

  /// One spin in a normal field: <m> = tanh(beta h).
  @Test(arguments: [
    ("susceptibilityConnectedPerSite", 0.12), ("susceptibilityDisconnectedPerSite", 0.12),
  ])
  func susceptibilitiesInRandomFields(name: String, bias: Double) throws {
    let beta = 0.8
    let square = normalMean { tanh(beta * $0) * tanh(beta * $0) }
    let exact = name == "susceptibilityConnectedPerSite" ? beta * (1 - square) : square
    try expectAgreement(with: exact, seed: .test(name), minimalBias: bias) { seed, effort in
      try estimate(
        average(
          size: 1, beta: beta, parameters: [.probability: 0, .randomField: 1], sweeps: 8,
          realizations: 500 * effort, seed: seed, disorder: "bimodal"), name)
    }
  }

  @Test func anAverageSaysWhereItsErrorsComeFrom() throws {
    let point = try average(
      size: 8, beta: 0.5, parameters: [:], sweeps: 400, realizations: 12, seed: Seed(3),
      boundary: "periodic")
    #expect(point["realizations"] == .integer(12))
    #expect(point["overlapCorrelationLength"] != nil)
    let share = try #require(point["thermalShare"]?["overlapSquaredPerSite"]?.number)
    #expect(share > 0 && share <= 1)
    #expect(point["equilibration"]?["energyPerSite"]?["bins"]?.items.count ?? 0 >= 3)
    let densities = try #require(point["overlapDistribution"]?["densities"]?.items)
    #expect(abs(densities.compactMap(\.number).reduce(0, +) * 0.05 - 1) < 1e-12)
    // Symmetrised: no field tells q from -q.
    #expect(densities.first == densities.last)
  }

  @Test func warningsAreJoinedByKind() {
    let joined = RealizationWarnings.joined([
      (3, ["short: 12 integrated times"]), (4, []),
      (5, ["short: 14 integrated times", "2 of 8 replicas never made a round trip: cold"]),
    ])
    #expect(
      joined == [
        "in 2 of 3 realisations: short: 12 integrated times (realisations 3, 5)",
        "in 1 of 3 realisations: 2 of 8 replicas never made a round trip: cold (realisation 5)",
      ])
  }
}
