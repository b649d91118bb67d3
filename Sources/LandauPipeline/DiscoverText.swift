import LandauCore
import LandauDiscovery
import LandauStatistics

/// What a discovery says, section by section.
enum DiscoverText {
  static func document(_ findings: Findings, story: DiscoveryStory) -> Document {
    var sections = [
      verdict(findings), whatFoundIt(findings, story: story),
    ]
    if !findings.parts.isEmpty { sections.append(DiscoverChanges.section(findings)) }
    sections += [
      whatItLooksAt(findings, story: story), DiscoverFormula.section(findings),
      orderParameter(findings), howSure(findings), comparedWith(findings, story: story),
    ]
    if !findings.methods.isEmpty {
      sections.append(.init(page: DiscoverMethods.section(findings)))
    }
    if let convolution = story.convolution {
      sections.append(DiscoverConvolution.section(convolution))
    }
    if let look = story.look { sections += DiscoverLook.sections(look) }
    sections += [data(findings), notClaimed(findings)]
    if !findings.warnings.isEmpty {
      sections.append(.init("Warnings", findings.warnings.map { .paragraph($0) }))
    }
    return Document(title: story.title, lines: story.lines, sections: sections)
  }

  private static func verdict(_ findings: Findings) -> Document.Section {
    let transition = Transition(findings)
    let p = findings.parameterName
    let place = transition.location.map { "\(p) = \($0)" } ?? ""
    let head: String =
      switch (findings.verdict.kind, transition.kind) {
      case (.firstOrder, _):
        "a first-order transition at \(place)"
          + (findings.firstOrder?.latentHeat.map { ", latent heat \($0) per site" } ?? "")
      case (.vortexUnbinding, _):
        "a Berezinskii-Kosterlitz-Thouless transition (bkt) at \(place)"
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
    return .init("Verdict: \(head)", findings.verdict.reasons.map { .paragraph($0) })
  }

  private static func whatFoundIt(
    _ findings: Findings, story: DiscoveryStory
  ) -> Document.Section {
    let largest = findings.sizes[findings.sizes.count - 1]
    let idea =
      "A network that sees each snapshot only through small windows was trained to predict the "
      + "\(findings.parameterName). On snapshots it had not seen it explains R^2 = \(largest.r2) of the variance "
      + "(largest size). The location is where its mean prediction rises fastest:"
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
    return .init("What found it", [.paragraph(idea), .table(rows)] + drift(findings))
  }

  private static func drift(_ findings: Findings) -> [Document.Block] {
    guard let fit = findings.extrapolation else { return [] }
    let rule =
      fit.driftsWithoutLimit
      ? "a drift without limit fits better than one that settles"
      : "a straight line in 1/L leads to \(fit.limit)"
    return [
      .paragraph(
        "With every doubling of the lattice it moves by \(fit.driftPerDoubling); \(rule) (chi-square \(Estimate.fixed(fit.chiSquareSettling, digits: 1)) settling, \(Estimate.fixed(fit.chiSquareLogarithmic, digits: 1)) without limit)."
      )
    ]
  }

  private static func whatItLooksAt(
    _ findings: Findings, story: DiscoveryStory
  ) -> Document.Section {
    let heading = "What it looks at"
    let alive = findings.branches.filter(\.isAlive).map(\.window.name)
    let dead = findings.branches.filter { !$0.isAlive }.map(\.window.name)
    guard let indicator = findings.indicator else {
      return .init(
        heading,
        [
          .paragraph(
            alive.isEmpty
              ? "No window earned its place."
              : "Shuffled labels do as well, so nothing is read off.")
        ])
    }
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
    var blocks: [Document.Block] = [
      .paragraph(
        "Windows needed: \(alive.joined(separator: ", ")). Not needed: \(dead.isEmpty ? "-" : dead.joined(separator: ", "))."
      ),
      .formula(indicator.formula),
      .paragraph(
        "This is the \(indicator.name)\(energy), \(indicator.symmetryClass). \(exactness) function of this formula alone explains \(Estimate.fixed(100 * indicator.fidelity, digits: 1)) % of the predictions."
      ),
    ]
    if indicator.symmetryClass.hasPrefix("even") || indicator.symmetryClass.hasPrefix("invariant") {
      blocks.append(
        .paragraph("It marks the change but is no order parameter: it breaks no symmetry."))
    }
    return .init(heading, blocks)
  }

  private static func orderParameter(_ findings: Findings) -> Document.Section {
    let heading = "Order parameter"
    guard let found = findings.orderParameter else {
      return .init(
        heading,
        [.paragraph("None found: no average of single spins breaks a symmetry of these data.")])
    }
    let p = findings.parameterName
    let side = found.brokenAtLowValues ? "low" : "high"
    let other = found.brokenAtLowValues ? "high" : "low"
    let law: String
    switch found.pattern.basis {
    case .spin where found.pattern.isComplex:
      law = "a wave of three sublattices that translations and the flip of all spins change"
    case .spin: law = "odd under the flip of all spins"
    case .states(let q): law = "changed by permutations of the \(q) states"
    case .angle(let q): law = "turned by rotations of the \(q) states"
    }
    var words =
      "The \(found.pattern.name): \(law), a symmetry of the data at \(other) "
      + "\(p), broken at \(side) \(p)."
    if let sectors = found.sectors, sectors.possible > 2 {
      words +=
        " The snapshots there show \(sectors.seen) of its \(sectors.possible) directions."
    }
    if !found.bothSectorsSeen {
      words +=
        found.pattern.componentCount == 1
        ? " The snapshots hold only one sign there: the symmetry was broken when they were made."
        : " The directions are not equally frequent there: the symmetry was broken when they were made."
    }
    var blocks: [Document.Block] = [
      .formula(found.pattern.formula(channels: findings.channels)), .paragraph(words),
    ]
    let n = found.pattern.componentCount
    if n > 1 {
      blocks.append(
        .paragraph(
          "It is the length of a vector of \(n) components, for which Binder's ratio is 2/3 (1 - 1/\(n)) = \(Estimate.fixed(found.pattern.disorderedBinderRatio, digits: 3)) in the disordered and 2/3 in the ordered limit."
        ))
    }
    return .init(heading, blocks)
  }

  private static func howSure(_ findings: Findings) -> Document.Section {
    var blocks: [Document.Block] = [
      .paragraph(
        "Errors are one sigma, from new draws of the test snapshots and from the spread of networks trained "
          + "from different seeds on different parts; no \(unit(findings)) is both trained on and tested on."
      )
    ]
    let shuffled = findings.shuffled
    if shuffled.count > 0 {
      let mean = shuffled.r2.reduce(0, +) / Double(shuffled.count)
      blocks.append(
        .paragraph(
          "\(shuffled.count) networks trained on shuffled labels reach R^2 = \(Estimate.fixed(mean, digits: 3)) on average; the chance "
            + "that shuffling reaches the real R^2 is \(probability(shuffled.r2Probability)), the real slope \(probability(shuffled.slopeProbability))."
        ))
    }
    return .init("How sure", blocks)
  }

  private static func unit(_ findings: Findings) -> String {
    switch findings.splitUnit {
    case .chain: "chain"
    case .block: "block of a chain"
    case .shot: "shot"
    }
  }

  private static func probability(_ p: Double) -> String {
    p < 1e-6 ? "below 1e-6" : Estimate.fixed(p, digits: p < 0.001 ? 6 : 3)
  }

  private static func comparedWith(
    _ findings: Findings, story: DiscoveryStory
  ) -> Document.Section {
    let baseline = findings.baseline
    var blocks: [Document.Block] = []
    if let crossing = baseline.bestCrossing {
      let sizes = baseline.crossings[baseline.crossings.count - 1].linearSizes
      blocks.append(
        .paragraph(
          "Binder's ratio of the \(findings.orderParameter?.pattern.name ?? "order parameter"), sizes \(Int(sizes.0)) and \(Int(sizes.1)): crosses at \(crossing)."
        ))
    } else {
      blocks.append(
        .paragraph(
          baseline.comparedPairs == 0
            ? "Binder's ratio: nothing to compare (no order parameter, one size, or different grids)."
            : "Binder's ratio: no crossing of different sizes."))
    }
    if findings.indicator != nil {
      let peaks = places(baseline.fluctuationPeaks, findings)
      blocks.append(
        .paragraph(
          "Largest fluctuations of the deciding correlator\(story.correlatorIsEnergy ? " (the specific heat's numerator)" : ""): \(peaks); "
            + (findings.sizes.count < 3
              ? "growth with size cannot be judged."
              : baseline.fluctuationsGrow
                ? "their height grows with the lattice."
                : "no growth of their height beyond the errors.")))
    }
    blocks += DiscoverBaseline.blocks(findings)
    if let exact = story.exactTransition {
      let transition = Transition(findings)
      let distance = transition.location.map {
        "; the value above is \(Estimate.fixed(abs($0.pull(to: exact)), digits: 1)) sigma away"
      }
      blocks.append(
        .paragraph(
          "Exact (Onsager, infinite lattice): \(Estimate.fixed(exact, digits: 6))\(distance ?? "")."
        ))
    }
    return .init("Compared with", blocks)
  }

  /// `16x16 2.3(1), 32x32 none inside`.
  static func places(_ places: [Estimate?], _ findings: Findings) -> String {
    zip(findings.sizes, places).map { size, place in
      "\(DiscoveryStory.text(size.siteShape)) \(place.map { "\($0)" } ?? "none inside")"
    }.joined(separator: ", ")
  }

  /// What there was to learn from, and what is amiss with it.
  private static func data(_ findings: Findings) -> Document.Section {
    var rows = [["size", "snapshots", "values", "snapshots per value"]]
    for size in findings.sizes {
      let values = size.curve.parameters.count
      rows.append([
        DiscoveryStory.text(size.siteShape), "\(size.sampleCount)", "\(values)",
        "\(size.sampleCount / max(1, values))",
      ])
    }
    var blocks: [Document.Block] = [
      .table(rows),
      .paragraph("Independent parts of the data: each \(unit(findings)) is one."),
    ]
    let x = findings.sizes[findings.sizes.count - 1].curve.parameters
    if let gap = SnapshotSummary.gap(in: x) {
      blocks.append(
        .paragraph(
          "The values of \(findings.parameterName) have a gap from \(gap.low) to \(gap.high), \(Estimate.fixed(gap.ratio, digits: 0)) times the usual step."
        ))
    }
    if let energies = findings.baseline.energies,
      energies.coexistence.contains(where: \.chainsDisagree)
    {
      let sizes = zip(findings.sizes, energies.coexistence).filter(\.1.chainsDisagree).map {
        DiscoveryStory.text($0.0.siteShape)
      }
      blocks.append(
        .paragraph(
          "Chains of one value of \(findings.parameterName) disagree in energy at \(sizes.joined(separator: ", ")): they are stuck in different phases, or not in equilibrium."
        ))
    }
    return .init("Data", blocks)
  }

  private static func notClaimed(_ findings: Findings) -> Document.Section {
    var claims: [String] = []
    switch findings.verdict.kind {
    case .continuous:
      claims.append("The exponents and the universality class were not measured.")
      claims.append(
        "That the transition is continuous rests on growth with size and a crossing, not on a proof; very weak first-order transitions look the same."
      )
    case .firstOrder:
      claims.append(
        "That two phases coexist is shown for these sizes; that they do on infinite lattices is what the gap that does not close suggests."
      )
    case .vortexUnbinding:
      claims.append(
        "The law of the transition is taken from theory and found to fit; other sizes may move the value by more than its error."
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
    return .init("What is not claimed", claims.map { .paragraph($0) })
  }
}
