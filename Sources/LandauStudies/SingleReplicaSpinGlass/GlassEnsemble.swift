import LandauCore
import LandauDiscovery
import LandauLattice
import LandauMonteCarlo
import LandauStatistics

/// Spin glasses of one size over a grid of ferromagnetic biases and temperatures: fields of single configurations and overlaps
/// of two replicas, from parallel tempering.
///
/// Realisation r has the same random parts of its couplings for every bias: only the realisations are independent.
struct GlassEnsemble: Sendable {
  enum Geometry: String, Sendable {
    /// Sherrington and Kirkpatrick: every pair, couplings of mean J_0/N and variance 1/N.
    case complete
    /// Edwards and Anderson's on the square lattice: mean J_0/4 and variance 1/4, so that a site's couplings add up to the same.
    case square
  }

  /// What was measured at one bias and temperature in one realisation.
  struct Point: Sendable {
    /// `[replica][measurement]`.
    var fields: [[ConfigurationalField]]
    /// Of the two replicas, measurement by measurement.
    var overlaps: [Double]
  }

  struct Plan: Sendable {
    var realisations: Int
    /// Exchanges, one sweep each, before the first measurement.
    var burnIn: Int
    var measurements: Int
    /// Exchanges from one measurement to the next.
    var spacing = 4
  }

  static let biases = (0...8).map { 0.25 * Double($0) }
  /// Ascending.
  static let temperatures = (0...16).map { 0.4 + 0.15 * Double($0) }

  let geometry: Geometry
  let siteCount: Int
  let plan: Plan
  /// `[bias][realisation][temperature]`.
  let points: [[[Point]]]

  init(_ geometry: Geometry, siteCount: Int, plan: Plan, _ run: StudyRun) throws {
    self.geometry = geometry
    self.siteCount = siteCount
    self.plan = plan
    let seed = run.seed.child(geometry.rawValue, siteCount)
    let (biases, realisations) = (Self.biases, plan.realisations)
    run.progress.begin(
      "\(geometry.rawValue), \(siteCount) spins", total: biases.count * realisations)
    let jobs = try run.pool.map(biases.count * realisations) { job -> [Point] in
      try run.cancellation.check()
      let (bias, realisation) = (job / realisations, job % realisations)
      let model = try Self.model(geometry, siteCount, biases[bias])
        .realisation(realisation, of: seed.child("couplings"))
      defer { run.progress.advance() }
      return try Self.sample(model, plan, seed.child("chains", bias, realisation))
    }
    points = biases.indices.map { Array(jobs[$0 * realisations..<($0 + 1) * realisations]) }
  }

  private static func model(
    _ geometry: Geometry, _ siteCount: Int, _ bias: Double
  ) throws(InputError) -> DisorderedModel {
    switch geometry {
    case .complete: return try .sherringtonKirkpatrick(siteCount: siteCount, mean: bias)
    case .square:
      let side = Int(Double(siteCount).squareRoot().rounded())
      return try .edwardsAnderson(
        .named("square", sides: [side, side]), couplings: .gaussian(mean: bias / 4, width: 0.5))
    }
  }

  /// Two independent ladders are the two replicas.
  private static func sample(
    _ model: DiscreteModel, _ plan: Plan, _ seed: Seed
  ) throws(InputError) -> [Point] {
    var exchange = ReplicaExchangePlan()
    exchange.burnIn = plan.burnIn
    exchange.exchangesPerMeasurement = plan.spacing
    exchange.tuning = .none
    let tempering = try ReplicaExchange(
      ladder: TemperatureLadder(betas: temperatures.reversed().map { 1 / $0 }), plan: exchange,
      seed: seed
    ) { beta, seed throws(InputError) in
      try DiscreteChain(model: model, beta: beta, update: .metropolis, seed: seed)
    }
    var points = temperatures.map { _ in Point(fields: [[], []], overlaps: []) }
    for measurement in 1...plan.measurements {
      tempering.run(to: measurement * plan.spacing)
      for place in temperatures.indices {
        let pair = (0..<2).map { configuration(tempering, place, ladder: $0) }
        let index = temperatures.count - 1 - place
        for copy in 0..<2 {
          points[index].fields[copy].append(ConfigurationalField(of: pair[copy], in: model))
        }
        let alike = zip(pair[0], pair[1]).reduce(0) { $0 + ($1.0 == $1.1 ? 1 : -1) }
        points[index].overlaps.append(Double(alike) / Double(model.siteCount))
      }
    }
    return points
  }

  private static func configuration(
    _ tempering: ReplicaExchange, _ place: Int, ladder: Int
  ) -> [UInt8] {
    // Whoever made the replicas made them of this kind.
    guard let chain = tempering.chain(at: place, ladder: ladder) as? DiscreteChain else {
      preconditionFailure("replica \(place) is no chain of discrete spins")
    }
    return chain.configuration
  }

  /// A function of the two replicas' measurements as a disorder average, temperature by temperature.
  func average(
    bias: Int, _ series: (Point) -> Series
  ) throws(InputError) -> DisorderAverage {
    try DisorderAverage(points[bias].map { $0.map(series) })
  }

  /// [<q^2>] without bias.
  func overlapSquared() throws(InputError) -> Replicates {
    try average(bias: 0) { Series($0.overlaps.map { $0 * $0 }) }.averages
  }

  /// [<variance of the fields>] without bias.
  func fieldVariance() throws(InputError) -> Replicates {
    try average(bias: 0) { Series($0.fields.map { $0.map(\.variance) }) }.averages
  }

  /// For every point whether the last half, the quarter and the eighth before it agree in the fields' variance, averaged over
  /// the realisations.
  func equilibrated() throws(InputError) -> [Bool] {
    var flags: [Bool] = []
    for own in points {
      for place in Self.temperatures.indices {
        let series = own.map { Series($0[place].fields.map { $0.map(\.variance) }) }
        flags.append(try Equilibration(realizations: series).isReached)
      }
    }
    return flags
  }
}
