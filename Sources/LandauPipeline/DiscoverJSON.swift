import LandauCore
import LandauDiscovery

/// The members of a discovery's JSON object, as the manual lists them.
enum DiscoverJSON {
  static func members(_ findings: Findings, story: DiscoveryStory) -> [JSONValue.Member] {
    let transition = Transition(findings)
    return [
      .init("source", .object(story.source)),
      .init("sizes", .array(findings.sizes.map(size))),
      .init("verdict", .string(findings.verdict.kind.rawValue)),
      .init("reasons", .strings(findings.verdict.reasons)),
      .init("transition", transition.json(findings.parameterName)),
      .init("changes", DiscoverChanges.json(findings.changes)),
      .init(
        "parts", DiscoverChanges.json(findings.parts) { formula($0, findings) }),
      .init("predictionR2", .estimate(findings.sizes[findings.sizes.count - 1].r2)),
      .init("branches", .array(findings.branches.map { branch($0, findings) })),
      .init("indicator", findings.indicator.map { indicator($0, findings) } ?? .null),
      .init("formula", DiscoverFormula.json(findings)),
      .init("orderParameter", orderParameter(findings)),
      .init("baseline", baseline(findings, story: story)),
      .init("firstOrder", DiscoverBaseline.firstOrder(findings)),
      .init("bkt", DiscoverBaseline.unbinding(findings)),
      .init("controls", controls(findings)),
      .init("methods", DiscoverMethods.json(findings.methods)),
      .init("unsupervised", story.look.map(DiscoverLook.unsupervised) ?? .null),
      .init("convolution", story.convolution.map(DiscoverConvolution.json) ?? .null),
      .init("symmetries", story.look.map(DiscoverLook.symmetries) ?? .null),
      .init("warnings", .strings(findings.warnings + transition.warnings)),
    ]
  }

  private static func size(_ size: SizeFindings) -> JSONValue {
    var peak: [JSONValue.Member] = []
    switch size.peak.kind {
    case .located:
      peak = [
        .init("value", .number(size.peak.location.value)),
        .init("error", .number(size.peak.location.error)),
        .init("slope", .estimate(size.peak.slope)),
      ]
    case .bracketed(let gap):
      peak = [
        .init("value", .null), .init("interval", .numbers([gap.lowerBound, gap.upperBound])),
      ]
    case .atEdge: peak = [.init("value", .null)]
    }
    var members: [JSONValue.Member] = [
      .init("size", .integers(size.siteShape)), .init("samples", .integer(size.sampleCount)),
      .init("peak", .object(peak)), .init("r2", .estimate(size.r2)),
      .init("parameters", .numbers(size.curve.parameters)),
      .init("prediction", .numbers(size.curve.means)),
      .init("predictionError", .numbers(size.curve.errors)),
    ]
    if let optimum = size.optimum {
      members.append(
        .init(
          "optimum",
          .pairs([
            "peak": optimum.peak.map { .number($0) } ?? .null,
            "prediction": .numbers(optimum.means),
            "chiSquare": size.chiSquare.map { .number($0) } ?? .null,
            "degreesOfFreedom": .integer(optimum.means.count),
          ])))
    }
    return .object(members)
  }

  private static func branch(_ branch: BranchFindings, _ findings: Findings) -> JSONValue {
    .object([
      .init("kernel", .integers([branch.window.rows, branch.window.columns])),
      .init("dilation", .integers([branch.window.rowDilation, branch.window.columnDilation])),
      .init("alive", .bool(branch.isAlive)),
      .init("importance", .number(branch.importance)),
      .init(
        "expansion",
        .array(
          branch.expansion.map { item in
            .object([
              .init("term", .string(formula(item.term, findings))),
              .init("coefficient", .estimate(item.coefficient)),
            ])
          })),
    ])
  }

  static func formula(_ term: Term, _ findings: Findings) -> String {
    term.formula(siteDimension: findings.siteDimension, channels: findings.channels)
  }

  private static func indicator(_ indicator: Indicator, _ findings: Findings) -> JSONValue {
    .pairs([
      "formula": .string(indicator.formula), "latex": .string(indicator.latex),
      "name": .string(indicator.name), "fidelity": .number(indicator.fidelity),
      "symmetryClass": .string(indicator.symmetryClass),
      "terms": .array(
        indicator.terms.map { item in
          .object([
            .init("term", .string(formula(item.term, findings))),
            .init("coefficient", .estimate(item.coefficient)),
          ])
        }),
    ])
  }

  private static func orderParameter(_ findings: Findings) -> JSONValue {
    guard let found = findings.orderParameter else {
      return .pairs(["formula": .null, "latex": .null, "symmetry": .null, "broken": .null])
    }
    return .pairs([
      "formula": .string(found.pattern.formula(channels: findings.channels)),
      "latex": .string(found.pattern.latex(channels: findings.channels)),
      "name": .string(found.pattern.name),
      "symmetry": .string(found.pattern.symmetry),
      "components": .integer(found.pattern.componentCount),
      "disorderedBinderRatio": .number(found.pattern.disorderedBinderRatio),
      "broken": .string(
        "\(found.brokenAtLowValues ? "low" : "high") \(findings.parameterName)"),
      "bothSectorsSeen": .bool(found.bothSectorsSeen),
      "sectorsSeen": found.sectors.map { .integer($0.seen) } ?? .null,
      "sectorsPossible": found.sectors.map { .integer($0.possible) } ?? .null,
    ])
  }

  private static func baseline(_ findings: Findings, story: DiscoveryStory) -> JSONValue {
    let baseline = findings.baseline
    let perSize = zip(findings.sizes, zip(baseline.fluctuationPeaks, baseline.fluctuationHeights))
      .map { size, fluctuation -> JSONValue in
        .object([
          .init("size", .integers(size.siteShape)),
          .init("fluctuationPeak", fluctuation.0.map { .estimate($0) } ?? .null),
          .init("fluctuationHeight", .estimate(fluctuation.1)),
        ])
      }
    return .object(
      [
        .init("fluctuations", .array(perSize)),
        .init("fluctuationsGrow", .bool(baseline.fluctuationsGrow)),
        .init("binderCrossing", baseline.bestCrossing.map { .estimate($0) } ?? .null),
        .init(
          "binderCrossings",
          .array(
            baseline.crossings.map { crossing in
              .object([
                .init(
                  "linearSizes", .numbers([crossing.linearSizes.0, crossing.linearSizes.1])),
                .init("crossing", .estimate(crossing.location)),
              ])
            })),
        .init("exact", story.exactTransition.map { .number($0) } ?? .null),
      ] + DiscoverBaseline.members(findings))
  }

  private static func controls(_ findings: Findings) -> JSONValue {
    let shuffled = findings.shuffled
    return .object([
      .init(
        "shuffledLabels",
        .pairs([
          "count": .integer(shuffled.count), "r2": .numbers(shuffled.r2),
          "r2Probability": .number(shuffled.r2Probability),
          "slope": .numbers(shuffled.peakSlopes),
          "slopeProbability": .number(shuffled.slopeProbability),
          "beaten": .bool(shuffled.isBeaten),
        ])),
      .init("split", .string(findings.splitUnit.rawValue)),
      .init("drift", drift(findings)),
    ])
  }

  private static func drift(_ findings: Findings) -> JSONValue {
    guard let extrapolation = findings.extrapolation else { return .null }
    return .object([
      .init("limit", .estimate(extrapolation.limit)),
      .init("perDoubling", .estimate(extrapolation.driftPerDoubling)),
      .init("settles", .bool(!extrapolation.driftsWithoutLimit)),
      .init("chiSquareSettling", .number(extrapolation.chiSquareSettling)),
      .init("chiSquareLogarithmic", .number(extrapolation.chiSquareLogarithmic)),
      .init("sizesUsed", .numbers(extrapolation.used)),
      .init("sizesLeftOut", .numbers(extrapolation.leftOut)),
    ])
  }
}

/// The one location a discovery stands for, drawn from verdict, sizes and extrapolation.
struct Transition {
  enum Kind: String { case extrapolated, finiteSize = "finite-size", bracketed }

  var kind: Kind?
  var location: Estimate?
  var interval: ClosedRange<Double>?
  var method: String?
  var warnings: [String] = []

  init(_ findings: Findings) {
    let largest = findings.sizes[findings.sizes.count - 1]
    let peakMethod = "steepest mean prediction"
    switch (findings.verdict.kind, largest.peak.kind) {
    case (.firstOrder, _):
      guard let found = findings.firstOrder else { return }
      kind = .extrapolated
      location = found.location
      method = "phases of equal weight, linear in 1/L^d"
      interval = Self.twoSigma(found.location)
    case (.vortexUnbinding, _):
      guard let found = findings.unbinding else { return }
      kind = .extrapolated
      location = found.location
      method =
        found.method == .helicity ? "helicity modulus, law of its logarithms" : "eta = 1/4"
      interval = Self.twoSigma(found.location)
    case (.none, _), (_, .atEdge): return
    case (_, .bracketed(let gap)):
      kind = .bracketed
      interval = gap
      method =
        largest.curve.parameters.count < Discovery.smallestScan
        ? "shape of the order parameter's distribution" : peakMethod
      warnings = [
        "the scan has no values between \(gap.lowerBound) and \(gap.upperBound), so the location has no value"
      ]
    case (.continuous, .located):
      guard let limit = findings.extrapolation?.limit else { return }
      kind = .extrapolated
      location = limit
      interval = Self.twoSigma(limit)
      method = "\(peakMethod), linear in 1/L"
    case (_, .located):
      kind = .finiteSize
      location = largest.peak.location
      interval = largest.peak.interval
      method = "\(peakMethod) at size \(DiscoveryStory.text(largest.siteShape))"
    }
  }

  private static func twoSigma(_ value: Estimate) -> ClosedRange<Double> {
    value.value - 2 * value.error...value.value + 2 * value.error
  }

  func json(_ parameter: String) -> JSONValue {
    .pairs([
      "parameter": .string(parameter),
      "value": location.map { .number($0.value) } ?? .null,
      "error": location.map { .number($0.error) } ?? .null,
      "interval": interval.map { .numbers([$0.lowerBound, $0.upperBound]) } ?? .null,
      "kind": kind.map { .string($0.rawValue) } ?? .null,
      "method": method.map { .string($0) } ?? .null,
    ])
  }
}
