import LandauCore
import LandauDiscovery
import LandauPlot

/// The files a discovery leaves: a folder with the figure, its data, the report and the JSON result.
enum DiscoverOutput {
  /// Makes the folder before any work is done.
  ///
  /// - Returns: its path.
  /// - Throws: `InputError` when it cannot be made or written to.
  static func prepare(_ options: DiscoverOptions) throws(InputError) -> String {
    let folder = options.output ?? "landau-discover-\(defaultName(options))"
    try OutputPath.makeFolder(folder)
    return folder
  }

  private static func defaultName(_ options: DiscoverOptions) -> String {
    switch options.source {
    case .model(let name): return name
    case .files(let paths):
      let path = paths.first ?? options.channels.map(\.path).joined(separator: "+")
      let name = path.split(separator: "/").last.map(String.init) ?? "files"
      let stem = name.split(separator: ".").first.map(String.init) ?? name
      return String(stem.map { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" ? $0 : "-" })
    }
  }

  static func report(_ findings: Findings, story: DiscoveryStory, base: String) throws -> Report {
    let text = DiscoverText.page(findings, story: story)
    let json = DiscoverJSON.members(findings, story: story)
    var files = try Plot.draw(
      DiscoverFigure.figure(findings, story: story), to: base + "/figure")
    let reportPath = base + "/report.txt"
    let resultPath = base + "/result.json"
    try FileWriting.writeAtomically(text, to: reportPath)
    try FileWriting.writeAtomically(JSONValue.object(json).text() + "\n", to: resultPath)
    files += [reportPath, resultPath]
    let pointer = "\nFigure: \(files.first { $0.hasSuffix(".png") } ?? files[0]) (and .svg)\n"
    return Report(
      json: json, text: text + pointer, files: files, exitStatus: findings.isComplete ? 0 : 4)
  }
}
