import LandauCore
import LandauLattice
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauPipeline

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

private func system(
  _ model: String, _ lattice: String = "square", states: Int? = nil, coupling: Double = 1
) throws(InputError) -> ScalingSystem {
  var options = ScalingOptions(model: model)
  options.lattice = lattice
  options.states = states
  options.coupling = coupling
  return try options.system()
}

private func makeRun(_ seed: Seed) -> ScalingRun {
  ScalingRun(
    seed: seed, pool: WorkerPool(threadCount: 2), progress: .silent, cancellation: .never)
}

@Suite struct ScalingCurvesTests {
  @Test func chebyshevSumsArePolynomials() {
    func polynomial(_ x: Double) -> Double { 1 + x * (2 + x * (-0.5 + x * 3)) }
    let coefficients = Chebyshev.coefficients(of: Chebyshev.nodes(9).map(polynomial))
    for x in [-1, -0.3, 0.2, 0.9] {
      expectClose(Chebyshev.value(coefficients[...], at: x), polynomial(x), absolute: 1e-13)
      expectClose(
        Chebyshev.slope(coefficients[...], at: x), 2 - x + 9 * x * x, absolute: 1e-12)
    }
  }

  /// Reweighted from beta 0.42 to the transition: moments of the 4 x 4 torus there are known exactly.
  @Test(arguments: [(0, 0.8438604448, 0.006), (1, 0.7613589086, 0.007)])
  func reweightingMeetsExactMoments(index: Int, exact: Double, bias: Double) throws {
    let ising = try system("ising")
    let beta = log(1 + 2.0.squareRoot()) / 2
    try expectAgreement(with: exact, seed: .test("moments", index), minimalBias: bias) {
      seed, effort in
      let plan = ScalingPlan(side: 4, beta: 0.42, sweeps: 20_000 * effort)
      let curves = ScalingCurves(try ising.measure([plan], stage: "test", makeRun(seed))[0])
      let log = curves.estimate(index == 0 ? .logOrder : .logSquare, at: beta)
      return Estimate(
        exp(log.value), error: exp(log.value) * log.error,
        degreesOfFreedom: log.degreesOfFreedom)
    }
  }

  /// The slope of ln <m^2> against the difference of two independent simulations.
  @Test func slopesAreThoseOfOtherSimulations() throws {
    let ising = try system("ising")
    let plans = [0.40, 0.42, 0.44].map { ScalingPlan(side: 8, beta: $0, sweeps: 40_000) }
    let curves = try ising.measure(plans, stage: "test", makeRun(.test("slopes")))
      .map { ScalingCurves($0) }
    let values = curves.map { $0.estimate(.logSquare, at: $0.beta) }
    let slope = curves[1].replicates.map { coefficients in
      [curves[1].curve(coefficients[...]).slope(.logSquare, at: 0.42)]
    }[0]
    let difference = (values[2].value - values[0].value) / 0.04
    let error =
      (values[2].error * values[2].error + values[0].error * values[0].error).squareRoot() / 0.04
    // The third derivative adds less than one per cent.
    #expect(
      abs(difference - slope.value) < 5 * (error * error + slope.error * slope.error).squareRoot()
        + 0.01 * slope.value, "\(difference) +- \(error), \(slope)")
  }
}

@Suite struct ContinuousScalingTests {
  /// Pulls of everything that is exact on the square lattice, with the whole error, over a dozen seeds. The sum of
  /// their squares has to be that of unit normal numbers: errors 1.7 times too small fail for each number, and so do
  /// errors 3.5 times too large.
  @Test(.long) func pullsAreUnitNormals() throws {
    try withTemporaryFolder { folder in
      var options = ScalingOptions(model: "ising")
      options.sides = [8, 12, 16, 24, 32, 48]
      options.effort = 0.005
      options.output = folder + "/pulls"
      let job = try ScalingJob(options)
      let exact = log(1 + 2.0.squareRoot()) / 2
      let seeds = 12
      var squares = [0.0, 0, 0, 0]
      var pulls: [[Double]] = []
      for seed in 0..<seeds {
        let run = makeRun(.test("pulls", seed))
        let windows = try job.windows(near: exact, run).windows
        let found = try #require(ContinuousScaling(windows, dimension: 2))
        let own = [
          found.criticalBeta.estimate.pull(to: exact), found.nu.estimate.pull(to: 1),
          found.beta.estimate.pull(to: 0.125), found.gamma.estimate.pull(to: 1.75),
        ]
        for index in squares.indices { squares[index] += own[index] * own[index] }
        pulls.append(own)
      }
      for (name, square) in zip(["beta_c", "nu", "beta", "gamma"], squares) {
        #expect(square > 1 && square < 36, "\(name): \(square) for \(seeds), \(pulls)")
      }
    }
  }

  @Test func aStopLeavesOutSizes() throws {
    try withTemporaryFolder { folder in
      var options = ScalingOptions(model: "ising")
      options.sides = [4, 6, 8, 12, 16]
      options.effort = 0.002
      options.output = folder + "/stopped"
      let job = try ScalingJob(options)
      let measured = try job.windows(near: 0.44, makeRun(.test("left out")))
      let found = try #require(ContinuousScaling(Array(measured.windows.dropLast()), dimension: 2))
      let findings = ScalingFindings(
        result: .continuous(found), steps: [], sizes: measured.sizes, leftOut: [16])
      let report = try ScalingOutput.report(findings, job: job, folder: folder + "/stopped")
      #expect(report.exitStatus == 4)
      #expect(report.text.contains("stopped early: size 16 not measured"))
      #expect(found.slopeEnds.allSatisfy { $0.lowerBound < $0.upperBound })
    }
  }
}

@Suite struct ScalingSystemTests {
  @Test func wavesAreTheShortest() throws {
    for (lattice, length) in [
      ("square", 1.0), ("triangular", 2 / 3.0.squareRoot()), ("cubic", 1.0),
      ("bcc", 1.5.squareRoot()),
    ] {
      let wave = try system("ising", lattice).minimalWaveNumber(side: 1000)
      expectClose(wave * 1000 / (2 * Double.pi), length, relative: 1e-5)
    }
  }

  @Test func meanFieldIsBelowTheTransition() throws {
    for (model, lattice, states) in [
      ("ising", "square", nil), ("ising", "cubic", nil), ("potts", "square", 3),
      ("potts", "square", 10), ("potts", "triangular", 4), ("clock", "square", 3),
      ("xy", "square", nil),
    ] as [(String, String, Int?)] {
      let study = try system(model, lattice, states: states, coupling: 1.7)
      let known = try #require(ScalingReference.all(for: study).first { $0.name == "beta" })
      #expect(study.meanFieldBeta < known.value && known.value < 3 * study.meanFieldBeta)
    }
  }

  @Test func referencesAreRight() throws {
    func value(_ name: String, _ system: ScalingSystem) -> Double? {
      ScalingReference.all(for: system).first { $0.name == name }?.value
    }
    let potts = try system("potts", states: 10)
    expectClose(try #require(value("latentHeatPerSite", potts)), 0.6960494315, relative: 1e-9)
    expectClose(try #require(value("beta", potts)), 1 / 0.70123156793, relative: 1e-9)
    let triangular = try system("ising", "triangular", coupling: 2)
    expectClose(try #require(value("beta", triangular)), 0.5 / 3.640956906507350, relative: 1e-12)
    // Two states of Potts's are Ising's with half the coupling.
    let two = try system("potts", "honeycomb", states: 2)
    expectClose(try #require(value("beta", two)), 2 / 1.518651435000414, relative: 1e-12)
  }

  @Test func otherQuestionsAreRefused() {
    #expect(throws: InputError.self) { try system("heisenberg") }
    #expect(throws: InputError.self) { try system("clock", states: 6) }
    #expect(throws: InputError.self) { try system("ising", coupling: -1) }
    #expect(throws: InputError.self) { try system("ising", "chain") }
    #expect(throws: InputError.self) { try system("potts") }
    #expect(throws: InputError.self) { try system("ising", states: 3) }
  }
}

@Suite struct ScalingJobTests {
  private func report(threads: Int, folder: String) throws -> Report {
    var options = ScalingOptions(model: "ising")
    options.sides = [4, 6, 8, 12, 16]
    options.effort = 0.002
    options.output = folder
    return try ScalingJob(options).run(
      pool: WorkerPool(threadCount: threads), progress: .silent, cancellation: .never)
  }

  /// The whole way on small lattices, twice: what is found is right within its error, whatever the threads.
  @Test func smallLatticesFindOnsagersTransition() throws {
    try withTemporaryFolder { folder in
      let one = try report(threads: 1, folder: folder + "/one")
      let two = try report(threads: 2, folder: folder + "/two")
      #expect(one.json == two.json)
      let json = JSONValue.object(one.json)
      #expect(json["verdict"] == .string("continuous"))
      for (name, exact, bound) in [("nu", 1, 0.3), ("eta", 0.25, 0.2)] {
        let value = try #require(json[name]?["value"]?.number)
        let error = try #require(json[name]?["error"]?.number)
        #expect(abs(value - exact) < 5 * error && error < bound, "\(name) \(value) +- \(error)")
      }
      let temperature = try #require(json["transition"]?["temperature"])
      let value = try #require(temperature["value"]?.number)
      let error = try #require(temperature["error"]?.number)
      #expect(abs(value - 2.269185) < 5 * error && error < 0.02, "\(value) +- \(error)")
      #expect(one.text.contains("chi-square/dof"))
      #expect(one.files.contains { $0.hasSuffix("figure.svg") })
    }
  }

  @Test func sizesAreChecked() {
    for sides in [[8, 16, 32], [8, 9, 10, 11], [2, 4, 8, 16], [8, 8, 16, 32], [32, 16, 8, 4]] {
      var options = ScalingOptions(model: "ising")
      options.sides = sides
      #expect(throws: InputError.self) { try ScalingJob(options) }
    }
  }

  /// A deadline before anything can be said is a stop like any other.
  @Test func secondsAreObeyed() throws {
    try withTemporaryFolder { folder in
      var options = ScalingOptions(model: "ising")
      options.output = folder + "/late"
      options.seconds = 0.01
      #expect(throws: Interrupted.self) {
        try ScalingJob(options).run(
          pool: WorkerPool(threadCount: 1), progress: .silent, cancellation: Cancellation())
      }
    }
  }

  @Test func aStopIsObeyed() throws {
    try withTemporaryFolder { folder in
      var options = ScalingOptions(model: "ising")
      options.output = folder + "/stopped"
      let job = try ScalingJob(options)
      let cancellation = Cancellation()
      cancellation.request()
      #expect(throws: Interrupted.self) {
        try job.run(
          pool: WorkerPool(threadCount: 1), progress: .silent, cancellation: cancellation)
      }
    }
  }
}

@Suite struct FirstOrderTests {
  /// Twenty-state Potts on the square lattice: correlation length 2.7, latent heat 1.194155255.
  private static let twenty = Coexistence(
    sides: [10, 14], barriers: [Estimate(3.7, error: 0.1), Estimate(5.2, error: 0.1)],
    energies: -1.83 ... -0.6, beta: 1.695)

  @Test func sizesFollowFromTheBudget() throws {
    let potts = try system("potts", states: 20)
    let budget = FirstOrderBudget(Self.twenty, system: potts, effort: 1)
    // ln(peak/valley) is nine at L = 24.
    #expect(budget.sides == [14, 16, 20, 22, 24])
    let plans = budget.sides.map { budget.plan(side: $0, of: 5, beta: 1.7) }
    let work = plans.map { 4 * Double($0.sweeps * $0.side * $0.side) }
    for one in work { expectClose(one, 8e9, relative: 0.001) }
    let short = FirstOrderBudget(Self.twenty, system: potts, effort: 0.001)
    #expect(short.sides.last! < 16)
  }

  /// The runs and their analysis on small lattices: right within errors, few journeys named.
  @Test(.slow) func latentHeatOfTwentyStates() throws {
    try withTemporaryFolder { folder in
      var options = ScalingOptions(model: "potts")
      options.states = 20
      options.effort = 0.01
      options.output = folder + "/twenty"
      let job = try ScalingJob(options)
      let findings = try job.firstOrder(Self.twenty, steps: [], makeRun(.test("first order")))
      #expect(findings.result.verdict == "first-order")
      for (name, exact, bound) in [
        ("latentHeatPerSite", 1.194155255, 0.06), ("beta", 1.699669, 0.01),
      ] {
        let found = try #require(findings.numbers.first { $0.name == name }).number.estimate
        #expect(abs(found.value - exact) < 5 * found.error && found.error < bound, "\(found)")
      }
      #expect(ScalingText.page(findings, job: job).contains("journeys"))
    }
  }
}
