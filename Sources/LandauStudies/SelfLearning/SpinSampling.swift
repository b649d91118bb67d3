import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauStatistics

/// The double-exchange model on a square torus at the temperature of the study, and chains of it.
struct SpinSampling: Sendable {
  let side: Int
  let temperature: Double
  let shells: DistanceShells
  let weight: DoubleExchangeWeight
  let run: StudyRun

  init(side: Int, coupling: Double, temperature: Double, reach: Int, run: StudyRun) throws {
    let torus = try HypercubicLattice(sides: [side, side])
    self.side = side
    self.temperature = temperature
    shells = DistanceShells(torus, reach: reach)
    weight = try DoubleExchangeWeight(
      DoubleExchangeModel(Lattice(torus), coupling: coupling), beta: 1 / temperature)
    self.run = run
  }

  /// What chains measured, and configurations with their actions.
  struct Chains: Sendable {
    var recording: Recording
    var records: SpinRecords
    /// Where each chain ended.
    var ends: [[SIMD3<Double>]]

    func estimate(_ observable: Observable) -> Estimate { recording[observable]!.estimate() }
  }

  /// How hot annealing begins and goes on, in units of the temperature; the last is the temperature itself.
  private static let ladder = [16.0, 8, 4, 2, 1]
  private static let sweepsPerRung = 4

  /// Exact chains, annealed from random directions at a high temperature.
  ///
  /// Records hold configurations of all temperatures after every sweep, with the action of the last; recordings are of the last
  /// temperature, its first sweeps left out.
  func exact(chains: Int, burnIn: Int, sweeps: Int) throws -> Chains {
    let rungs = (Self.ladder.count - 1) * Self.sweepsPerRung
    let steps = rungs + burnIn + sweeps
    run.progress.begin("exact chains, side \(side)", total: chains * steps)
    let lanes = try run.pool.map(chains) { index -> Lane in
      let chain = SpinMetropolisChain(
        weight: try hotter(Self.ladder[0]), seed: run.seed.child("exact", side, index))
      var lane = Lane()
      for step in 0..<steps {
        try run.cancellation.check()
        if step <= rungs && step % Self.sweepsPerRung == 0 {
          chain.weight = try hotter(Self.ladder[step / Self.sweepsPerRung])
        }
        chain.sweep(1)
        let action = step < rungs ? weight.evaluate(chain.spins).action : chain.evaluation.action
        lane.records.append(.init(spins: chain.spins, action: action))
        if step >= rungs + burnIn { lane.append(chain) }
        run.progress.advance()
      }
      lane.end = chain.spins
      return lane
    }
    run.progress.end()
    return Self.joined(lanes, weight.observables)
  }

  private func hotter(_ factor: Double) throws -> DoubleExchangeWeight {
    try DoubleExchangeWeight(weight.model, beta: 1 / (factor * temperature))
  }

  /// Self-learning chains; records and recordings after every proposal, the first ones left out.
  ///
  /// - Parameter starts: configurations to begin with, in turn.
  func selfLearning(
    _ effective: some EffectiveAction, name: String, chains: Int, proposals: Int, sweepsOfWalk: Int,
    starts: [[SIMD3<Double>]]
  ) throws -> Chains {
    let burnIn = max(5, proposals / 20)
    run.progress.begin("\(name), side \(side)", total: chains * (burnIn + proposals))
    let lanes = try run.pool.map(chains) { index -> Lane in
      let chain = SelfLearningChain(
        weight: weight, effective: effective,
        attemptsPerProposal: sweepsOfWalk * weight.siteCount, start: starts[index % starts.count],
        seed: run.seed.child(name, side, index))
      var lane = Lane()
      for step in 0..<burnIn + proposals {
        try run.cancellation.check()
        chain.sweep(1)
        if step >= burnIn {
          lane.append(chain)
          lane.records.append(.init(spins: chain.spins, action: chain.evaluation.action))
        }
        run.progress.advance()
      }
      lane.end = chain.spins
      return lane
    }
    run.progress.end()
    return Self.joined(
      lanes, weight.observables + [.proposalAccepted, .actionDifference])
  }

  private struct Lane: Sendable {
    var rows: [[Double]] = []
    var records: [SpinRecords.Record] = []
    var end: [SIMD3<Double>] = []

    mutating func append(_ chain: some MarkovChain) {
      var row: [Double] = []
      chain.measure(into: &row)
      rows.append(row)
    }
  }

  private static func joined(_ lanes: [Lane], _ observables: [Observable]) -> Chains {
    var recording = Recording(observables: observables, chainCount: lanes.count, spacing: 1)
    for (chain, lane) in lanes.enumerated() {
      for row in lane.rows { recording.append(row, chain: chain) }
    }
    return Chains(
      recording: recording, records: SpinRecords(chains: lanes.map(\.records)),
      ends: lanes.map(\.end))
  }
}
