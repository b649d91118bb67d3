import LandauCore
import LandauDiscovery

/// What the snapshots of one size say by themselves, in words and in JSON.
enum DiscoverLook {
  static func sections(_ look: SnapshotLook) -> [Document.Section] {
    var blocks: [Document.Block] = []
    switch look.unsupervised {
    case .left(let reason):
      blocks.append(.paragraph("Components and clusters: left out, \(reason)."))
    case .found(let found):
      blocks.append(.paragraph("Of \(look.subject)."))
      blocks += found.summary.map { .paragraph($0) }
    }
    switch (look.fluctuation, look.unsupervised) {
    case (.found(let found), _): blocks += words(found)
    // One reason is said once.
    case (.left(let reason), .found):
      blocks.append(.paragraph("Collective fluctuations: left out, \(reason)."))
    case (.left, .left): break
    }
    let symmetries: [Document.Block] =
      switch look.symmetries {
      case .left(let reason): [.paragraph("Left out: \(reason).")]
      case .found(let found): [.paragraph("Of \(look.subject)."), .verbatim(found.text)]
      }
    return [.init("Without training", blocks), .init("Symmetries of the snapshots", symmetries)]
  }

  private static func words(_ found: CollectiveFluctuation) -> [Document.Block] {
    func digits(_ value: Double) -> String { Estimate.fixed(value, digits: 3) }
    let share =
      "About the means at each value, snapshots fluctuate together most in one pattern: it takes \(digits(found.share)) "
      + "of the variance (independent noise would reach \(digits(found.noiseShare))) and is "
      + (found.nearestWave.overlap > 0.5
        ? "\(found.waveDescription), with an overlap of \(digits(found.nearestWave.overlap))."
        : "near no product of alternating signs (overlap \(digits(found.nearestWave.overlap)) at most).")
    guard found.share > 1.5 * found.noiseShare else {
      return [
        .paragraph(
          "About the means at each value no pattern of fluctuations stands out from noise.")
      ]
    }
    let last = found.parameters.count - 1
    func size(_ p: Int) -> String {
      "\(found.magnitude[p]) at \(found.parameterName) = \(Estimate.fixed(found.parameters[p], digits: 3)) "
        + "(\(digits(found.floor[p])) if variables were independent)"
    }
    var text = "Its mean size goes from \(size(0)) to \(size(last))"
    text +=
      found.nearestWave.overlap > 0.8
      ? "; with signs that are exactly \(found.waveDescription), |m| = \(found.waveMagnitude[last]) there."
      : "."
    if let onset = found.onset, onset.kind == .located {
      text += " It grows fastest at \(found.parameterName) = \(onset.location)."
    }
    return [.paragraph(share), .paragraph(text)]
  }

  static func unsupervised(_ look: SnapshotLook) -> JSONValue {
    switch look.unsupervised {
    case .left(let reason): return .pairs(["reason": .string(reason)])
    case .found(let found):
      return .pairs([
        "size": .integers(look.siteShape), "samples": .integer(found.sampleCount),
        "explainedVariance": .array(found.explainedVariance.map { .estimate($0) }),
        "noiseFloor": .number(found.noiseFloor),
        "componentsAboveNoise": .integer(found.componentsAboveNoise),
        "uniformOverlap": .number(found.uniformOverlap), "clusters": .integer(found.clusterCount),
        "change": found.change.map(place) ?? .null, "fluctuation": fluctuation(look.fluctuation),
        "warnings": .strings(found.warnings),
      ])
    }
  }

  private static func fluctuation(
    _ outcome: SnapshotLook.Outcome<CollectiveFluctuation>
  ) -> JSONValue {
    switch outcome {
    case .left(let reason): .pairs(["reason": .string(reason)])
    case .found(let found):
      .pairs([
        "share": .number(found.share), "noiseShare": .number(found.noiseShare),
        "wave": .string(found.waveDescription), "overlap": .number(found.nearestWave.overlap),
        "magnitude": .array(found.magnitude.map { .estimate($0) }), "floor": .numbers(found.floor),
        "onset": found.onset.map(place) ?? .null,
      ])
    }
  }

  private static func place(_ peak: SlopePeak) -> JSONValue {
    switch peak.kind {
    case .located: .estimate(peak.location)
    case .bracketed(let gap): .pairs(["interval": .numbers([gap.lowerBound, gap.upperBound])])
    case .atEdge: .null
    }
  }

  static func symmetries(_ look: SnapshotLook) -> JSONValue {
    switch look.symmetries {
    case .left(let reason): .pairs(["reason": .string(reason)])
    case .found(let found): found.json
    }
  }
}
