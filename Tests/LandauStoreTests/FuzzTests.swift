import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStore

/// Valid files, damaged at random: whatever happens, it ends in snapshots or in one clear line.
@Suite struct FuzzTests {
  /// One kind of file: its members where it is an archive, else one member without a name.
  struct Sample {
    var name: String
    var members: [(name: String, bytes: [UInt8])]

    func file(_ members: [(name: String, bytes: [UInt8])]) throws -> [UInt8] {
      members[0].name.isEmpty ? members[0].bytes : try NPZ.bytes(of: members, path: name)
    }
  }

  static func samples() throws -> [Sample] {
    let cube = NPY.bytes(of: spins([3, 4, 6]))
    let grid = NPY.bytes(of: NumericArray([0.1, 0.2, 0.3]))
    let chain = NPY.bytes(of: NumericArray([Int](repeating: 0, count: 12), shape: [3, 4]))
    let fortran = npyFile(
      "{'descr': '<i2', 'fortran_order': True, 'shape': (3, 2, 2), }",
      (0..<24).map { $0 % 2 == 0 ? 1 : 0 })
    let written = try withTemporaryFolder { folder in
      let path = "\(folder)/s.npz"
      try SnapshotFile.write(SnapshotWritingTests.examples[3], to: path)
      let archive = try ZipArchive(try FileBytes.read(path), path: path)
      return try archive.entries.map { (name: $0.name, bytes: try archive.read($0)) }
    }
    let rows = (0..<8).map { "\($0 % 2 == 0 ? 1.5 : 2.5),1,-1,1,\($0 % 3 == 0 ? 1 : -1)" }
    let json =
      #"{"spins": [[[1, -1], [1, 1]], [[-1, -1], [1, -1]]], "g": [0.5, 2.5e-1], "t": "\u00e9"}"#
    return [
      Sample(
        name: "npz", members: [("spins.npy", cube), ("g.npy", grid), ("chain.npy", chain)]),
      Sample(name: "Fortran npz", members: [("spins.npy", fortran), ("g.npy", grid)]),
      Sample(name: "Landau's npz", members: written),
      Sample(name: "npy", members: [("", cube)]),
      Sample(
        name: "csv", members: [("", Array(("T,a,b,c,d\n" + rows.joined(separator: "\n")).utf8))]),
      Sample(name: "json", members: [("", Array(json.utf8))]),
    ]
  }

  static func mutate(_ bytes: [UInt8], using rng: inout RandomStream) -> [UInt8] {
    var out = bytes
    for _ in 0..<(1 + rng.index(below: 3)) {
      guard !out.isEmpty else { return out }
      let at = rng.index(below: out.count)
      switch rng.index(below: 7) {
      case 0: out[at] ^= 1 << UInt8(rng.index(below: 8))
      case 1: out[at] = UInt8(truncatingIfNeeded: rng.next())
      case 2: out.removeSubrange(at...)
      case 3: out.removeSubrange(at..<min(out.count, at + 1 + rng.index(below: 8)))
      case 4:
        // A piece of the file, somewhere else.
        let from = rng.index(below: out.count)
        out.insert(contentsOf: out[from..<min(out.count, from + 1 + rng.index(below: 40))], at: at)
      case 5:
        // Extreme sizes where sizes may stand.
        for k in at..<min(out.count, at + 4) { out[k] = 0xFF }
      default:
        let digits = Array("9999999999".utf8)
        out.replaceSubrange(at..<min(out.count, at + 1), with: digits[..<(1 + rng.index(below: 9))])
      }
    }
    return out
  }

  /// Damage to the file as it stands, or to one member of a sound archive, which checksums would hide.
  static func damaged(_ sample: Sample, using rng: inout RandomStream) throws -> [UInt8] {
    var members = sample.members
    guard !members[0].name.isEmpty, rng.index(below: 2) == 0 else {
      return mutate(try sample.file(members), using: &rng)
    }
    let at = rng.index(below: members.count)
    members[at].bytes = mutate(members[at].bytes, using: &rng)
    return try sample.file(members)
  }

  @Test func damagedFilesAreReadOrRefused() throws {
    var refused = 0
    var read = 0
    for (number, sample) in try Self.samples().enumerated() {
      var rng = Seed.test("fuzz", number).makeStream()
      _ = try ArrayFile.parse(sample.file(sample.members), path: sample.name, parameter: nil)
      for _ in 0..<800 {
        let damaged = try Self.damaged(sample, using: &rng)
        do throws(InputError) {
          let file = try ArrayFile.parse(damaged, path: sample.name, parameter: nil)
          for array in file.arrays where array.element != nil {
            let content = try file.array(array.name)
            // Deflate cannot expand further, and nothing else may expand at all.
            #expect(content.bytes.count <= 1032 * damaged.count)
          }
          let contents = try SnapshotFile.open(file, options: .init())
          #expect(contents.snapshots.values.allSatisfy { $0 == 1 || $0 == -1 })
          read += 1
        } catch {
          #expect(!error.message.isEmpty && !error.message.contains("\n"), "\(error.message)")
          #expect(error.message.count < 2000)
          refused += 1
        }
      }
    }
    // Both must occur often, or the damage is too small or too great to test anything.
    #expect(read > 80 && refused > 1000, "\(read) read, \(refused) refused")
  }
}
