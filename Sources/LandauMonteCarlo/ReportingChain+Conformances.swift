extension DiscreteChain: ReportingChain {}
