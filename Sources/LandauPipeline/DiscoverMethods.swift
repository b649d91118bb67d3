import LandauCore
import LandauDiscovery

/// What all methods of phase detection found, in words and in JSON.
enum DiscoverMethods {
  /// A section of the page; empty where the methods were left out.
  static func section(_ findings: Findings) -> String {
    guard !findings.methods.isEmpty else { return "" }
    var text = "What other methods find\n"
    text +=
      "  Location at every size; of the whole scan and of parts of it, because indicators depend on the range.\n"
    let sizes = findings.sizes.map { DiscoveryStory.text($0.siteShape) }
    let hasOptimum = findings.methods.contains { $0.sizes.contains { $0.optimum != nil } }
    var table = TextTable(["method", "range"] + sizes + ["limit"])
    for found in findings.methods {
      let limit = found.extrapolation.map { "\($0.limit)" } ?? "-"
      table.append(
        [found.method.rawValue, found.range.rawValue] + found.sizes.map { place($0.location) }
          + [limit])
    }
    text += table.text(leftColumns: 2)
    guard hasOptimum else { return text }
    text +=
      "  The best any network could do on the same sizes, values and ranges, and chi-square per point of the\n"
    text += "  learned curve against it; supervised only where the training regions tell.\n"
    var best = TextTable(["method", "range"] + sizes)
    for found in findings.methods {
      best.append(
        [found.method.rawValue, found.range.rawValue]
          + found.sizes.map { size in
            guard let optimum = size.optimum else { return "-" }
            let at = optimum.location.map { Estimate.fixed($0, digits: 4) } ?? "none"
            let chi = size.chiSquare.map {
              Estimate.fixed($0 / Double(max(1, size.degreesOfFreedom)), digits: 2)
            }
            return "\(at) (\(chi ?? "-"))"
          })
    }
    return text + best.text(leftColumns: 2)
  }

  private static func place(_ location: MethodLocation) -> String {
    switch location.kind {
    case .located: "\(location.estimate)"
    case .bracketed(let gap):
      "in \(Estimate.fixed(gap.lowerBound, digits: 3))-\(Estimate.fixed(gap.upperBound, digits: 3))"
    case .atEdge: "none"
    }
  }

  static func json(_ methods: [MethodFindings]) -> JSONValue {
    .array(
      methods.map { found in
        .object([
          .init("method", .string(found.method.rawValue)),
          .init("range", .string(found.range.rawValue)),
          .init("sizes", .array(found.sizes.map { size($0, isWhole: found.range == .whole) })),
          .init("limit", found.extrapolation.map { .estimate($0.limit) } ?? .null),
        ])
      })
  }

  /// Curves of the whole scan alone; those of parts can be computed again from the same command.
  private static func size(_ size: MethodSizeFindings, isWhole: Bool) -> JSONValue {
    let isLocated = size.location.kind == .located
    let interval = size.location.interval
    var members: [JSONValue.Member] = [
      .init("size", .integers(size.siteShape)),
      .init(
        "location",
        .pairs([
          "value": isLocated ? .number(size.location.estimate.value) : .null,
          "error": isLocated ? .number(size.location.estimate.error) : .null,
          "interval": size.location.kind == .atEdge
            ? .null : .numbers([interval.lowerBound, interval.upperBound]),
        ])),
    ]
    if let optimum = size.optimum {
      members += [
        .init("optimum", optimum.location.map { .number($0) } ?? .null),
        .init("chiSquare", size.chiSquare.map { .number($0) } ?? .null),
        .init("degreesOfFreedom", .integer(size.degreesOfFreedom)),
      ]
    }
    guard isWhole else { return .object(members) }
    members += [
      .init("parameters", .numbers(size.curve.parameters)),
      .init("curve", .numbers(size.curve.values)),
      .init("curveError", .numbers(size.curve.errors)),
    ]
    if let optimum = size.optimum { members.append(.init("best", .numbers(optimum.values))) }
    return .object(members)
  }
}
