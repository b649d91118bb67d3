import LandauCore
import LandauDiscovery

/// All places at which a scan changes fast, and what stands out between them.
enum DiscoverChanges {
  static func json(_ changes: [SlopeChange]) -> JSONValue {
    .array(
      changes.map { change in
        .object([
          .init("value", .number(change.location.value)),
          .init("error", .number(change.location.error)),
          .init("interval", .numbers([change.interval.lowerBound, change.interval.upperBound])),
          .init("slope", .estimate(change.slope)),
          .init("prominence", .estimate(change.prominence)),
        ])
      })
  }

  static func json(_ parts: [ScanPart], formula: (Term) -> String) -> JSONValue {
    .array(
      parts.map { part in
        .object([
          .init("range", .numbers([part.range.lowerBound, part.range.upperBound])),
          .init(
            "correlators",
            .array(
              part.correlators.map { item in
                .object([
                  .init("term", .string(formula(item.term))), .init("mean", .estimate(item.mean)),
                ])
              })),
        ])
      })
  }

  static func section(_ findings: Findings) -> Document.Section {
    let p = findings.parameterName
    let size = findings.sizes[findings.sizes.count - 1]
    let places = findings.changes.map { "\($0.location)" }.joined(separator: ", ")
    let rows =
      [["\(p) from", "to", "correlators of the largest mean, the simplest first"]]
      + findings.parts.map { part in
        [
          Estimate.fixed(part.range.lowerBound, digits: 3),
          Estimate.fixed(part.range.upperBound, digits: 3),
          part.correlators.map { "\(DiscoverJSON.formula($0.term, findings)) = \($0.mean)" }
            .joined(separator: ", "),
        ]
      }
    return .init(
      "Parts of the scan",
      [
        .paragraph(
          "At \(DiscoveryStory.text(size.siteShape)) the prediction changes fast at \(findings.changes.count) places, \(p) = \(places); each stands above the valleys beside it by three standard errors or more. What stands out between them, averaged over each part:"
        ),
        .table(rows),
      ])
  }
}
