import LandauCore
import LandauDiscovery

/// What recorded energies and stiffness say, in words and in JSON.
enum DiscoverBaseline {
  static func blocks(_ findings: Findings) -> [Document.Block] {
    var blocks: [Document.Block] = []
    let baseline = findings.baseline
    if let energies = baseline.energies {
      let growth =
        energies.growth.map { "; its height grows like L to the power \($0)" } ?? ""
      blocks.append(
        .paragraph(
          "Specific heat: largest at \(DiscoverText.places(energies.peaks, findings))\(growth)."))
    }
    if let phases = phases(baseline) {
      var rows = [["size", "K of the \(phases.variable)", "at", "gap", "ln(peak/valley)"]]
      for (size, found) in zip(findings.sizes, phases.sizes) {
        rows.append([
          DiscoveryStory.text(size.siteShape), "\(found.kurtosis)", "\(found.location)",
          found.isProven ? "\(found.gap)" : "-", found.barrier.map { "\($0)" } ?? "-",
        ])
      }
      blocks.append(
        .paragraph(
          "Two phases in one lattice: K is kurtosis minus squared skewness where it is smallest; below 1.512 no distribution has a single peak, two sharp peaks have 1, one Gaussian has 3."
        ))
      blocks.append(.table(rows))
    }
    if let deepest = baseline.binderMinima.compactMap({ $0 }).last,
      deepest.value + 3 * deepest.error < 0
    {
      blocks.append(
        .paragraph(
          "Binder's ratio of the largest size has a minimum of \(deepest), below what one phase alone can have."
        ))
    }
    return blocks
  }

  /// The first that shows phases of energy, mean square of one variable and deciding correlator; without any, the energy.
  private static func phases(
    _ baseline: Baseline
  ) -> (variable: String, sizes: [PhaseCoexistence])? {
    let energies = baseline.energies.map { ("energy", $0.coexistence) }
    let others = [
      ("mean square", baseline.evenAverages), ("deciding correlator", baseline.coexistence),
    ]
    let all = (energies.map { [$0] } ?? []) + others
    return all.first { $0.1.contains(where: \.isProven) } ?? energies
  }

  /// Members of `baseline`.
  static func members(_ findings: Findings) -> [JSONValue.Member] {
    let baseline = findings.baseline
    var members: [JSONValue.Member] = [
      .init("fluctuationGrowth", optional(baseline.growth)),
      .init("binderMinima", .array(baseline.binderMinima.map(optional))),
    ]
    if let energies = baseline.energies {
      members += [
        .init(
          "specificHeat",
          .array(
            findings.sizes.indices.map { index in
              .object([
                .init("size", .integers(findings.sizes[index].siteShape)),
                .init("peak", optional(energies.peaks[index])),
                .init("height", .estimate(energies.heights[index])),
                .init("values", .numbers(energies.specificHeat[index].map(\.value))),
                .init("errors", .numbers(energies.specificHeat[index].map(\.error))),
              ])
            })),
        .init("specificHeatGrowth", optional(energies.growth)),
      ]
    }
    members.append(.init("phases", phases(baseline).map { json($0, findings) } ?? .null))
    return members
  }

  private static func json(
    _ phases: (variable: String, sizes: [PhaseCoexistence]), _ findings: Findings
  ) -> JSONValue {
    .object([
      .init("variable", .string(phases.variable)),
      .init(
        "sizes",
        .array(
          zip(findings.sizes, phases.sizes).map { size, found in
            .object([
              .init("size", .integers(size.siteShape)),
              .init("kurtosis", .estimate(found.kurtosis)),
              .init("twoPhases", .bool(found.isProven)), .init("gap", .estimate(found.gap)),
              .init("location", .estimate(found.location)),
              .init("barrier", optional(found.barrier)),
              .init("chainsDisagree", .bool(found.chainsDisagree)),
              .init("unexplainedStep", optional(found.jump?.unexplained)),
              .init("explainedShare", optional(found.jump?.explainedShare)),
            ])
          })),
    ])
  }

  static func firstOrder(_ findings: Findings) -> JSONValue {
    guard let found = findings.firstOrder else { return .null }
    return .object([
      .init("location", .estimate(found.location)),
      .init("latentHeatPerSite", optional(found.latentHeat)),
      .init("linearSize", .number(found.linearSize)), .init("reasons", .strings(found.reasons)),
    ])
  }

  static func unbinding(_ findings: Findings) -> JSONValue {
    guard let found = findings.unbinding else { return .null }
    return .object([
      .init("location", .estimate(found.location)),
      .init("method", .string(found.method == .helicity ? "helicity" : "eta")),
      .init(
        "curves",
        .array(
          found.curves.map { curve in
            .object([
              .init("values", .numbers(curve.map(\.value))),
              .init("errors", .numbers(curve.map(\.error))),
            ])
          })), .init("reasons", .strings(found.reasons)),
    ])
  }

  private static func optional(_ estimate: Estimate?) -> JSONValue {
    estimate.map { .estimate($0) } ?? .null
  }
}
