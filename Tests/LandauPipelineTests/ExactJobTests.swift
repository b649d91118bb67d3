import LandauCore
import LandauTestSupport
import Testing

@testable import LandauPipeline

private func run(
  _ scan: ModelOptions.Scan, infinite: Bool = false, _ change: (inout ModelOptions) -> Void
) throws -> Report {
  var model = ModelOptions(name: .ising)
  change(&model)
  var options = ExactOptions(model: model, scan: scan)
  options.infinite = infinite
  return try ExactJob(options).run(
    pool: WorkerPool(threadCount: 1), progress: .silent, cancellation: .never)
}

private func points(_ report: Report) -> [JSONValue] {
  report.json.first { $0.key == "points" }?.value.items ?? []
}

@Suite struct ExactJobTests {
  /// The page of reference values, section B.
  @Test(arguments: [
    (4, 2.0, 17.10536711873158, -1.755380288777435, 0.605532657210057),
    (16, 2.5, 225.22884675588, -1.13131798441, 1.064976883),
    (64, 2.0, 4202.3405079789, -1.74556457531, 0.7248714486),
  ])
  func finiteTori(side: Int, temperature: Double, log: Double, energy: Double, heat: Double) throws
  {
    let point = try #require(
      points(try run(.temperature([temperature])) { $0.size = [side] }).first)
    expectClose(try #require(point["logPartition"]?.number), log, relative: 1e-13)
    expectClose(try #require(point["energyPerSite"]?.number), energy, absolute: 1e-11)
    expectClose(try #require(point["specificHeatPerSite"]?.number), heat, absolute: 1e-9)
    let sites = Double(side * side)
    expectClose(try #require(point["logPartitionPerSite"]?.number), log / sites, relative: 1e-13)
    expectClose(
      try #require(point["freeEnergyPerSite"]?.number), -temperature * log / sites, relative: 1e-13)
  }

  @Test func infiniteLattice() throws {
    let report = try run(.temperature([2.0, 2.5]), infinite: true) { _ in }
    let found = points(report)
    expectClose(try #require(found[0]["energyPerSite"]?.number), -1.7455645753126, absolute: 1e-13)
    expectClose(
      try #require(found[0]["spontaneousMagnetizationPerSite"]?.number), 0.911319377877,
      absolute: 1e-12)
    #expect(found[1]["spontaneousMagnetizationPerSite"]?.number == 0)
    #expect(found[0]["size"] == .null)
    let critical = try #require(
      report.json.first { $0.key == "criticalTemperature" }?.value.number)
    expectClose(critical, 2.269185314213022, ulps: 1)
  }

  @Test func finiteValuesHaveTheInfiniteOnesBeside() throws {
    let point = try #require(points(try run(.temperature([2.5])) { $0.size = [32, 64] }).first)
    expectClose(
      try #require(point["infinite"]?["energyPerSite"]?.number), -1.1060792037458, absolute: 1e-13)
  }

  @Test func couplingSetsTheScale() throws {
    let one = points(try run(.temperature([2.5])) { $0.size = [6] })[0]
    let two = points(
      try run(.temperature([5])) {
        $0.size = [6]
        $0.coupling = 2
      })[0]
    for name in ["logPartition", "specificHeatPerSite"] {
      expectClose(try #require(two[name]?.number), try #require(one[name]?.number), ulps: 4)
    }
    expectClose(
      try #require(two["energyPerSite"]?.number), 2 * (try #require(one["energyPerSite"]?.number)),
      ulps: 4)
  }

  /// 3 x 3 x 3 by enumeration is too large here, 2 x 2 x 4 with its double bonds is not.
  @Test func smallLatticesAreEnumerated() throws {
    let point = points(
      try run(.beta([0])) {
        $0.size = [2, 2, 4]
        $0.field = 0.5
      })[0]
    // At infinite temperature all 2^16 configurations are equally likely.
    expectClose(try #require(point["logPartition"]?.number), 16 * 0.6931471805599453, ulps: 4)
    expectClose(try #require(point["magnetizationSquaredPerSite"]?.number), 1.0 / 16, ulps: 8)
    #expect(point["temperature"]?.number == .infinity)
    #expect(point["freeEnergyPerSite"]?.number == -.infinity)
  }

  /// A ring just too long to be enumerated agrees with one that is, where the field is strong.
  @Test func ringAndEnumerationAgree() throws {
    for field in [0.0, 0.7] {
      var values: [[JSONValue]] = []
      for effort in [ExactSolution.Effort.quick, .full] {
        var model = ModelOptions(name: .ising)
        model.lattice = .chain
        model.size = [20]
        model.coupling = -0.8
        model.field = field
        let solution = try #require(
          try ExactSolution.finite(
            model.resolved(), model.resolved().physical(), effort: effort, count: 1
          ).solution)
        let isEnumerated = solution.method.hasPrefix("enumeration")
        #expect(isEnumerated == (effort == .full))
        let found = solution.values(0.6)
        values.append(
          [
            "logPartition", "energyPerSite", "specificHeatPerSite", "magnetizationPerSite",
            "magnetizationSquaredPerSite", "susceptibilityDisorderedPerSite",
          ].map { name in .number(found.first { $0.name == name }?.value ?? .nan) })
      }
      for (ring, all) in zip(values[0], values[1]) {
        expectClose(ring.number!, all.number!, absolute: 1e-13, relative: 1e-12)
      }
    }
  }

  @Test func independentSpinsInAField() throws {
    let point = points(
      try run(.temperature([2])) {
        $0.size = [6]
        $0.coupling = 0
        $0.field = 1
      })[0]
    let m = 0.46211715726000975  // tanh 1/2
    expectClose(try #require(point["magnetizationPerSite"]?.number), m, ulps: 2)
    expectClose(try #require(point["energyPerSite"]?.number), -m, ulps: 2)
    expectClose(try #require(point["specificHeatPerSite"]?.number), 0.25 * (1 - m * m), ulps: 8)
  }

  /// The register of truths, section F: enumeration of 2^27 configurations.
  @Test(arguments: [
    (0.1, 19.158797772647, -0.349994149211), (0.221654626, 21.676193366861, -1.434444011468),
    (0.3, 25.953640502761, -2.489699581936),
  ])
  func narrowCubes(beta: Double, log: Double, energy: Double) throws {
    let point = points(
      try run(.beta([beta])) {
        $0.lattice = .cubic
        $0.size = [3]
      })[0]
    expectClose(try #require(point["logPartition"]?.number), log, absolute: 1e-12)
    expectClose(try #require(point["energyPerSite"]?.number), energy, absolute: 1e-12)
    #expect(point["absMagnetizationPerSite"] != nil && point["binderCumulant"] != nil)
  }

  /// 18 spins are summed beside a simulation and enumerated when asked for: the same numbers under the same names.
  @Test(arguments: [(1.0, 0.0), (-1, 0), (1, 0.3), (1, -0.3), (-1, 0.7)])
  func sumAndEnumerationAgree(coupling: Double, field: Double) throws {
    var model = ModelOptions(name: .ising)
    model.size = [3, 6]
    model.coupling = coupling
    model.field = field
    if coupling == 1, field == 0 { model.size = [3, 3, 2] }
    func values(_ effort: ExactSolution.Effort) throws -> [String: Double] {
      let resolved = try model.resolved()
      let solution = try #require(
        try ExactSolution.finite(resolved, resolved.physical(), effort: effort, count: 3).solution)
      #expect(solution.method.hasPrefix("enumeration") == (effort == .full))
      return Dictionary(uniqueKeysWithValues: solution.values(0.4).map { ($0.name, $0.value) })
    }
    let (sum, all) = (try values(.quick), try values(.full))
    #expect(sum.count == (field == 0 ? all.count : all.count - 3))
    for (name, value) in sum {
      expectClose(value, try #require(all[name], "\(name)"), absolute: 1e-12, relative: 1e-11)
    }
  }

  /// Beside a simulation a sum takes no more than about a second, and deciding takes nothing.
  @Test(arguments: [
    ([10, 10], 3, true), ([10, 10], 1000, false), ([2, 2, 10], 20, true), ([16, 16], 1, false),
    ([4096, 4096], 1, false), ([2, 2, 100_000], 1, false),
  ])
  func effortIsLimited(sides: [Int], count: Int, isKnown: Bool) throws {
    var model = ModelOptions(name: .ising)
    model.size = sides
    model.field = 0.1
    let resolved = try model.resolved()
    let outcome = try ExactSolution.finite(
      resolved, resolved.physical(), effort: .quick, count: count)
    #expect((outcome.solution != nil) == isKnown)
  }

  @Test(arguments: [[5, 5, 5], [25, 25]])
  func theUnknownHasAReason(sides: [Int]) throws {
    let report = try run(.temperature([2])) {
      $0.size = sides
      $0.coupling = -1
    }
    #expect(report.exitStatus == 0)
    #expect(report.json.first { $0.key == "exact" }?.value == .null)
    guard case .string(let reason)? = report.json.first(where: { $0.key == "reason" })?.value else {
      Issue.record("no reason")
      return
    }
    #expect(report.text.contains(reason))
  }

  @Test func gaugeTorus() throws {
    var model = ModelOptions(name: .isingGauge)
    model.size = [4]
    let options = ExactOptions(model: model, scan: .beta([0.7]))
    let report = try ExactJob(options).run(
      pool: WorkerPool(threadCount: 1), progress: .silent, cancellation: .never)
    let point = points(report)[0]
    var t = 1.0
    let tanh = 0.6043677771171636  // tanh 0.7
    for _ in 0..<15 { t *= tanh }
    let plaquette = (tanh + t) / (1 + t * tanh)
    expectClose(try #require(point["plaquette"]?.number), plaquette, ulps: 8)
    expectClose(try #require(point["actionPerPlaquette"]?.number), -0.7 * plaquette, ulps: 8)
    expectClose(try #require(point["energyPerSite"]?.number), -plaquette, ulps: 8)
    #expect(point["temperature"] == nil)
  }
}
