import LandauCore
import LandauTestSupport
import Testing

@testable import LandauPlot

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct PlotTests {
  @Test func scriptAndData() {
    let page = DrawnPage(ExampleFigures.discovery)
    expectGolden(page.script(name: "discovery"), "discovery.gp")
    expectGolden(page.dataFile(), "discovery.dat")
  }

  @Test func filesBesideOneAnother() throws {
    try withTemporaryFolder { folder in
      let paths = try Plot.draw(ExampleFigures.discovery, to: "\(folder)/figure")
      #expect(paths == ["svg", "png", "dat", "gp"].map { "\(folder)/figure.\($0)" })
      #expect(folderListing(folder) == ["figure.dat", "figure.gp", "figure.png", "figure.svg"])
      let svg = fileText(paths[0])
      #expect(xmlFault(svg) == nil)
      let labels = [
        "<title>2D Ising model: transition at T_c = 2.271(9)</title>", ">2D Ising model",
        ">Mean prediction<", ">Slope<", ">Importance<", ">temperature<", ">predicted temperature<",
        ">d⟨T⟩/dT<", ">loss of R²<", ">L = 16<", ">exact, L = 64<", ">T* for L = 32<",
        ">exact T_c<",
        ">1x2 d2<", "sans-serif",
      ]
      for label in labels { #expect(svg.contains(label), "\(label)") }
      let png = fileBytes(paths[1])
      #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10]))
      // Width and height stand in the first chunk: two columns and rows of panels, twice as fine.
      let size = [16, 20].map { at in png[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) } }
      #expect(size == [2000, 1568])
    }
  }

  /// The script draws the figure again by itself, which is what it is kept for.
  @Test func scriptStandsAlone() throws {
    try withTemporaryFolder { folder in
      try Plot.draw(ExampleFigures.discovery, to: "\(folder)/figure")
      for kind in ["svg", "png"] { unlink("\(folder)/figure.\(kind)") }
      let child = try LandauPlot.ChildProcess.run(
        "/bin/sh", ["-c", "cd '\(folder)' && gnuplot figure.gp"], limit: 30)
      #expect(child.ending == .exited(0), "\(child.errorText)")
      #expect(folderListing(folder) == ["figure.dat", "figure.gp", "figure.png", "figure.svg"])
    }
  }

  @Test func textDoesNoHarm() throws {
    try withTemporaryFolder { folder in
      let paths = try Plot.draw(ExampleFigures.hostile, to: "\(folder)/it's | <a> \"b\" $HOME")
      #expect(folderListing(folder).count == 4)
      #expect(access("hacked", F_OK) != 0)
      let svg = fileText(paths[0])
      #expect(xmlFault(svg) == nil)
      #expect(
        svg.contains("it's &quot;q&quot; \\ {x}_y^2 @z `touch hacked` $1 %d &lt;&amp;&gt; é ψ")
          || svg.contains("it's \"q\" \\ {x}_y^2 @z `touch hacked` $1 %d &lt;&amp;&gt; é ψ"))
    }
  }

  @Test func whatIsMissingIsLeftOut() throws {
    try withTemporaryFolder { folder in
      try Plot.draw(ExampleFigures.sparse, to: "\(folder)/sparse")
      let svg = fileText("\(folder)/sparse.svg")
      #expect(svg.contains(">one point<") && svg.contains(">no series<"))
      let data = fileText("\(folder)/sparse.dat")
      #expect(!data.contains("nan") && !data.contains("inf"))
      // The point at zero is gone, and no line may bridge the place.
      #expect(data.contains("1 2 3\n\n3 4 0\n"))
      try Plot.draw(Figure(title: "", panels: []), to: "\(folder)/empty.svg")
      #expect(folderListing(folder).contains("empty.png"))
    }
  }

  @Test func mapsHaveCellsAndAScale() throws {
    try withTemporaryFolder { folder in
      let paths = try Plot.draw(ExampleFigures.landscape, to: "\(folder)/map")
      let svg = fileText(paths[0])
      #expect(xmlFault(svg) == nil)
      for label in [">loss<", ">first direction<", ">path<"] {
        #expect(svg.contains(label), "\(label)")
      }
      #expect(svg.contains("<image "))
      let data = fileText(paths[2])
      // A cell that cannot be shown stays empty, and the grid whole.
      #expect(data.contains("\n-1 -1 NaN\n") && data.contains("\n1 1 4\n"))
    }
  }

  /// A dozen series in a panel: sizes of a finite-size study.
  @Test func coloursDiffer() {
    #expect(Set((-1..<12).map(GnuplotText.color)).count == 13)
  }

  @Test func gnuplotIsMissing() throws {
    try withTemporaryFolder { folder in
      let error = #expect(throws: RunError.self) {
        try Plot.draw(ExampleFigures.discovery, to: "\(folder)/f", gnuplot: "no-such-gnuplot")
      }
      #expect(error?.message.contains("gnuplot-nox, fonts-dejavu-core") == true)
      #expect(folderListing(folder) == ["f.dat", "f.gp"])
    }
  }

  @Test func gnuplotFails() throws {
    try withTemporaryFolder { folder in
      func draw(_ script: String, limit: Double = 30) throws -> String {
        let program = "\(folder)/program"
        try FileWriting.writeAtomically("#!/bin/sh\n\(script)\n", to: program)
        chmod(program, 0o755)
        let error = #expect(throws: RunError.self) {
          try Plot.draw(
            ExampleFigures.discovery, to: "\(folder)/f", gnuplot: program, timeLimit: limit)
        }
        #expect(folderListing(folder) == ["f.dat", "f.gp", "program"])
        return error?.message ?? ""
      }
      let failed = try draw("echo 'line 7: no good' >&2; exit 3")
      #expect(failed.contains("failed (status 3: line 7: no good)"))
      // More than a pipe holds must not make both sides wait.
      #expect(try draw("yes word | head -c 300000 >&2; exit 1").contains("status 1"))
      let start = Progress.now()
      #expect(try draw("exec sleep 60", limit: 0.3).contains("took more than 0.3 s"))
      #expect(Progress.now() - start < 20)
      #expect(try draw("kill -9 $$").contains("signal 9"))
      #expect(try draw("exit 0").contains("without writing"))
    }
  }

  @Test func unwritableFolder() {
    #expect(throws: RunError.self) {
      try Plot.draw(ExampleFigures.discovery, to: "/nonexistent-folder/figure")
    }
  }
}
