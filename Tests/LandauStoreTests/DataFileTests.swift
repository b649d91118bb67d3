import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStore

struct DataFileTests {
  // Made by Python's gzip.compress(…, mtime=0) of "1,2\n3,4\n" and of "5,6\n".
  private let packed = bytes(hex: "1f8b080000000000020333d431e232d631e1020047936caf08000000")
  private let more = bytes(hex: "1f8b080000000000020333d531e3020060102fbe04000000")

  @Test func gzipMembersAreJoined() throws {
    #expect(try Gzip.unpack(packed, path: "a") == Array("1,2\n3,4\n".utf8))
    #expect(try Gzip.unpack(packed + more, path: "a") == Array("1,2\n3,4\n5,6\n".utf8))
  }

  @Test func badGzipIsRefused() {
    for count in 0..<packed.count {
      let text = refusal { _ = try Gzip.unpack(Array(packed[..<count]), path: "cut") }
      #expect(text.contains("cut"), "\(count)")
    }
    #expect(
      refusal { _ = try Gzip.unpack(packed + [1], path: "x") }.contains("1 bytes behind its gzip"))
    // A changed byte is found by the checksum at the latest, unless it only fills up the last byte of the packed bits.
    var refused = 0
    for index in 10..<packed.count {
      var broken = packed
      broken[index] ^= 0x10
      let content = try? Gzip.unpack(broken, path: "broken")
      if content == nil { refused += 1 }
      #expect(content == nil || content == Array("1,2\n3,4\n".utf8))
    }
    #expect(refused >= packed.count - 11)
  }

  /// Layout of the format's description: magic, type, rank, extents, then the last axis fastest.
  @Test func idx() throws {
    let header: [UInt8] = [0, 0, 0x08, 2, 0, 0, 0, 2, 0, 0, 0, 3]
    let array = try IDX.parse(header + [1, 2, 3, 4, 5, 255], name: "i")
    #expect(array.shape == [2, 3] && array.element == .uint8)
    #expect(array.doubles == [1, 2, 3, 4, 5, 255])
    let short = try IDX.parse([0, 0, 0x0B, 1, 0, 0, 0, 2, 0xFF, 0xFE, 1, 0], name: "i")
    #expect(short.doubles == [-2, 256])
    let float = try IDX.parse([0, 0, 0x0D, 1, 0, 0, 0, 1, 0x3F, 0xC0, 0, 0], name: "i")
    #expect(float.doubles == [1.5])
    let double = try IDX.parse(
      [0, 0, 0x0E, 1, 0, 0, 0, 1, 0xC0, 0, 0, 0, 0, 0, 0, 0], name: "i")
    #expect(double.doubles == [-2])
    for (bad, reason) in [
      (header + [1, 2], "needs 6"), (Array(header[..<9]), "within its header"),
      ([0, 0, 0x07, 1, 0, 0, 0, 0], "no IDX file"),
      ([0, 0, 0x0E, 3] + [UInt8](repeating: 0xFF, count: 12), "beyond all memory"),
    ] {
      #expect(refusal { _ = try IDX.parse(bad, name: "bad") }.contains(reason))
    }
  }

  @Test func everyFormatUnderOneRoof() throws {
    try withTemporaryFolder { folder in
      func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        try FileWriting.writeAtomically(bytes, to: "\(folder)/\(name)")
        return "\(folder)/\(name)"
      }
      let table = try DataFile(file("t.csv.gz", packed))
      #expect(table.arrays.map(\.name) == ["table"])
      #expect(try table.array().shape == [2, 2] && table.array().doubles == [1, 2, 3, 4])
      let named = try DataFile(file("n.csv", Array("a,b\n1,2\n".utf8)))
      #expect(named.columns == ["a", "b"])
      let idx = try DataFile(file("i", [0, 0, 8, 1, 0, 0, 0, 1, 7]))
      #expect(try idx.array("data").doubles == [7])
      #expect(refusal { _ = try idx.array("other") }.contains("has no array 'other'"))
      try NPZ.write(
        [("x", NumericArray([1.0])), ("y", NumericArray([2.0]))], to: "\(folder)/z.npz")
      let archive = try DataFile("\(folder)/z.npz")
      #expect(try archive.array("y").doubles == [2])
      #expect(refusal { _ = try archive.array() }.contains("say which: 'x', 'y'"))
      #expect(refusal { _ = try DataFile(file("e", [])) }.contains("empty"))
      #expect(refusal { _ = try DataFile("\(folder)/none") }.contains("no such file"))
      #expect(
        refusal { _ = try DataFile(file("u", [0x80, 1, 2])) }.contains("pickle"))
    }
  }

  @Test(.needsSharedData("digits_8x8/digits.csv.gz"))
  func digits() throws {
    let file = try DataFile(try #require(sharedData("digits_8x8/digits.csv.gz")))
    let array = try file.array()
    #expect(array.shape == [1797, 65])
    let values = array.doubles
    let labels = (0..<1797).map { Int(values[$0 * 65 + 64]) }
    let counts = (0..<10).map { digit in labels.count { $0 == digit } }
    #expect(counts == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
  }

  @Test(.needsSharedData("fashion_mnist/t10k-images-idx3-ubyte.gz"))
  func fashion() throws {
    let images = try DataFile(
      try #require(sharedData("fashion_mnist/t10k-images-idx3-ubyte.gz")))
    #expect(images.arrays[0].shape == [10_000, 28, 28])
    let labels = try DataFile(
      try #require(sharedData("fashion_mnist/t10k-labels-idx1-ubyte.gz"))
    ).array().integers!
    #expect((0..<10).allSatisfy { digit in labels.count { $0 == digit } == 1000 })
  }
}
