import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// From the records of a run for a whole scan to the quantities at each of its temperatures.
enum ScanQuantities {
  typealias Named = (name: String, estimate: Estimate)

  struct Point {
    var quantities: [Named] = []
    var warnings: [String] = []
    /// How often all chains went between the energies of infinite temperature and of the coldest of the scan.
    var journeys: Int?
  }

  /// ln Z and what follows from it and the energy, in the order of reports.
  private static func free(
    logPartition: Estimate, entropyPerSite: Estimate, beta: Double, sites: Double
  ) -> [Named] {
    var quantities: [Named] = [
      ("logPartition", logPartition), ("logPartitionPerSite", logPartition.scaled(by: 1 / sites)),
    ]
    if beta > 0 {
      quantities.append(("freeEnergyPerSite", logPartition.scaled(by: -1 / (beta * sites))))
    }
    return quantities + [("entropyPerSite", entropyPerSite)]
  }

  // MARK: - Wang-Landau

  /// Values of each walk alone; mean and error are those over the walks.
  static func wangLandau(
    _ contents: ArchiveContents, _ model: DiscreteModel, _ betas: [Double]
  ) -> [Point]? {
    let counts = contents.chains(of: WangLandauUnit.density.name, point: 0)
    guard !counts.isEmpty, let bins = try? ScanEnergies(of: model).bins(of: model),
      counts.allSatisfy({ $0.count == bins.count })
    else { return nil }
    let flatness = contents.chains(of: WangLandauUnit.flatness.name, point: 0).joined().min()
    // Energies above the bins are those of less than exp(-50) of all configurations.
    let density = MeasuredDensityOfStates(
      bins: bins, siteCount: model.siteCount, logCounts: counts,
      logTotal: model.logConfigurationCount, flatness: flatness ?? .nan)
    let trips = contents.chains(of: WangLandauUnit.roundTrips.name, point: 0).compactMap(\.first)
    let short = shortWalks(trips)
    return betas.map { beta in
      let missing = missedLevels(density, beta: beta)
      return Point(
        quantities: [
          ("energyPerSite", density.energyPerSite(beta: beta)),
          (
            "specificHeatPerSite",
            beta == 0 ? Estimate(0, error: 0) : density.specificHeatPerSite(beta: beta)
          ),
        ]
          + free(
            logPartition: beta == 0
              ? Estimate(model.logConfigurationCount, error: 0) : density.logPartition(beta: beta),
            entropyPerSite: density.entropyPerSite(beta: beta), beta: beta,
            sites: Double(model.siteCount)), warnings: [missing, short].compactMap { $0 })
    }
  }

  /// The bias over the error from which on there is a warning.
  private static let largeBias = 0.25

  /// A warning where the bias is not small against the error.
  ///
  /// With R round trips a walk the variance of ln Z is about v = 1/(2 R) (`WangLandau.roundTrips`), which is also
  /// about its bias, while N walks claim an error of sqrt(v/N): the ratio of the two is sqrt(N/(2 R)).
  private static func shortWalks(_ trips: [Double]) -> String? {
    guard !trips.isEmpty else { return nil }
    let walks = Double(trips.count)
    let mean = trips.reduce(0, +) / walks
    let least = walks / (2 * largeBias * largeBias)
    guard mean < least else { return nil }
    return
      "short walks: \(Estimate.fixed(mean, digits: 1)) round trips each between the lowest and the highest "
      + "energy, where \(trips.count) walks should make \(Int(least)): the bias may be more than a quarter of the "
      + "error; give more --sweeps"
  }

  /// A warning where levels that only some walks have found carry more than a thousandth of the weight.
  private static func missedLevels(
    _ density: MeasuredDensityOfStates, beta: Double
  ) -> String? {
    let levels = density.levels
    let logs = levels.map { $0.logCount.value - beta * $0.energy }
    guard let largest = logs.max() else { return nil }
    let weights = logs.map { exp($0 - largest) }
    let missed = zip(levels, weights).reduce(0.0) { sum, level in
      sum + (level.0.logCount.warning == nil ? 0 : level.1)
    }
    guard missed > 1e-3 * weights.reduce(0, +) else { return nil }
    return "not everywhere: some walks never found levels that count at this temperature"
  }

  // MARK: - Multicanonical

  /// Fewer journeys than this of a chain in the mean are warned of.
  private static let fewJourneys = 10.0

  static func multicanonical(
    _ recording: Recording, _ contents: ArchiveContents, _ model: DiscreteModel, _ betas: [Double]
  ) -> [Point]? {
    func series(_ observable: Observable) -> Series? {
      recording[Observable(MulticanonicalUnit.name(observable))]
    }
    let key = ArchiveKey(point: 0, chain: 0, name: MulticanonicalUnit.weight.name)
    guard let weights = contents.series[key], let energy = series(.energyPerSite),
      energy.count > 1, let bins = try? ScanEnergies(of: model).bins(of: model),
      bins.count == weights.count, let modulus = series(.absOrder),
      let square = series(.orderSquared)
    else { return nil }
    let sites = Double(model.siteCount)
    // Weights of intervals are piecewise constant, of levels exact: the same look-up that the chains have.
    let state = SampledState(
      logWeight: { energy in bins.bin(of: energy).map { weights[$0] } ?? -.infinity },
      energy: energy.map { $0 * sites },
      observables: [modulus, square, square.map { $0 * $0 }]
        + (model.orderComponents == 1 ? [series(.order(0)) ?? modulus] : []))
    guard let reweighting = try? Reweighting([state]) else { return nil }
    let logCount = model.logConfigurationCount
    var points = betas.map { beta in
      point(reweighting, beta: beta, sites: sites, logCount: logCount, model: model)
    }
    let ends = reweighting.values(at: [0, betas.max() ?? 0]) { $0.energy / sites }.values
    let journeys = energy.chains.reduce(0) { $0 + Self.journeys($1, high: ends[0], low: ends[1]) }
    for index in points.indices {
      points[index].journeys = journeys
      if Double(journeys) < fewJourneys * Double(energy.chains.count) {
        points[index].warnings.append(
          "few journeys: \(journeys) of all chains together between infinite temperature and the coldest "
            + "one; run longer, or scan to a higher temperature")
      }
    }
    return points
  }

  /// Times that a chain went from one end of the energies to the other.
  static func journeys(_ energies: [Double], high: Double, low: Double) -> Int {
    var (count, last) = (0, 0)
    for energy in energies {
      let end = energy <= low ? 1 : energy >= high ? 2 : 0
      if end != 0 {
        if last != 0 && last != end { count += 1 }
        last = end
      }
    }
    return count
  }

  private static func point(
    _ reweighting: Reweighting, beta: Double, sites: Double, logCount: Double,
    model: DiscreteModel
  ) -> Point {
    let isScalar = model.orderComponents == 1
    let canonical = reweighting.values(
      at: [beta],
      functions: { means in
        let (modulus, square, fourth) = (
          means.observables[0], means.observables[1], means.observables[2]
        )
        return [
          means.energy / sites, beta * beta * means.energyVariance / sites, modulus, square,
          beta * sites * (square - modulus * modulus), beta * sites * square,
          isScalar ? 1 - fourth / (3 * square * square) : fourth / (square * square),
          isScalar ? means.observables[3] : 0,
        ]
      })
    // Against infinite temperature, where Z is the number of configurations.
    let free = reweighting.values(
      at: [0, beta], functions: { [$0.logPartition, beta * $0.energy] }
    ).map { values in
      let logPartition = logCount + values[2] - values[0]
      return [logPartition, (logPartition + values[3]) / sites]
    }
    let zero = Estimate(0, error: 0)
    var quantities: [Named] = [
      ("energyPerSite", canonical[0]), ("specificHeatPerSite", beta == 0 ? zero : canonical[1]),
    ]
    if isScalar { quantities.append(("magnetizationPerSite", canonical[7])) }
    quantities += [
      ("absMagnetizationPerSite", canonical[2]), ("magnetizationSquaredPerSite", canonical[3]),
      ("susceptibilityPerSite", beta == 0 ? zero : canonical[4]),
      ("susceptibilityDisorderedPerSite", beta == 0 ? zero : canonical[5]),
      (isScalar ? "binderCumulant" : "binderRatio", canonical[6]),
    ]
    return Point(
      quantities: quantities
        + Self.free(
          logPartition: beta == 0 ? Estimate(logCount, error: 0) : free[0],
          entropyPerSite: free[1], beta: beta, sites: sites))
  }

  // MARK: - Population annealing

  /// Runs weighted with their Z; errors by leaving out runs.
  static func population(
    _ contents: ArchiveContents, _ model: DiscreteModel, _ betas: [Double], _ population: Int
  ) -> [Point]? {
    betas.indices.map { point in
      func values(_ observable: Observable) -> [Double] {
        contents.chains(of: observable.name, point: point).compactMap(\.first)
      }
      let logPartitions = values(PopulationUnit.logPartition)
      guard !logPartitions.isEmpty else { return Point() }
      let measured: [Observable] = [
        .energyPerSite, .energySquared, .absOrder, .orderSquared, .orderFourth, .order(0),
      ]
      let step = PopulationStep(
        beta: betas[point], population: population, observables: measured,
        means: measured.map(values), logPartitions: logPartitions,
        familySizes: values(PopulationUnit.familySize),
        familyEntropies: values(PopulationUnit.familyEntropy),
        familyCounts: values(PopulationUnit.familyCount).map { Int($0) })
      return Point(
        quantities: quantities(step, model).map {
          // What a step warns of is said once, not with every number.
          var estimate = $0.estimate
          if let warning = estimate.warning, step.warnings.contains(where: warning.contains) {
            estimate.warning = nil
          }
          return ($0.name, estimate)
        }, warnings: step.warnings)
    }
  }

  private static func quantities(_ step: PopulationStep, _ model: DiscreteModel) -> [Named] {
    let (beta, sites) = (step.beta, Double(model.siteCount))
    let isScalar = model.orderComponents == 1
    let zero = Estimate(0, error: 0)
    func function(_ transform: @escaping ([Double]) -> Double) -> Estimate {
      step.estimate(of: [.energyPerSite, .energySquared, .absOrder, .orderSquared, .orderFourth]) {
        transform($0)
      }
    }
    var quantities: [Named] = [
      ("energyPerSite", function { $0[0] }),
      (
        "specificHeatPerSite",
        beta == 0 ? zero : function { beta * beta * sites * ($0[1] - $0[0] * $0[0]) }
      ),
    ]
    if isScalar, let mean = step.mean(of: .order(0)) {
      quantities.append(("magnetizationPerSite", mean))
    }
    quantities += [
      ("absMagnetizationPerSite", function { $0[2] }),
      ("magnetizationSquaredPerSite", function { $0[3] }),
      (
        "susceptibilityPerSite",
        beta == 0 ? zero : function { beta * sites * ($0[3] - $0[2] * $0[2]) }
      ),
      (
        "susceptibilityDisorderedPerSite", beta == 0 ? zero : function { beta * sites * $0[3] }
      ),
      isScalar
        ? ("binderCumulant", function { 1 - $0[4] / (3 * $0[3] * $0[3]) })
        : ("binderRatio", function { $0[4] / ($0[3] * $0[3]) }),
    ]
    let entropy = step.estimate(of: [.energyPerSite], withLogPartition: true) {
      ($0[1] + beta * sites * $0[0]) / sites
    }
    let start = Estimate(model.logConfigurationCount, error: 0)
    return quantities
      + free(
        logPartition: beta == 0 ? start : step.logPartition,
        entropyPerSite: entropy, beta: beta, sites: sites)
  }
}
