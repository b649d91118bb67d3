import LandauCore
import LandauMonteCarlo
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauDiscovery

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Snapshots of one chain of heat-bath sweeps of an Ising model with couplings of its own along either axis.
private func isingSnapshots(
  side: Int, couplings: (Double, Double), field: Double = 0, samples: Int, spacing: Int = 2,
  isOrdered: Bool = false, seed: Seed
) -> Snapshots {
  var rng = seed.makeStream()
  var spins = (0..<side * side).map { _ in isOrdered || rng.uniform() < 0.5 ? 1 : -1 }
  var values: [Int8] = []
  for sweep in 0..<(20 + samples * spacing) {
    for site in spins.indices {
      let (row, column) = (site / side, site % side)
      let along =
        spins[(row + 1) % side * side + column] + spins[(row + side - 1) % side * side + column]
      let across =
        spins[row * side + (column + 1) % side] + spins[row * side + (column + side - 1) % side]
      let pull = couplings.0 * Double(along) + couplings.1 * Double(across) + field
      spins[site] = rng.uniform() < 1 / (1 + exp(-2 * pull)) ? 1 : -1
    }
    if sweep >= 20 && sweep % spacing == 0 { values += spins.map { Int8($0) } }
  }
  let count = values.count / (side * side)
  return Snapshots(
    siteShape: [side, side], channels: ["spin"], values: values, parameterName: "beta",
    parameters: [couplings.0], parameterIndex: [Int32](repeating: 0, count: count),
    chain: [Int32](repeating: 0, count: count), isSequential: true, boundary: .periodic)
}

@Suite struct SymmetrySearchTests {
  private let pool = WorkerPool(threadCount: 1)

  private let flips = ["flip of all spins", "flip of one sublattice"]

  private func search(
    _ snapshots: Snapshots, links: Bool = false, seed: Seed
  ) throws -> SymmetryFindings {
    var search = SymmetrySearch(seed: seed)
    search.hasLinks = links
    // Small enough for the budget of a test: random draws are as many as the level asks for.
    search.level = 0.003
    return try search.run(snapshots, pool: pool, cancellation: .never)
  }

  /// Checks that some symmetries are broken, and that no other is, within the budget of the suite.
  private func expectBroken(
    _ names: [String], links: Bool = false, seed: Seed,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ snapshots: (_ seed: Seed, _ effort: Int) throws -> Snapshots
  ) throws {
    try expectPlausible(seed: seed, sourceLocation: sourceLocation) { seed, effort in
      let found = try search(snapshots(seed, effort), links: links, seed: seed.child("search"))
      #expect(found.testedCount == found.findings.count, sourceLocation: sourceLocation)
      #expect(
        Set(names).isSubset(of: found.findings.map(\.name)), sourceLocation: sourceLocation)
      let intact = found.findings.filter { finding in
        guard names.contains(finding.name) else { return true }
        #expect(finding.verdict == .broken, "\(finding)", sourceLocation: sourceLocation)
        return false
      }
      // Holm's first step; 1 where all are broken.
      return intact.map(\.probability).min().map { min(1, Double(intact.count) * $0) } ?? 1
    }
  }

  @Test func `An Ising model keeps the flip and the lattice's symmetries`() throws {
    try expectBroken(["flip of one sublattice"], seed: .test()) { seed, effort in
      isingSnapshots(side: 6, couplings: (0.25, 0.25), samples: 1500 * effort, seed: seed)
    }
  }

  @Test func `A field breaks the flips and nothing of the lattice`() throws {
    try expectBroken(flips, seed: .test()) { seed, effort in
      isingSnapshots(
        side: 6, couplings: (0.25, 0.25), field: 0.05, samples: 1500 * effort, seed: seed)
    }
  }

  @Test func `Couplings of two strengths break what exchanges the axes`() throws {
    let names = ["rotation by 90 degrees", "reflection at the diagonal", "flip of one sublattice"]
    try expectBroken(names, seed: .test()) { seed, effort in
      isingSnapshots(side: 6, couplings: (0.3, 0.2), samples: 1500 * effort, seed: seed)
    }
  }

  private func links(_ values: [Int8]) -> Snapshots {
    let count = values.count / 32
    return Snapshots(
      siteShape: [4, 4], channels: ["down", "right"], values: values, parameterName: "beta",
      parameters: [0.7], parameterIndex: [Int32](repeating: 0, count: count),
      chain: (0..<Int32(count)).map { $0 }, isSequential: false, boundary: .periodic)
  }

  @Test func `A gauge theory keeps all local flips`() throws {
    try expectBroken([], links: true, seed: .test()) { seed, effort in
      links(try IsingGaugeSampler.sample(side: 4, beta: 0.7, count: 400 * effort, seed: seed))
    }
  }

  @Test func `Polarised links keep the lattice's symmetries alone`() throws {
    let names = [
      "local flip at one vertex", "local flips at half of the vertices", "flip of all links",
      "flip of channel down", "flip of channel right",
    ]
    try expectBroken(names, links: true, seed: .test()) { seed, effort in
      var rng = seed.makeStream()
      return links((0..<400 * 32 * effort).map { _ in rng.uniform() < 0.6 ? 1 : -1 })
    }
  }

  private func ordered(_ seed: Seed, effort: Int = 1) -> Snapshots {
    isingSnapshots(
      side: 6, couplings: (0.6, 0.6), samples: 800 * effort, isOrdered: true, seed: seed)
  }

  @Test func `An ordered chain in one sector breaks the flip`() throws {
    try expectBroken(flips, seed: .test()) { ordered($0, effort: $1) }
  }

  @Test func `A chain that changes its sector now and then says nothing of the flip`() throws {
    let chain = ordered(.test())
    // Three visits of either sector are six numbers, not eight hundred.
    let tunnelling = Snapshots(
      siteShape: chain.siteShape, channels: chain.channels,
      values: chain.values.enumerated().map { $0 / 36 / 130 % 2 == 0 ? $1 : -$1 },
      parameterName: "beta", parameters: chain.parameters, parameterIndex: chain.parameterIndex,
      chain: chain.chain, isSequential: true, boundary: .periodic)
    let found = try search(tunnelling, seed: .test())
    let flip = try #require(found.findings.first { $0.name == flips[0] })
    #expect(flip.verdict == .notTestable)
    #expect(flip.reason?.contains("independent blocks") == true)
    #expect(found.text.contains("not testable"))
    #expect(found.json["tested"] == .integer(found.testedCount))
  }

  @Test func `The page of the manual is compiled and runs`() throws {
    let snapshots = isingSnapshots(
      side: 4, couplings: (0.2, 0.2), field: 0.5, samples: 300, seed: .test())
    let symmetries = try SymmetrySearch(seed: Seed(1)).run(
      snapshots, pool: WorkerPool(), cancellation: .never)
    print(symmetries.text)
    #expect(symmetries.findings.first { $0.name == flips[0] }?.verdict == .broken)
    try expectPageShowsCode("symmetries.md", minimum: 3)
  }

  @Test(arguments: [1, 1.5])
  func `Levels of equal weight may be permuted, a preferred one breaks it`(weight: Double) throws {
    let names = [
      "reversal of the levels", "cyclic shift of the levels", "exchange of levels 0 and 1",
    ]
    try expectBroken(weight == 1 ? [] : names, seed: .test(weight)) { seed, effort in
      var rng = seed.makeStream()
      let count = 300 * effort
      let values = (0..<count * 16).map { _ in
        rng.uniform() * (2 + weight) < weight ? Int8(0) : Int8(1 + rng.index(below: 2))
      }
      return Snapshots(
        siteShape: [4, 4], channels: ["spin"], values: values, levels: [0, 1, 2],
        parameterName: "beta", parameters: [0], parameterIndex: [Int32](repeating: 0, count: count),
        chain: (0..<Int32(count)).map { $0 }, isSequential: false, boundary: .periodic)
    }
  }

  @Test func `Verdicts share their budget by Holm's procedure`() {
    func finding(_ p: Double, _ verdict: SymmetryFinding.Verdict = .invariant) -> SymmetryFinding {
      SymmetryFinding(
        name: "\(p)", kind: .lattice, deviation: 1, observable: "", parameter: 0,
        observableProbability: p, classifierProbability: p, probability: p, verdict: verdict,
        brokenAt: [], blockCount: 1, reason: nil)
    }
    let found = SymmetryFindings(
      parameterName: "p", level: 0.03,
      findings: [finding(0.9), finding(0.009), finding(0.02), finding(0, .notTestable)])
    #expect(found.findings.map(\.verdict) == [.invariant, .broken, .invariant, .notTestable])
  }

  /// p-values of a true symmetry of chains that remember, or of independent shots.
  private func probabilities(
    _ name: String, isSequential: Bool, count: Int, seed: Seed
  ) throws -> (observable: [Double], classifier: [Double]) {
    let findings = try (0..<count).map { index in
      let seed = seed.child("chain", index)
      let snapshots =
        isSequential
        ? isingSnapshots(
          side: 4, couplings: (0.3, 0.3), samples: 3000, spacing: 1, seed: seed)
        : randomSnapshots(siteShape: [4, 4], samples: 80, boundary: .periodic, seed: seed)
      let candidates = SnapshotTransformation.candidates(
        for: snapshots, hasLinks: false, seed: seed
      ).filter { $0.name == name }
      return try SymmetrySearch(seed: seed).run(
        snapshots, candidates: candidates, pool: pool, cancellation: .never
      ).findings[0]
    }
    return (findings.map(\.observableProbability), findings.map(\.classifierProbability))
  }

  @Test(arguments: [
    ("flip of all spins", false), ("rotation by 90 degrees", false),
    ("flip of all spins", true), ("reflection, axis 1", true),
  ])
  func `p-values of true symmetries are uniform`(name: String, isSequential: Bool) throws {
    func uniform(_ values: [Double]) -> Double {
      KolmogorovSmirnov.probability(
        of: Series(values), effectiveCount: Double(values.count)
      ) { min(1, max(0, $0)) }
    }
    let seed = Seed.test(name, isSequential)
    try expectPlausible(seed: seed) { seed, effort in
      let p = try probabilities(name, isSequential: isSequential, count: 60 * effort, seed: seed)
      // Two looks at one set of data share the budget.
      return min(1, 2 * min(uniform(p.observable), uniform(p.classifier)))
    }
  }
}
