import LandauCore
import LandauMonteCarlo
import LandauStatistics

/// From the chains of several realisations to disorder averages [<...>], each with the error that the scatter of
/// the realisations gives it.
///
/// Averages over realisations have equal weights. What is quadratic in thermal averages, such as the variance of
/// the energy, takes the product of different chains of a realisation (`DisorderAverage.product`): the square
/// of one chain's mean would be too large by its variance. Ratios are those of averages,
/// 1 - [<m^4>]/(3 [<m^2>]^2).
struct DisorderQuantities {
  /// What was measured in one realisation, and its number of sites.
  struct Realization {
    var recording: Recording
    var siteCount: Int
  }

  let realizations: [Realization]
  /// Number of the first realisation.
  let first: Int
  let beta: Double
  let disorder: Disorder
  /// What stands for k^2 at the smallest wave vectors; nil where there are none.
  let momentumSquared: Double?

  /// What is random in the model.
  struct Disorder: Sendable, Hashable {
    /// Whether fields point anywhere, so that q and -q are not alike.
    var hasFields: Bool
    var hasRandomFields: Bool
    /// For normal couplings of mean 0 without fields: the sum of the variances of all couplings over N.
    var couplingVariancePerSite: Double?
  }

  typealias Named = (name: String, estimate: Estimate)

  /// Everything that a disorder average says at one temperature.
  struct Result: Sendable {
    var quantities: [(name: String, estimate: Estimate)] = []
    var thermalShares: [(name: String, share: Double?)] = []
    var equilibration: [(name: String, bins: Equilibration)] = []
    var overlaps: OverlapDistribution?
    var warnings: [String] = []
  }

  /// - Throws: `InputError` for fewer than two realisations.
  func result() throws(InputError) -> Result {
    var result = Result()
    let average = try DisorderAverage(realizations.map { columns.values($0) })
    result.quantities = try quantities(average)
    // Estimates of single realisations take their time, so only of what tells most.
    var texts = [[String]](repeating: [], count: realizations.count)
    for name in ["energyPerSite", mainOrder] {
      guard let index = columns.index(of: name) else { continue }
      let series = average.realizations.map { $0[index] }
      let single = series.map { $0.estimate() }
      result.thermalShares.append((name, average.thermalShare(of: index)))
      result.equilibration.append((name, try Equilibration(realizations: series)))
      for (number, estimate) in single.enumerated() {
        texts[number] += (estimate.warning ?? "").split(separator: ";").map {
          String($0.drop { $0 == " " })
        }
      }
      if let place = result.quantities.firstIndex(where: { $0.name == name }) {
        result.quantities[place].estimate.integratedTime =
          single.compactMap(\.integratedTime).max()
      }
    }
    if hasOverlaps {
      result.overlaps = try OverlapDistribution(
        realizations.map { $0.recording[.overlap] ?? Series([[Double]]()) },
        symmetrized: !disorder.hasFields)
      if let binder = result.overlaps?.binderCumulant {
        result.quantities.append(("overlapBinder", binder))
      }
    }
    result.quantities += correlationLengths(average) + residual(average)
    result.quantities = result.quantities.map { (name: $0.name, estimate: counted($0.estimate)) }
    result.warnings =
      RealizationWarnings.joined(texts.enumerated().map { (first + $0, $1) }) + doubts(result)
    return result
  }

  private var hasOverlaps: Bool { has(.overlap) }
  private func has(_ observable: Observable) -> Bool {
    realizations[0].recording[observable] != nil
  }

  /// The order parameter that forgets its start most slowly.
  private var mainOrder: String {
    hasOverlaps ? "overlapSquaredPerSite" : "magnetizationSquaredPerSite"
  }

  // MARK: - What is averaged

  /// Functions of what was measured, in the order of the disorder average.
  private var columns: Columns {
    Columns(hasOverlaps: hasOverlaps, hasWaves: has(.structureMinimal))
  }

  private struct Columns {
    var names: [String]

    init(hasOverlaps: Bool, hasWaves: Bool) {
      names = [
        "energyPerSite", "magnetizationPerSite", "absMagnetizationPerSite",
        "magnetizationSquaredPerSite", "fourth", "scaledEnergy", "scaledEnergySquared",
        "scaledMagnetization", "scaledAbsMagnetization", "scaledMagnetizationSquared",
      ]
      if hasOverlaps {
        names += [
          "absOverlapPerSite", "overlapSquaredPerSite", "overlapFourthPerSite", "linkOverlap",
          "scaledOverlapSquared",
        ]
      }
      if hasWaves { names.append("structure") }
      if hasOverlaps && hasWaves { names.append("overlapStructure") }
    }

    func index(of name: String) -> Int? { names.firstIndex(of: name) }

    /// Scaled columns carry the number of sites of their realisation: per square root of it what enters a
    /// product, per one what is linear.
    func values(_ realization: Realization) -> [Series] {
      let recording = realization.recording
      let sites = Double(realization.siteCount)
      let root = sites.squareRoot()
      func series(_ observable: Observable) -> Series {
        recording[observable] ?? Series([[Double]]())
      }
      let energy = series(.energyPerSite)
      let order = series(.order(0))
      return names.map { name in
        switch name {
        case "energyPerSite": energy
        case "magnetizationPerSite": order
        case "absMagnetizationPerSite": order.map(abs)
        case "magnetizationSquaredPerSite": order.map { $0 * $0 }
        case "fourth": order.map { $0 * $0 * $0 * $0 }
        case "scaledEnergy": energy.map { $0 * root }
        case "scaledEnergySquared": energy.map { $0 * $0 * sites }
        case "scaledMagnetization": order.map { $0 * root }
        case "scaledAbsMagnetization": order.map { abs($0) * root }
        case "scaledMagnetizationSquared": order.map { $0 * $0 * sites }
        case "absOverlapPerSite": series(.overlap).map(abs)
        case "overlapSquaredPerSite": series(.overlap).map { $0 * $0 }
        case "overlapFourthPerSite": series(.overlap).map { $0 * $0 * $0 * $0 }
        case "linkOverlap": series(.linkOverlap)
        case "scaledOverlapSquared": series(.overlap).map { $0 * $0 * sites }
        case "structure": series(.structureMinimal)
        default: series(.overlapStructureMinimal)
        }
      }
    }
  }

  private func quantities(_ average: DisorderAverage) throws(InputError) -> [Named] {
    func mean(_ name: String) -> Estimate { average.averages[columns.index(of: name)!] }
    func plain(_ name: String) -> Named { (name, mean(name)) }
    /// [<A B>] - [<A><B>], times a factor; exactly 0 at infinite temperature.
    func connected(_ square: String, _ factor: String, times scale: Double) throws(InputError)
      -> Estimate
    {
      if scale == 0 { return Estimate(0, error: 0) }
      let index = columns.index(of: factor)!
      let parts = Replicates(joining: [
        average.averages.selecting([columns.index(of: square)!]),
        try average.product(index, index),
      ])
      return parts.map { [scale * ($0[0] - $0[1])] }[0]
    }
    let square = columns.index(of: "magnetizationSquaredPerSite")!
    let fourth = columns.index(of: "fourth")!
    var quantities: [Named] = [
      plain("energyPerSite"),
      (
        "specificHeatPerSite",
        try connected("scaledEnergySquared", "scaledEnergy", times: beta * beta)
      ),
      plain("magnetizationPerSite"), plain("absMagnetizationPerSite"),
      plain("magnetizationSquaredPerSite"),
      (
        "susceptibilityPerSite",
        try connected("scaledMagnetizationSquared", "scaledAbsMagnetization", times: beta)
      ),
      (
        "susceptibilityDisorderedPerSite",
        beta == 0
          ? Estimate(0, error: 0) : mean("scaledMagnetizationSquared").scaled(by: beta)
      ),
      (
        "binderCumulant",
        average.averages.map { [1 - $0[fourth] / (3 * $0[square] * $0[square])] }[0]
      ),
    ]
    if disorder.hasRandomFields {
      let index = columns.index(of: "scaledMagnetization")!
      quantities += [
        (
          "susceptibilityConnectedPerSite",
          try connected("scaledMagnetizationSquared", "scaledMagnetization", times: beta)
        ), ("susceptibilityDisconnectedPerSite", try average.product(index, index)[0]),
      ]
    }
    guard hasOverlaps else { return quantities }
    quantities += [
      plain("absOverlapPerSite"), plain("overlapSquaredPerSite"), plain("overlapFourthPerSite"),
      plain("linkOverlap"),
    ]
    if !disorder.hasFields {
      quantities.append(("spinGlassSusceptibilityPerSite", mean("scaledOverlapSquared")))
    }
    return quantities
  }

  /// Second-moment lengths from averages: xi^2 = ([S(0)]/[S(k)] - 1)/k^2, of the spins and of the overlaps.
  private func correlationLengths(_ average: DisorderAverage) -> [Named] {
    guard let momentumSquared else { return [] }
    let pairs = [
      ("correlationLength", "magnetizationSquaredPerSite", "structure"),
      ("overlapCorrelationLength", "overlapSquaredPerSite", "overlapStructure"),
    ]
    return pairs.compactMap { name, zero, minimal in
      guard let zero = columns.index(of: zero), let minimal = columns.index(of: minimal) else {
        return nil
      }
      let excess = average.averages.map { [$0[zero] / $0[minimal] - 1] }[0]
      // Without order at wave vector 0 there is nothing whose length could be told.
      guard excess.value > 2 * excess.error else { return nil }
      return (
        name,
        average.averages.map {
          [(max(0, $0[zero] / $0[minimal] - 1) / momentumSquared).squareRoot()]
        }[0]
      )
    }
  }

  /// Of normal couplings of mean 0, without fields: [<e>] + beta (sum of J^2/N) (1 - [<q_l>]), which vanishes in
  /// equilibrium. The average of J_ij <s_i s_j> over a normal J_ij is J^2 times that of its derivative,
  /// beta (1 - <s_i s_j>^2). From random starts energies come from above and link overlaps from below, so that
  /// the two sides close in on each other (Katzgraber, Palassini and Young, Phys. Rev. B 63, 184422 (2001)).
  private func residual(_ average: DisorderAverage) -> [Named] {
    guard let variance = disorder.couplingVariancePerSite,
      let links = columns.index(of: "linkOverlap")
    else { return [] }
    let scale = beta * variance
    return [
      ("energyLinkResidualPerSite", average.averages.map { [$0[0] + scale * (1 - $0[links])] }[0])
    ]
  }

  // MARK: - What to think of it

  private func counted(_ estimate: Estimate) -> Estimate {
    var estimate = estimate
    estimate.effectiveCount = Double(realizations.count)
    return estimate
  }

  private func doubts(_ result: Result) -> [String] {
    var lines: [String] = []
    for (name, bins) in result.equilibration {
      guard let probability = bins.probability, !bins.isReached else { continue }
      lines.append(
        "not equilibrated: the last half, quarter and eighth of the run disagree on \(name) (probability "
          + "\(Estimate.fixed(probability, digits: 4))); run longer and raise --burn-in")
    }
    if let residual = result.quantities.first(where: { $0.name == "energyLinkResidualPerSite" }),
      abs(residual.estimate.value) > 4 * residual.estimate.error
    {
      lines.append(
        "not equilibrated: energy and link overlap are not those of one temperature "
          + "(energyLinkResidualPerSite is \(residual.estimate), in equilibrium 0)")
    }
    return lines
  }
}

extension DisorderQuantities.Result {
  /// What stands beside the averages: where their errors come from, whether they have settled, and the
  /// distribution of the overlap.
  var json: [JSONValue.Member] {
    var members: [JSONValue.Member] = [
      .init(
        "thermalShare",
        .object(thermalShares.map { .init($0.name, $0.share.map { .number($0) } ?? .null) })),
      .init(
        "equilibration",
        .object(
          equilibration.map { name, settled in
            .init(
              name,
              .pairs([
                "probability": settled.probability.map { .number($0) } ?? .null,
                "isReached": .bool(settled.isReached),
                "bins": .array(settled.bins.map { .estimate($0) }),
              ]))
          })),
    ]
    if let histogram = overlaps?.histogram {
      members.append(
        .init(
          "overlapDistribution",
          .pairs([
            "edges": .numbers(histogram.edges), "densities": .numbers(histogram.densities.values),
            // Of a bin that no realisation has been in, no error is known.
            "errors": .array(
              histogram.densities.estimates.map { $0.error.isFinite ? .number($0.error) : .null }),
          ])))
    }
    return members
  }

  /// In a line: `thermal noise is 12 per cent of the squared error of energyPerSite, ...`.
  var lines: [String] {
    let shares = thermalShares.compactMap { name, share in
      share.map { "\(Estimate.fixed(100 * $0, digits: 0)) per cent of that of \(name)" }
    }
    let settled = equilibration.compactMap { name, bins in
      bins.probability.map { "\(name) \(Estimate.fixed($0, digits: 3))" }
    }
    var lines: [String] = []
    if !shares.isEmpty {
      lines.append("thermal noise in the squared error: " + shares.joined(separator: ", "))
    }
    if !settled.isEmpty {
      lines.append(
        "agreement of the last half, quarter and eighth: p = " + settled.joined(separator: ", "))
    }
    return lines
  }
}
