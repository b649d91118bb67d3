import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStore

@Suite struct NPZTests {
  static func archive(_ names: [String] = ["a.npy", "b.npy"]) throws -> [UInt8] {
    let array = NumericArray((0..<500).map { Double($0 % 7) })
    return try NPZ.bytes(of: names.map { ($0, NPY.bytes(of: array)) }, path: "x.npz")
  }

  /// The archive with every occurrence of some bytes replaced by others of the same length.
  static func replacing(_ old: [UInt8], by new: [UInt8], in bytes: [UInt8]) -> [UInt8] {
    var out = bytes
    for start in 0...(bytes.count - old.count)
    where Array(bytes[start..<(start + old.count)]) == old {
      out.replaceSubrange(start..<(start + old.count), with: new)
    }
    return out
  }

  /// Changes a 16-bit field of every local and central header.
  static func patched(_ bytes: [UInt8], local: Int, central: Int, _ value: UInt8) -> [UInt8] {
    var out = bytes
    for start in 0..<(bytes.count - 50) {
      if bytes[start...].starts(with: [0x50, 0x4B, 3, 4]) { out[start + local] = value }
      if bytes[start...].starts(with: [0x50, 0x4B, 1, 2]) { out[start + central] = value }
    }
    return out
  }

  static func open(_ bytes: [UInt8]) throws -> ArrayFile {
    try ArrayFile.parse(bytes, path: "x.npz", parameter: nil)
  }

  @Test func writtenAndRead() throws {
    let arrays: [(name: String, array: NumericArray)] = [
      ("spins", spins([4, 5, 6])), ("T", NumericArray([1.5, 2.5, 3.5, 4.5])),
      ("flag", NumericArray([true, false], shape: [2])),
      ("n", NumericArray([Int32.max], shape: [])),
    ]
    try withArrays(arrays) { path in
      let file = try ArrayFile.open(path, parameter: nil, layout: nil)
      #expect(file.format == "NPZ")
      #expect(file.arrays.map(\.name) == arrays.map(\.name))
      for (name, array) in arrays { #expect(try file.array(name) == array) }
    }
  }

  @Test func equalContentsGiveEqualBytes() throws {
    #expect(try Self.archive() == Self.archive())
  }

  @Test func membersOfAnyKindAreKept() throws {
    let bytes = try NPZ.bytes(of: [("note.txt", Array("hello".utf8))], path: "x.npz")
    let archive = try ZipArchive(bytes, path: "x.npz")
    #expect(try archive.read(archive.entries[0]) == Array("hello".utf8))
    #expect(refusal { _ = try Self.open(bytes) } == "x.npz: holds no NumPy arrays")
  }

  @Test func constantDataCompressBeyondThousandToOne() throws {
    // What a frozen chain gives; the cap on the ratio must let it pass.
    let array = NumericArray([Int8](repeating: 1, count: 4_000_000), shape: [100, 40000])
    let bytes = try NPZ.bytes(of: [("spins.npy", NPY.bytes(of: array))], path: "x.npz")
    #expect(bytes.count < 6000)
    #expect(try Self.open(bytes).array("spins") == array)
  }

  @Test func refusals() throws {
    let good = try Self.archive()
    let names = { (text: String) in Array(text.utf8) }
    let twice = Self.replacing(names("b.npy"), by: names("a.npy"), in: good)
    #expect(refusal { _ = try Self.open(twice) } == "x.npz: holds 'a.npy' twice")
    let encrypted = Self.patched(good, local: 6, central: 8, 1)
    #expect(refusal { _ = try Self.open(encrypted).array("a") } == "x.npz: 'a.npy' is encrypted")
    let bzip2 = Self.patched(good, local: 8, central: 10, 12)
    #expect(refusal { _ = try Self.open(bzip2).array("a") }.contains("compression method 12"))
    for length in [4, 20, good.count / 2, good.count - 1] {
      let message = refusal { _ = try Self.open(Array(good[..<length])) }
      #expect(message.hasPrefix("x.npz: is not a readable NPZ file ("), "\(message)")
    }
    var flipped = good
    flipped[60] ^= 0xFF  // inside the first member's data
    #expect(refusal { _ = try Self.open(flipped).array("a") }.contains("'a.npy'"))
  }

  @Test func bombsAreRefusedUnread() throws {
    // Sizes in the central header: 24 compressed 20, uncompressed 24 bytes into it.
    var claims = try Self.archive(["a.npy"])
    let central = try #require(
      claims.indices.dropLast(50).first { claims[$0...].starts(with: [0x50, 0x4B, 1, 2]) })
    for k in 0..<4 { claims[central + 24 + k] = [0, 0, 0, 0x70][k] }
    let message = refusal { _ = try Self.open(claims).array("a") }
    #expect(message.hasPrefix("x.npz: "), "\(message)")
    let archive = try? ZipArchive(claims, path: "x.npz")
    #expect(archive == nil || archive!.entries[0].obstacle?.contains("claims") == true)
  }

  @Test func absentArrays() throws {
    let file = try Self.open(try Self.archive())
    #expect(
      refusal { _ = try file.array("c") }
        == "x.npz: has no array 'c'; it has 'a' [500], 'b' [500]")
  }

  @Test func unreadableMembersDoNotSpoilTheOthers() throws {
    let object = npyFile("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", [0x80])
    let good = NPY.bytes(of: NumericArray([1.0]))
    let file = try Self.open(
      try NPZ.bytes(of: [("bad.npy", object), ("good.npy", good)], path: "x.npz"))
    #expect(file.info("bad")?.obstacle?.contains("pickle") == true)
    #expect(try file.array("good").doubles == [1])
  }

  @Test func nothingIsLeftWhereWritingFails() throws {
    #expect(throws: RunError.self) {
      try NPZ.write([("a", NumericArray([1.0]))], to: "/nonexistent-folder/x.npz")
    }
    try withTemporaryFolder { folder in
      #expect(throws: RunError.self) { try NPZ.write([("a", NumericArray([1.0]))], to: folder) }
      #expect(folderListing(folder).isEmpty)
    }
  }
}
