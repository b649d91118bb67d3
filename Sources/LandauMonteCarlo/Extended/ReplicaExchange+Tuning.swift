import LandauCore

extension ReplicaExchange {
  /// During the burn-in: adapts the ladder after 16, 32, 64, ... exchanges, up to half of the burn-in, to what
  /// was counted since the last time; the rest is for equilibrium at the frozen ladder.
  func tune() {
    if exchangeCount == plan.burnIn {
      for copy in flows.indices { flows[copy].resetCounters() }
      return
    }
    let isDue = exchangeCount >= 16 && exchangeCount.nonzeroBitCount == 1
    guard plan.tuning != .none, isDue, 2 * exchangeCount <= plan.burnIn else { return }
    guard let costs = tuningCosts else { return }
    ladder = ladder.equalized(costs: costs)
    for copy in flows.indices {
      flows[copy].resetCounters()
      setTemperatures(ladder: copy)
    }
  }

  private var tuningCosts: [Double]? {
    let report = report
    switch plan.tuning {
    case .none: return nil
    case .rejection: return report.acceptanceRates.map { 1 - $0 }
    case .flow:
      // Without round trips there is no flow to speak of.
      guard report.roundTrips.joined().contains(where: { $0 > 0 }) else {
        return report.acceptanceRates.map { 1 - $0 }
      }
      // Density of temperatures proportional to the root of |df/d beta| per step (Katzgraber et al. 2006).
      return zip(report.flow, report.flow.dropFirst()).enumerated().map { step, pair in
        let width = ladder.betas[step + 1] - ladder.betas[step]
        return (max(0, pair.0 - pair.1) * width).squareRoot()
      }
    }
  }
}
