import LandauCore
import LandauStatistics

/// The report of a finite-size study for people.
enum ScalingText {
  static func page(_ findings: ScalingFindings, job: ScalingJob) -> String {
    var text = head(findings, job: job)
    text += "\n" + results(findings, job: job)
    switch findings.result {
    case .continuous(let found): text += "\n" + continuous(found)
    case .kosterlitzThouless(let found): text += "\n" + kosterlitzThouless(found)
    case .firstOrder(let found): text += "\n" + firstOrder(found)
    case .none: break
    }
    text += "\n" + howFound(findings)
    if !findings.sizes.isEmpty { text += "\n" + runs(findings) }
    let warnings = findings.allWarnings
    if !warnings.isEmpty {
      text += "\nWarnings\n" + warnings.map { "  " + $0 + "\n" }.joined()
    }
    return text
  }

  private static func head(_ findings: ScalingFindings, job: ScalingJob) -> String {
    let verdict =
      switch findings.result {
      case .continuous: "a continuous transition"
      case .kosterlitzThouless:
        "a transition of Berezinskii, Kosterlitz and Thouless's kind (a continuous symmetry in two "
          + "dimensions)"
      case .firstOrder:
        "a transition of first order (the valley between two energies deepens with size)"
      case .none(let reason): "no transition found: \(reason)"
      }
    return """
      \(job.system.title); sizes \(sides(findings, job).map(String.init).joined(separator: ", ")); seed \
      \(job.options.seed), effort \(number(job.options.effort))
      \(job.system.convention)

      Verdict: \(verdict)

      """
  }

  /// The sizes that were measured: those of a first-order transition are chosen for it.
  static func sides(_ findings: ScalingFindings, _ job: ScalingJob) -> [Int] {
    if case .firstOrder(let found) = findings.result { return found.sizes.map(\.side) }
    return job.sides
  }

  /// The numbers with both errors, and what is known from elsewhere.
  private static func results(_ findings: ScalingFindings, job: ScalingJob) -> String {
    guard !findings.numbers.isEmpty else { return "" }
    let references = ScalingReference.all(for: job.system)
    var table = TextTable(["", "result", "statistical", "systematic", "reference", "sigma", ""])
    for (name, result) in findings.numbers {
      var row = [
        label(name), result.estimate.description, small(result.statistical),
        small(result.systematic),
      ]
      if let reference = reference(for: name, references) {
        let shown =
          reference.error > 0
          ? Estimate(reference.value, error: reference.error).description
          : SampleJob.short(reference.value)
        let pull = result.estimate.pull(to: reference.value, referenceError: reference.error)
        row += [shown, Estimate.fixed(pull, digits: 1), reference.source]
      } else {
        row += ["", "", ""]
      }
      table.append(row)
    }
    return table.text(leftColumns: 1) + unseen(findings)
      + "  References were looked up after the analysis; nothing above depends on them.\n"
  }

  /// What a continuous transition may hide.
  private static func unseen(_ findings: ScalingFindings) -> String {
    guard let heat = findings.unseenLatentHeat, let side = findings.sizes.last?.plan.side else {
      return ""
    }
    return
      "  A transition of first order with a latent heat below \(short(heat)) per site (twice the spread of the"
      + " energy at L = \(side))\n  would look like this one; exponents would then be effective.\n"
  }

  /// The reference of a quantity; that of the temperature follows from that of beta.
  static func reference(
    for name: String, _ references: [ScalingReference]
  ) -> ScalingReference? {
    if let own = references.first(where: { $0.name == name }) { return own }
    guard name == "temperature", var beta = references.first(where: { $0.name == "beta" }) else {
      return nil
    }
    beta.error /= beta.value * beta.value
    beta.value = 1 / beta.value
    return beta
  }

  private static func label(_ name: String) -> String {
    switch name {
    case "temperature": "T_c"
    case "beta": "beta_c = 1/T_c"
    case "orderExponent": "beta (order parameter)"
    case "inverseNu": "1/nu"
    case "orderExponentOverNu": "beta/nu"
    case "gammaOverNu": "gamma/nu"
    case "correlationLengthRatio": "xi/L at T_c"
    case "binderRatio": "<m^2>^2/<m^4> at T_c"
    case "latentHeatPerSite": "latent heat per site"
    case "peakDistancePerSite": "distance of the peaks, 1/L^d"
    case "orderedEnergyPerSite": "ordered energy per site"
    case "disorderedEnergyPerSite": "disordered energy per site"
    default: name
    }
  }

  private static func continuous(_ found: ContinuousScaling) -> String {
    var table = TextTable([
      "best fit", "sizes from", "omega", "chi-square/dof", "p", "weight", "omega, averaged",
    ])
    for (name, fit) in found.fits {
      let best = fit.best
      table.append([
        name, "\(best.smallestSide)",
        best.correctionExponent.map { Estimate.fixed($0, digits: 2) } ?? "-",
        "\(Estimate.fixed(best.chiSquare, digits: 1))/\(best.degreesOfFreedom)",
        Estimate.fixed(best.probability, digits: 2), Estimate.fixed(best.weight, digits: 2),
        fit.correctionExponent.map { $0.description } ?? "-",
      ])
    }
    let sum = found.hyperscaling
    return "Fits\n" + table.text(leftColumns: 1)
      + """
        Results are averages over all ranges of sizes and corrections L^-omega (omega from 0.5 to 4),
        weighted by exp(-(chi-square + 2 parameters + 2 values left out)/2); systematic errors are
        the spread between these fits. Slopes are means between xi/L = \(ends(found.slopeEnds[0]))
        and between <m^2>^2/<m^4> = \(ends(found.slopeEnds[1])); order is compared at xi/L = \(Estimate.fixed(found.fixedRatio, digits: 3))
        and, on average, at both ends.
        2 beta/nu + gamma/nu = \(sum.estimate) (hyperscaling: \(found.dimension)).

      """
  }

  private static func ends(_ range: ClosedRange<Double>) -> String {
    [range.lowerBound, range.upperBound].map { Estimate.fixed($0, digits: 3) }
      .joined(separator: " and ")
  }

  private static func kosterlitzThouless(_ found: KosterlitzThouless) -> String {
    var table = TextTable(["sizes from", "T", "C", "chi-square/dof", "p", ""])
    for (index, attempt) in found.fit.attempts.enumerated() {
      let fit = attempt.fit
      guard fit.status == .converged else { continue }
      table.append([
        Estimate.fixed(attempt.minimalSize, digits: 0), fit.parameter(0).description,
        fit.parameter(1).description,
        "\(Estimate.fixed(fit.chiSquare, digits: 1))/\(fit.degreesOfFreedom)",
        Estimate.fixed(fit.probability, digits: 2), index == found.fit.chosen ? "taken" : "",
      ])
    }
    return "Fits of the helicity modulus at T_c: (2 T/pi) (1 + 1/(2 l + ln l)), l = ln L + C/2\n"
      + table.text()
      + "  Taken is the widest plausible range that narrower ones agree with; the systematic error is how far"
      + " they move.\n"
  }

  private static func firstOrder(_ found: FirstOrderScaling) -> String {
    var table = TextTable([
      "L", "sweeps", "beta, equal weight", "ordered", "disordered", "latent heat", "of peaks",
      "ln(peak/valley)", "journeys",
    ])
    for size in found.sizes {
      let (peaks, sites) = (size.peaks, Double(size.siteCount))
      let energies = [
        peaks.orderedMean, peaks.disorderedMean, peaks.meanLatentHeat, peaks.latentHeat,
      ]
      table.append(
        [
          "\(size.side)", "\(size.plan.chains) x \(size.plan.sweeps)",
          peaks.equalWeightBeta.description,
        ] + energies.map { $0.scaled(by: 1 / sites).description } + [
          peaks.barrier.description, "\(size.tunnellings)",
        ])
    }
    var fits = TextTable(["extrapolated", "with", "sizes from", "chi-square/dof", "p"])
    for (name, fit) in found.fits {
      let law =
        if case .limitWithRate(let rate, _) = fit.form {
          "exp(-\(Estimate.fixed(rate, digits: 4)) L\(found.dimension > 2 ? "^\(found.dimension - 1)" : ""))"
        } else {
          "1/L^\(found.dimension)"
        }
      fits.append([
        label(name), law, Estimate.fixed(fit.sizes[0], digits: 0),
        "\(Estimate.fixed(fit.fit.chiSquare, digits: 1))/\(fit.fit.degreesOfFreedom)",
        Estimate.fixed(fit.fit.probability, digits: 2),
      ])
    }
    return "Energies per site of two phases cut at the valley (multibondic runs)\n" + table.text()
      + "\nFits\n" + fits.text(leftColumns: 2)
      + "  Taken is the widest plausible range that narrower ones agree with; systematic errors are how far"
      + " they move.\n"
  }

  private static func howFound(_ findings: ScalingFindings) -> String {
    var text = "How it was found\n"
    let scan = findings.steps.filter(\.isScan)
    if let first = scan.first, let last = scan.last {
      text +=
        "  \(first.sides.map { "\($0)" }.joined(separator: " and ")): scanned from beta = \(short(first.beta)) (mean field overestimates"
        + " order) to \(short(last.beta))\n"
    }
    for step in findings.steps where !step.isScan {
      guard let crossing = step.crossing else { continue }
      text += "  \(step.name) \(short(crossing))\n"
    }
    return text
  }

  private static func runs(_ findings: ScalingFindings) -> String {
    var table = TextTable(["L", "beta", "chains", "sweeps each", "tau(E)", "tau(m^2)"])
    for size in findings.sizes {
      table.append([
        "\(size.plan.side)", short(size.plan.beta), "\(size.plan.chains)", "\(size.plan.sweeps)",
        Estimate.fixed(size.energyTime, digits: 1), Estimate.fixed(size.orderTime, digits: 1),
      ])
    }
    return "Runs (cluster updates; times in sweeps)\n" + table.text()
  }

  private static func short(_ value: Double) -> String { Estimate.fixed(value, digits: 6) }

  private static func number(_ value: Double) -> String { SampleJob.short(value) }

  /// An error with two digits.
  private static func small(_ error: Double) -> String {
    guard error > 0, error.isFinite else { return Estimate.fixed(error, digits: 1) }
    var digits = 1
    var scaled = error
    while scaled < 10 && digits < 12 {
      scaled *= 10
      digits += 1
    }
    return Estimate.fixed(error, digits: max(0, digits - 1))
  }
}
