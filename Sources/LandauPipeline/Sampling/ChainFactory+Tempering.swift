import LandauCore
import LandauLattice
import LandauMonteCarlo

// Chains that exchange their temperatures.
extension ChainFactory {
  /// Replicas at all temperatures of a scan, one ladder per independent chain; local updates, which barriers
  /// hold up, and clusters where there are no barriers.
  ///
  /// - Parameter team: processes that share out the replicas; nil for this one alone.
  func tempering(
    betas: [Double], plan: SamplePlan, seed: Seed, pool: WorkerPool,
    team: (any ReplicaTeam)? = nil
  ) throws(InputError) -> ReplicaExchange {
    var exchange = ReplicaExchangePlan()
    exchange.ladderCount = plan.chainCount
    exchange.exchangesPerMeasurement = plan.measureEvery
    exchange.burnIn = plan.burnIn ?? defaultBurnIn(beta: betas[0])
    exchange.tuning = .none
    let ladder = try TemperatureLadder(betas: betas.sorted())
    return try ReplicaExchange(
      ladder: ladder, plan: exchange, seed: seed, pool: pool, team: team
    ) { (beta, seed) throws(InputError) in try tempered(beta: beta, seed: seed) }
  }

  /// The replicas of one member of a team that does the same tempering.
  func share(
    ofMember member: Int, among memberCount: Int, betas: [Double], plan: SamplePlan, seed: Seed,
    pool: WorkerPool
  ) throws(InputError) -> ReplicaShare {
    try ReplicaShare(
      member: member, of: memberCount, ladder: TemperatureLadder(betas: betas.sorted()),
      ladderCount: plan.chainCount, seed: seed, pool: pool
    ) { (beta, seed) throws(InputError) in try tempered(beta: beta, seed: seed) }
  }

  /// A chain that can change its temperature. Where couplings differ in sign it is a pair of replicas, for the
  /// overlap.
  func tempered(
    beta: Double, seed: Seed
  ) throws(InputError) -> any TemperedChain & ReportingChain {
    switch model {
    case .discrete(let model):
      func chain(_ seed: Seed) throws(InputError) -> DiscreteChain {
        try DiscreteChain(
          model: model, beta: beta, update: DiscreteUpdate(rawValue: update), seed: seed)
      }
      guard replicas != .one else { return try chain(seed) }
      return ReplicaPair(
        try chain(seed.child("replica", 0)), try chain(seed.child("replica", 1)),
        measuresWaves: replicas == .twoWithWaves)
    case .vector(let model):
      return try VectorChain(
        model: model, beta: beta, update: VectorUpdate(name: update) ?? .automatic(for: model),
        seed: seed)
    case .dipolar(let model):
      return try DipolarClockChain(model: model, beta: beta, seed: seed)
    case .links(let plan, let start):
      return try GaugeChain(
        model: plan.model, beta: beta, update: GaugeUpdate(name: update) ?? .automatic,
        start: start, measurements: plan, seed: seed)
    default: throw InputError("--update tempering: the model has no chains that change temperature")
    }
  }
}
