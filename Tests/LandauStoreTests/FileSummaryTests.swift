import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStore

@Suite struct FileSummaryTests {
  @Test func textAndJSON() throws {
    let arrays: [(name: String, array: NumericArray)] = [
      ("spins", spins([6, 12, 4]) { $0 % 4 == 0 ? 0 : 1 }),
      ("g", NumericArray([0.0, 0.1, 0.2, 0.3, 0.9, 1.0])),
      ("label", NumericArray([0, 0, 0, 1, 1, 1], shape: [6])),
    ]
    try withArrays(arrays) { path in
      let summary = try FileSummary(path)
      #expect(
        summary.lines == [
          "\(path): NPZ",
          "  spins: int8 [6, 12, 4]",
          "  g: float64 [6]",
          "  label: int64 [6]",
          "snapshots: 'spins' read as (parameter,shot,site): 72 snapshots of 4 sites, open boundary",
          "parameter: 'g', 6 values from 0.0 to 1.0, median spacing 0.100000, widest 0.600000",
          "values: occupations 0/1, taken as -1/+1; 75.0 % are +1",
          "samples: taken as independent of one another",
          "note: values: occupations 0/1, taken as -1/+1",
          "note: layout: parameter,shot,site",
          "warning: no value of 'g' lies between 0.3 and 0.9: a transition in there can be "
            + "bracketed, not located",
        ])
      let json = summary.json
      #expect(json["snapshots"]?["layout"] == .string("parameter,shot,site"))
      #expect(json["snapshots"]?["parameter"]?["hasGap"] == .bool(true))
      #expect(json["problem"] == .null)
      #expect(try JSONReader.parse(json.text()) == json)
    }
  }

  @Test func filesWithoutSnapshots() throws {
    try withArrays([("energy", NumericArray([1.0, 2.0]))]) { path in
      let summary = try FileSummary(path)
      #expect(summary.contents == nil)
      #expect(summary.problem?.contains("holds no array of snapshots") == true)
      #expect(summary.lines.last?.hasPrefix("no snapshots: ") == true)
      #expect(summary.json["snapshots"] == .null)
    }
    #expect(throws: InputError.self) { try FileSummary("/nowhere.npz") }
  }

  @Test func warningsAboutThinData() throws {
    try withArrays([("spins", spins([2, 3, 4]) { _ in 1 }), ("T", NumericArray([1.0, 2.0]))]) {
      let summary = try FileSummary($0)
      #expect(
        summary.warnings == [
          "only 3 snapshots at some parameter values", "all values are the same",
          "only 2 parameter values",
        ])
    }
  }

  @Test func obstaclesAreShown() throws {
    try withTemporaryFolder { folder in
      let object = npyFile("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", [0x80])
      let good = NPY.bytes(of: NumericArray([1.0]))
      let path = "\(folder)/x.npz"
      try FileWriting.writeAtomically(
        try NPZ.bytes(of: [("bad.npy", object), ("good.npy", good)], path: path), to: path)
      let summary = try FileSummary(path)
      #expect(summary.lines[1].hasPrefix("  bad: not readable ("))
      #expect(summary.json.text().contains("pickle"))
    }
  }
}
