extension DiscreteChain: ReportingChain {}

extension IsingChain: ReportingChain {}
