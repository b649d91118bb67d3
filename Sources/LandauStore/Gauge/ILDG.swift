import CZip
public import LandauCore

/// Gauge configurations in the format of the International Lattice Data Grid: LIME records `ildg-format` (XML),
/// `ildg-binary-data`, `ildg-data-lfn` and `scidac-checksum`.
///
/// Data are big-endian, t slowest and x fastest, at a site the links along x, y, z, t, each a matrix row by row
/// (ILDG binary file format, revision 1.1). The SciDAC checksum is two words: over sites in order, the CRC-32 of a
/// site's bytes turned left by its number modulo 29 (and 31), all joined by exclusive or.
public enum ILDG {
  /// How numbers are stored.
  public enum Precision: Int, Sendable, Hashable, CaseIterable {
    case single = 32
    case double = 64
  }

  /// - Throws: `InputError` naming the file where a record is missing, lengths or the checksum do not fit, or links
  ///   are not unitary.
  public static func read(_ path: String) throws(InputError) -> GaugeLinks {
    try parse(FileBytes.read(path), name: path.printable)
  }

  static func parse(_ bytes: [UInt8], name: String) throws(InputError) -> GaugeLinks {
    let records = try LIME.parse(bytes, name: name)
    func record(_ type: String) -> LIME.Record? { records.first { $0.type == type } }
    guard let format = record("ildg-format") else {
      throw .file(name, "has no record 'ildg-format'")
    }
    guard let data = record("ildg-binary-data")?.data else {
      throw .file(name, "has no record 'ildg-binary-data'")
    }
    let header = try Header(format.data, name: name)
    let shape = header.shape
    guard data.count == shape.byteCount else {
      throw .file(
        name,
        "\(header.field) of \(shape.text) in \(header.precision.rawValue) bits takes \(shape.byteCount) bytes, "
          + "and 'ildg-binary-data' holds \(data.count)")
    }
    if let stored = record("scidac-checksum") {
      try check(stored.data, against: checksum(data, siteCount: shape.siteCount), name: name)
    }
    let links = shape.links(data, isBigEndian: true)
    try GaugeFile.requireUnitary(links, precision: header.precision, name: name)
    return links
  }

  /// What `ildg-format` says.
  private struct Header {
    var field: String
    var precision: Precision
    var shape: FileShape

    init(_ xml: ArraySlice<UInt8>, name: String) throws(InputError) {
      func value(_ tag: String) throws(InputError) -> String {
        guard let text = ILDG.element(tag, in: xml) else {
          throw .file(name, "'ildg-format' has no <\(tag)>")
        }
        return text
      }
      field = try value("field")
      let ranks = ["su2gauge": 2, "su3gauge": 3]
      guard let rank = ranks[field] else {
        throw .file(name, "holds '\(field.printable)'; allowed: su2gauge, su3gauge")
      }
      let bits = try value("precision")
      guard let precision = Int(bits).flatMap(Precision.init) else {
        throw .file(name, "has a precision of '\(bits.printable)' bits; allowed: 32, 64")
      }
      self.precision = precision
      var sides: [Int] = []
      for axis in ["lx", "ly", "lz", "lt"] {
        let text = try value(axis)
        guard let side = Int(text), (1...4096).contains(side) else {
          throw .file(name, "<\(axis)> is '\(text.printable)'; allowed: 1 to 4096")
        }
        sides.append(side)
      }
      shape = FileShape(extents: sides, rank: rank, storedRows: rank, width: precision.rawValue / 8)
    }
  }

  /// The text of an element without attributes or children; nil where there is none.
  static func element(_ tag: String, in xml: ArraySlice<UInt8>) -> String? {
    let text = String(decoding: xml, as: UTF8.self)
    guard let start = text.firstRange(of: "<\(tag)>"),
      let end = text[start.upperBound...].firstRange(of: "</\(tag)>")
    else { return nil }
    let inner = text[start.upperBound..<end.lowerBound]
    return String(inner.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }

  static func checksum(_ data: ArraySlice<UInt8>, siteCount: Int) -> (a: UInt32, b: UInt32) {
    let width = data.count / max(1, siteCount)
    var (a, b): (UInt32, UInt32) = (0, 0)
    data.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return }
      for site in 0..<siteCount {
        let sum = UInt32(truncatingIfNeeded: crc32(0, base + site * width, UInt32(width)))
        func turned(_ by: Int) -> UInt32 {
          by == 0 ? sum : sum << UInt32(by) | sum >> UInt32(32 - by)
        }
        a ^= turned(site % 29)
        b ^= turned(site % 31)
      }
    }
    return (a, b)
  }

  private static func check(
    _ xml: ArraySlice<UInt8>, against sums: (a: UInt32, b: UInt32), name: String
  ) throws(InputError) {
    for (tag, sum) in [("suma", sums.a), ("sumb", sums.b)] {
      guard let text = element(tag, in: xml), let stored = UInt32(text, radix: 16) else {
        throw .file(name, "'scidac-checksum' has no <\(tag)>")
      }
      guard stored == sum else {
        throw .file(
          name,
          "the checksum is \(String(sum, radix: 16)) and not the stored \(text.printable): the data are damaged"
        )
      }
    }
  }

  /// Writes a configuration of SU(2) or SU(3) in four dimensions.
  ///
  /// - Parameter name: logical file name of the record `ildg-data-lfn`.
  /// - Throws: `InputError` for another group or dimension, `RunError` when the file cannot be written.
  public static func write(
    _ links: GaugeLinks, precision: Precision = .double, name: String = "lfn://landau",
    to path: String
  ) throws {
    try FileWriting.writeAtomically(bytes(links, precision: precision, name: name), to: path)
  }

  static func bytes(
    _ links: GaugeLinks, precision: Precision, name: String
  ) throws(InputError) -> [UInt8] {
    guard links.sides.count == 4, (2...3).contains(links.rank) else {
      throw InputError("ILDG files hold SU(2) or SU(3) in four dimensions")
    }
    let shape = FileShape(
      extents: links.sides.reversed(), rank: links.rank, storedRows: links.rank,
      width: precision.rawValue / 8)
    let data = shape.bytes(links, isBigEndian: true)
    let sums = checksum(data[...], siteCount: links.siteCount)
    let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
    let sides = zip(["lx", "ly", "lz", "lt"], shape.extents).map { "<\($0)>\($1)</\($0)>" }
    let format =
      declaration + "<ildgFormat xmlns=\"http://www.lqcd.org/ildg\" "
      + "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
      + "xsi:schemaLocation=\"http://www.lqcd.org/ildg/filefmt.xsd\"><version>1.0</version>"
      + "<field>su\(links.rank)gauge</field><precision>\(precision.rawValue)</precision>"
      + sides.joined() + "</ildgFormat>"
    let check =
      declaration
      + "<scidacChecksum><version>1.0</version><suma>\(String(sums.a, radix: 16))</suma>"
      + "<sumb>\(String(sums.b, radix: 16))</sumb></scidacChecksum>"
    func text(_ type: String, _ text: String) -> LIME.Record {
      LIME.Record(type: type, data: (Array(text.utf8) + [0])[...])
    }
    var records = [
      text("ildg-format", format),
      LIME.Record(type: "ildg-binary-data", data: data[...]),
      text("ildg-data-lfn", name), text("scidac-checksum", check),
    ]
    records[0].beginsMessage = true
    records[records.count - 1].endsMessage = true
    return LIME.bytes(of: records)
  }
}
