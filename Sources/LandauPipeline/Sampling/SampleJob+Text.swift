import LandauCore

extension SampleJob {
  /// The report for people: what was run, a table with exact values beside, and the warnings.
  func text(_ points: [SamplePoint]) -> String {
    var text = "\(model.heading); seed \(options.seed)\n\(model.convention)\n"
    if let count = points.compactMap(\.realizationsMade).min() {
      text +=
        "averages over \(count) realisations of the disorder, from number \(firstRealization) on\n"
    }
    text += "\n"
    text += table(points).text(leftColumns: 0) + "\n"
    for line in methods(points) { text += line + "\n" }
    for point in points {
      for line in point.disorder?.lines ?? [] { text += "\(parameterText(point)): \(line)\n" }
    }
    for point in points {
      for warning in point.warnings { text += "warning at \(parameterText(point)): \(warning)\n" }
    }
    let missing = options.scan.betas.indices.filter { index in
      !points.contains { $0.index == index }
    }
    if !missing.isEmpty {
      let values = missing.map { Self.short(parameters[$0]) }.joined(separator: ", ")
      text += "stopped early: nothing measured yet at \(scansBeta ? "beta" : "T") \(values)\n"
    }
    return text
  }

  private var scansBeta: Bool {
    if case .beta = options.scan { true } else { false }
  }

  private func parameterText(_ point: SamplePoint) -> String {
    scansBeta ? "beta \(Self.short(point.beta))" : "T \(Self.short(point.temperature))"
  }

  /// Quantities shown, with the head of their column; those known exactly get a second column.
  private func shown(_ points: [SamplePoint]) -> [(name: String, head: String)] {
    let heads: [(name: String, head: String)] = [
      ("plaquette", "plaquette"), ("actionPerSite", "action"), ("energyPerSite", "energy"),
      ("specificHeatPerSite", "spec. heat"), ("specificHeatPerPlaquette", "spec. heat"),
      ("absPolyakovLoop", "|Polyakov|"), ("topologicalSusceptibility", "top. susc."),
      ("absMagnetizationPerSite", "|m|"),
      ("structureFactorMinimal", "S(k min)"), ("fieldSquaredPerSite", "phi^2"),
      ("susceptibilityPerSite", "suscept."),
      ("absStaggeredMagnetizationPerSite", "|m_s|"),
      ("staggeredSusceptibilityPerSite", "stag. susc."), ("binderCumulant", "Binder"),
      ("binderRatio", "m4/m2^2"), ("helicityModulus", "helicity"),
      ("staggeredBinderCumulant", "stag. Binder"), ("staggeredBinderRatio", "stag. m4/m2^2"),
      ("stripePeakPerSite", "stripes"), ("freeEnergyPerSite", "free energy"),
      ("entropyPerSite", "entropy"),
      ("overlapSquaredPerSite", "q^2"), ("overlapBinder", "g(q)"),
      ("spinGlassSusceptibilityPerSite", "chi_SG"), ("overlapCorrelationLength", "xi(q)"),
    ]
    let isGauge = model.name.isGauge
    return heads.filter { head in
      points.contains { $0.estimate(head.name) != nil }
        && !(isGauge && head.name == "energyPerSite")
    }
  }

  private func table(_ points: [SamplePoint]) -> TextTable {
    let columns = shown(points).map { column in
      (column, hasExact: points.contains { $0.exact(column.name) != nil })
    }
    var table = TextTable(
      [model.isScanned ? scansBeta ? "beta" : "T" : "model"]
        + columns.flatMap { $0.hasExact ? [$0.0.head, "exact"] : [$0.0.head] }
        + ["tau", "update"])
    for point in points {
      var row = [
        model.isScanned
          ? Self.short(scansBeta ? point.beta : point.temperature) : model.name.rawValue
      ]
      for (column, hasExact) in columns {
        row.append(point.estimate(column.name)?.description ?? "")
        if hasExact {
          row.append(point.exact(column.name).map { Estimate.fixed($0, digits: 6) } ?? "")
        }
      }
      let time = point.quantities.first?.estimate.integratedTime
      row += [time.map { Estimate.fixed($0, digits: 1) } ?? "", point.work.update]
      table.append(row)
    }
    return table
  }

  /// At most six decimals, and no more than needed.
  static func short(_ value: Double) -> String {
    var text = Estimate.fixed(value, digits: 6)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text += "0" }
    return text
  }

  /// One line per way of sampling that was used.
  private func methods(_ points: [SamplePoint]) -> [String] {
    var lines: [String] = []
    for point in points {
      let work = point.work
      let length =
        switch work.update {
        case "direct": "\(work.sweeps) configurations"
        case ScanMethod.wangLandau.rawValue: "\(work.chains) walks of \(work.sweeps) sweeps"
        case ScanMethod.populationAnnealing.rawValue:
          "\(work.chains) \(work.chains == 1 ? "run" : "runs")"
        default:
          "\(work.chains) \(work.chains == 1 ? "chain" : "chains") of \(work.sweeps) sweeps after "
            + "\(work.burnIn) of burn-in, measured every \(work.measureEvery)"
        }
      let line = "\(work.algorithm): \(length)"
      if !lines.contains(line) { lines.append(line) }
    }
    if let journeys = points.first?.journeys {
      lines.append(
        "\(journeys) journeys of all chains between infinite temperature and the coldest one")
    }
    return lines + [errorLine]
  }

  /// What the errors are.
  private var errorLine: String {
    let errors = "errors are one standard error"
    if options.realizations != nil {
      return errors
        + ", from the scatter of the realisations; tau is the largest of the energy's, in sweeps"
    }
    guard let method = factory.method, method != .multicanonical else {
      return errors + "; tau is the energy's, in sweeps, 1/2 for white noise"
    }
    let (count, runs) = (plan.chainCount, method == .wangLandau ? "walk" : "run")
    return count == 1
      ? "there are no errors: a single \(runs) has no scatter; give --chains"
      : errors
        + ", from the scatter of \(count) independent \(runs)s: Student's t with \(count - 1) "
        + (count == 2 ? "degree" : "degrees") + " of freedom"
  }
}
