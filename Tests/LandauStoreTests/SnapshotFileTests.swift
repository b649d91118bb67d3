import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStore

/// How arrays in a file become snapshots: names, layouts, values, chains.
@Suite struct SnapshotFileTests {
  typealias Arrays = [(name: String, array: NumericArray)]

  static func read(_ arrays: Arrays, _ options: SnapshotFile.Options = .init()) throws -> Snapshots
  {
    try withArrays(arrays) { try SnapshotFile.read($0, options: options) }
  }

  static func message(_ arrays: Arrays, _ options: SnapshotFile.Options = .init()) -> String {
    refusal { _ = try read(arrays, options) }
  }

  // MARK: Layout

  @Test func distinctParametersMeanParameterAndShot() throws {
    let snapshots = try Self.read([
      ("spins", spins([3, 4, 5])), ("g", NumericArray([0.3, 0.1, 0.2])),
    ])
    #expect(snapshots.parameters == [0.1, 0.2, 0.3])
    #expect(snapshots.parameterIndex == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2])
    #expect(snapshots.chain == [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3])
    #expect(snapshots.siteShape == [5])
    #expect(snapshots.boundary == .open)
    #expect(!snapshots.isSequential)
    // Sorted: the row of 0.1 was the second of the file.
    #expect(snapshots.values[..<20].elementsEqual((20..<40).map { $0 % 3 == 0 ? 1 : -1 }))
  }

  @Test func repeatedParametersMeanSamples() throws {
    let snapshots = try Self.read([
      ("spins", spins([4, 2, 3])), ("T", NumericArray([2.0, 1.0, 2.0, 1.0])),
    ])
    #expect(snapshots.siteShape == [2, 3])
    #expect(snapshots.parameterIndex == [1, 0, 1, 0])
    #expect(snapshots.chain == [0, 0, 1, 1])
    #expect(snapshots.values == (0..<24).map { $0 % 3 == 0 ? 1 : -1 })
  }

  @Test func oneSnapshotPerParameter() throws {
    let snapshots = try Self.read([
      ("spins", spins([3, 8])), ("T", NumericArray([2.0, 1.0, 3.0])),
    ])
    #expect(snapshots.siteShape == [8])
    #expect(snapshots.sampleCount == 3)
  }

  @Test func layoutPutsAxesWhereTheyBelong() throws {
    // (x, y, parameter, shot), as the published Rydberg arrays are.
    let shape = [2, 3, 4, 5]
    let array = spins(shape) { Int8($0 * 7919 % 11 < 5 ? 1 : -1) }
    let snapshots = try Self.read(
      [("data", array), ("d", NumericArray([4.0, 3.0, 2.0, 1.0]))],
      .init(layout: SnapshotLayout("x,y,parameter,shot")))
    #expect(snapshots.siteShape == [2, 3])
    let original = try #require(array.integers)
    for parameter in 0..<4 {
      for shot in 0..<5 {
        for x in 0..<2 {
          for y in 0..<3 {
            let row = 3 - parameter  // ascending order reverses the rows
            let there = original[((x * 3 + y) * 4 + row) * 5 + shot]
            let here = snapshots.values[((parameter * 5 + shot) * 2 + x) * 3 + y]
            #expect(Int(here) == there)
          }
        }
      }
    }
  }

  @Test func channelsAndChainsAsAxes() throws {
    let array = spins([2, 3, 2, 4, 6])
    let snapshots = try Self.read(
      [("spins", array), ("T", NumericArray([1.0, 2.0]))],
      .init(layout: SnapshotLayout("parameter,chain,channel,shot,site")))
    #expect(snapshots.channels == ["channel 1", "channel 2"])
    #expect(snapshots.sampleCount == 24)
    #expect(snapshots.chain[..<12].elementsEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]))
    #expect(snapshots.isSequential)
    let original = try #require(array.integers)
    // Parameter 1, chain 2, channel 1, shot 3, site 5; a sample has 2 channels of 6 sites.
    let there = ((5 * 2 + 1) * 4 + 3) * 6 + 5
    let sample = 12 + 2 * 4 + 3
    let here = (sample * 2 + 1) * 6 + 5
    #expect(Int(snapshots.values[here]) == original[there])
  }

  @Test(arguments: [
    "", "foo,x", "parameter", "parameter,sample,x", "sample,shot,x", "x,y", "parameter,shot,x,x",
    "sample,x,y,z,t,site", "parameter,,x",
  ])
  func layoutsThatMakeNoSense(text: String) {
    #expect(refusal { _ = try SnapshotLayout(text) }.contains("layout"))
  }

  @Test func twoRowsOfOneParameterAreJoined() throws {
    let snapshots = try Self.read(
      [("spins", spins([3, 2, 4])), ("T", NumericArray([2.0, 1.0, 2.0]))],
      .init(layout: SnapshotLayout("parameter,shot,site")))
    #expect(snapshots.parameterIndex == [0, 0, 1, 1, 1, 1])
    #expect(snapshots.chain == [0, 1, 0, 1, 2, 3])
  }

  // MARK: Names

  @Test func arraysAreFoundOrListed() throws {
    let grid = NumericArray([0.1, 0.2, 0.3])
    #expect(try Self.read([("configs", spins([3, 4, 5])), ("g", grid)]).parameterName == "g")
    let two: Arrays = [("a", spins([3, 4, 5])), ("b", spins([3, 4, 6])), ("g", grid)]
    #expect(Self.message(two).contains("choose with --spins: 'a' [3, 4, 5], 'b' [3, 4, 6]"))
    #expect(try Self.read(two, .init(spins: "b")).siteShape == [6])
    let parameters: Arrays = [("spins", spins([3, 4, 5])), ("g", grid), ("h", grid)]
    #expect(Self.message(parameters).contains("choose with --parameter: 'g', 'h'"))
    #expect(try Self.read(parameters, .init(parameter: "h")).parameterName == "h")
    #expect(Self.message(parameters, .init(parameter: "k")).contains("has no array 'k'"))
    #expect(Self.message(parameters, .init(spins: "k")).contains("has no array 'k'"))
    let label: Arrays = [("spins", spins([3, 4, 5])), ("n", NumericArray([1, 2, 3], shape: [3]))]
    #expect(Self.message(label).contains("whole numbers, choose with --parameter: 'n'"))
    #expect(try Self.read(label, .init(parameter: "n")).parameters == [1, 2, 3])
    #expect(Self.message([("g", grid)]).contains("holds no array of snapshots"))
    #expect(Self.message([("spins", spins([3, 4, 5]))]).contains("holds no parameter"))
  }

  @Test func lengthsThatDoNotFit() throws {
    let arrays: Arrays = [
      ("spins", spins([6, 4, 5])), ("T", NumericArray([0.1, 0.2, 0.3, 0.4, 0.5])),
    ]
    let message = Self.message(arrays)
    #expect(message.contains("'T' has 5 values, the first extent of 'spins' [6, 4, 5] is 6"))
    #expect(message.contains("axis 2 fits"))
    #expect(message.hasSuffix("--layout site,shot,parameter"))
    #expect(
      Self.message(arrays, .init(layout: try SnapshotLayout("parameter,shot,site")))
        .contains("holds no parameter"))
    #expect(
      Self.message(arrays, .init(layout: try SnapshotLayout("parameter,shot,x,y")))
        .contains("has 3 axes [6, 4, 5], layout 'parameter,shot,x,y' has 4"))
    let matrix: Arrays = [
      ("spins", spins([2, 4])), ("T", NumericArray([1, 2, 3, 4], shape: [2, 2])),
    ]
    #expect(Self.message(matrix, .init(parameter: "T")).contains("allowed: one axis"))
  }

  // MARK: Values

  @Test func occupationsBecomeSpins() throws {
    let grid = NumericArray([0.1, 0.2])
    let expected: [Int8] = [-1, 1, 1, -1, 1, 1, -1, -1]
    let zeroOne = expected.map { $0 == 1 ? 1 : 0 }
    let forms: [NumericArray] = [
      NumericArray(zeroOne.map { Int8($0) }, shape: [2, 2, 2]),
      NumericArray(zeroOne, shape: [2, 2, 2]),
      NumericArray(zeroOne.map { $0 == 1 }, shape: [2, 2, 2]),
      NumericArray(zeroOne.map { Double($0) }, shape: [2, 2, 2]),
      NumericArray(zeroOne.map { UInt64($0) }, shape: [2, 2, 2]),
      NumericArray(expected.map { Int32($0) }, shape: [2, 2, 2]),
      NumericArray(expected.map { Double($0) }, shape: [2, 2, 2]),
    ]
    for (index, form) in forms.enumerated() {
      let snapshots = try Self.read([("spins", form), ("g", grid)])
      #expect(snapshots.values == expected, "form \(index)")
      let isMapped = snapshots.notes.contains { $0.contains("taken as -1/+1") }
      #expect(isMapped == (index < 5), "form \(index)")
    }
    let single = npyFile("<f4", shape: "(2, 2)", bytes(hex: "0000803f000080bf000080bf0000803f"))
    let array = try NPY.parse(single, name: "a")
    #expect(try SpinValues(array, name: "a", path: "p").values == [1, -1, -1, 1])
  }

  @Test func otherValuesAreNamed() {
    let grid = NumericArray([0.1, 0.2])
    func message(_ array: NumericArray) -> String { Self.message([("spins", array), ("g", grid)]) }
    #expect(
      message(spins([2, 2, 3]) { $0 == 10 ? 2 : 1 }).contains("spins[1, 1, 1] is 2; allowed"))
    #expect(
      message(spins([2, 2, 3]) { $0 == 4 ? 0 : $0 % 2 == 0 ? 1 : -1 }).contains("[0, 1, 1] is 0"))
    #expect(
      message(spins([2, 2, 3]) { $0 == 5 ? -1 : $0 % 2 == 0 ? 1 : 0 }).contains("[0, 1, 2] is -1"))
    var values = [Double](repeating: 1, count: 8)
    values[3] = .nan
    #expect(message(NumericArray(values, shape: [2, 2, 2])).contains("spins[0, 1, 1] is nan"))
    values[3] = 0.5
    #expect(message(NumericArray(values, shape: [2, 2, 2])).contains("spins[0, 1, 1] is 0.5"))
  }

  @Test func parametersThatCannotBeScanned() {
    let array = spins([3, 2, 4])
    func message(_ values: [Double]) -> String {
      Self.message([("spins", array), ("T", NumericArray(values))])
    }
    #expect(message([1, .nan, 2]).contains("parameter T[1] is nan"))
    #expect(message([1, 2, .infinity]).contains("parameter T[2] is inf"))
    #expect(message([2, 2, 2]).contains("has only one value (2.0)"))
    #expect(
      Self.message([("spins", spins([1, 1, 4])), ("T", NumericArray([1.0]))]).contains("one value"))
    #expect(
      Self.message([("spins", spins([2, 0, 4])), ("T", NumericArray([1.0, 2]))]).contains("empty"))
    let oneSnapshot: Arrays = [("spins", spins([1, 8])), ("T", NumericArray([1.0]))]
    #expect(Self.message(oneSnapshot).contains("only one value"))
    let deep: Arrays = [("spins", spins([2, 2, 1, 1, 1, 1, 2])), ("T", NumericArray([1.0, 2]))]
    #expect(Self.message(deep).contains("5 site axes"))
  }

  // MARK: Chains

  @Test func chainsOfTheFileAreTaken() throws {
    let base: Arrays = [("spins", spins([2, 4, 3])), ("T", NumericArray([2.0, 1.0]))]
    let chain = NumericArray([0, 0, 1, 1, 5, 5, 6, 6], shape: [2, 4])
    let snapshots = try Self.read(base + [("chain", chain)])
    #expect(snapshots.chain == [5, 5, 6, 6, 0, 0, 1, 1])
    #expect(snapshots.isSequential)
    let marked = try Self.read(
      base + [("chain", chain), ("sequential", NumericArray([false], shape: []))])
    #expect(!marked.isSequential)
    let timeOrdered = try Self.read(base + [("sequential", NumericArray([true], shape: []))])
    #expect(timeOrdered.isSequential)
    #expect(timeOrdered.chain == [0, 0, 0, 0, 0, 0, 0, 0])
    #expect(
      Self.message(base + [("chain", NumericArray([0, 1], shape: [2]))]).contains(
        "'chain' has shape [2]"))
    #expect(
      Self.message(base + [("chain", NumericArray([0, 0, 1, 1, -5, 5, 6, 6], shape: [2, 4]))])
        .contains("whole numbers from 0"))
    #expect(
      Self.message(base + [("sequential", NumericArray([2], shape: []))]).contains("'sequential'"))
  }

  // MARK: Several files

  @Test func channelsFromSeveralFiles() throws {
    try withTemporaryFolder { folder in
      let grid = NumericArray([0.2, 0.1])
      func write(_ name: String, _ arrays: Arrays) throws -> String {
        let path = "\(folder)/\(name).npz"
        try NPZ.write(arrays, to: path)
        return path
      }
      let z = try write("z", [("spins", spins([2, 3, 4])), ("g", grid)])
      let y = try write("y", [("spins", spins([2, 3, 4]) { $0 % 2 == 0 ? 1 : -1 }), ("g", grid)])
      let joined = try SnapshotFile.read(channels: [("z", z), ("y", y)])
      let first = try SnapshotFile.read(z)
      let second = try SnapshotFile.read(y)
      #expect(joined.channels == ["z", "y"])
      for sample in 0..<6 {
        #expect(
          joined.values[(sample * 8)..<(sample * 8 + 4)]
            == first.values[(sample * 4)..<(sample * 4 + 4)])
        #expect(
          Array(joined.values[(sample * 8 + 4)..<(sample * 8 + 8)])
            == Array(second.values[(sample * 4)..<(sample * 4 + 4)]))
      }
      let long = try write("long", [("spins", spins([2, 3, 5])), ("g", grid)])
      let other = try write(
        "other", [("spins", spins([2, 3, 4])), ("g", NumericArray([0.2, 0.3]))])
      let more = try write("more", [("spins", spins([2, 4, 4])), ("g", grid)])
      for (path, reason) in [
        (long, "lattice [5]"), (other, "other values of 'g'"), (more, "samples (8)"),
      ] {
        let message = refusal { _ = try SnapshotFile.read(channels: [("z", z), ("y", path)]) }
        #expect(message.contains(reason), "\(message)")
      }
      #expect(
        refusal { _ = try SnapshotFile.read(channels: [("z", z), ("z", y)]) }.contains("twice"))
    }
  }

  // MARK: Files that are not what they should be

  @Test func badFiles() throws {
    try withTemporaryFolder { (folder: String) throws in
      func message(_ name: String, _ content: [UInt8]?) throws -> String {
        let path = "\(folder)/\(name)"
        if let content { try FileWriting.writeAtomically(content, to: path) }
        let text = refusal { _ = try SnapshotFile.read(path) }
        #expect(text.hasPrefix("\(path): "), "\(text)")
        return String(text.dropFirst(path.count + 2))
      }
      #expect(try message("missing.npz", nil) == "no such file")
      #expect(try message("empty.npz", []) == "is empty")
      #expect(try message("zeros.npz", [UInt8](repeating: 0, count: 300)).contains("zero bytes"))
      #expect(try message("garbage.npz", [1, 2, 3, 250, 7]).contains("no known format"))
      #expect(try message("hdf5.npz", [0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10]).contains("HDF5"))
      #expect(try message("pickle.npy", [0x80, 4, 0x95, 0, 0]).contains("pickle"))
      #expect(try message("packed.csv.gz", [0x1F, 0x8B, 8, 0]).contains("gzipped"))
      #expect(
        try message("one.npy", NPY.bytes(of: spins([2, 3, 4]))).contains("holds no parameter"))
      #expect(try message("list.json", Array("[1, 2]".utf8)).contains("not an object"))
      #expect(try message("text.npz", Array("hello there\n".utf8)).contains("holds no rows"))
    }
    #expect(refusal { _ = try SnapshotFile.read("") } == "the name of the input file is empty")
    #expect(
      refusal { _ = try SnapshotFile.read("/dev/null") }.contains("neither a file nor a folder"))
    #expect(!refusal { _ = try SnapshotFile.read("/a\nb") }.contains("\n"))
  }

  @Test func snapshotsInJSON() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.json"
      let text =
        #"{"spins": [[[1, -1], [1, 1]], [[-1, -1], [1, -1]]], "g": [0.5, 0.25], "by": "me"}"#
      try FileWriting.writeAtomically(text, to: path)
      let snapshots = try SnapshotFile.read(path)
      #expect(snapshots.values == [-1, -1, 1, -1, 1, -1, 1, 1])
    }
  }

  @Test func memoryIsAskedForOnlyWhereThereIsSome() {
    #expect(MachineMemory.available > 1 << 20)
    let message = refusal { try MachineMemory.require(1 << 55, for: "x.npz") }
    #expect(message.hasPrefix("x.npz: needs 33554432.0 GB of memory, the machine has "))
  }
}
