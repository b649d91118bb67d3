public import LandauCore

/// Gauge configurations from files of any known format, told apart by their first bytes: ILDG, NERSC, NPZ.
public enum GaugeFile {
  /// - Throws: `InputError` naming the file and what is wrong with it.
  public static func read(_ path: String) throws(InputError) -> GaugeLinks {
    let bytes = try FileBytes.read(path)
    if LIME.isLIME(bytes) { return try ILDG.parse(bytes, name: path.printable) }
    if NERSC.isNERSC(bytes) { return try NERSC.parse(bytes, name: path.printable) }
    guard FileFormat(bytes) == .npz else {
      throw .file(
        path.printable, "is neither ILDG nor NERSC nor NPZ (\(FileFormat.guess(bytes)))")
    }
    return try readNPZ(bytes, path: path)
  }

  /// Which format a file of links has: `ILDG`, `NERSC` or `NPZ`; nil where it holds none.
  ///
  /// - Throws: `InputError` where it cannot be read at all.
  public static func format(of path: String) throws(InputError) -> String? {
    guard try FileBytes.kind(of: path) == .file else { return nil }
    let start = try FileBytes.start(of: path)
    if LIME.isLIME(start) { return "ILDG" }
    if NERSC.isNERSC(start) { return "NERSC" }
    guard FileFormat(start) == .npz else { return nil }
    let archive = try ZipArchive(try FileBytes.read(path), path: path)
    guard let entry = archive.entries.first(where: { $0.name == "U.npy" }),
      let header = try? NPYHeader(
        try archive.read(entry)[...], name: path.printable, complexAsPairs: true)
    else { return nil }
    return header.shape.count == 8 && header.shape[4] == 4 ? "NPZ" : nil
  }

  /// An array `U` of complex numbers with axes (t, z, y, x, direction, row, column), directions x, y, z, t.
  private static func readNPZ(
    _ bytes: [UInt8], path: String
  ) throws(InputError) -> GaugeLinks {
    let name = path.printable
    let archive = try ZipArchive(bytes, path: path)
    guard let entry = archive.entries.first(where: { $0.name == "U.npy" }) else {
      throw .file(name, "holds no array 'U'")
    }
    let array = try NPY.parse(try archive.read(entry), name: "\(name): 'U'", complexAsPairs: true)
    let shape = array.shape
    guard shape.count == 8, shape[4] == 4, shape[5] == shape[6], (2...3).contains(shape[5]),
      shape[7] == 2, array.count > 0
    else {
      throw .file(
        name, "'U' has shape \(shape.dropLast()); allowed: complex (t, z, y, x, 4, N, N), N 2 or 3")
    }
    let width = 2 * shape[5] * shape[5]
    let stored = array.doubles
    var values = [Double](repeating: 0, count: stored.count)
    for link in 0..<(stored.count / width) {
      let target = (link / 4 * 4 + 3 - link % 4) * width
      for index in 0..<width { values[target + index] = stored[link * width + index] }
    }
    let links = GaugeLinks(sides: Array(shape[..<4]), rank: shape[5], values: values)
    try requireUnitary(
      links, precision: array.element == .float32 ? .single : .double, name: name)
    return links
  }

  /// Refuses links that rounding alone cannot have moved off the group.
  static func requireUnitary(
    _ links: GaugeLinks, precision: ILDG.Precision, name: String
  ) throws(InputError) {
    let error = links.unitarityError
    let allowed = precision == .single ? 1e-5 : 1e-10
    guard error <= allowed else {
      throw .file(
        name, "links are not unitary: U U^dagger differs from 1 by up to \(error), not \(allowed)")
    }
  }
}
