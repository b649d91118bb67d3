import LandauCore
import LandauDiscovery
import LandauPlot
import LandauStore

/// The files a discovery leaves: a folder with the figure and its data, the report as text,
/// Markdown and HTML, the JSON result, and the front of formulas.
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
    let document = DiscoverText.document(findings, story: story)
    let text = document.text
    let json = DiscoverJSON.members(findings, story: story)
    var files = try Plot.draw(
      DiscoverFigure.figure(findings, story: story), to: base + "/figure")
    let picture = try TextFile.read(base + "/figure.svg")
    var pages = [
      ("report.txt", text), ("report.md", document.markdown(figure: "figure.svg")),
      ("report.html", document.html(picture: picture)),
      ("result.json", JSONValue.object(json).text() + "\n"),
    ]
    if let formula = findings.formula { pages.append(("formula.csv", formula.front.csv)) }
    for (name, contents) in pages {
      try FileWriting.writeAtomically(contents, to: "\(base)/\(name)")
      files.append("\(base)/\(name)")
    }
    let pointer = "\nFigure: \(files.first { $0.hasSuffix(".png") } ?? files[0]) (and .svg)\n"
    return Report(
      json: json, text: text + pointer, files: files, exitStatus: findings.isComplete ? 0 : 4)
  }
}
