public import LandauCore

/// Whether the distribution of snapshots is invariant under one transformation.
public struct SymmetryFinding: Sendable, Hashable {
  public enum Verdict: String, Sendable, Hashable {
    /// No violation was seen in any observable.
    case invariant
    case broken
    case notTestable = "not testable"
  }

  public var name: String
  public var kind: SnapshotTransformation.Kind
  /// The largest deviation of an observable from invariance, in its standard errors; NaN where not testable.
  public var deviation: Double
  /// The observable that deviates most, and the value of the parameter where it does.
  public var observable: String
  public var parameter: Double
  /// Of as large a deviation of any observable at any value of the parameter; exact under the null.
  public var observableProbability: Double
  /// Of as good a held-out classifier of x and g(x); exact under the null.
  public var classifierProbability: Double
  /// Twice the smaller of the two, at most 1.
  public var probability: Double
  public var verdict: Verdict
  /// Values of the parameter at which a single observable suffices to see that the symmetry is broken.
  public var brokenAt: [Double]
  /// Independent pieces of data at all values of the parameter together.
  public var blockCount: Int
  /// Why nothing can be said.
  public var reason: String?
}

/// All transformations that were tried, and the budget of false alarms they share.
public struct SymmetryFindings: Sendable, Hashable {
  public var parameterName: String
  /// The chance that any true symmetry is called broken (Holm's procedure over all that could be tested).
  public var level: Double
  public var findings: [SymmetryFinding]

  public var testedCount: Int { findings.count { $0.verdict != .notTestable } }

  /// Marks what is broken: ordered by their p-values, as long as p <= level / (those left).
  init(parameterName: String, level: Double, findings: [SymmetryFinding]) {
    self.parameterName = parameterName
    self.level = level
    self.findings = findings
    let tested = findings.indices.filter { findings[$0].verdict != .notTestable }
      .sorted { findings[$0].probability < findings[$1].probability }
    for (rank, index) in tested.enumerated() {
      guard findings[index].probability <= level / Double(tested.count - rank) else { break }
      self.findings[index].verdict = .broken
    }
    for index in findings.indices where self.findings[index].verdict != .broken {
      self.findings[index].brokenAt = []
    }
  }

  /// A table and what it means, lines of at most a hundred characters where names allow.
  public var text: String {
    var rows = [["transformation", "kind", "deviation", "p", "verdict", "seen in"]]
    for finding in findings {
      let isTested = finding.verdict != .notTestable
      rows.append([
        finding.name, finding.kind.rawValue,
        isTested ? "\(Estimate.fixed(finding.deviation, digits: 1)) sigma" : "-",
        isTested ? Estimate.fixed(finding.probability, digits: 4) : "-", finding.verdict.rawValue,
        finding.reason ?? (finding.verdict == .broken ? Self.place(finding, parameterName) : ""),
      ])
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let table = rows.map { row in
      var line = " "
      for (entry, width) in zip(row, widths) {
        line += " " + entry + String(repeating: " ", count: width - entry.count + 1)
      }
      while line.hasSuffix(" ") { line.removeLast() }
      return line + "\n"
    }
    return table.joined()
      + "  Invariant: no violation was seen. \(testedCount) transformations, two tests each, share a "
      + "chance of \(level) of any false alarm.\n"
  }

  private static func place(_ finding: SymmetryFinding, _ parameterName: String) -> String {
    finding.brokenAt.isEmpty
      ? "no single observable; the classifier"
      : "\(finding.observable), \(parameterName) = \(Estimate.fixed(finding.parameter, digits: 4))"
        + (finding.brokenAt.count > 1 ? " and \(finding.brokenAt.count - 1) more" : "")
  }

  public var json: JSONValue {
    .pairs([
      "level": .number(level), "tested": .integer(testedCount),
      "transformations": .array(
        findings.map { finding in
          .pairs([
            "name": .string(finding.name), "kind": .string(finding.kind.rawValue),
            "verdict": .string(finding.verdict.rawValue),
            "deviation": .number(finding.deviation), "observable": .string(finding.observable),
            "at": .number(finding.parameter), "probability": .number(finding.probability),
            "observableProbability": .number(finding.observableProbability),
            "classifierProbability": .number(finding.classifierProbability),
            "brokenAt": .numbers(finding.brokenAt), "blocks": .integer(finding.blockCount),
            "reason": finding.reason.map { .string($0) } ?? .null,
          ])
        }),
    ])
  }
}
