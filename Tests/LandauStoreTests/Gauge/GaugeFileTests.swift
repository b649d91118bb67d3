import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStore

/// A random configuration: links are products of random turns of two rows.
private func randomLinks(_ sides: [Int], rank: Int, seed: Seed) -> GaugeLinks {
  var rng = seed.makeStream()
  var values: [Double] = []
  for _ in 0..<(sides.reduce(1, *) * sides.count) {
    var matrix = (0..<(rank * rank)).map { Complex($0 % (rank + 1) == 0 ? 1.0 : 0) }
    for i in 0..<rank {
      for j in 0..<rank where j > i {
        // A unit quaternion as a 2 x 2 matrix [[p, q], [-conj q, conj p]].
        let parts = (0..<4).map { _ in rng.normal() }
        let scale = 1 / parts.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let p = scale * Complex(parts[0], parts[1])
        let q = scale * Complex(parts[2], parts[3])
        for k in 0..<rank {
          let (x, y) = (matrix[i * rank + k], matrix[j * rank + k])
          matrix[i * rank + k] = p * x + q * y
          matrix[j * rank + k] = p.conjugate * y - q.conjugate * x
        }
      }
    }
    values += matrix.flatMap { [$0.real, $0.imaginary] }
  }
  return GaugeLinks(sides: sides, rank: rank, values: values)
}

@Suite struct GaugeFileTests {
  private static let sides = [3, 2, 4, 2]

  @Test(arguments: [2, 3], ILDG.Precision.allCases)
  func ildgFilesComeBack(_ rank: Int, _ precision: ILDG.Precision) throws {
    let links = randomLinks(Self.sides, rank: rank, seed: .test(rank))
    #expect(links.unitarityError < 1e-14)
    try withTemporaryFolder { folder in
      let path = folder + "/links.ildg"
      try ILDG.write(links, precision: precision, to: path)
      let back = try GaugeFile.read(path)
      Self.expectEqual(back, links, isRounded: precision == .single)
      // What was read is written the same again, byte for byte.
      let again = folder + "/again.ildg"
      try ILDG.write(back, precision: precision, to: again)
      #expect(try FileBytes.read(again) == FileBytes.read(path))
    }
  }

  @Test(arguments: NERSC.Rows.allCases, ILDG.Precision.allCases)
  func nerscFilesComeBack(_ rows: NERSC.Rows, _ precision: ILDG.Precision) throws {
    let links = randomLinks(Self.sides, rank: 3, seed: .test(rows.rawValue))
    try withTemporaryFolder { folder in
      let path = folder + "/links.nersc"
      try NERSC.write(links, rows: rows, precision: precision, to: path)
      let back = try GaugeFile.read(path)
      Self.expectEqual(back, links, isRounded: precision == .single || rows == .two)
    }
  }

  private static func expectEqual(_ back: GaugeLinks, _ links: GaugeLinks, isRounded: Bool) {
    #expect(back.sides == links.sides && back.rank == links.rank)
    if isRounded {
      for (a, b) in zip(back.values, links.values) { expectClose(a, b, absolute: 2e-7) }
    } else {
      #expect(back.values == links.values)
    }
  }

  @Test func otherGroupsAndDimensionsAreNotWritten() {
    let plane = randomLinks([3, 4], rank: 3, seed: .test())
    #expect(throws: InputError.self) { try ILDG.bytes(plane, precision: .double, name: "lfn://x") }
    let two = randomLinks(Self.sides, rank: 2, seed: .test())
    #expect(throws: InputError.self) { try NERSC.bytes(two, rows: .three, precision: .double) }
  }

  /// Every byte of the data and the checks matters, every length too: one clear line each.
  @Test(arguments: [0, 1, 2, 3, 4, 5])
  func damagedILDGFilesAreRefused(_ kind: Int) throws {
    let links = randomLinks(Self.sides, rank: 3, seed: .test())
    var bytes = try ILDG.bytes(links, precision: .single, name: "lfn://x")
    let data = try #require(
      LIME.parse(bytes, name: "x").first { $0.type == "ildg-binary-data" }?.data)
    let expected: String
    switch kind {
    case 0:
      bytes[data.startIndex + 777] ^= 1
      expected = "checksum"
    case 1:
      bytes.removeLast(2000)
      expected = "truncated"
    case 2:
      bytes[0] = 0
      expected = "no LIME record"
    case 3:
      // Length of the data and the sides no longer agree.
      let text = Array("<lx>2</lx>".utf8)
      let place = try #require(
        bytes.indices.dropLast(text.count).first {
          Array(bytes[$0..<($0 + text.count)]) == text
        })
      bytes[place + 4] = UInt8(ascii: "4")
      expected = "takes"
    case 4:
      bytes = LIME.bytes(of: try LIME.parse(bytes, name: "x").filter { $0.type != "ildg-format" })
      expected = "ildg-format"
    default:
      // A stored checksum that fits data that are no links.
      let broken = GaugeLinks(
        sides: links.sides, rank: 3, values: links.values.map { 1.001 * $0 })
      bytes = try ILDG.bytes(broken, precision: .single, name: "lfn://x")
      expected = "not unitary"
    }
    Self.expectRefusal(expected) { try ILDG.parse(bytes, name: "file.ildg") }
  }

  @Test(arguments: [0, 1, 2, 3, 4, 5, 6])
  func damagedNERSCFilesAreRefused(_ kind: Int) throws {
    let links = randomLinks(Self.sides, rank: 3, seed: .test())
    var bytes = try NERSC.bytes(links, rows: .three, precision: .double)
    func replace(_ old: String, _ new: String) throws {
      let text = Array(old.utf8)
      let place = try #require(
        bytes.indices.dropLast(text.count).first {
          Array(bytes[$0..<($0 + text.count)]) == text
        })
      bytes.replaceSubrange(place..<(place + text.count), with: Array(new.utf8))
    }
    let expected: String
    switch kind {
    case 0:
      bytes[bytes.count - 5] ^= 1
      expected = "checksum"
    case 1:
      bytes.removeLast(8)
      expected = "truncated"
    case 2:
      try replace("END_HEADER", "END_HEADED")
      expected = "no header"
    case 3:
      try replace("PLAQUETTE = ", "PLAQUETTE = 1")
      expected = "PLAQUETTE"
    case 4:
      try replace("4D_SU3_GAUGE_3x3", "4D_SU4_GAUGE")
      expected = "DATATYPE"
    case 5:
      try replace("LINK_TRACE = ", "LINK_TRACE = 7")
      expected = "LINK_TRACE"
    default:
      try replace("CHECKSUM", "CHECKSAM")
      expected = "no CHECKSUM"
    }
    Self.expectRefusal(expected) { try NERSC.parse(bytes, name: "file.nersc") }
  }

  private static func expectRefusal(_ expected: String, _ body: () throws -> GaugeLinks) {
    let error = #expect(throws: InputError.self) { _ = try body() }
    #expect(error?.message.contains(expected) == true, "\(String(describing: error))")
    #expect(error?.message.contains("\n") == false)
    #expect(error?.message.hasPrefix("file.") == true)
  }

  // MARK: The shared configurations

  /// Plaquettes in space and with time, and the Polyakov loop, as the data's own page gives them: Re tr, not over 3.
  @Test(
    .needsSharedData("su3_gauge/l4444.npz"),
    arguments: [
      ("l4444.npz", 1.79468, 1.77443, 1.294), ("l4448.npz", 1.72375, 1.69059, 0.0023),
      ("l6666b650m010m050.npz", 1.65827, 1.63989, 0.200), ("l4444.ildg", 1.79468, 1.77443, 1.294),
    ])
  func sharedConfigurationsHaveTheirPlaquettes(
    _ name: String, _ space: Double, _ time: Double, _ polyakov: Double
  ) throws {
    let path = try #require(sharedData("su3_gauge/\(name)"))
    let links = try GaugeFile.read(path)
    // Time is axis 0.
    let planes = links.planePlaquettes
    func mean(_ isTime: Bool) -> Double {
      let values = planes.filter { ($0.axes.0 == 0) == isTime }.map(\.value)
      return 3 * values.reduce(0, +) / Double(values.count)
    }
    expectClose(mean(false), space, absolute: 5e-6)
    expectClose(mean(true), time, absolute: 5e-6)
    expectClose(3 * links.polyakovLoop.real, polyakov, absolute: 6e-4)
    // Below 5e-7 in the single precision of the page, 5.04e-7 in double.
    #expect(links.unitarityError < 5.1e-7)
  }

  /// The same configuration in two formats, and its checksum is the one its makers stored.
  @Test(.needsSharedData("su3_gauge/l4444.ildg"))
  func theSharedFileRoundTrips() throws {
    let path = try #require(sharedData("su3_gauge/l4444.ildg"))
    let links = try GaugeFile.read(path)
    let other = try GaugeFile.read(try #require(sharedData("su3_gauge/l4444.npz")))
    #expect(links == other)
    let written = try ILDG.bytes(links, precision: .single, name: "lfn://x")
    func record(_ bytes: [UInt8], _ type: String) throws -> [UInt8] {
      Array(
        try #require(try LIME.parse(bytes, name: "x").first { $0.type == type }?.data))
    }
    let original = try FileBytes.read(path)
    for type in ["ildg-binary-data", "scidac-checksum"] {
      let own = try record(written, type)
      // The makers end their texts with a zero byte as we do.
      #expect(try record(original, type) == own)
    }
    try withTemporaryFolder { folder in
      let nersc = folder + "/l4444.nersc"
      try NERSC.write(links, precision: .single, to: nersc)
      #expect(try GaugeFile.read(nersc) == links)
    }
  }
}
