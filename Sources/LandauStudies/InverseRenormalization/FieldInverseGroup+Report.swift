import LandauCore
import LandauDiscovery

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension FieldInverseGroup {
  var findings: [StudyFinding] {
    let exact = pow(2, -0.25)
    return [
      StudyFinding(
        "fieldBonds", "phi^4: learned coefficient of phi phi'",
        measured: mean { $0.inverse[.bonds] },
        expected: .value(-1, error: 0), reference: "the action's")
    ]
      + direct.indices.flatMap { level in
        [
          finding(
            "fieldNeighbours", "product of neighbours", moment(\.neighbours, at: level),
            direct[level].neighbours, level),
          finding(
            "fieldSquare", "<phi^2>", moment(\.square, at: level), direct[level].square, level),
        ]
      } + [
        StudyFinding(
          "fieldOrderPerDoubling",
          "phi^4: <m^2> per doubling, \(Self.start) to \(sides[sides.count - 1])",
          measured: orderPerDoubling, systematicError: Self.allowance * exact,
          expected: .value(exact, error: 0), reference: "2^(-1/4), not put in; 2 % allowed")
      ]
  }

  /// Beside chains of that size.
  private func finding(
    _ key: String, _ what: String, _ measured: Estimate, _ chains: Estimate, _ level: Int
  ) -> StudyFinding {
    StudyFinding(
      "\(key)\(sides[level])", "phi^4: \(what) at L = \(sides[level])", measured: measured,
      systematicError: Self.allowance * chains.value,
      expected: .value(chains.value, error: chains.error),
      reference: "chains of that size; 2 % allowed, as blocks of phi^4 are not phi^4")
  }

  /// Relative.
  private static let allowance = 0.02

  /// A line per size.
  var remarks: [String] {
    sides.indices.map { level in
      let chains =
        level < direct.count
        ? """
        ; chains \(direct[level].neighbours), \(direct[level].square), \(direct[level].squaredOrder)
        """ : ""
      return """
        phi^4, L = \(sides[level]): <phi phi'> \(moment(\.neighbours, at: level)), <phi^2> \
        \(moment(\.square, at: level)), <m^2> \(squaredOrder(at: level))\(chains)
        """
    } + [
      """
      phi^4: weight \(mean { $0.blocks.weight }), noise \(mean { $0.blocks.noise }); learned coefficients \
      \(FieldInverse.Feature.allCases.map { feature in "\(mean { $0.inverse[feature] })" }.joined(separator: ", "))
      """
    ]
  }

  // MARK: Figure

  var panels: [Figure.Panel] { [shortPanel, longPanel] }

  private var categories: [String] { ([Self.start] + sides).map(String.init) }
  private var axis: Figure.Axis { .init("L", range: 0.6...Double(sides.count) + 0.4) }

  private func points(
    _ label: String, _ values: [Estimate], color: Int, shift: Double = 0
  ) -> Figure.Series {
    .init(
      label, x: values.indices.map { Double($0 + 1) + shift }, y: values.map(\.value),
      errors: values.map(\.error), style: .points, color: color)
  }

  private var shortPanel: Figure.Panel {
    Figure.Panel(
      title: "phi^4 at short distances, trained at 64", xAxis: axis,
      yAxis: .init("mean", range: 0.45...0.9),
      series: [
        points("<phi^2>, inverse", sides.indices.map { moment(\.square, at: $0) }, color: 0),
        points("<phi^2>, chains", direct.map(\.square), color: 1, shift: 0.1),
        points("<phi phi'>, inverse", sides.indices.map { moment(\.neighbours, at: $0) }, color: 2),
        points("<phi phi'>, chains", direct.map(\.neighbours), color: 3, shift: 0.1),
      ], categories: categories)
  }

  private var longPanel: Figure.Panel {
    func scaled(_ values: [Estimate]) -> [Estimate] {
      zip(sides, values).map { side, value in value.scaled(by: pow(Double(side), 0.25)) }
    }
    return Figure.Panel(
      title: "phi^4 at long distances", xAxis: axis,
      yAxis: .init("L^(1/4) <m^2>", range: 0.65...0.85),
      series: [
        points("inverse", scaled(sides.indices.map { squaredOrder(at: $0) }), color: 0),
        points("chains", scaled(direct.map(\.squaredOrder)), color: 1, shift: 0.1),
      ], categories: categories)
  }
}
