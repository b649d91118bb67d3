import LandauCore
import LandauStatistics

/// The register for people and for programs.
struct SelfTestReport {
  let checks: [SelfTestCheck]
  let seed: UInt64

  private var sampled: [SelfTestCheck] { checks.filter { $0.chance != nil } }
  private var computed: [SelfTestCheck] { checks.filter { $0.chance == nil } }
  private var failed: [SelfTestCheck] { checks.filter { !$0.isPassed } }

  var report: Report {
    Report(json: json, text: text, exitStatus: failed.isEmpty ? 0 : 3)
  }

  /// Mean square of the z-scores; 1 for errors that are neither too small nor too large.
  private var meanSquare: Double {
    sampled.reduce(0) { $0 + $1.distance * $1.distance } / Double(max(1, sampled.count))
  }

  private var json: [JSONValue.Member] {
    [
      .init("checks", .array(checks.map(\.json))),
      .init(
        "summary",
        .pairs([
          "computed": .integer(computed.count), "sampled": .integer(sampled.count),
          "failed": .integer(failed.count), "meanSquaredZScore": .number(meanSquare),
          "largestZScore": .number(sampled.map { abs($0.distance) }.max() ?? 0),
        ])),
    ]
  }

  private var text: String {
    var table = TextTable(["system", "quantity", "measured", "exact", "z"])
    for check in sampled {
      table.append([
        check.system, check.quantity, check.measured.description,
        Estimate.fixed(check.exact, digits: 6),
        Estimate.fixed(check.distance, digits: 2) + (check.isPassed ? "" : "  FAILED"),
      ])
    }
    var text = table.text(leftColumns: 2) + "\n"
    for check in computed where !check.isPassed {
      text +=
        "FAILED \(check.system), \(check.quantity): \(check.measured.value) instead of \(check.exact)\n"
    }
    let groups = Array(Set(computed.map(\.system))).sorted()
    for group in groups {
      let members = computed.filter { $0.system == group }
      let worst = members.map(\.distance).max() ?? 0
      text +=
        "\(group): \(members.count) values computed, largest deviation "
        + "\(Estimate.fixed(worst, digits: 2)) of its tolerance\n"
    }
    text +=
      "\n\(checks.count) truths, \(failed.count) failed; z-scores: mean square "
      + "\(Estimate.fixed(meanSquare, digits: 2)) (1 expected), largest "
      + "\(Estimate.fixed(sampled.map { abs($0.distance) }.max() ?? 0, digits: 2)); seed \(seed)\n"
    return text
  }
}
