import LandauCore

/// Snapshots in text: one table with a parameter column, or a folder with one table per parameter value.
struct CSVSnapshots {
  var arrays: [(name: String, array: NumericArray)] = []
  var layout: SnapshotLayout?
  var notes: [String] = []

  // MARK: One table

  /// One snapshot per row. Columns of -1, 0 and 1 are sites, every other column stands on its own.
  init(_ table: CSVTable, path: String, parameter: String?) throws(InputError) {
    let names = table.header ?? (1...table.columnCount).map { "column \($0)" }
    guard Set(names).count == names.count else {
      throw InputError.file(path.printable, "has two columns of the same name in its header")
    }
    var sites: [Int] = []
    for column in 0..<table.columnCount {
      let isSpin = (0..<table.rowCount).allSatisfy { Self.isSpinValue(table[$0, column]) }
      if isSpin && names[column] != parameter {
        sites.append(column)
      } else {
        arrays.append((names[column], NumericArray(table.column(column))))
      }
    }
    guard !sites.isEmpty else {
      // A plain table of numbers is still a file with named columns.
      notes.append("no column holds only -1, 0 and 1, so there are no snapshots in it")
      return
    }
    var values: [Int8] = []
    values.reserveCapacity(table.rowCount * sites.count)
    for row in 0..<table.rowCount {
      for column in sites { values.append(Int8(table[row, column])) }
    }
    arrays.append(("spins", NumericArray(values, shape: [table.rowCount, sites.count])))
    layout = try SnapshotLayout.standard([.sample], siteRank: 1)
    notes.append("CSV: one snapshot per row, \(sites.count) site columns")
  }

  private static func isSpinValue(_ value: Double) -> Bool {
    value == 1 || value == -1 || value == 0
  }

  // MARK: A folder of tables

  /// One table per parameter value, which stands in the file's name.
  init(folder: String, names: [String], parameter: String?, layout: SnapshotLayout?)
    throws(InputError)
  {
    let (key, values) = try Self.parameterValues(names, folder: folder, parameter: parameter)
    var collected = FolderTables(folder: folder, layout: layout)
    for (name, value) in zip(names, values).sorted(by: { ($0.1, $0.0) < ($1.1, $1.0) }) {
      try collected.add(name, parameter: value)
    }
    let sampleCount = collected.parameters.count
    arrays = [
      ("spins", NumericArray(collected.spins, shape: [sampleCount, collected.siteCount])),
      (key, NumericArray(collected.parameters)),
    ]
    self.layout = try SnapshotLayout.standard([.sample], siteRank: 1)
    let orientation = collected.snapshotsAreColumns ? "column" : "row"
    notes = [
      "\(names.count) CSV files, one per value of '\(key)' in the file name; one snapshot per "
        + "\(orientation), \(collected.siteCount) sites"
    ]
  }

  /// The number in each file's name that is the scanned parameter, and what it is called.
  private static func parameterValues(_ names: [String], folder: String, parameter: String?)
    throws(InputError) -> (String, [Double])
  {
    let parsed = names.map { FileNameFields($0) }
    let path = folder.printable
    for (name, fields) in zip(names, parsed) where fields.words != parsed[0].words {
      throw InputError.file(
        path,
        "files differ in more than numbers ('\(names[0].printable)', '\(name.printable)'): "
          + "give each measurement basis or size a folder of its own")
    }
    let keys = parsed[0].fields.map(\.key)
    if let odd = parsed.firstIndex(where: { $0.fields.map(\.key) != keys }) {
      throw InputError.file(
        path, "'\(names[0].printable)' and '\(names[odd].printable)' hold different numbers")
    }
    let columns = keys.indices.map { index in parsed.map { $0.fields[index].value } }
    let chosen = try choose(keys, columns, parameter: parameter, path: path)
    if let ambiguous = parsed.lazy.compactMap(\.ambiguous).first(where: {
      $0.hasPrefix(keys[chosen]) && !keys[chosen].isEmpty
    }) {
      throw InputError.file(
        path,
        "'-' in '\(ambiguous.printable)' may be a sign or not; name the files like "
          + "\(keys[chosen])=0.30.csv")
    }
    let key = keys[chosen].isEmpty ? parameter ?? "parameter" : keys[chosen]
    return (key, columns[chosen])
  }

  /// Which of the numbers in the names is scanned: the one asked for, else the only one that varies
  /// and is not called a class, label or phase.
  private static func choose(
    _ keys: [String], _ columns: [[Double]], parameter: String?, path: String
  ) throws(InputError) -> Int {
    let varying = keys.indices.filter { Set(columns[$0]).count > 1 }
    let described = keys.indices.map { index in
      "'\(keys[index].isEmpty ? "number \(index + 1)" : keys[index].printable)' "
        + "(\(Set(columns[index]).count) values)"
    }.joined(separator: ", ")
    guard !keys.isEmpty else {
      throw InputError.file(path, "no file name holds a number, like g=0.30.csv")
    }
    if let parameter {
      let named = keys.indices.filter { keys[$0] == parameter }
      if named.count == 1 { return named[0] }
      let unnamed = varying.filter { keys[$0].isEmpty }
      if named.isEmpty && unnamed.count == 1 { return unnamed[0] }
      throw InputError.file(
        path,
        "the file names do not say which number is '\(parameter.printable)'; "
          + "they hold \(described)")
    }
    let candidates = varying.filter {
      !["class", "label", "phase"].contains(keys[$0].lowercased())
    }
    if candidates.count == 1 { return candidates[0] }
    if candidates.isEmpty && keys.count == 1 { return 0 }
    throw InputError.file(
      path,
      candidates.isEmpty
        ? "no number varies in the file names, which hold \(described)"
        : "several numbers vary in the file names; choose one with --parameter: \(described)")
  }
}

/// The spins of the tables of one folder, brought to one snapshot per row.
private struct FolderTables {
  let folder: String
  let layout: SnapshotLayout?
  var spins: [Int8] = []
  var parameters: [Double] = []
  var siteCount = 0
  var snapshotsAreColumns = false

  init(folder: String, layout: SnapshotLayout?) {
    self.folder = folder
    self.layout = layout
  }

  mutating func add(_ name: String, parameter: Double) throws(InputError) {
    let path = "\(folder)/\(name)"
    let bytes = try FileBytes.read(path)
    guard FileFormat(bytes) == .text else {
      throw InputError.file(path.printable, "is not text: \(FileFormat.guess(bytes.prefix(4096)))")
    }
    let table = try CSVTable(bytes, name: path.printable)
    let byColumns = try columnsAreSnapshots(table)
    let sites = byColumns ? table.rowCount : table.columnCount
    if siteCount == 0 {
      siteCount = sites
      snapshotsAreColumns = byColumns
    }
    guard sites == siteCount, byColumns == snapshotsAreColumns else {
      throw InputError.file(
        path.printable,
        "has \(sites) sites, the files before it \(siteCount): "
          + "give each size a folder of its own")
    }
    let count = byColumns ? table.columnCount : table.rowCount
    for shot in 0..<count {
      for site in 0..<sites {
        let (row, column) = byColumns ? (site, shot) : (shot, site)
        spins.append(try spin(table[row, column], row: row, column: column, path: path))
      }
      parameters.append(parameter)
    }
  }

  private func spin(_ value: Double, row: Int, column: Int, path: String) throws(InputError) -> Int8
  {
    guard value == 1 || value == -1 || value == 0 else {
      throw InputError.file(
        path.printable,
        "row \(row + 1), column \(column + 1) is \(value); allowed: -1 and 1, or 0 and 1")
    }
    return Int8(value)
  }

  /// `--layout site,shot` (or `shot,site`) decides; else a header like `Measurement 1, Measurement 2, …`
  /// says that columns are snapshots; else rows are.
  private func columnsAreSnapshots(_ table: CSVTable) throws(InputError) -> Bool {
    if let layout, case .site = layout.axes[0] { return true }
    if layout != nil { return false }
    guard let header = table.header else { return false }
    return header.allSatisfy { cell in
      let word = cell.prefix { $0.isLetter }.lowercased()
      return ["measurement", "shot", "snapshot", "sample", "configuration"].contains(word)
    }
  }
}
