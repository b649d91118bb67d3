import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStore

@Suite struct SnapshotWritingTests {
  static func example(
    siteShape: [Int], channels: [String] = ["spin"], parameters: [Double] = [0.5, 1.5, 2.5],
    index: [Int32] = [0, 0, 1, 1, 2, 2], chain: [Int32] = [0, 1, 0, 1, 0, 1], name: String = "T"
  ) -> Snapshots {
    var rng = Seed.test("snapshots").makeStream()
    let count = index.count * channels.count * siteShape.reduce(1, *)
    return Snapshots(
      siteShape: siteShape, channels: channels,
      values: (0..<count).map { _ in rng.next() & 1 == 0 ? 1 : -1 }, parameterName: name,
      parameters: parameters, parameterIndex: index, chain: chain, isSequential: true,
      boundary: .periodic, notes: ["model ising", "seed 7"])
  }

  func expectEqual(
    _ a: Snapshots, _ b: Snapshots, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(a.values == b.values, sourceLocation: sourceLocation)
    #expect(a.siteShape == b.siteShape, sourceLocation: sourceLocation)
    #expect(a.channels == b.channels, sourceLocation: sourceLocation)
    #expect(a.parameterName == b.parameterName, sourceLocation: sourceLocation)
    #expect(a.parameters == b.parameters, sourceLocation: sourceLocation)
    #expect(a.parameterIndex == b.parameterIndex, sourceLocation: sourceLocation)
    #expect(a.chain == b.chain, sourceLocation: sourceLocation)
    #expect(a.isSequential == b.isSequential, sourceLocation: sourceLocation)
    #expect(a.boundary == b.boundary, sourceLocation: sourceLocation)
    #expect(a.notes == b.notes, sourceLocation: sourceLocation)
  }

  static let examples: [Snapshots] = [
    example(siteShape: [7]), example(siteShape: [3, 4]), example(siteShape: [2, 3, 4]),
    example(siteShape: [3, 3], channels: ["down", "right"]),
    // Not grouped: unequal numbers, and another order.
    example(siteShape: [4], index: [0, 0, 0, 1, 2, 2], chain: [0, 0, 0, 1, 1, 0]),
    example(siteShape: [4], index: [2, 1, 0, 0, 1, 2], chain: [3, 3, 3, 3, 3, 3]),
    // Names that collide with arrays of the format.
    example(siteShape: [4], name: "spins"), example(siteShape: [4], name: ""),
    // One sample per parameter in two dimensions looks like (parameter, shot, site) without description.
    example(siteShape: [2, 2], index: [0, 1, 2], chain: [0, 0, 0]),
    example(siteShape: [2, 2], index: [2, 1, 0], chain: [0, 0, 0]),
  ]

  @Test(arguments: examples.indices)
  func readBackUnchanged(index: Int) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/s.npz"
      try SnapshotFile.write(Self.examples[index], to: path, seed: Seed(.max))
      expectEqual(try SnapshotFile.read(path), Self.examples[index])
      #expect(folderListing(folder) == ["s.npz"])
    }
  }

  /// The habit that catches a layout turned round: write, read, compute the energy again. Silent error 12.
  @Test func energyOfSnapshotsReadBack() throws {
    func energies(_ snapshots: Snapshots) -> [Int] {
      let (rows, columns) = (snapshots.siteShape[0], snapshots.siteShape[1])
      return (0..<snapshots.sampleCount).map { sample in
        let base = sample * rows * columns
        var energy = 0
        for row in 0..<rows {
          for column in 0..<columns {
            let spin = Int(snapshots.values[base + row * columns + column])
            let down = Int(snapshots.values[base + (row + 1) % rows * columns + column])
            let right = Int(snapshots.values[base + row * columns + (column + 1) % columns])
            // Different couplings along the axes tell rows from columns.
            energy -= spin * (down + 3 * right)
          }
        }
        return energy
      }
    }
    let original = Self.example(siteShape: [3, 5])
    try withTemporaryFolder { folder in
      let path = "\(folder)/s.npz"
      let energy = energies(original)
      try SnapshotFile.write(
        original, to: path, extra: [("energy", NumericArray(energy.map { Double($0) }))])
      #expect(energies(try SnapshotFile.read(path)) == energy)
      let file = try ArrayFile.open(path, parameter: nil, layout: nil)
      #expect(try file.array("energy").doubles == energy.map { Double($0) })
    }
  }

  @Test func whatOtherReadersSee() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/s.npz"
      try SnapshotFile.write(
        Self.example(siteShape: [3, 4], channels: ["down", "right"]), to: path, seed: Seed(7),
        metadata: [JSONValue.Member("generator", .string("xoshiro256++"))])
      let file = try ArrayFile.open(path, parameter: nil, layout: nil)
      #expect(file.arrays.map(\.name) == ["spins", "T", "chain", "sequential", "seed"])
      #expect(file.info("spins")?.shape == [3, 2, 2, 3, 4])
      #expect(file.info("spins")?.element == .int8)
      #expect(try file.array("seed").integers == [7])
      #expect(file.metadata?["layout"] == .string("parameter,shot,channel,x,y"))
      #expect(file.metadata?["generator"] == .string("xoshiro256++"))
    }
  }

  @Test func optionsOverrideTheDescription() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/s.npz"
      let original = Self.example(siteShape: [3, 4])
      try SnapshotFile.write(
        original, to: path, extra: [("pressure", NumericArray([3.0, 2.0, 1.0]))])
      let other = try SnapshotFile.read(
        path, options: .init(parameter: "pressure", boundary: .open))
      #expect(other.parameterName == "pressure")
      #expect(other.parameters == [1, 2, 3])
      #expect(other.boundary == .open)
      #expect(Array(other.values[..<24]) == Array(original.values[48...]))
    }
  }

  @Test func damagedDescriptions() throws {
    try withTemporaryFolder { (folder: String) throws in
      func message(_ description: String) throws -> String {
        let path = "\(folder)/s.npz"
        try NPZ.write(
          [("spins", spins([2, 2, 3])), ("T", NumericArray([1.0, 2.0]))],
          members: [("landau.json", Array(description.utf8))], to: path)
        return refusal { _ = try SnapshotFile.read(path) }
      }
      #expect(try message("{").contains("landau.json': line 1"))
      #expect(
        try message(#"{"format": "landau-snapshots", "version": 2}"#).contains("later version"))
      #expect(try message(#"{"format": "landau-snapshots", "version": 1}"#).contains("damaged"))
    }
  }
}
