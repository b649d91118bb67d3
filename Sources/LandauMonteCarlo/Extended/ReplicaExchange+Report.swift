/// How replicas have travelled since the burn-in (or the last tuning within it).
public struct ReplicaExchangeReport: Sendable, Hashable {
  /// Hot to cold.
  public var betas: [Double]
  /// Exchanges counted, per ladder.
  public var exchangeCount: Int
  /// Mean acceptance probability of each pair of neighbours, all ladders together; NaN before it was tried.
  public var acceptanceRates: [Double]
  /// Journeys from one end to the other and back, per ladder and replica.
  public var roundTrips: [[Int]]
  /// Per temperature: of the visits by replicas that have been at an end, the fraction that come from the
  /// hot one. Falls from 1 to 0; a steep step is where replicas are held up.
  public var flow: [Double]
  /// How long replicas stay about one temperature: per temperature the local diffusivity, in squared steps of
  /// the ladder per exchange, from the current and the slope of the flow; NaN where there is no slope.
  public var diffusivities: [Double]
  /// What should be distrusted, one line each.
  public var warnings: [String]

  /// The communication barrier: sum of the rejection rates.
  public var barrier: Double { acceptanceRates.reduce(0) { $0 + (1 - $1) } }

  /// Temperatures with which the rate of round trips per replica would be largest: twice the barrier.
  public var recommendedTemperatureCount: Int { max(2, Int((2 * barrier).rounded(.up)) + 1) }

  /// Round trips of all replicas of one ladder per exchange.
  public var roundTripRate: Double {
    Double(roundTrips.joined().reduce(0, +)) / Double(max(1, exchangeCount * roundTrips.count))
  }

  /// The same if energies forgot themselves between exchanges: 1/(2 + 2 sum r/(1 - r)), r the rejection rates
  /// (Syed et al. 2022).
  public var idealRoundTripRate: Double {
    1 / (2 + 2 * acceptanceRates.reduce(0) { $0 + (1 - $1) / $1 })
  }
}

extension ReplicaExchange {
  /// What was counted since the burn-in, or within it since the last tuning.
  public var report: ReplicaExchangeReport {
    let steps = max(0, ladder.count - 1)
    func total(_ counters: (ReplicaFlow) -> [Double], _ index: Int) -> Double {
      flows.reduce(0) { $0 + counters($1)[index] }
    }
    let rates = (0..<steps).map { pair in
      total({ $0.probabilitySums }, pair) / total({ $0.attempts.map(Double.init) }, pair)
    }
    let flow = ladder.betas.indices.map { place in
      total({ $0.visitsFromHot.map(Double.init) }, place)
        / total({ $0.visits.map(Double.init) }, place)
    }
    var report = ReplicaExchangeReport(
      betas: ladder.betas, exchangeCount: countedExchanges, acceptanceRates: rates,
      roundTrips: flows.map { $0.crossings.map { $0 / 2 } }, flow: flow, diffusivities: [],
      warnings: [])
    report.diffusivities = diffusivities(report)
    report.warnings = warnings(report)
    return report
  }

  private var countedExchanges: Int {
    if isBurnedIn { return productionCount }
    return flows[0].attempts.prefix(2).reduce(0, +)
  }

  /// D = current / slope: n round trips per exchange are a current of n through every step, and the occupation
  /// of each temperature is one.
  private func diffusivities(_ report: ReplicaExchangeReport) -> [Double] {
    let rate = report.roundTripRate
    return ladder.betas.indices.map { place in
      let (low, high) = (max(0, place - 1), min(ladder.count - 1, place + 1))
      let slope = (report.flow[low] - report.flow[high]) / Double(max(1, high - low))
      return rate > 0 && slope > 0 ? rate / slope : .nan
    }
  }

  private func warnings(_ report: ReplicaExchangeReport) -> [String] {
    var lines: [String] = []
    if ladder.count > 1 && isBurnedIn {
      let idle = report.roundTrips.joined().count { $0 == 0 }
      if idle > 0 {
        lines.append(
          "\(idle) of \(report.roundTrips.joined().count) replicas never made a round trip: the cold "
            + "temperatures are not sampled independently; run longer or use more temperatures")
      }
    }
    for (pair, rate) in report.acceptanceRates.enumerated() where rate < 0.01 {
      lines.append(
        "beta \(ladder.betas[pair]) and \(ladder.betas[pair + 1]) hardly exchange "
          + "(acceptance \(rate)): use about \(report.recommendedTemperatureCount) temperatures")
    }
    return lines
  }
}
