extension DiscreteChain: ReportingChain {}

extension IsingChain: ReportingChain {}

extension KawasakiChain: ReportingChain {}

extension RejectionFreeChain: ReportingChain {
  /// Every change happens.
  public var acceptanceRate: Double? { nil }
}

extension WormChain: ReportingChain {}
