public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Draws figures through gnuplot: an SVG and a PNG, with the data and the script beside them.
public enum Plot {
  /// Draws `figure` as `basePath.svg` and `basePath.png`, beside `basePath.dat` (the numbers) and
  /// `basePath.gp` (the script; `gnuplot basePath.gp` in that folder draws the figure again).
  ///
  /// All files appear under their final names when they are whole. Points that are not finite, or not
  /// positive on a logarithmic axis, are left out.
  /// - Parameters:
  ///   - basePath: path without extension; `.svg` or `.png` at its end is dropped.
  ///   - gnuplot: the program, looked up in PATH.
  ///   - timeLimit: seconds after which gnuplot is stopped.
  /// - Returns: the paths written, SVG, PNG, data, script.
  /// - Throws: `RunError` when a file cannot be written or gnuplot is missing, fails or takes too long.
  ///   Data and script are there in the latter cases.
  @discardableResult
  public static func draw(
    _ figure: Figure, to basePath: String, gnuplot: String = "gnuplot", timeLimit: Double = 60
  ) throws(RunError) -> [String] {
    let base = safeBase(basePath)
    let page = DrawnPage(figure)
    let name = base.split(separator: "/").last.map(String.init) ?? base
    try FileWriting.writeAtomically(page.dataFile(), to: base + ".dat")
    try FileWriting.writeAtomically(page.script(name: name), to: base + ".gp")
    let temporary = "\(base).tmp-\(getpid())"
    defer { for kind in ["svg", "png"] { unlink("\(temporary).\(kind)") } }
    try runGnuplot(gnuplot, base: base, output: temporary, timeLimit: timeLimit)
    let svg = try bytes(of: temporary + ".svg")
    let png = try bytes(of: temporary + ".png")
    try FileWriting.writeAtomically(SVGFinish.apply(svg, title: figure.title), to: base + ".svg")
    try FileWriting.writeAtomically(png, to: base + ".png")
    return ["svg", "png", "dat", "gp"].map { "\(base).\($0)" }
  }

  /// A path that gnuplot cannot take for a command: it treats names beginning with `<` or `|` as pipes.
  private static func safeBase(_ path: String) -> String {
    let isImage = path.hasSuffix(".svg") || path.hasSuffix(".png")
    let stem = isImage && path.count > 4 ? String(path.dropLast(4)) : path
    return stem.hasPrefix("<") || stem.hasPrefix("|") || stem.hasPrefix("-") ? "./" + stem : stem
  }

  private static func runGnuplot(
    _ program: String, base: String, output: String, timeLimit: Double
  ) throws(RunError) {
    let settings =
      "data = \(GnuplotText.quoted(base + ".dat")); output = \(GnuplotText.quoted(output))"
    let child = try ChildProcess.run(
      program, ["-d", "-e", settings, base + ".gp"], limit: timeLimit)
    let kept = "the figure's data and script are \(base).dat and \(base).gp"
    switch child.ending {
    case .exited(0):
      return
    case .missing:
      throw RunError(
        "\(program) was not found; install it (Debian: gnuplot-nox, fonts-dejavu-core); \(kept)")
    case .timedOut:
      throw RunError("\(program) took more than \(timeLimit) s and was stopped; \(kept)")
    case .exited(let status):
      throw RunError("\(program) failed (status \(status)\(reason(child.errorText))); \(kept)")
    case .killed(let signal):
      throw RunError("\(program) was stopped by signal \(signal); \(kept)")
    }
  }

  private static func reason(_ text: String) -> String {
    let lines = text.split(separator: "\n").filter { $0.contains(where: \.isLetter) }
    return lines.last.map { ": \($0.prefix(160))" } ?? ""
  }

  private static func bytes(of path: String) throws(RunError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw RunError("gnuplot finished without writing \(path)") }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while true {
      let got = read(descriptor, &chunk, chunk.count)
      if got < 0 && errno == EINTR { continue }
      if got <= 0 { break }
      bytes += chunk[..<got]
    }
    guard !bytes.isEmpty else { throw RunError("gnuplot wrote nothing to \(path)") }
    return bytes
  }
}
