public import LandauCore
public import LandauPipeline
import LandauPlot

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Runs one study, or lists them all.
public struct StudyJob: Sendable {
  let options: StudyOptions
  /// nil for the list.
  let study: Study?

  /// - Throws: `InputError` for a study that does not exist, or a folder that cannot be written.
  public init(_ options: StudyOptions) throws(InputError) {
    self.options = options
    guard let name = options.name else {
      study = nil
      return
    }
    guard let study = Study.named(name) else {
      throw .notAllowed(
        "study", name, allowed: Study.all.map(\.name).joined(separator: ", "))
    }
    self.study = study
    try Self.checkData(study, options)
    try OutputPath.makeFolder(Self.folder(options, study))
  }

  private static func checkData(_ study: Study, _ options: StudyOptions) throws(InputError) {
    let files = study.dataFiles + (options.isQuick ? [] : study.fullDataFiles)
    if files.isEmpty { return }
    guard let folder = options.dataFolder else {
      throw InputError(
        "--data FOLDER is missing; \(study.name) reads \(files.joined(separator: ", ")) below it")
    }
    let missing = files.first { access("\(folder)/\($0)", R_OK) != 0 }
    if let missing {
      throw InputError("--data is \(folder); \(missing) is not there or cannot be read")
    }
  }

  /// - Throws: `Interrupted` when stopped before the end, `RunError` when a file cannot be written or the
  ///   figure not drawn.
  public func run(
    pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> Report {
    guard let study else { return StudyText.list(Study.all) }
    let result = try study.run(
      StudyRun(
        isQuick: options.isQuick, dataFolder: options.dataFolder ?? "",
        seed: Seed(options.seed).child(study.name), pool: pool,
        progress: progress, cancellation: cancellation))
    let folder = Self.folder(options, study)
    var report = StudyText.report(study, result, isQuick: options.isQuick)
    report.files = try Plot.draw(result.figure, to: folder + "/figure")
    let texts = [
      ("report.txt", report.text), ("result.json", JSONValue.object(report.json).text() + "\n"),
    ]
    for (name, text) in texts {
      try FileWriting.writeAtomically(text, to: folder + "/" + name)
      report.files.append(folder + "/" + name)
    }
    report.text += "\nFigure: \(folder)/figure.png (and .svg)\n"
    return report
  }

  private static func folder(_ options: StudyOptions, _ study: Study) -> String {
    options.output ?? "landau-study-\(study.name)"
  }
}
