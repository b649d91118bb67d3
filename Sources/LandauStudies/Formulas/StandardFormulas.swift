import LandauCore
import LandauDiscovery

extension Study {
  /// Known formulas, found again from noisy data.
  static let standardFormulas = Study(
    name: "standard-formulas",
    title: "Thirty standard formulas from noisy data",
    source:
      "S.-M. Udrescu and M. Tegmark, AI Feynman, arXiv:1905.11481; M. Cranmer, arXiv:2305.01582",
    claim: """
      Symbolic regression finds most textbook formulas again from their values with noise: the chosen formula is right \
      beyond the range of the data and no longer than the truth.
      """,
    run: { run in
      let formulas = run.isQuick ? StandardFormula.quick : StandardFormula.all
      run.progress.begin("formulas", total: formulas.count)
      var recoveries: [FormulaRecovery] = []
      for formula in formulas {
        try run.cancellation.check()
        let recovery = try FormulaRecovery(
          formula,
          effort: run.isQuick
            ? .init(cycles: 40, patience: 10) : .init(islands: 12, cycles: 600, patience: 100),
          seed: run.seed.child(formula.name), pool: run.pool, cancellation: run.cancellation)
        recoveries.append(recovery)
        run.progress.advance()
      }
      run.progress.end()
      return StudyResult(
        findings: findings(recoveries, isQuick: run.isQuick),
        figure: Figure(
          title: "Standard formulas from noisy data", panels: panels(recoveries), columnCount: 2),
        remarks: remarks(recoveries))
    })

  private static func findings(_ all: [FormulaRecovery], isQuick: Bool) -> [StudyFinding] {
    let total = Double(all.count)
    // The spread of a count over other data of the same kind.
    func count(_ condition: (FormulaRecovery) -> Bool) -> Estimate {
      let share = Estimate.fraction(Double(all.filter(condition).count) / total, of: all.count)
      return Estimate(total * share.value, error: total * share.error)
    }
    // Bounds that three standard errors below the hoped-for share leave.
    let (recovered, exact) = isQuick ? (0.3, 0.2) : (0.5, 0.4)
    return [
      StudyFinding(
        "recovered", "formulas of \(all.count) that hold to the noise, beyond the data, too",
        measured: count(\.isRecovered), expected: .above(recovered * total),
        reference: "asked for: two thirds or more"),
      StudyFinding(
        "exact", "of these, the truth but for values of constants",
        measured: count { $0.isRecovered && $0.isExact }, expected: .above(exact * total),
        reference: "asked for: a half or more"),
    ]
  }

  private static func remarks(_ all: [FormulaRecovery]) -> [String] {
    let lines = all.map { recovery in
      let mark = !recovery.isRecovered ? "missed" : recovery.isExact ? "exact" : "holds"
      let numbers = [recovery.within, recovery.beyond].map { Estimate.fixed($0, digits: 2) }
      let sizes = "\(recovery.front.chosen.complexity) of \(recovery.trueComplexity)"
      return
        "\(mark): \(recovery.name): \(recovery.front.chosen.text)  [\(numbers.joined(separator: ", ")); "
        + "\(sizes); \(Estimate.fixed(recovery.seconds, digits: 1)) s]"
    }
    return [
      "600 values each with noise of one per cent, a third of them held out; one set of operations for all formulas; units",
      "of variables and target are given, constants may carry any. In brackets: root mean square deviation from the exact",
      "formula in standard errors of a measurement, within the ranges of the data and up to half a range beyond; complexity",
      "of the chosen formula and of the truth; seconds. It holds: below 0.5 and 1, and at most \(FormulaRecovery.margin) larger. Exact: fitted",
      "to exact values nothing is left over. Settings of the search were chosen with this list at another seed in sight.",
    ] + lines
  }

  private static func panels(_ all: [FormulaRecovery]) -> [Figure.Panel] {
    let indices = all.indices.map { Double($0 + 1) }
    func clipped(_ value: Double) -> Double { min(max(value, 1e-3), 1e3) }
    let found = all.filter(\.isRecovered).count
    let deviations = Figure.Panel(
      title: "\(found) of \(all.count) recovered",
      xAxis: .init("formula, in the order of the report"),
      yAxis: .init("deviation in standard errors", logarithmic: true),
      series: [
        .init("within the ranges", x: indices, y: all.map { clipped($0.within) }, style: .points),
        .init(
          "beyond", x: indices, y: all.map { clipped($0.beyond) }, style: .points, color: 1),
        .init("allowed within", x: [0, indices.last ?? 1], y: [0.5, 0.5], style: .dashedLine),
        .init(
          "allowed beyond", x: [0, indices.last ?? 1], y: [1, 1], style: .dashedLine, color: 1),
      ])
    let longest = all.filter(\.isRecovered).max { $0.trueComplexity < $1.trueComplexity }
    return [deviations] + (longest.map { [$0.front.panel] } ?? [])
  }
}

extension StandardFormula {
  /// A third of the list, one of each kind.
  static let quick = all.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
}
