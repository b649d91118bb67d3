import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauStatistics

/// The six-state clock model on the square lattice and where its stiffness passes the two universal values.
struct ClockTransitions {
  /// One size: the stiffness K and the modulus of the order against temperature.
  struct Size {
    var side: Int
    var temperatures: [Double]
    var stiffness: [Estimate]
    var order: [Estimate]
  }

  private(set) var sizes: [Size] = []
  let lower: Result<HelicityFit, InputError>
  let upper: Result<HelicityFit, InputError>

  private static let lowerTemperatures = [0.62, 0.65, 0.68, 0.71, 0.74, 0.77]
  private static let upperTemperatures = [0.82, 0.85, 0.88, 0.91, 0.94, 0.97]

  init(_ run: StudyRun) throws {
    let sides = run.isQuick ? [12, 16, 24, 32, 48, 64] : [12, 16, 24, 32, 48, 64, 96]
    let sweeps = run.isQuick ? 8000 : 24_000
    let temperatures = Self.lowerTemperatures + Self.upperTemperatures
    let waves = SpinWavesOnTorus()
    var states: [[SampledState]] = []
    run.progress.begin(
      "six-state clock, square", total: sides.count * temperatures.count * sweeps)
    for side in sides {
      let recording = try Self.record(side, temperatures, sweeps, run)
      states.append(Self.states(recording, temperatures, sites: side * side))
      sizes.append(Self.size(side, temperatures, recording, waves))
    }
    let half = Self.lowerTemperatures.count
    // Steps between states are to the lower transition what vortices are to the upper one.
    lower = try Self.fit(sides, states.map { Array($0[..<half]) }, Self.lowerTemperatures) {
      9 / (Double.pi * Double.pi * waves.stiffness(ratio: $0))
    }
    upper = try Self.fit(sides, states.map { Array($0[half...]) }, Self.upperTemperatures) {
      waves.stiffness(ratio: $0)
    }
  }

  /// The temperature at which a stiffness comes down to 2/pi with growing size.
  ///
  /// It comes from above: the transition is on that side of the temperature at which the largest lattice
  /// has 2/pi, where the fit is made.
  private static func fit(
    _ sides: [Int], _ states: [[SampledState]], _ temperatures: [Double],
    _ stiffness: (_ ratio: Double) -> Double
  ) throws -> Result<HelicityFit, InputError> {
    let reweightings = try states.map { try Reweighting($0) }
    func curve(_ reweighting: Reweighting, _ first: Double, _ last: Double, times: Bool) -> Curve {
      let grid = (0...12).map { first + (last - first) * Double($0) / 12 }
      return reweighting.curve(atTemperatures: grid) { means in
        stiffness(means.observables[0] / means.observables[1]) / (times ? means.beta : 1)
      }
    }
    var (first, last) = (temperatures[0], temperatures[temperatures.count - 1])
    let largest = curve(reweightings[reweightings.count - 1], first, last, times: false)
    if let place = largest.location(of: 2 / Double.pi)?[0].value, place.isFinite {
      let rises = largest.values.values[12] > largest.values.values[0]
      if rises { first = place } else { last = place }
    }
    let curves = zip(sides, reweightings).map {
      (size: Double($0), curve: curve($1, first, last, times: true))
    }
    return Result { () throws(InputError) in try HelicityFit(curves) }
  }

  /// One chain per temperature.
  private static func record(
    _ side: Int, _ temperatures: [Double], _ sweeps: Int, _ run: StudyRun
  ) throws -> Recording {
    let model = try DiscreteModel.clock(.named("square", sides: [side]), states: 6)
    let chains = try temperatures.enumerated().map { place, temperature in
      try DiscreteChain(
        model: model, beta: 1 / temperature, update: .wolff,
        seed: run.seed.child("clock", side).child("chain", place))
    }
    let runner = ChainRunner(
      chains: chains,
      lengths: .init(
        sweeps: sweeps, burnIn: max(500, DiscreteUpdate.wolff.defaultBurnIn(for: model))))
    runner.advance(pool: run.pool, cancellation: run.cancellation, progress: run.progress)
    try run.cancellation.check()
    return runner.recording
  }

  private static func series(
    _ recording: Recording, _ observable: Observable, _ chain: Int
  ) -> Series { Series(recording[observable]!.chains[chain], spacing: recording.spacing) }

  private static func states(
    _ recording: Recording, _ temperatures: [Double], sites: Int
  ) -> [SampledState] {
    temperatures.enumerated().map { chain, temperature in
      SampledState(
        beta: 1 / temperature,
        energy: series(recording, .energyPerSite, chain).map { $0 * Double(sites) },
        observables: [
          series(recording, .orderSquared, chain), series(recording, .structureMinimal, chain),
        ])
    }
  }

  private static func size(
    _ side: Int, _ temperatures: [Double], _ recording: Recording, _ waves: SpinWavesOnTorus
  ) -> Size {
    Size(
      side: side, temperatures: temperatures,
      stiffness: temperatures.indices.map { chain in
        Replicates.jackknife([
          series(recording, .orderSquared, chain), series(recording, .structureMinimal, chain),
        ]).map { [waves.stiffness(ratio: $0[0] / $0[1])] }[0]
      },
      order: temperatures.indices.map { series(recording, .absOrder, $0).estimate() })
  }

  // MARK: Findings

  var findings: [StudyFinding] {
    [
      Self.finding(
        "lowerTransition", "lower transition of the clock model, T1", lower,
        expected: .value(0.6958, error: 0.0057)),
      Self.finding(
        "upperTransition", "upper transition of the clock model, T2", upper,
        expected: .value(0.9068, error: 0.0060)),
    ]
  }

  /// Half the distance of the two values quoted is the reference's error: more than either claims.
  private static func finding(
    _ key: String, _ what: String, _ fit: Result<HelicityFit, InputError>,
    expected: StudyFinding.Expectation
  ) -> StudyFinding {
    let reference =
      "square lattice, middle of Tomita and Okabe, cond-mat/0202161, 0.7014(11) and 0.9008(6), and Li "
      + "et al., Phys. Rev. E 101, 060105 (2020), 0.6901(4) and 0.9127(5), which disagree"
    switch fit {
    case .success(let fit):
      return StudyFinding(
        key, what, measured: fit.temperature, systematicError: fit.rangeSpread,
        expected: expected, reference: reference)
    case .failure(let error):
      return StudyFinding(
        key, what, measured: Estimate(.nan, error: .nan, warning: error.message),
        expected: expected, reference: reference)
    }
  }

  /// Temperature and total error of a transition that was found.
  static func mark(_ finding: StudyFinding, _ label: String, color: Int) -> Figure.Mark? {
    guard finding.measured.value.isFinite else { return nil }
    let error = finding.measured.error
    let half = (error * error + finding.systematicError * finding.systematicError).squareRoot()
    return Figure.Mark(
      "\(label) = \(finding.measured)", x: finding.measured.value, halfWidth: half, color: color)
  }
}
