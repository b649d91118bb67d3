public import LandauCore

extension ParetoFront {
  /// The front as comma-separated values, one formula a line; formulas are quoted.
  public var csv: String {
    var lines = ["complexity,training loss,held-out loss,error,excess,error,chosen,formula"]
    for (index, member) in members.enumerated() {
      let numbers = [
        member.trainingLoss, member.heldOutLoss.value, member.heldOutLoss.error,
        member.excess.value, member.excess.error,
      ].map { Expression.digits($0, 9) }
      let formula = "\"\(targetName) = \(member.text)\""
      lines.append(
        "\(member.complexity),\(numbers.joined(separator: ",")),"
          + "\(index == chosenIndex ? 1 : 0),\(formula)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Error against complexity, the chosen formula marked.
  public var panel: Figure.Panel {
    let x = members.map { Double($0.complexity) }
    // A loss of zero has no place on a logarithmic axis.
    let floor = 1e-30
    let unit = isWeighted ? "chi-square per sample" : "share of the variance left"
    return Figure.Panel(
      title: "\(targetName) = \(chosen.text)", xAxis: .init("complexity"),
      yAxis: .init(unit, logarithmic: true),
      series: [
        .init(
          "training", x: x, y: members.map { max($0.trainingLoss, floor) }, style: .linePoints),
        .init(
          "held out", x: x, y: members.map { max($0.heldOutLoss.value, floor) },
          style: .linePoints, color: 1),
      ],
      marks: [.init("chosen", x: Double(chosen.complexity), dashed: true, color: -1)])
  }

  public var figure: Figure { Figure(title: "Formulas for \(targetName)", panels: [panel]) }
}
