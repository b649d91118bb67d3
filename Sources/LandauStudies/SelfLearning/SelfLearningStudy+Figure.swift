import LandauCore
import LandauMonteCarlo
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension SelfLearningStudy {
  var figure: Figure {
    Figure(
      title:
        "Self-learning Monte Carlo, double exchange, \(Self.side) x \(Self.side), T = \(Self.temperature)",
      panels: [variances, relation, costs, pulls], columnCount: 2)
  }

  private var variances: Figure.Panel {
    let learned = attention.map { Self.mean($0.map(\.variance)) }
    let all = pairs.map(\.variance)
    let labels = pairs.map(\.label) + attention.map { $0[0].label }
    return Figure.Panel(
      title: "What effective models miss", xAxis: .init(""),
      yAxis: .init("variance of S - A, not seen", logarithmic: true),
      series: [
        .init(
          "pairs", x: all.indices.map(Double.init), y: all.map(\.value), errors: all.map(\.error),
          style: .points, color: 0),
        .init(
          "attention", x: learned.indices.map { Double($0 + all.count) }, y: learned.map(\.value),
          errors: learned.map(\.error), style: .points, color: 1),
      ], categories: labels)
  }

  private var relation: Figure.Panel {
    func series(_ label: String, _ models: [[Judged]], _ color: Int) -> Figure.Series {
      let acceptance = models.map { Self.mean($0.map(\.acceptance)) }
      return .init(
        label, x: models.map { Self.mean($0.map(\.variance)).value }, y: acceptance.map(\.value),
        errors: acceptance.map(\.error), style: .points, color: color)
    }
    let curve = (0...100).map { 0.05 * exp(Double($0) / 100 * log(200.0)) }
    return Figure.Panel(
      title: "What proposals are worth", xAxis: .init("variance of S - A", logarithmic: true),
      yAxis: .init("acceptance", range: 0...1),
      series: [
        .init(
          "erfc(sqrt(v)/2)", x: curve,
          y: curve.map { SelfLearning.independentAcceptance(variance: $0) }, style: .line,
          color: -1),
        series("pairs", pairs.map { [$0] }, 0), series("attention", attention, 1),
        series("pairs moved to side \(Self.largeSide)", [[transferredPairs]], 2),
        series("attention moved", [transferred], 3),
      ])
  }

  private var costs: Figure.Panel {
    let models = [linear, squares].map { [$0] } + attention
    let learned = models.map { Self.cost($0) }
    let labels = ["one by one"] + models.map { $0[0].label }
    func points(_ label: String, _ values: [Estimate], from start: Int, _ color: Int)
      -> Figure.Series
    {
      .init(
        label, x: values.indices.map { Double($0 + start) }, y: values.map(\.value),
        errors: values.map(\.error), style: .points, color: color)
    }
    return Figure.Panel(
      title: "Diagonalisations for an independent S(pi, pi)", xAxis: .init(""),
      yAxis: .init("2 tau, in diagonalisations", logarithmic: true),
      series: [
        points("exact chain", [exactCost], from: 0, -1),
        points("pairs", Array(learned.prefix(2)), from: 1, 0),
        points("attention", Array(learned.dropFirst(2)), from: 3, 1),
      ], categories: labels)
  }

  /// Deviations of self-learning from exact chains in units of both errors together.
  private var pulls: Figure.Panel {
    func series(
      _ label: String, _ exact: SpinSampling.Chains, _ models: [Judged], _ color: Int,
      _ shift: Double
    ) -> Figure.Series {
      let pulls = Self.compared.map { observable, _, _ in
        let reference = exact.estimate(observable)
        return Self.pooled(models, observable).estimate().pull(
          to: reference.value, referenceError: reference.error)
      }
      return .init(
        label, x: pulls.indices.map { Double($0) + shift }, y: pulls,
        errors: [Double](repeating: 1, count: pulls.count), style: .points, color: color)
    }
    return Figure.Panel(
      title: "Observables, self-learning less exact", xAxis: .init(""),
      yAxis: .init("difference in standard errors", range: -5...5),
      series: [
        .init("equal", x: [-0.4, 2.4], y: [0, 0], style: .dashedLine, color: -1),
        series("side \(Self.side)", exact, deepest, 1, -0.08),
        series("side \(Self.largeSide)", largeExact, transferred, 3, 0.08),
      ], categories: ["energy", "magnetisation²", "S(pi, pi)"])
  }
}
