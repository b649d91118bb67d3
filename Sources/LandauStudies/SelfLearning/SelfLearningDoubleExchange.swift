import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauStatistics

extension Study {
  /// Self-learning Monte Carlo of spins and electrons, with attention that moves with them.
  static let selfLearningDoubleExchange = Study(
    name: "slmc-double-exchange",
    title: "Self-learning Monte Carlo with equivariant attention",
    source: "Nagai and Tomiya, arXiv:2306.11527, 2310.13222",
    claim: """
      Layers of attention with the symmetries of the double-exchange model make a better effective model than pairs of spins; the \
      acceptance grows with their number, and the ensemble stays exact.
      """,
    run: { run in
      let study = try SelfLearningStudy(run)
      return StudyResult(
        findings: study.findings, figure: study.figure, remarks: study.remarks)
    })
}

/// Effective models fitted to exact configurations, judged on others, and the chains that they propose for.
struct SelfLearningStudy: Sendable {
  struct Settings: Sendable {
    let exactChains: Int
    /// Measured sweeps of each exact chain, and on the larger torus.
    let exactSweeps: Int
    let largeSweeps: Int
    /// Configurations to learn from, and to judge with, in each of the chains.
    let training: Int
    let test: Int
    let depths: [Int]
    /// Independent trainings of each depth.
    let trainings: Int
    let epochs: Int
    /// Proposals of each self-learning chain, and on the larger torus.
    let proposals: Int
    let largeProposals: Int

    static let quick = Settings(
      exactChains: 8, exactSweeps: 120, largeSweeps: 20, training: 750, test: 300, depths: [1, 2],
      trainings: 2, epochs: 20, proposals: 200,
      largeProposals: 100)
    static let full = Settings(
      exactChains: 16, exactSweeps: 300, largeSweeps: 80, training: 2000, test: 1000,
      depths: [1, 2, 3], trainings: 3, epochs: 30, proposals: 600, largeProposals: 300)
  }

  static let side = 6
  static let largeSide = 8
  static let coupling = 1.0
  static let temperature = 0.05
  /// Steps along each axis that effective models know: all of them where the side is six.
  static let reach = 3
  /// Steps of squared lengths 0, 1, 2, 4, 5 and 8, two along each axis.
  static let attendedShells = 6
  static let chains = 4
  static let sweepsOfWalk = 10
  static let exactBurnIn = 10

  /// One effective model: how well it knows actions not seen, and what its proposals are worth.
  struct Judged: Sendable {
    var label: String
    /// Action less effective action on the test.
    var differences: Series
    var sampled: SpinSampling.Chains

    var variance: Estimate { Estimate.jackknife(differences) { $0.variance } }
    var acceptance: Estimate { sampled.estimate(.proposalAccepted) }
  }

  let settings: Settings
  let exact: SpinSampling.Chains
  let largeExact: SpinSampling.Chains
  /// Pairs: a few shells, all of them, and all with squares.
  let pairs: [Judged]
  /// `[depth][training]`.
  let attention: [[Judged]]
  /// On the larger torus, fitted on the smaller one: pairs of all shells, and the deepest attention.
  let transferredPairs: Judged
  let transferred: [Judged]
  /// Largest violation of a symmetry, and of the network against the flat loops.
  let asymmetry: Double
  let deviation: Double

  init(_ run: StudyRun) throws {
    let settings = run.isQuick ? Settings.quick : .full
    let system = try SpinSampling(
      side: Self.side, coupling: Self.coupling, temperature: Self.temperature, reach: Self.reach,
      run: run)
    let exact = try system.exact(
      chains: settings.exactChains, burnIn: Self.exactBurnIn, sweeps: settings.exactSweeps)
    // The first model learns from annealed exact chains and then gathers data for all others.
    let all = system.shells.count - 1
    let first = try exact.records.pairs(system.shells, linear: all)
    func gathered(_ name: String, _ count: Int) throws -> SpinRecords {
      try system.selfLearning(
        first, name: name, chains: Self.chains, proposals: count, sweepsOfWalk: Self.sweepsOfWalk,
        starts: exact.ends
      ).records
    }
    let training = try gathered("training", settings.training)
    let test = try gathered("test", settings.test)

    func judged(
      _ effective: some EffectiveAction, _ label: String, _ name: String
    ) throws -> Judged {
      Judged(
        label: label, differences: test.differences(effective),
        sampled: try system.selfLearning(
          effective, name: name, chains: Self.chains, proposals: settings.proposals,
          sweepsOfWalk: Self.sweepsOfWalk, starts: exact.ends))
    }
    pairs = try [(1, 0), (2, 0), (3, 0), (all, 0), (all, all)].map { linear, biquadratic in
      let shells = linear == all ? "all" : "\(linear)"
      return try judged(
        try training.pairs(system.shells, linear: linear, biquadratic: biquadratic),
        biquadratic > 0 ? "squares" : "\(shells) shell\(linear > 1 ? "s" : "")",
        "pairs-\(linear)-\(biquadratic)")
    }
    let linear = try training.pairs(system.shells, linear: all)
    let trained = try Self.train(training, linear, settings, run)
    attention = try trained.enumerated().map { index, trainings in
      let depth = settings.depths[index]
      return try trainings.enumerated().map { number, network in
        try judged(
          network.action(system.shells), "\(depth) layer\(depth > 1 ? "s" : "")",
          "attention-\(depth)-\(number)")
      }
    }

    let large = try SpinSampling(
      side: Self.largeSide, coupling: Self.coupling, temperature: Self.temperature,
      reach: Self.reach, run: run)
    let largeExact = try large.exact(
      chains: settings.exactChains, burnIn: Self.exactBurnIn, sweeps: settings.largeSweeps)
    // Configurations of the measured sweeps, which learned chains that stay where they are do not distort.
    let known = SpinRecords(
      chains: largeExact.records.chains.map { Array($0.suffix(settings.largeSweeps)) })
    func moved(_ effective: some EffectiveAction, _ name: String) throws -> Judged {
      let sampled = try large.selfLearning(
        effective, name: name, chains: Self.chains, proposals: settings.largeProposals,
        sweepsOfWalk: Self.sweepsOfWalk, starts: largeExact.ends)
      return Judged(label: name, differences: known.differences(effective), sampled: sampled)
    }
    transferredPairs = try moved(
      PairAction(large.shells, couplings: linear.couplings), "pairs of all shells")
    transferred = try trained[trained.count - 1].enumerated().map { number, network in
      try moved(network.action(large.shells), "attention-\(number)")
    }
    let networks = trained.flatMap { $0 }
    asymmetry = networks.reduce(0) {
      max($0, SpinSymmetries.violation(of: $1.action(system.shells), at: test.all[0].spins))
    }
    let some = SpinRecords(chains: [Array(test.all.prefix(32))])
    deviation = networks.reduce(0) { max($0, $1.deviation(system.shells, on: some)) }
    self.settings = settings
    self.exact = exact
    self.largeExact = largeExact
  }

  /// Independent trainings of every depth, side by side.
  private static func train(
    _ records: SpinRecords, _ linear: PairAction, _ settings: Settings, _ run: StudyRun
  ) throws -> [[TrainedAttention]] {
    let jobs = settings.depths.flatMap { depth in
      (0..<settings.trainings).map { (depth, $0) }
    }
    run.progress.begin("trainings", total: jobs.count)
    // The deepest ones take longest and begin first.
    let trained = try run.pool.map(jobs.count) { index -> TrainedAttention in
      let (depth, number) = jobs[jobs.count - 1 - index]
      defer { run.progress.advance() }
      return records.attention(
        linear, depth: depth, attendedShells: attendedShells, epochs: settings.epochs,
        seed: run.seed.child("attention", depth, number), cancellation: run.cancellation)
    }
    run.progress.end()
    try run.cancellation.check()
    let inOrder = Array(trained.reversed())
    return settings.depths.indices.map { index in
      Array(inOrder[index * settings.trainings..<(index + 1) * settings.trainings])
    }
  }
}
