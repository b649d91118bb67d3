import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStore

@Suite struct CSVTests {
  static func table(_ text: String) throws -> CSVTable {
    try CSVTable(Array(text.utf8), name: "x.csv")
  }

  @Test(arguments: [
    "a,b\n1,-2.5\n3,4e2\n", "a,b\r\n1,-2.5\r\n3,4e2", "# comment\na;b\n1;-2.5\n\n3;4e2\n",
    "a\tb\n1\t-2.5\n3\t4e2\n", "a  b\n 1   -2.5 \n3 4e2\n",
    "\u{FEFF}\"a\",\"b\"\n1 , -2.5\n3,4e2\n",
  ])
  func separators(text: String) throws {
    let table = try Self.table(text)
    #expect(table.header == ["a", "b"])
    #expect(table.values == [1, -2.5, 3, 400])
  }

  @Test func withoutHeader() throws {
    let table = try Self.table("1,2\n3,nan\n")
    #expect(table.header == nil)
    #expect(table.column(0) == [1, 3])
    #expect(table[1, 1].isNaN)
  }

  @Test func rowNumbersAreDropped() throws {
    let table = try Self.table(",T,s\n0,1.5,1\n1,2.5,-1\n")
    #expect(table.header == ["T", "s"])
    #expect(table.values == [1.5, 1, 2.5, -1])
  }

  @Test(arguments: [
    ("a,b\n1,2\n3\n", "x.csv: line 3 has 1 columns, the ones before it 2"),
    ("a,b\n1,2,3\n", "x.csv: line 2 has 3 columns, the header 2"),
    ("a,b\n1,two\n", "x.csv: line 2, column 2 is 'two', not a number"),
    ("1,2\n3,\n", "x.csv: line 2, column 2 is '', not a number"),
    ("1,2\n0x10,3\n", "x.csv: line 2, column 1 is '0x10', not a number"),
    ("a,b\n", "x.csv: holds no rows of numbers"), ("\n# only\n", "x.csv: holds no rows of numbers"),
  ])
  func refused(text: String, message: String) {
    #expect(refusal { _ = try Self.table(text) } == message)
  }

  @Test func oneTableWithParameterColumn() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.csv"
      try FileWriting.writeAtomically("T,s0,s1,s2\n2.5,1,0,1\n1.5,0,0,1\n2.5,1,1,1\n", to: path)
      let contents = try SnapshotFile.open(path)
      let snapshots = contents.snapshots
      #expect(contents.layout.description == "sample,site")
      #expect(snapshots.parameterName == "T")
      #expect(snapshots.parameters == [1.5, 2.5])
      #expect(snapshots.parameterIndex == [1, 0, 1])
      #expect(snapshots.values == [1, -1, 1, -1, -1, 1, 1, 1, 1])
      #expect(snapshots.chain == [0, 0, 1])
      #expect(!snapshots.isSequential)
    }
  }

  @Test func parameterColumnThatLooksLikeSpins() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.csv"
      try FileWriting.writeAtomically("g,s0,s1\n0,1,-1\n1,-1,-1\n", to: path)
      let snapshots = try SnapshotFile.read(path, options: .init(parameter: "g"))
      #expect(snapshots.siteShape == [2])
      #expect(snapshots.parameters == [0, 1])
    }
  }

  static func folder(_ files: [String: String], _ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      for (name, text) in files { try FileWriting.writeAtomically(text, to: "\(folder)/\(name)") }
      try body(folder)
    }
  }

  @Test func folderWithOneFilePerCoupling() throws {
    let files = [
      "g=0.30.csv": "1,1,-1\n1,-1,-1\n", "g=0.10.csv": "-1,-1,-1\n1,1,1\n",
      "README.txt": "words here",
    ]
    try Self.folder(files) { folder in
      let snapshots = try SnapshotFile.read(folder)
      #expect(snapshots.parameterName == "g")
      #expect(snapshots.parameters == [0.1, 0.3])
      #expect(snapshots.siteShape == [3])
      #expect(snapshots.values == [-1, -1, -1, 1, 1, 1, 1, 1, -1, 1, -1, -1])
      #expect(snapshots.chain == [0, 1, 0, 1])
      #expect(snapshots.notes[0].contains("one snapshot per row"))
    }
  }

  /// The published TetrisCNN sets: `N=150_J=1_class=1_g=0.5_y.csv`, one snapshot per column under the
  /// header `Measurement 1, Measurement 2, …`.
  @Test func folderWithSnapshotsInColumns() throws {
    let files = [
      "N=3_J=1_class=1_g=0.5_y.csv": "Measurement 1,Measurement 2\n1,-1\n1,-1\n-1,1\n",
      "N=3_J=1_class=0_g=1.0_y.csv": "Measurement 1,Measurement 2\n1,1\n-1,1\n1,1\n",
      "N=3_J=1_class=0_g=0.5_y.csv": "Measurement 1,Measurement 2\n1,1\n1,1\n1,1\n",
    ]
    try Self.folder(files) { folder in
      let snapshots = try SnapshotFile.read(folder)
      #expect(snapshots.parameterName == "g")
      #expect(snapshots.parameters == [0.5, 1.0])
      #expect(snapshots.siteShape == [3])
      // By parameter, then by name: class 0 g 0.5, class 1 g 0.5, class 0 g 1.0.
      #expect(snapshots.parameterIndex == [0, 0, 0, 0, 1, 1])
      #expect(snapshots.values[6..<12].elementsEqual([1, 1, -1, -1, -1, 1]))
      #expect(snapshots.chain == [0, 1, 2, 3, 0, 1])
      #expect(snapshots.notes[0].contains("one snapshot per column"))
    }
  }

  @Test func orientationByLayout() throws {
    try Self.folder(["T1.5.csv": "1,-1\n1,1\n0.0,1\n", "T2.csv": "1,1\n1,1\n1,1\n"]) { folder in
      #expect(refusal { _ = try SnapshotFile.read(folder) }.contains("allowed: -1 and 1"))
    }
    try Self.folder(["T1.5.csv": "1,-1\n1,1\n-1,1\n", "T2.csv": "1,1\n1,1\n1,1\n"]) { folder in
      let layout = try SnapshotLayout("site,shot")
      let snapshots = try SnapshotFile.read(folder, options: .init(layout: layout))
      #expect(snapshots.siteShape == [3])
      #expect(snapshots.sampleCount == 4)
      #expect(try SnapshotFile.read(folder).siteShape == [2])
    }
  }

  @Test func latticeFromOneLongAxis() throws {
    try Self.folder(["T=1.csv": "1,1,-1,1\n1,1,1,1\n", "T=2.csv": "1,1,1,1\n"]) { folder in
      let square = try SnapshotFile.read(folder, options: .init(siteShape: [2, 2]))
      #expect(square.siteShape == [2, 2])
      #expect(
        refusal { _ = try SnapshotFile.read(folder, options: .init(siteShape: [2, 3])) }
          .contains("do not make a lattice [2, 3]"))
    }
  }

  @Test(
    arguments: [
      (["a.csv": "1,1\n"], "no file name holds a number"),
      (["g=1_z.csv": "1,1\n", "g=1_y.csv": "1,1\n"], "differ in more than numbers"),
      (["g=1.csv": "1,1\n", "g=2.csv": "1,1,1\n"], "has 3 sites, the files before it 2"),
      (["g=1_h=1.csv": "1,1\n", "g=2_h=2.csv": "1,1\n"], "choose one with --parameter"),
      (["g=1.csv": "1,1\n", "h=2.csv": "1,1\n"], "hold different numbers"),
      (["g=1.csv": "1,1\n1,1\n"], "only one value (1.0)"),
      (["g-0.5.csv": "1,1\n", "g-0.7.csv": "1,1\n"], "may be a sign or not"),
      (["g=1.csv": "1,2\n", "g=2.csv": "1,1\n"], "row 1, column 2 is 2.0"),
      ([:], "is a folder without .csv, .txt, .dat or .npy files"),
    ] as [([String: String], String)])
  func refusedFolders(files: [String: String], reason: String) throws {
    try Self.folder(files) { folder in
      let message = refusal { _ = try SnapshotFile.read(folder) }
      #expect(message.contains(reason), "\(message)")
    }
  }

  @Test func namesOfFiles() {
    func fields(_ name: String) -> [String: Double] {
      Dictionary(FileNameFields(name).fields.map { ($0.key, $0.value) }) { first, _ in first }
    }
    #expect(
      fields("N=150_J=1_class=0_g=0.5204_y.csv") == ["N": 150, "J": 1, "class": 0, "g": 0.5204])
    #expect(FileNameFields("N=150_g=0.52_y.csv").words == ["y"])
    #expect(fields("tfim_z_0.30.csv") == ["": 0.3])
    #expect(FileNameFields("tfim_z_0.30.csv").words == ["tfim", "z"])
    #expect(fields("T2.50.dat") == ["T": 2.5])
    #expect(fields("delta=-1.5e-1.csv") == ["delta": -0.15])
    #expect(fields("ising2d_L16_T2.269.csv") == ["L": 16, "T": 2.269])
    #expect(fields("g=0.5") == ["g": 0.5])
    #expect(fields("plain.csv").isEmpty)
  }

  @Test func folderOfNPYFiles() throws {
    try withTemporaryFolder { folder in
      let files: [(String, NumericArray)] = [
        ("T.npy", NumericArray([1.0, 2.0])), ("spins.npy", spins([2, 3, 4])),
      ]
      for (name, array) in files {
        try FileWriting.writeAtomically(NPY.bytes(of: array), to: "\(folder)/\(name)")
      }
      #expect(try SnapshotFile.read(folder).sampleCount == 6)
    }
  }
}
