import LandauCore
import LandauPipeline

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Findings in words and in JSON.
enum StudyText {
  static func list(_ studies: [Study]) -> Report {
    var text = ""
    for study in studies {
      text += "\(study.name)\n  \(study.title)\n  \(study.claim)\n  \(study.source)\n"
    }
    text += "\nRun one with 'landau study NAME', or in a minute or two with --quick.\n"
    return Report(json: [.init("studies", .array(studies.map(json)))], text: text)
  }

  static func report(_ study: Study, _ result: StudyResult, isQuick: Bool) -> Report {
    let agrees = result.findings.allSatisfy(\.agrees)
    var text = "\(study.title)\n\(study.source)\n\n"
    text += table(result.findings) + "\n"
    for (number, finding) in result.findings.enumerated() {
      text += "  [\(number + 1)] \(finding.reference)\n"
      if let warning = finding.measured.warning { text += "      warning: \(warning)\n" }
    }
    text += "\n" + result.remarks.map { $0 + "\n" }.joined()
    text +=
      agrees
      ? "\nAll findings agree with their references.\n"
      : "\nThere are findings that disagree with their references.\n"
    let json: [JSONValue.Member] = [
      .init("study", Self.json(study)), .init("quick", .bool(isQuick)),
      .init("agrees", .bool(agrees)), .init("findings", .array(result.findings.map(Self.json))),
      .init("remarks", .strings(result.remarks)),
    ]
    return Report(json: json, text: text, exitStatus: agrees ? 0 : 3)
  }

  private static func table(_ findings: [StudyFinding]) -> String {
    var rows = [["finding", "measured", "systematic", "reference", "", "agreement"]]
    for (number, finding) in findings.enumerated() {
      rows.append([
        finding.what, measured(finding.measured),
        finding.systematicError == 0 ? "" : Estimate.fixed(finding.systematicError, digits: 4),
        text(finding.expected), "[\(number + 1)]", finding.agrees ? "yes" : "NO",
      ])
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      var line = "  "
      for (entry, width) in zip(row, widths) {
        line += entry + String(repeating: " ", count: width - entry.count + 2)
      }
      while line.hasSuffix(" ") { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  private static func text(_ expected: StudyFinding.Expectation) -> String {
    switch expected {
    case .value(let value, 0): Estimate.fixed(value, digits: 4)
    case .value(let value, let error): Estimate(value, error: error).description
    case .above(let bound): "> \(short(bound))"
    case .below(let bound): "< \(short(bound))"
    }
  }

  /// What has no error is exact up to rounding: its digits, or its power of ten where it is small.
  private static func measured(_ estimate: Estimate) -> String {
    guard estimate.error == 0, estimate.value.isFinite else { return estimate.description }
    let size = abs(estimate.value)
    return size == 0 || size >= 1e-3
      ? Estimate.fixed(estimate.value, digits: 6) : scientific(estimate.value)
  }

  /// Two digits and a power of ten.
  private static func scientific(_ value: Double) -> String {
    let exponent = Int(floor(log10(abs(value))))
    return "\(Estimate.fixed(value / pow(10, Double(exponent)), digits: 1))e\(exponent)"
  }

  /// A bound as it was chosen: two decimals, or the power of ten of a small one.
  private static func short(_ bound: Double) -> String {
    bound != 0 && abs(bound) < 0.01 ? "\(bound)" : Estimate.fixed(bound, digits: 2)
  }

  private static func json(_ study: Study) -> JSONValue {
    .pairs([
      "name": .string(study.name), "title": .string(study.title),
      "source": .string(study.source), "claim": .string(study.claim),
    ])
  }

  private static func json(_ finding: StudyFinding) -> JSONValue {
    let expected: JSONValue =
      switch finding.expected {
      case .value(let value, let error):
        .pairs(["value": .number(value), "error": .number(error)])
      case .above(let bound): .pairs(["above": .number(bound)])
      case .below(let bound): .pairs(["below": .number(bound)])
      }
    return .pairs([
      "key": .string(finding.key), "what": .string(finding.what),
      "measured": .estimate(finding.measured),
      "systematicError": .number(finding.systematicError), "expected": expected,
      "reference": .string(finding.reference), "agrees": .bool(finding.agrees),
    ])
  }
}
