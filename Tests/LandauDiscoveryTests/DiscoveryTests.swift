import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauStore
import LandauTestSupport
import Testing

@testable import LandauDiscovery

/// Little work, enough for data whose answer is plain.
private func smallEffort() -> Discovery.Effort {
  var effort = Discovery.Effort()
  effort.steps = 900
  effort.trialSteps = 450
  effort.shuffles = 6
  effort.resamples = 150
  effort.formulaCycles = 2
  return effort
}

private func discover(
  _ snapshots: [Snapshots], seed: Seed, effort: Discovery.Effort = smallEffort()
) throws -> Findings {
  let pool = WorkerPool()
  let windows = Window.standard(
    siteShape: snapshots[0].siteShape, channelCount: snapshots[0].channels.count)
  return try Discovery(windows: windows, seed: seed, effort: effort).run(
    snapshots.map { Ensemble($0, windows: windows, pool: pool) }, pool: pool, progress: .silent,
    cancellation: .never)
}

/// Independent spins, each up with a probability that depends on the parameter.
private func independentSpins(
  side: Int, values: [Double], shots: Int, seed: Seed, probability: (Double) -> Double
) -> Snapshots {
  var rng = seed.makeStream()
  var spins: [Int8] = []
  for value in values {
    let up = probability(value)
    for _ in 0..<shots * side { spins.append(rng.uniform() < up ? 1 : -1) }
  }
  return Snapshots(
    siteShape: [side], channels: ["spin"], values: spins, parameterName: "p", parameters: values,
    parameterIndex: values.indices.flatMap { [Int32](repeating: Int32($0), count: shots) },
    chain: values.indices.flatMap { _ in (0..<shots).map(Int32.init) }, isSequential: false,
    boundary: .periodic)
}

private let scan = (0..<21).map { Double($0) / 20 }

@Test
func windowsGrowByOneSite() {
  func grown(_ alive: [Window], beyond known: [Window] = [], shape: [Int]) -> [String] {
    Window.grown(
      from: alive, beyond: known, siteShape: shape, channelCount: 1, alphabet: .spins
    ).map(\.name)
  }
  let pair = Window(rows: 1, columns: 2)
  #expect(grown([pair], shape: [8]) == ["1x3"])
  #expect(grown([pair], shape: [8, 8]) == ["1x3", "2x2"])
  #expect(grown([pair], beyond: [Window(rows: 2, columns: 2)], shape: [8, 8]) == ["1x3"])
  #expect(grown([pair], shape: [8, 2]) == ["2x2"])
  #expect(
    grown([Window(rows: 1, columns: 2, columnDilation: 2)], shape: [9, 9]).contains("2x2 d2"))
  // The pairs along both axes are all that the square Ising model needs: nothing new to try.
  let standard = Window.standard(siteShape: [16, 16], channelCount: 1)
  #expect(grown([pair, Window(rows: 2, columns: 1)], beyond: standard, shape: [16, 16]).isEmpty)
  #expect(grown([Window(pair: .init([1, -1]))], shape: [8, 8]).isEmpty)
}

/// Every second spin follows its neighbour a little, the others the product of the two before them strongly: pairs
/// tell something, and triples, which are not among the windows given, far more.
@Test(.slow)
func aListGrowsWhereItPays() throws {
  var rng = Seed.test("growth").makeStream()
  let (side, shots) = (64, 60)
  var spins: [Int8] = []
  for value in scan {
    for _ in 0..<shots {
      var chain: [Int8] = [1, rng.uniform() < 0.5 ? 1 : -1]
      while chain.count < side {
        let (last, before) = (chain[chain.count - 1], chain[chain.count - 2])
        let isPair = chain.count % 2 == 0
        let follows = rng.uniform() < 0.5 + (isPair ? 0.25 : 0.45) * value
        chain.append((follows ? 1 : -1) * last * (isPair ? 1 : before))
      }
      spins += chain
    }
  }
  let snapshots = Snapshots(
    siteShape: [side], channels: ["spin"], values: spins, parameterName: "p", parameters: scan,
    parameterIndex: scan.indices.flatMap { [Int32](repeating: Int32($0), count: shots) },
    chain: scan.indices.flatMap { _ in (0..<shots).map(Int32.init) }, isSequential: false,
    boundary: .open)
  let pool = WorkerPool()
  let start = [Window(rows: 1, columns: 1), Window(rows: 1, columns: 2)]
  var discovery = Discovery(windows: start, seed: .test("growth"), effort: smallEffort())
  discovery.recount = { windows, _ in Ensemble(snapshots, windows: windows, pool: pool) }
  let findings = try discovery.run(
    [Ensemble(snapshots, windows: start, pool: pool)], pool: pool, progress: .silent,
    cancellation: .never)
  let alive = findings.branches.filter(\.isAlive).map(\.window.name)
  #expect(alive.contains("1x3"), "\(alive)")
  #expect(!alive.contains("1x4") && findings.branches.contains { $0.window.name == "1x4" })
  #expect(findings.indicator?.terms.contains { $0.term.degree == 3 } == true)
}

@Test(.slow)
func coinFlipsTeachNothing() throws {
  let findings = try discover(
    [16, 24, 32].map { side in
      independentSpins(side: side, values: scan, shots: 80, seed: .test("coins", side)) { _ in 0.5 }
    }, seed: .test("coins"))
  #expect(findings.verdict.kind == .none)
  #expect(findings.indicator == nil && findings.formula == nil)
  #expect(findings.orderParameter == nil)
  #expect(findings.branches.allSatisfy { !$0.isAlive })
}

@Test(.slow)
func aParamagnetInAFieldIsNoTransition() throws {
  // The spins turn smoothly with the parameter: much to learn, nothing that grows with the lattice.
  let findings = try discover(
    [16, 24, 32].map { side in
      independentSpins(side: side, values: scan, shots: 80, seed: .test("field", side)) {
        0.5 + 0.35 * ($0 - 0.5)
      }
    }, seed: .test("field"))
  #expect([.crossover, .undecided, .none].contains(findings.verdict.kind))
  #expect(findings.firstOrder == nil && findings.unbinding == nil)
  #expect(findings.orderParameter == nil)
  #expect(findings.branches.filter(\.isAlive).map(\.window.name) == ["1x1"])
  #expect(findings.sizes.allSatisfy { $0.r2.value > 0.05 })
  // One correlator, so the networks are functions of one number, and a formula of few parts says which.
  let formula = try #require(findings.formula)
  #expect(formula.variables.map(\.correlator) == ["<s(0)>"])
  #expect(formula.explained.value > 0.97 && formula.explained.error < 0.05, "\(formula.explained)")
  #expect(formula.text.contains("x"))
  #expect(
    formula.constants.count == formula.front.chosen.expression.constants.count
      && formula.constants.allSatisfy { $0.error > 0 })
}

@Test(.slow)
func inAGaugeTheoryOnlyThePlaquetteSpeaks() throws {
  let betas = (0..<25).map { 0.1 + 0.12 * Double($0) }
  let shots = 160
  let model = try IsingGaugeModel(side: 6)
  let links = try betas.enumerated().flatMap { index, beta in
    try IsingGaugeSampler.sample(
      model: model, beta: beta, count: shots, seed: .test("gauge", index))
  }
  let snapshots = Snapshots(
    siteShape: [6, 6], channels: ["down", "right"], values: links, parameterName: "beta",
    parameters: betas,
    parameterIndex: betas.indices.flatMap { [Int32](repeating: Int32($0), count: shots) },
    chain: betas.indices.flatMap { _ in (0..<shots).map(Int32.init) }, isSequential: false,
    boundary: .periodic)
  let findings = try discover([snapshots], seed: .test("gauge"))
  let alive = findings.branches.filter(\.isAlive)
  #expect(alive.map(\.window.name) == ["2x2"])
  let expansion = try #require(alive.first?.expansion)
  #expect(expansion[0].term == .plaquette)
  for other in expansion.dropFirst() {
    let size = abs(other.coefficient.value)
    #expect(
      size < 0.1 * abs(expansion[0].coefficient.value) || size < 2 * other.coefficient.error,
      "\(other.term) \(other.coefficient)")
  }
  #expect(findings.indicator?.symmetryClass == "gauge invariant")
  #expect(findings.orderParameter == nil)
  #expect(findings.verdict.kind == .undecided)
}

@Test(.slow, .needsSharedData("tfim1d_N150_scan/snapshots_z.npz"))
func theTransverseFieldChainChangesAtOneHalf() throws {
  let path = try #require(sharedData("tfim1d_N150_scan/snapshots_z.npz"))
  var effort = smallEffort()
  effort.steps = 3000
  effort.trialSteps = 1000
  let findings = try discover(
    [try SnapshotFile.read(path, options: .init(parameter: "g"))], seed: .test("tfim"),
    effort: effort)
  let peak = findings.sizes[0].peak
  #expect(peak.kind == .located)
  // The exact critical field of the spin-half convention; one finite chain.
  #expect(abs(peak.location.value - 0.5) < 0.03, "\(peak.location)")
  let alive = findings.branches.filter(\.isAlive).map(\.window.name)
  #expect(!alive.isEmpty && Set(alive).isSubset(of: ["1x1", "1x2"]))
  #expect(findings.verdict.kind == .undecided)
  #expect(findings.orderParameter?.pattern.isUniform == true)
}

@Test(.slow, .needsSharedData("tfim1d_N150/snapshots_z.npz"))
func aScanWithAGapAtTheTransitionIsBracketed() throws {
  let path = try #require(sharedData("tfim1d_N150/snapshots_z.npz"))
  let findings = try discover(
    [try SnapshotFile.read(path, options: .init(parameter: "g"))], seed: .test("bracket"))
  guard case .bracketed(let gap) = findings.sizes[0].peak.kind else {
    Issue.record("the peak is \(findings.sizes[0].peak.kind)")
    return
  }
  #expect(abs(gap.lowerBound - 0.3) < 0.01 && abs(gap.upperBound - 0.7) < 0.01)
  #expect(findings.verdict.kind == .undecided)
}

@Test
func resultsDoNotDependOnTheNumberOfThreads() throws {
  let snapshots = independentSpins(
    side: 12, values: scan, shots: 64, seed: .test("threads")
  ) { 0.1 + 0.8 * $0 }
  let windows = [Window(rows: 1, columns: 1), Window(rows: 1, columns: 2)]
  var effort = smallEffort()
  effort.steps = 120
  effort.trialSteps = 60
  effort.formulaCycles = 1
  let results = try [1, 2].map { threads in
    let pool = WorkerPool(threadCount: threads)
    return try Discovery(windows: windows, seed: Seed(3), effort: effort).run(
      [Ensemble(snapshots, windows: windows, pool: pool)], pool: pool, progress: .silent,
      cancellation: .never)
  }
  #expect(results[0].sizes[0].curve.means == results[1].sizes[0].curve.means)
  #expect(results[0].sizes[0].peak.location == results[1].sizes[0].peak.location)
  #expect(results[0].branches.map(\.importance) == results[1].branches.map(\.importance))
  let formulas = try results.map { try #require($0.formula) }
  #expect(formulas[0].text == formulas[1].text)
}
