import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct HDF5Tests {
  /// Every type comes back as it was written, also in rows and when compressed.
  @Test(arguments: NumericArray.Element.allCases)
  func arraysComeBack(element: NumericArray.Element) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.h5"
      var rng = Seed.test(element.rawValue).makeStream()
      for shape in [[], [0], [5], [3, 0], [40, 7, 31], [9000]] {
        let count = shape.reduce(1, *)
        let bytes = (0..<(count * element.width)).map { _ in
          element == .bool ? UInt8(rng.index(below: 2)) : UInt8(truncatingIfNeeded: rng.next())
        }
        let array = NumericArray(shape: shape, element: element, bytes: bytes)
        try HDF5Group.create(path) { (root) throws(RunError) in
          try root.write("array", array)
          guard let rows = shape.first, !shape.contains(0) else { return }
          var target = try HDF5Rows("rows", in: root, element: element, shape: shape)
          let rowBytes = bytes.count / rows
          var at = 0
          while at < bytes.count {
            let next = min(bytes.count, at + rowBytes * (1 + rng.index(below: 7)))
            try target.append(Array(bytes[at..<next]))
            at = next
          }
          try target.end()
        }
        try HDF5Group.reading(path) { (root) throws(InputError) in
          #expect(try root.array("array") == array)
          #expect(root.describe("array").element == element)
          guard let rows = shape.first, !shape.contains(0) else { return }
          #expect(try root.array("rows") == array)
          let part = try HDF5Dataset("rows", in: root).read(rows: (rows / 3)..<(rows / 2 + 1))
          let rowBytes = bytes.count / rows
          #expect(part.bytes == Array(bytes[(rows / 3 * rowBytes)..<((rows / 2 + 1) * rowBytes)]))
        }
      }
    }
  }

  @Test func attributesAndTexts() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.h5"
      let long = String(repeating: "τ = ½ + Σρ\n", count: 20_000)
      try HDF5Group.create(path) { (root) throws(RunError) in
        let group = try root.group("a group")
        try group.setAttribute("text", .string("naïve"))
        try group.setAttribute("empty", .string(""))
        try group.setAttribute("whole", .integer(-7))
        try group.setAttribute("real", .number(0.5))
        try group.setAttribute("flag", .bool(true))
        try group.setAttribute("list", .integers([1, 2]))
        try group.setAttribute("seed", UInt64.max)
        try group.write("long", text: long)
      }
      try HDF5Group.reading(path) { (root) throws(InputError) in
        let group = root.subgroup("a group")
        #expect(group?.textAttribute("text") == "naïve" && group?.textAttribute("empty") == "")
        #expect(group?.integerAttribute("whole") == -7)
        #expect(group?.textAttribute("list") == "[1, 2]")
        #expect(group?.integerAttribute("real") == nil && group?.textAttribute("whole") == nil)
        #expect(group?.textAttribute("none") == nil && root.subgroup("none/at/all") == nil)
        #expect(try group?.text("long") == long)
        #expect(try root.datasetNames() == ["a group/long"])
        let info = root.describe("a group/long")
        #expect(info.obstacle?.contains("holds text, not numbers") == true)
        #expect(refusal { _ = try root.array("none") }.contains("is missing or damaged"))
      }
    }
  }

  /// What the file of a run looks like to those who open it: names, types and shapes.
  @Test func layoutOfARun() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.h5"
      try RunArchiveTests.run(path, target: 12)
      let listing = try SnapshotFile.list(path).arrays.map { info in
        "\(info.name) \(info.element?.rawValue ?? "text") \(info.shape)"
      }
      expectGolden(listing.joined(separator: "\n") + "\n", "run-layout.txt")
      let names = try HDF5Group.reading(path) { (root) throws(InputError) in
        try root.datasetNames()
      }
      #expect(names.count == listing.count + 1 && names.contains("snapshots/spins"))
      #expect(!listing.contains { $0.hasPrefix("snapshots/") })
    }
  }

  /// Snapshots of a run are read like those of any file: bits become spins, points the parameter.
  @Test func snapshotsOfARun() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.h5"
      try RunArchiveTests.run(path, target: 12)
      let contents = try SnapshotFile.open(path)
      let snapshots = contents.snapshots
      #expect(contents.format == "HDF5" && contents.spinsName == "spins")
      #expect(contents.layout.description == "sample,x,y" && snapshots.boundary == .periodic)
      #expect(snapshots.parameterName == "temperature" && snapshots.isSequential)
      let total = ScriptedRun.total(12).snapshots
      var values: [Int8] = []
      for chain in total.keys.sorted() { values += total[chain] ?? [] }
      #expect(snapshots.values == values)
      let chains = total.keys.sorted().flatMap { chain in
        [Int32](repeating: Int32(chain.chain), count: (total[chain]?.count ?? 0) / 9)
      }
      #expect(snapshots.chain == chains)
    }
  }

  /// Configurations of more than two values, several channels, and independent ones.
  @Test func otherForms() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.h5"
      var job = ScriptedRun.job
      job.snapshots = .init(
        siteShape: [4], channels: ["x", "y"], isBinary: false, boundary: .open,
        isSequential: false)
      let archive = try RunArchive.open(path, job: job, target: 1)
      let values: [[Int8]] = (0..<2).map { point in
        (0..<24).map { Int8(($0 * 5 + point) % 3 == 0 ? 1 : -1) }
      }
      var commit = ArchiveCommit(checkpoint: [1], status: ArchiveStatus(done: 1, target: 1))
      for point in 0..<2 {
        commit.snapshots[ArchiveChain(point: point, chain: 0)] = values[point]
      }
      try archive.commit(commit)
      try archive.finish(ArchiveResult())
      let contents = try SnapshotFile.open(path)
      #expect(contents.shape == [6, 2, 4] && contents.layout.description == "sample,channel,site")
      #expect(contents.snapshots.channels == ["x", "y"] && !contents.snapshots.isSequential)
      #expect(contents.snapshots.values == values[0] + values[1])
      #expect(contents.snapshots.chain == [0, 1, 2, 0, 1, 2])
    }
  }

  /// Files of others: the usual rules choose the arrays, and what cannot be read is said.
  @Test func foreignFiles() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.h5"
      try HDF5Group.create(path) { (root) throws(RunError) in
        let data = try root.group("data")
        try data.write("s", spins([3, 8, 4, 4]))
        try root.write("g", NumericArray([0.5, 0.25, 1]))
        try root.write("comment", text: "made by hand")
      }
      let contents = try SnapshotFile.open(path)
      #expect(contents.spinsName == "data/s" && contents.layout.description == "parameter,shot,x,y")
      #expect(contents.snapshots.parameters == [0.25, 0.5, 1])
      #expect(contents.snapshots.sampleCount == 24 && contents.snapshots.boundary == .open)
      let named = SnapshotFile.Options(spins: "data/s", parameter: "g")
      #expect(try SnapshotFile.read(path, options: named).values == contents.snapshots.values)
      #expect(
        refusal { _ = try SnapshotFile.read(path, options: .init(spins: "t")) }
          .contains("has no array 't'"))
      // From memory as from the disk.
      let image = try RunArchiveTests.bytes(path)
      let file = try ArrayFile.parse(image, path: "image", parameter: nil)
      #expect(try SnapshotFile.open(file, options: .init()).shape == [3, 8, 4, 4])
      try HDF5Group.create(path) { (root) throws(RunError) in
        try root.write("comment", text: "no numbers")
      }
      #expect(
        refusal { _ = try SnapshotFile.read(path) }.contains("holds no array of snapshots"))
      try HDF5Group.create(path) { (root) throws(RunError) in }
      #expect(refusal { _ = try SnapshotFile.read(path) }.contains("holds no data sets"))
    }
  }

  /// From several threads at once: the library works for one at a time.
  @Test func threads() throws {
    try withTemporaryFolder { folder in
      let pool = WorkerPool(threadCount: 4)
      pool.forEach(24) { index in
        let path = "\(folder)/\(index).h5"
        let array = NumericArray((0..<3000).map { Double($0 * index) }, shape: [30, 100])
        do {
          try HDF5Group.create(path) { (root) throws(RunError) in try root.write("a", array) }
          let back = try HDF5Group.reading(path) { (root) throws(InputError) in
            try root.array("a")
          }
          #expect(back == array)
        } catch { Issue.record(error) }
      }
      #expect(folderListing(folder).count == 24)
    }
  }
}
