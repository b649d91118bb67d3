import LandauCore
import LandauDiscovery

/// What the networks compute, as a formula: in words and in JSON.
enum DiscoverFormula {
  static func section(_ findings: Findings) -> Document.Section {
    let heading = "As a formula"
    guard let found = findings.formula else {
      return .init(heading, [.paragraph("Left out: \(reason(findings)).")])
    }
    let variables = found.variables.map { "\($0.name) = \($0.correlator)" }
    let share = Estimate(100 * found.explained.value, error: 100 * found.explained.error)
    var blocks: [Document.Block] = [
      .paragraph(
        "The mean prediction of the networks of the largest size by symbolic regression, with "
          + variables.joined(separator: ", ") + ":"),
      .formula("predicted \(findings.parameterName) = \(found.text)"),
      .paragraph(
        "Fitted to each network, it explains \(share) % of the variance of its predictions; the errors of constants are "
          + "the spread over networks, which were trained from different seeds on different parts."),
    ]
    let simpler = found.front.members.prefix(found.front.chosenIndex)
    guard !simpler.isEmpty else { return .init(heading, blocks) }
    blocks.append(
      .paragraph(
        "Chosen as the simplest that leaves no more than half a percent above the best. Simpler ones:"
      ))
    var rows = [["parts", "variance left", "formula"]]
    for member in simpler {
      rows.append([
        "\(member.complexity)", Estimate.fixed(member.heldOutLoss.value, digits: 4), member.text,
      ])
    }
    blocks.append(.table(rows))
    return .init(heading, blocks)
  }

  private static func reason(_ findings: Findings) -> String {
    if findings.indicator == nil {
      return "no correlator decides, so there is nothing to write one in"
    }
    return findings.isComplete
      ? "the predictions or their correlators do not vary" : "the run was stopped before"
  }

  static func json(_ findings: Findings) -> JSONValue {
    guard let found = findings.formula else {
      return .pairs(["reason": .string(reason(findings))])
    }
    return json(found)
  }

  static func json(_ found: NetworkFormula) -> JSONValue {
    .pairs([
      "text": .string(found.text), "latex": .string(found.latex),
      "variables": .array(
        found.variables.map {
          .pairs(["name": .string($0.name), "correlator": .string($0.correlator)])
        }),
      "constants": .array(found.constants.map { .estimate($0) }),
      "explained": .estimate(found.explained),
      "complexity": .integer(found.front.chosen.complexity),
      "front": .array(
        found.front.members.map { member in
          .pairs([
            "complexity": .integer(member.complexity), "text": .string(member.text),
            "trainingLoss": .number(member.trainingLoss),
            "heldOutLoss": .estimate(member.heldOutLoss),
          ])
        }),
    ])
  }
}
