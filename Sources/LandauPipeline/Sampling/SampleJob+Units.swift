import LandauCore
import LandauMonteCarlo

// What a run is divided into.
extension SampleJob {
  /// Points are done one after the other, or all together when they exchange; realisations one after the other.
  var unitCount: Int { realizationCount * unitsOfRealization }
  private var unitsOfRealization: Int {
    factory.isTempering || factory.method != nil ? 1 : options.scan.betas.count
  }
  func realization(ofUnit unit: Int) -> Int { unit / unitsOfRealization }

  /// Measured sweeps of all chains of a unit.
  var sweepsOfUnit: Int {
    // Of a method for the whole scan every sweep is for all temperatures.
    plan.chainCount * plan.sweeps * (factory.isTempering ? options.scan.betas.count : 1)
  }

  /// How many chains each lane of a unit holds; none where chains depend on one another.
  func laneSizes(ofUnit index: Int) throws(InputError) -> [Int] {
    if factory.isTempering || factory.method != nil || plan.isDirect { return [] }
    return try factory.laneSizes(
      beta: options.scan.betas[index % unitsOfRealization], count: plan.chainCount)
  }

  /// - Parameter team: of a unit whose replicas are shared out.
  func makeUnit(
    _ piece: SamplePiece, pool: WorkerPool, team: (any ReplicaTeam)? = nil
  ) throws(InputError) -> any SampleUnit {
    let (factory, seed) = try origin(ofUnit: piece.unit)
    let unit = try makeUnit(
      point: piece.unit % unitsOfRealization, piece.part, factory, seed: seed, pool: pool, team)
    guard options.realizations != nil else { return unit }
    return RealizationUnit(unit, firstChain: realization(ofUnit: piece.unit) * plan.chainCount)
  }

  /// How the chains of a unit are made, and from what seed.
  func origin(ofUnit unit: Int) throws(InputError) -> (factory: ChainFactory, seed: Seed) {
    guard options.realizations != nil else { return (factory, Seed(options.seed)) }
    let number = firstRealization + realization(ofUnit: unit)
    return (
      try realizationFactory(number), Seed(options.seed).child("realization", number)
    )
  }

  private func makeUnit(
    point: Int, _ part: SamplePiece.Part?, _ factory: ChainFactory, seed: Seed, pool: WorkerPool,
    _ team: (any ReplicaTeam)?
  ) throws(InputError) -> any SampleUnit {
    if factory.isTempering { return try makeTempering(factory, seed: seed, pool, team) }
    if let method = factory.method { return try makeWholeScan(method, pool: pool) }
    let beta = options.scan.betas[point]
    let seed = Self.seed(seed, beta: beta)
    if case .gauge(let gauge) = physical, plan.isDirect {
      return DirectGaugeUnit(
        model: gauge, beta: beta, seed: seed, point: point, count: plan.sweeps,
        snapshotEvery: plan.snapshotEvery)
    }
    let lengths = plan.lengths(defaultBurnIn: factory.defaultBurnIn(beta: beta))
    let chains = try factory.chains(
      beta: beta, count: plan.chainCount, lanes: part?.lanes, seed: seed, pool: pool)
    return ChainUnit(
      chains, lengths: lengths, point: point,
      firstChain: part?.chains.lowerBound ?? 0, update: factory.name(beta: beta),
      threadCount: pool.threadCount)
  }

  /// A temperature has the same numbers in every scan that contains it.
  private static func seed(_ seed: Seed, beta: Double) -> Seed {
    seed.child("point", Int(bitPattern: UInt(beta.bitPattern)))
  }

  static func temperingSeed(_ seed: Seed) -> Seed { seed.child("tempering") }

  private func makeTempering(
    _ factory: ChainFactory, seed: Seed, _ pool: WorkerPool, _ team: (any ReplicaTeam)?
  ) throws(InputError) -> any SampleUnit {
    let betas = options.scan.betas
    let points = betas.indices.sorted { betas[$0] < betas[$1] }
    let tempering = try factory.tempering(
      betas: betas, plan: plan, seed: Self.temperingSeed(seed), pool: pool, team: team)
    let chain = tempering.chain(at: 0) as? any ReportingChain
    return TemperingUnit(
      tempering, points: points, plan: plan, siteCount: physical.siteCount,
      algorithm: "tempering, an exchange after every sweep of " + (chain?.algorithm ?? "its chains")
    )
  }
}
