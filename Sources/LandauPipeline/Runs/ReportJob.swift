public import LandauCore
import LandauPlot
import LandauStore

/// Analyses runs again without simulating: estimates, a figure, several runs joined into one.
public struct ReportJob: Sendable {
  public enum Kind: Sendable, Hashable {
    /// Estimates anew, as `sample` printed them.
    case report
    /// A figure at `base`, without the file ending.
    case plot(base: String)
    /// The chains of several runs side by side, in a new file.
    case merge(output: String)
  }

  private let kind: Kind
  private let paths: [String]

  /// - Throws: `InputError` for a wrong number of runs or an output that cannot be written.
  public init(_ kind: Kind, paths: [String]) throws(InputError) {
    self.kind = kind
    self.paths = paths
    switch kind {
    case .merge(let output):
      guard paths.count >= 2 else {
        throw InputError("merging needs two runs or more; \(paths.count) given")
      }
      try OutputPath.requireWritable(output)
    case .report, .plot:
      guard paths.count == 1 else {
        throw InputError(
          paths.isEmpty ? "the run is missing" : "unexpected argument '\(paths[1])'")
      }
    }
    if case .plot(let base) = kind { try OutputPath.requireWritable(base + ".svg") }
  }

  /// - Throws: `InputError` when a file is no run, `RunError` when a file cannot be written or the figure not drawn.
  public func run(
    pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> Report {
    switch kind {
    case .report:
      let stored = try StoredSample(paths[0])
      return report(stored, try stored.points(), files: [])
    case .plot(let base):
      let stored = try StoredSample(paths[0])
      let points = try stored.points()
      let figure = SampleFigure.figure(points, job: stored.job, exact: try stored.exact())
      return report(stored, points, files: try Plot.draw(figure, to: base))
    case .merge(let output):
      let archive = try RunArchive.merge(paths, to: output)
      defer { archive.close() }
      guard let contents = archive.stored else { throw RunError("\(output): nothing was merged") }
      let stored = try StoredSample(archive.job, contents, path: output)
      let points = try stored.points()
      try archive.finish(stored.job.result(points))
      return report(stored, points, files: [output])
    }
  }

  private func report(
    _ stored: StoredSample, _ points: [SamplePoint], files: [String]
  ) -> Report {
    Report(
      json: [.init("points", .array(points.map { $0.timelessJSON(stored.job.model) }))],
      text: stored.job.text(points) + files.map { "wrote \($0)\n" }.joined(), files: files)
  }
}
