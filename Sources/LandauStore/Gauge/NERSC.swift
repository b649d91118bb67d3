public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Gauge configurations of SU(3) in the NERSC archive format: a text header, then the links.
///
/// The header names the group, the sides, the type of numbers, and three checks that are all made on reading: the sum
/// modulo 2^32 of the data as 32-bit words, the mean plaquette and the mean trace of a link.
public enum NERSC {
  /// Which rows of a matrix are stored.
  public enum Rows: String, Sendable, Hashable, CaseIterable {
    case two = "4D_SU3_GAUGE"
    case three = "4D_SU3_GAUGE_3x3"
  }

  /// How far plaquette and link trace of the header may be from those of the data: headers are written from single
  /// precision and with few digits.
  static let tolerance = 1e-5

  static func isNERSC(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.starts(with: Array("BEGIN_HEADER".utf8))
  }

  /// - Throws: `InputError` naming the file where the header lacks something, or a check fails.
  public static func read(_ path: String) throws(InputError) -> GaugeLinks {
    try parse(FileBytes.read(path), name: path.printable)
  }

  static func parse(_ bytes: [UInt8], name: String) throws(InputError) -> GaugeLinks {
    let header = try Header(bytes, name: name)
    guard let rows = Rows(rawValue: try header.text("DATATYPE")) else {
      throw .file(
        name,
        "DATATYPE is '\(try header.text("DATATYPE").printable)'; allowed: "
          + Rows.allCases.map(\.rawValue).joined(separator: ", "))
    }
    let types = [
      "IEEE32": (4, true), "IEEE32BIG": (4, true), "IEEE32LITTLE": (4, false),
      "IEEE64BIG": (8, true), "IEEE64LITTLE": (8, false),
    ]
    guard let (width, isBigEndian) = types[try header.text("FLOATING_POINT")] else {
      throw .file(
        name,
        "FLOATING_POINT is '\(try header.text("FLOATING_POINT").printable)'; allowed: "
          + types.keys.sorted().joined(separator: ", "))
    }
    let extents = try (1...4).map { axis throws(InputError) in
      try header.side("DIMENSION_\(axis)")
    }
    let shape = FileShape(
      extents: extents, rank: 3, storedRows: rows == .two ? 2 : 3, width: width)
    let data = bytes[header.end...]
    guard data.count == shape.byteCount else {
      throw .file(
        name,
        "links of \(shape.text) take \(shape.byteCount) bytes and \(data.count) follow the header: "
          + (data.count < shape.byteCount ? "it is truncated" : "something follows them"))
    }
    let stored = try header.text("CHECKSUM")
    let sum = checksum(data, isBigEndian: isBigEndian)
    guard UInt32(stored, radix: 16) == sum else {
      throw .file(
        name,
        "the checksum is \(String(sum, radix: 16)) and not the stored \(stored.printable): the data are damaged"
      )
    }
    let links = shape.links(data, isBigEndian: isBigEndian)
    try GaugeFile.requireUnitary(links, precision: width == 4 ? .single : .double, name: name)
    for (key, value) in [("PLAQUETTE", links.plaquette), ("LINK_TRACE", links.linkTrace)] {
      let wanted = try header.number(key)
      guard abs(value - wanted) <= tolerance else {
        throw .file(name, "\(key) is \(wanted) in the header and \(value) in the data")
      }
    }
    return links
  }

  /// Key and value of each line between BEGIN_HEADER and END_HEADER.
  private struct Header {
    private var fields: [String: String] = [:]
    /// Where the data begin.
    let end: Int
    private let name: String

    init(_ bytes: [UInt8], name: String) throws(InputError) {
      self.name = name
      let newline = UInt8(ascii: "\n")
      var position = 0
      var isClosed = false
      while position < min(bytes.count, 65536), !isClosed {
        guard let stop = bytes[position...].firstIndex(of: newline) else { break }
        let line = String(decoding: bytes[position..<stop], as: UTF8.self)
        position = stop + 1
        if line == "END_HEADER" { isClosed = true }
        guard let equals = line.firstIndex(of: "=") else { continue }
        func trimmed(_ text: Substring) -> String {
          text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        fields[trimmed(line[..<equals])] = trimmed(line[line.index(after: equals)...])
      }
      guard NERSC.isNERSC(bytes), isClosed else {
        throw .file(name, "has no header from BEGIN_HEADER to END_HEADER")
      }
      end = position
    }

    func text(_ key: String) throws(InputError) -> String {
      guard let value = fields[key] else { throw .file(name, "the header has no \(key)") }
      return value
    }

    func number(_ key: String) throws(InputError) -> Double {
      let text = try text(key)
      guard let value = Double(text) else {
        throw .file(name, "\(key) is '\(text.printable)', not a number")
      }
      return value
    }

    func side(_ key: String) throws(InputError) -> Int {
      let text = try text(key)
      guard let value = Int(text), (1...4096).contains(value) else {
        throw .file(name, "\(key) is '\(text.printable)'; allowed: 1 to 4096")
      }
      return value
    }
  }

  /// Sum modulo 2^32 of the data as 32-bit words of their own byte order.
  static func checksum(_ data: ArraySlice<UInt8>, isBigEndian: Bool) -> UInt32 {
    data.withUnsafeBytes { bytes in
      var sum: UInt32 = 0
      for offset in stride(from: 0, to: bytes.count - 3, by: 4) {
        let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
        sum &+= isBigEndian ? UInt32(bigEndian: word) : UInt32(littleEndian: word)
      }
      return sum
    }
  }

  /// Writes a configuration of SU(3) in four dimensions, big-endian.
  ///
  /// - Throws: `InputError` for another group or dimension, `RunError` when the file cannot be written.
  public static func write(
    _ links: GaugeLinks, rows: Rows = .three, precision: ILDG.Precision = .double, to path: String
  ) throws {
    try FileWriting.writeAtomically(bytes(links, rows: rows, precision: precision), to: path)
  }

  static func bytes(
    _ links: GaugeLinks, rows: Rows, precision: ILDG.Precision
  ) throws(InputError) -> [UInt8] {
    guard links.sides.count == 4, links.rank == 3 else {
      throw InputError("NERSC files hold SU(3) in four dimensions")
    }
    let shape = FileShape(
      extents: links.sides.reversed(), rank: 3, storedRows: rows == .two ? 2 : 3,
      width: precision.rawValue / 8)
    let data = shape.bytes(links, isBigEndian: true)
    var lines = [
      "BEGIN_HEADER", "HDR_VERSION = 1.0", "DATATYPE = \(rows.rawValue)", "STORAGE_FORMAT = 1.0",
    ]
    for (axis, side) in shape.extents.enumerated() {
      lines.append("DIMENSION_\(axis + 1) = \(side)")
    }
    lines += [
      "LINK_TRACE = \(Estimate.fixed(links.linkTrace, digits: 12))",
      "PLAQUETTE = \(Estimate.fixed(links.plaquette, digits: 12))",
    ]
    for axis in 1...4 { lines.append("BOUNDARY_\(axis) = PERIODIC") }
    lines += [
      "CHECKSUM = \(String(checksum(data[...], isBigEndian: true), radix: 16))",
      "FLOATING_POINT = IEEE\(precision.rawValue)BIG", "CREATOR = landau \(Release.version)",
      "END_HEADER",
    ]
    return Array((lines.joined(separator: "\n") + "\n").utf8) + data
  }
}
