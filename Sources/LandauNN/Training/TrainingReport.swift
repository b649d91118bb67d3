public import LandauCore

/// What happened in a training run.
public struct TrainingReport: Sendable, Hashable {
  public enum Status: String, Sendable, Hashable, CaseIterable {
    /// All epochs were done.
    case finished
    /// The watched loss no longer improved.
    case stoppedEarly = "stopped-early"
    /// A loss was not finite; the model is the best one before that.
    case diverged
    /// Somebody asked to stop.
    case interrupted
  }

  public var status = Status.finished
  /// The mean loss of each epoch's steps, taken while the parameters moved.
  public var trainingLosses: [Double] = []
  /// Standard errors of the training losses, from the spread of the batches; zero where an epoch is one batch.
  public var trainingErrors: [Double] = []
  /// The loss on the validation examples after each epoch; empty without validation.
  public var validationLosses: [Double] = []
  /// Standard errors of the validation losses, from the spread of the batches; zero where it is one batch.
  public var validationErrors: [Double] = []
  /// Values of each metric on the validation examples after each epoch.
  public var metrics: [String: [Double]] = [:]
  /// The epoch (from 0) whose model was kept: the one of the lowest watched loss; nil where none was finite.
  public var bestEpoch: Int?
  /// Steps of the optimiser.
  public var stepCount = 0

  public init() {}
}

extension TrainingReport {
  /// The learning curves so far: losses with their errors, and one panel for each metric.
  ///
  /// Redrawn after every epoch they are live curves:
  ///
  ///     fit(…, afterEpoch: { try? plot($0.figure(title: "digits")) })
  ///
  /// - Parameter logarithmic: whether losses are drawn on a logarithmic axis; it takes positive losses.
  public func figure(title: String, logarithmic: Bool = true) -> Figure {
    Self.figure(of: [(title, self)], title: title, logarithmic: logarithmic, isSingle: true)
  }

  /// The curves of several runs in one drawing, e.g. of optimisers that are compared.
  public static func figure(
    of reports: [(label: String, report: TrainingReport)], title: String, logarithmic: Bool = true
  ) -> Figure {
    figure(of: reports, title: title, logarithmic: logarithmic, isSingle: false)
  }

  private static func figure(
    of reports: [(label: String, report: TrainingReport)], title: String, logarithmic: Bool,
    isSingle: Bool
  ) -> Figure {
    var series: [Figure.Series] = []
    var marks: [Figure.Mark] = []
    func label(_ own: String, _ kind: String) -> String { isSingle ? kind : "\(own), \(kind)" }
    for (color, entry) in reports.enumerated() {
      let report = entry.report
      let hasValidation = !report.validationLosses.isEmpty
      series.append(
        curve(
          label(entry.label, "training"), report.trainingLosses, report.trainingErrors,
          hasValidation ? .dashedLine : .line, color))
      if hasValidation {
        series.append(
          curve(
            label(entry.label, "validation"), report.validationLosses, report.validationErrors,
            .line, isSingle ? color + 1 : color))
      }
      if isSingle, let best = report.bestEpoch {
        marks.append(Figure.Mark("best epoch", x: Double(best + 1), dashed: true, color: -1))
      }
    }
    let epochs = Figure.Axis("epoch")
    var panels = [
      Figure.Panel(
        title: isSingle ? "loss" : title, xAxis: epochs,
        yAxis: Figure.Axis("loss", logarithmic: logarithmic), series: series, marks: marks)
    ]
    for name in Set(reports.flatMap { $0.report.metrics.keys }).sorted() {
      panels.append(
        Figure.Panel(
          title: name, xAxis: epochs, yAxis: Figure.Axis(name),
          series: reports.enumerated().compactMap { color, entry in
            entry.report.metrics[name].map {
              curve(isSingle ? name : entry.label, $0, [], .line, isSingle ? color + 1 : color)
            }
          }))
    }
    return Figure(title: title, panels: panels, columnCount: min(2, panels.count))
  }

  private static func curve(
    _ label: String, _ values: [Double], _ errors: [Double], _ style: Figure.Series.Style,
    _ color: Int
  ) -> Figure.Series {
    Figure.Series(
      label, x: values.indices.map { Double($0 + 1) }, y: values,
      errors: errors.count == values.count && errors.contains { $0 > 0 } ? errors : [],
      style: style, color: color)
  }
}
