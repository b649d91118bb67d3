import LandauCore
import LandauPlot

/// The files a finite-size study leaves: a folder with the figure, its data, the report and the result.
enum ScalingOutput {
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
    return Report(
      json: json, text: text, files: files, exitStatus: findings.leftOut.isEmpty ? 0 : 4)
  }
}
