import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The model with dipoles, D/J = 0.2, on the triangular lattice: a maze that gives way to stripes.
///
/// Parallel tempering from random states; all temperatures are in equilibrium with each other.
struct DipolarStripeOrder {
  /// One size: order of the stripes, of the clocks and where these point, against temperature.
  struct Size {
    var side: Int
    var temperatures: [Double]
    /// 1 for perfect stripes of two rows.
    var stripes: [Estimate]
    var clocks: [Estimate]
    /// -1 where the order points between two neighbouring states, 1 along one.
    var direction: [Estimate]
    /// At the temperature where both phases are most alike in weight.
    var histogram: Histogram
    /// The coldest configuration after each part of the run.
    var coldest: [[Int8]]
    var hottest: [Int8]
  }

  static let dipolarCoupling = 0.2
  /// Hot to cold.
  static let temperatures = [
    0.14, 0.125, 0.115, 0.107, 0.101, 0.097, 0.0945, 0.092, 0.0895, 0.087, 0.083, 0.078,
  ]
  private static let partCount = 40

  private(set) var sizes: [Size] = []

  init(_ run: StudyRun) throws {
    let sides = run.isQuick ? [12, 8] : [16, 12, 8]
    let exchanges = run.isQuick ? 48_000 : 240_000
    run.progress.begin(
      "dipolar six-state clock, triangular", total: sides.count * (exchanges + exchanges / 8))
    sizes = try run.pool.map(sides.count) { try Self.size(sides[$0], exchanges, run) }.reversed()
  }

  private static func size(_ side: Int, _ exchanges: Int, _ run: StudyRun) throws -> Size {
    let model = try DipolarClockModel(
      .named("triangular", sides: [side]), dipolarCoupling: dipolarCoupling)
    var plan = ReplicaExchangePlan()
    plan.burnIn = exchanges / 8
    plan.exchangesPerMeasurement = 8
    plan.tuning = .none
    let tempering = try ReplicaExchange(
      ladder: TemperatureLadder(betas: temperatures.map { 1 / $0 }), plan: plan,
      seed: run.seed.child("dipoles", side)
    ) { beta, seed throws(InputError) in
      try DipolarClockChain(model: model, beta: beta, seed: seed)
    }
    var coldest: [[Int8]] = []
    for part in 1...partCount {
      tempering.run(
        to: exchanges * part / partCount, unless: run.cancellation, progress: run.progress)
      try run.cancellation.check()
      coldest.append(configuration(tempering, temperatures.count - 1))
    }
    return try analysis(
      side, tempering.recordings, coldest: coldest, hottest: configuration(tempering, 2))
  }

  private static func configuration(_ tempering: ReplicaExchange, _ place: Int) -> [Int8] {
    // Whoever made the replicas made them of this kind.
    guard let chain = tempering.chain(at: place) as? DipolarClockChain else {
      preconditionFailure("replica \(place) is no dipolar clock chain")
    }
    return chain.configuration
  }

  private static func analysis(
    _ side: Int, _ recordings: [Recording], coldest: [[Int8]], hottest: [Int8]
  ) throws -> Size {
    let energies = recordings.map { $0[.energyPerSite]! }
    let place = energies.indices.max { variance(energies[$0]) < variance(energies[$1]) }!
    let clocks = recordings.map { $0[.absOrder]!.estimate() }
    return Size(
      side: side, temperatures: temperatures,
      stripes: recordings.map {
        $0[.stripePeak]!.map { $0 * 2.0.squareRoot() }.estimate()
      },
      clocks: clocks,
      direction: recordings.map { recording in
        Replicates.jackknife([recording[.clockAnisotropy]!, recording[.absOrder]!]) {
          [$0[0] / $0[1]]
        }[0]
      },
      histogram: Histogram(of: energies[place], range: -2.375 ... -2.305, binCount: 20),
      coldest: coldest, hottest: hottest)
  }

  private static func variance(_ series: Series) -> Double {
    let mean = series.mean
    return series.map { ($0 - mean) * ($0 - mean) }.mean
  }

  /// Along which of rows (0), columns (1) and diagonals (2) dipoles of a triangular lattice make stripes of
  /// two: the direction of the largest Fourier component of period four.
  static func direction(_ states: [Int8], side: Int) -> Int {
    var sums = [SIMD2<Double>](repeating: .zero, count: 3)
    let quarters = [SIMD2(1.0, 0), SIMD2(0, 1.0), SIMD2(-1.0, 0), SIMD2(0, -1.0)]
    for (site, state) in states.enumerated() {
      let (row, column) = (site / side, site % side)
      let dipole: Double = state & 1 == 0 ? 1 : -1
      for (axis, steps) in [row, column, row + column].enumerated() {
        sums[axis] += dipole * quarters[steps % 4]
      }
    }
    return sums.indices.max {
      (sums[$0] * sums[$0]).sum() < (sums[$1] * sums[$1]).sum()
    }!
  }

  // MARK: Findings

  var findings: [StudyFinding] {
    let size = sizes.last { $0.side == 12 } ?? sizes[0]
    let lattice = "triangular lattice, L = \(size.side), D/J = 0.2"
    let cold = size.temperatures.count - 1
    let directions = Set(size.coldest.map { Self.direction($0, side: size.side) }).count
    // Of the maze: well above the transition.
    let maze = 2
    return peaks(size, lattice) + [
      StudyFinding(
        "stripeOrder", "order of the stripes at T = \(size.temperatures[cold])",
        measured: size.stripes[cold], systematicError: 0.01, expected: .value(1, error: 0),
        reference: "stripes without a fault; \(lattice), 0.01 allowed for thermal faults"),
      StudyFinding(
        "stripeDirections", "directions that the stripes took",
        measured: Estimate(Double(directions), error: 0), expected: .value(3, error: 0),
        reference: "threefold degenerate, arXiv:2412.09550; \(lattice)"),
      StudyFinding(
        "mazeOrder", "modulus of the clocks' order in the maze, T = \(size.temperatures[maze])",
        measured: size.clocks[maze], systematicError: 0.03,
        expected: .value(0.75.squareRoot(), error: 0),
        reference: "two adjacent states in equal parts, sqrt(3)/2; \(lattice), 0.03 for the "
          + "spins that stray"),
      StudyFinding(
        "mazeDirection", "-cos 6 phi of its direction (1 between two states, -1 along one)",
        measured: Estimate(-size.direction[maze].value, error: size.direction[maze].error),
        expected: .above(0), reference: "two adjacent states, arXiv:2412.09550; \(lattice)"),
    ]
  }

  /// Of the energy's distribution at the temperature of the ladder where it is widest.
  private func peaks(_ size: Size, _ lattice: String) -> [StudyFinding] {
    let densities = size.histogram.densities
    let places = Self.peaks(densities.values)
    let barrier = densities.map { values in
      [log(min(values[places.low], values[places.high]) / values[places.valley])]
    }[0]
    let centres = size.histogram.centres
    let heat = Estimate(
      centres[places.high] - centres[places.low], error: size.histogram.binWidth / 6.squareRoot())
    return [
      StudyFinding(
        "energyBarrier", "ln of the lower peak of the energy over the valley", measured: barrier,
        expected: .above(0),
        reference: "a first-order transition has two peaks, arXiv:2412.09550; \(lattice)"),
      StudyFinding(
        "latentHeat", "distance of the peaks per site", measured: heat, expected: .above(0),
        reference: "a first-order transition has a latent heat, arXiv:2412.09550; \(lattice); "
          + "the error is that of two bins"),
    ]
  }

  /// The bin that lies deepest below the highest ones on both sides, and these.
  static func peaks(_ densities: [Double]) -> (low: Int, valley: Int, high: Int) {
    var best = (low: 0, valley: 0, high: 0)
    var depth = 0.0
    for valley in densities.indices.dropFirst().dropLast() where densities[valley] > 0 {
      let low = (0..<valley).max { densities[$0] < densities[$1] }!
      let high = (valley + 1..<densities.count).max { densities[$0] < densities[$1] }!
      let ratio = min(densities[low], densities[high]) / densities[valley]
      if ratio > depth { (best, depth) = ((low, valley, high), ratio) }
    }
    return best
  }

  /// The size whose configurations are drawn.
  var pictured: Size { sizes[sizes.count - 1] }
}
