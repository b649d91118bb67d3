import LandauCore
import LandauStore
import LandauTestSupport
import Testing

@testable import LandauPipeline

private func quickOptions(_ source: DiscoverOptions.Source, output: String) -> DiscoverOptions {
  var options = DiscoverOptions(source: source)
  options.output = output
  options.quick = true
  return options
}

@Test(.slow)
func discoverIsingWritesAResultThatKeepsTheContract() throws {
  try withTemporaryFolder { folder in
    var options = quickOptions(.model("ising"), output: folder + "/out")
    options.sizes = [[12], [20]]
    options.range = (0..<15).map { 1.5 + 0.1 * Double($0) }
    options.shots = 240
    let report = try DiscoverJob(options).run(
      pool: WorkerPool(), progress: .silent, cancellation: .never)
    let json = JSONValue.object(report.json)
    for key in [
      "source", "sizes", "verdict", "transition", "predictionR2", "branches", "indicator",
      "orderParameter", "baseline", "controls", "methods", "formula", "unsupervised", "symmetries",
      "warnings",
    ] { #expect(json[key] != nil, "\(key) is missing") }
    for key in ["parameter", "value", "error", "interval", "kind", "method"] {
      #expect(json["transition"]?[key] != nil, "transition.\(key) is missing")
    }
    #expect(json["indicator"]?["name"] == .string("nearest-neighbour correlator"))
    #expect(json["orderParameter"]?["formula"] == .string("<s(r,c)>"))
    #expect(json["orderParameter"]?["symmetry"] == .string("spin flip"))
    guard case .array(let methods)? = json["methods"] else {
      Issue.record("no list of methods")
      return
    }
    #expect(methods.count == 12)
    for key in ["method", "range", "sizes", "limit"] { #expect(methods[0][key] != nil) }
    #expect(report.text.contains("What other methods find"))
    // What needs the snapshots themselves is done on the smallest size.
    #expect(report.text.contains("3600 snapshots of 12x12, the smallest size"))
    #expect(json["unsupervised"]?["size"] == .integers([12, 12]))
    #expect(json["unsupervised"]?["fluctuation"]?["wave"] == .string("uniform"))
    guard case .number(let overlap)? = json["unsupervised"]?["uniformOverlap"],
      case .array(let candidates)? = json["symmetries"]?["transformations"],
      case .number(let explained)? = json["formula"]?["explained"]?["value"]
    else {
      Issue.record("no components, symmetries or formula")
      return
    }
    #expect(overlap > 0.9)
    // At the coldest values neighbours are parallel, so the flip of every second spin is no symmetry.
    #expect(
      candidates.contains {
        $0["name"] == .string("flip of one sublattice") && $0["verdict"] == .string("broken")
      })
    #expect(explained > 0.97)
    #expect(report.exitStatus == 0)
    // The words say what the JSON says.
    guard case .string(let verdict)? = json["verdict"] else {
      Issue.record("no verdict")
      return
    }
    let word = report.text.split(separator: "\n").first { $0.hasPrefix("Verdict: ") }
    #expect(word?.contains(verdict == "none" ? "nothing" : verdict) == true)
    let names = Set(folderListing(folder + "/out"))
    #expect(
      names.isSuperset(of: [
        "figure.svg", "figure.png", "figure.dat", "figure.gp", "report.txt", "report.md",
        "report.html", "result.json", "formula.csv",
      ]))
    #expect(report.files.count == 9)
  }
}

@Test
func discoverFindsMistakesBeforeItWorks() throws {
  try withTemporaryFolder { folder in
    func refuses(_ expected: String, _ change: (inout DiscoverOptions) -> Void) {
      var options = quickOptions(.model("ising"), output: folder + "/refused")
      change(&options)
      do throws(InputError) {
        _ = try DiscoverJob(options)
        Issue.record("accepted; expected a message with '\(expected)'")
      } catch {
        #expect(error.message.contains(expected), "\(error.message)")
      }
    }
    refuses("model") { $0.source = .model("phi4") }
    refuses("--states") { $0.source = .model("potts") }
    refuses("--states") { $0.parameters[.states] = 3 }
    refuses("--lattice") { $0.lattice = "complete" }
    refuses("--coupling") { $0.bondCouplings = [1, 2, 3] }
    refuses("three") {
      $0.source = .model("baxter-wu")
      $0.sizes = [[8]]
    }
    refuses("--size") { $0.sizes = [[2]] }
    refuses("twice") { $0.sizes = [[8], [8, 8]] }
    refuses("--shots") { $0.shots = 3 }
    refuses("--temperature") { $0.range = [1, 2, 3] }
    refuses("--windows") { $0.windows = "9x9" }
    refuses("--windows") { $0.windows = "1x2," }
    refuses("twice") { $0.windows = "1x2,1x2" }
    refuses("axes") { $0.sizes = [[8, 8, 8, 8]] }
    refuses("no such file") { $0.source = .files([folder + "/absent.npz"]) }
    refuses("--output") { $0.output = folder + "/no/such/folder" }
    #expect(folderListing(folder).isEmpty, "a refused job leaves nothing behind")
  }
}

@Test
func discoverRefusesScansThatCannotBeSplit() throws {
  try withTemporaryFolder { folder in
    func write(_ name: String, values: [Double], shots: Int) throws -> String {
      let path = "\(folder)/\(name).npz"
      let count = values.count * shots
      try SnapshotFile.write(
        Snapshots(
          siteShape: [6], channels: ["spin"],
          values: (0..<count * 6).map { $0 % 5 == 0 ? -1 : 1 }, parameterName: "p",
          parameters: values,
          parameterIndex: values.indices.flatMap { [Int32](repeating: Int32($0), count: shots) },
          chain: values.indices.flatMap { _ in (0..<shots).map(Int32.init) }, isSequential: false,
          boundary: .open), to: path)
      return path
    }
    let few = try write("few", values: [1, 2, 3], shots: 20)
    let thin = try write("thin", values: (0..<9).map(Double.init), shots: 3)
    for (path, word) in [(few, "different values"), (thin, "snapshots")] {
      do throws(InputError) {
        _ = try DiscoverJob(quickOptions(.files([path]), output: folder + "/out"))
        Issue.record("accepted \(path)")
      } catch {
        #expect(error.message.contains(word), "\(error.message)")
        #expect(error.message.contains(path))
      }
    }
  }
}
