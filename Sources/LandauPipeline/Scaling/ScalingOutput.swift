import LandauCore
import LandauPlot

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The files a finite-size study leaves: a folder with the figure, its data, the report and the result.
enum ScalingOutput {
  /// Makes the folder before any work is done.
  ///
  /// - Throws: `InputError` when it cannot be made or written to.
  static func prepare(_ folder: String) throws(InputError) {
    var status = stat()
    if stat(folder, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFDIR else {
        throw .notAllowed("--output", folder, allowed: "a folder, new or existing")
      }
    } else if mkdir(folder, 0o755) != 0 {
      throw InputError("--output is \(folder); the folder cannot be made (\(reason()))")
    }
    guard access(folder, W_OK | X_OK) == 0 else {
      throw InputError("--output is \(folder); it cannot be written to (\(reason()))")
    }
  }

  private static func reason() -> String { String(cString: strerror(errno)).lowercased() }

  static func report(
    _ findings: ScalingFindings, job: ScalingJob, folder: String
  ) throws -> Report {
    var text = ScalingText.page(findings, job: job)
    let json = ScalingJSON.members(findings, job: job)
    var files: [String] = []
    if let figure = ScalingFigure.figure(findings, job: job) {
      files += try Plot.draw(figure, to: folder + "/figure")
    }
    let reportPath = folder + "/report.txt"
    let resultPath = folder + "/result.json"
    try FileWriting.writeAtomically(text, to: reportPath)
    try FileWriting.writeAtomically(JSONValue.object(json).text() + "\n", to: resultPath)
    files += [reportPath, resultPath]
    text += "\nFigure and result: \(folder)/\n"
    return Report(json: json, text: text, files: files)
  }
}
