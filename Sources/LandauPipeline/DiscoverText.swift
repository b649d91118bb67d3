import LandauCore
import LandauDiscovery
import LandauStatistics

/// The page of plain words a discovery ends with.
enum DiscoverText {
  static func page(_ findings: Findings, story: DiscoveryStory) -> String {
    var out = story.title + "\n"
    for line in story.lines { out += "  \(line)\n" }
    out += "\n" + verdict(findings)
    out += "\n" + whatFoundIt(findings, story: story)
    out += "\n" + whatItLooksAt(findings, story: story)
    out += "\n" + orderParameter(findings)
    out += "\n" + howSure(findings)
    out += "\n" + comparedWith(findings, story: story)
    out += "\n" + notClaimed(findings)
    if !findings.warnings.isEmpty {
      out += "\nWarnings\n" + findings.warnings.map { wrapped($0) }.joined()
    }
    return out
  }

  /// Text broken at 92 characters, indented by two.
  private static func wrapped(_ text: String, indent: String = "  ") -> String {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty && line.count + word.count + 1 > 90 {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    lines.append(line)
    return lines.map { indent + $0 + "\n" }.joined()
  }

  private static func verdict(_ findings: Findings) -> String {
    let transition = Transition(findings)
    let p = findings.parameterName
    let place = transition.location.map { "\(p) = \($0)" } ?? ""
    let head: String =
      switch (findings.verdict.kind, transition.kind) {
      case (.continuous, _): "a continuous phase transition at \(place), extrapolated in size"
      case (.crossover, _):
        "a crossover, no phase transition; fastest change at \(place) for the largest size"
      case (.undecided, .bracketed):
        "undecided; something changes between \(p) = \(transition.interval!.lowerBound) and \(transition.interval!.upperBound)"
      case (.undecided, _):
        "undecided; the snapshots change fastest at \(place)"
          + (findings.sizes.count == 1 ? ", at this one size" : " at the largest size")
      case (.none, _): "nothing found"
      }
    return "Verdict: \(head)\n" + findings.verdict.reasons.map { wrapped($0) }.joined()
  }

  private static func whatFoundIt(_ findings: Findings, story: DiscoveryStory) -> String {
    let largest = findings.sizes[findings.sizes.count - 1]
    var out = "What found it\n"
    out += wrapped(
      "A network that sees each snapshot only through small windows was trained to predict the "
        + "\(findings.parameterName). On snapshots it had not seen it explains R^2 = \(largest.r2) of the variance "
        + "(largest size). The location is where its mean prediction rises fastest:")
    let hasOptimum = findings.sizes.contains { $0.optimum?.peak != nil }
    var rows = [["size", "location", "95 % interval"]]
    if hasOptimum { rows[0] += ["best possible", "chi-square of the curve"] }
    for size in findings.sizes {
      let at: String =
        switch size.peak.kind {
        case .located: "\(size.peak.location)"
        case .bracketed: "in a gap"
        case .atEdge: "none inside"
        }
      let interval =
        Estimate.fixed(size.peak.interval.lowerBound, digits: 3) + " - "
        + Estimate.fixed(size.peak.interval.upperBound, digits: 3)
      var row = [DiscoveryStory.text(size.siteShape), at, interval]
      if hasOptimum {
        row.append(size.optimum?.peak.map { Estimate.fixed($0, digits: 4) } ?? "-")
        row.append(
          size.chiSquare.map { chi in
            let n = size.curve.parameters.count
            let p = chiSquareSurvival(chi, degreesOfFreedom: Double(n))
            return
              "\(Estimate.fixed(chi, digits: 0)) for \(n) points (p = \(Estimate.fixed(p, digits: 2)))"
          } ?? "-")
      }
      rows.append(row)
    }
    return out + aligned(rows)
  }

  private static func aligned(_ rows: [[String]]) -> String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max()! }
    return rows.map { row in
      var line = "   "
      for (cell, width) in zip(row, widths) {
        line += " " + cell + String(repeating: " ", count: width - cell.count) + " "
      }
      while line.hasSuffix(" ") { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  private static func whatItLooksAt(_ findings: Findings, story: DiscoveryStory) -> String {
    let alive = findings.branches.filter(\.isAlive).map(\.window.name)
    let dead = findings.branches.filter { !$0.isAlive }.map(\.window.name)
    guard let indicator = findings.indicator else {
      return "What it looks at\n"
        + wrapped(
          alive.isEmpty
            ? "No window earned its place."
            : "Shuffled labels do as well, so nothing is read off.")
    }
    var out = "What it looks at\n"
    out += wrapped(
      "Windows needed: \(alive.joined(separator: ", ")). Not needed: \(dead.isEmpty ? "-" : dead.joined(separator: ", "))."
    )
    out += "    \(indicator.formula)\n"
    let energy =
      story.correlatorIsEnergy && indicator.name == "nearest-neighbour correlator"
      ? ", that is the energy density" : ""
    let kinds = Set(indicator.terms.map(\.term.kind))
    // Of angles there is no finite set of functions that a window is a sum of.
    let exactness =
      kinds.contains(.angle)
      ? "A"
      : kinds == [.product]
        ? "The expansion in products of spins is exact; a"
        : "The expansion in functions of the values in a window is exact; a"
    out += wrapped(
      "This is the \(indicator.name)\(energy), \(indicator.symmetryClass). \(exactness) function of this formula alone explains \(Estimate.fixed(100 * indicator.fidelity, digits: 1)) % of the predictions."
    )
    if indicator.symmetryClass.hasPrefix("even") || indicator.symmetryClass.hasPrefix("invariant") {
      out += wrapped("It marks the change but is no order parameter: it breaks no symmetry.")
    }
    return out
  }

  private static func orderParameter(_ findings: Findings) -> String {
    guard let found = findings.orderParameter else {
      return "Order parameter\n"
        + wrapped("None found: no average of single spins breaks a symmetry of these data.")
    }
    let side = found.brokenAtLowValues ? "low" : "high"
    let sectors =
      found.bothSectorsSeen
      ? "" : " The snapshots hold only one sign there: the symmetry was broken when they were made."
    return "Order parameter\n    \(found.pattern.formula(channels: findings.channels))\n"
      + wrapped(
        "The \(found.pattern.name): odd under the flip of all spins, a symmetry of the data at \(found.brokenAtLowValues ? "high" : "low") "
          + "\(findings.parameterName), broken at \(side) \(findings.parameterName).\(sectors)")
  }

  private static func howSure(_ findings: Findings) -> String {
    let unit =
      switch findings.splitUnit {
      case .chain: "chain"
      case .block: "block of a chain"
      case .shot: "shot"
      }
    var out = "How sure\n"
    out += wrapped(
      "Errors are one sigma, from new draws of the test snapshots and from the spread of networks trained "
        + "from different seeds on different parts; no \(unit) is both trained on and tested on."
    )
    let shuffled = findings.shuffled
    if shuffled.count > 0 {
      let mean = shuffled.r2.reduce(0, +) / Double(shuffled.count)
      out += wrapped(
        "\(shuffled.count) networks trained on shuffled labels reach R^2 = \(Estimate.fixed(mean, digits: 3)) on average; the chance "
          + "that shuffling reaches the real R^2 is \(probability(shuffled.r2Probability)), the real slope \(probability(shuffled.slopeProbability))."
      )
    }
    return out
  }

  private static func probability(_ p: Double) -> String {
    p < 1e-6 ? "below 1e-6" : Estimate.fixed(p, digits: p < 0.001 ? 6 : 3)
  }

  private static func comparedWith(_ findings: Findings, story: DiscoveryStory) -> String {
    let baseline = findings.baseline
    var out = "Compared with\n"
    if let crossing = baseline.bestCrossing {
      let sizes = baseline.crossings[baseline.crossings.count - 1].linearSizes
      out += wrapped(
        "Binder's ratio of the \(findings.orderParameter?.pattern.name ?? "order parameter"), sizes \(Int(sizes.0)) and \(Int(sizes.1)): crosses at \(crossing)."
      )
    } else {
      out += wrapped(
        baseline.comparedPairs == 0
          ? "Binder's ratio: nothing to compare (no order parameter, one size, or different grids)."
          : "Binder's ratio: no crossing of different sizes.")
    }
    let peaks = zip(findings.sizes, baseline.fluctuationPeaks).map { size, peak in
      "\(DiscoveryStory.text(size.siteShape)) \(peak.map { "\($0)" } ?? "none inside")"
    }
    if findings.indicator != nil {
      out += wrapped(
        "Largest fluctuations of the deciding correlator\(story.correlatorIsEnergy ? " (the specific heat's numerator)" : ""): \(peaks.joined(separator: ", ")); "
          + (findings.sizes.count < 3
            ? "growth with size cannot be judged."
            : baseline.fluctuationsGrow
              ? "their height grows with the lattice."
              : "no growth of their height beyond the errors."))
    }
    if let exact = story.exactTransition {
      let transition = Transition(findings)
      let distance = transition.location.map {
        "; the value above is \(Estimate.fixed(abs($0.pull(to: exact)), digits: 1)) sigma away"
      }
      out += wrapped(
        "Exact (Onsager, infinite lattice): \(Estimate.fixed(exact, digits: 6))\(distance ?? "").")
    }
    return out
  }

  private static func notClaimed(_ findings: Findings) -> String {
    var claims: [String] = []
    switch findings.verdict.kind {
    case .continuous:
      claims.append("The exponents and the universality class were not measured.")
      claims.append(
        "That the transition is continuous rests on growth with size and a crossing, not on a proof; very weak first-order transitions look the same."
      )
    case .crossover:
      claims.append(
        "No transition is claimed; sizes far beyond these, or values outside the scan, were not looked at."
      )
    case .undecided:
      claims.append(
        findings.sizes[findings.sizes.count - 1].peak.kind != .located
          ? "No phase transition is claimed: the scan has no values where it would have to be looked for."
          : findings.sizes.count < 3
            ? "No phase transition is claimed: that takes three or more sizes, to see what grows with the lattice."
            : "No phase transition is claimed, because the evidence above is not of one mind.")
    case .none:
      claims.append(
        "That nothing is there is not shown either: only these windows, sizes and values were looked at."
      )
    }
    claims.append(
      "Correlations that do not fit into the windows were not looked at.")
    return "What is not claimed\n" + claims.map { wrapped($0) }.joined()
  }
}
