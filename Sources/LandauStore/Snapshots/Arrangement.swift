import LandauCore

/// Which arrays of a file are spins and parameter, and what the axes mean.
struct Arrangement {
  var spinsName: String
  var shape: [Int]
  var parameterName: String
  /// What reports call the parameter; a file may keep it under another name.
  var parameterLabel: String
  var layout: SnapshotLayout
  var channels: [String]
  var boundary: Snapshots.Boundary
  /// Nil where the file does not say.
  var isSequential: Bool?
  var siteShape: [Int]
  var notes: [String]

  /// Arrays with a meaning of their own, never taken for spins or parameter.
  static let reserved = ["chain", "sequential", "seed"]

  init(_ file: ArrayFile, options: SnapshotFile.Options) throws(InputError) {
    let described = try StoredDescription(file)
    let path = file.path.printable
    if let name = options.spins ?? described?.spins {
      spinsName = name
    } else {
      spinsName = try Self.findSpins(file)
    }
    let info = try Self.readable(spinsName, in: file)
    shape = info.shape
    guard shape.count >= 2 else {
      throw InputError.file(
        path, "'\(spinsName.printable)' has shape \(shape); snapshots need at least two axes")
    }
    guard !shape.contains(0) else {
      throw InputError.file(path, "'\(spinsName.printable)' has shape \(shape), which is empty")
    }
    // Rows and columns of a CSV folder have been put in order already.
    let given = file.format.hasPrefix("folder of CSV") ? nil : options.layout
    let fixed = given ?? described?.layout ?? file.layout
    if let fixed, fixed.axes.count != shape.count {
      throw InputError.file(
        path,
        "'\(spinsName.printable)' has \(shape.count) axes \(shape), "
          + "layout '\(fixed)' has \(fixed.axes.count)")
    }
    let length = fixed.map { [shape] layout in
      shape[layout.position(of: .parameter) ?? layout.position(of: .sample) ?? 0]
    }
    if let name = options.parameter, name != described?.parameter {
      parameterName = name
    } else if let described {
      parameterName = described.parameterArray
    } else {
      parameterName = try Self.findParameter(
        file, spins: spinsName, shape: shape, length: length)
    }
    parameterLabel = options.parameter ?? described?.parameter ?? parameterName
    if let fixed {
      layout = fixed
    } else {
      let values = try Self.parameterValues(parameterName, in: file)
      layout = try Self.inferLayout(
        shape, values: values, spins: spinsName, parameter: parameterName, path: path)
    }
    boundary = options.boundary ?? described?.boundary ?? .open
    isSequential = described?.isSequential
    notes = described?.notes ?? []
    channels = try Self.channelNames(layout, shape: shape, described: described, path: path)
    siteShape = try Self.latticeShape(
      layout.siteAxes.map { [shape] in shape[$0] }, options.siteShape, path: path)
  }

  // MARK: Spins

  private static func findSpins(_ file: ArrayFile) throws(InputError) -> String {
    if file.info("spins") != nil { return "spins" }
    let large = file.arrays.filter { $0.shape.count >= 2 && !reserved.contains($0.name) }
    let whole = large.filter { $0.element.map { !$0.isFloat } ?? false }
    let candidates = whole.isEmpty ? large.filter { $0.element != nil } : whole
    if candidates.count == 1 { return candidates[0].name }
    let path = file.path.printable
    if candidates.isEmpty {
      let obstacle = file.arrays.compactMap(\.obstacle).first.map { "; \($0)" } ?? ""
      throw InputError.file(
        path, "holds no array of snapshots (at least two axes); it has \(file.nameList)\(obstacle)")
    }
    let names = candidates.map { "'\($0.name.printable)' \($0.shape)" }.joined(separator: ", ")
    throw InputError.file(
      path, "several arrays may be the snapshots; choose with --spins: \(names)")
  }

  private static func readable(_ name: String, in file: ArrayFile) throws(InputError) -> ArrayInfo {
    guard let info = file.info(name) else {
      throw InputError.file(
        file.path.printable, "has no array '\(name.printable)'; it has \(file.nameList)")
    }
    if let obstacle = info.obstacle { throw InputError.file(file.path.printable, obstacle) }
    return info
  }

  // MARK: Parameter

  private static func findParameter(
    _ file: ArrayFile, spins: String, shape: [Int], length: Int?
  ) throws(InputError) -> String {
    let path = file.path.printable
    let vectors = file.arrays.filter { info in
      info.shape.count == 1 && info.name != spins && !reserved.contains(info.name)
        && info.element != nil
    }
    let wanted = length ?? shape[0]
    let fitting = vectors.filter { $0.shape[0] == wanted }
    let floats = fitting.filter { $0.element?.isFloat ?? false }
    if floats.count == 1 { return floats[0].name }
    if floats.count > 1 {
      let names = floats.map { "'\($0.name.printable)'" }.joined(separator: ", ")
      throw InputError.file(
        path, "several arrays may be the parameter; choose with --parameter: \(names)")
    }
    if !fitting.isEmpty {
      let names = fitting.map { "'\($0.name.printable)'" }.joined(separator: ", ")
      throw InputError.file(
        path,
        "no floating-point array of length \(wanted) is there for the parameter; "
          + "to take whole numbers, choose with --parameter: \(names)")
    }
    for info in vectors where info.element?.isFloat ?? false {
      if let axis = shape.firstIndex(of: info.shape[0]), length == nil {
        throw InputError.file(
          path, lengthProblem(info.name, info.shape[0], spins, shape, axis: axis))
      }
    }
    throw InputError.file(
      path,
      "holds no parameter: a floating-point array of length \(wanted), the first extent of "
        + "'\(spins.printable)' \(shape); it has \(file.nameList)")
  }

  static func parameterValues(_ name: String, in file: ArrayFile) throws(InputError) -> [Double] {
    let info = try readable(name, in: file)
    let path = file.path.printable
    guard info.shape.count == 1 else {
      throw InputError.file(
        path, "parameter '\(name.printable)' has shape \(info.shape); allowed: one axis")
    }
    let values = try file.array(name).doubles
    if let bad = values.firstIndex(where: { !$0.isFinite }) {
      throw InputError.file(
        path, "parameter \(name.printable)[\(bad)] is \(values[bad]), not a number")
    }
    guard let least = values.min(), let greatest = values.max(), least < greatest else {
      let value = values.first.map { " (\($0))" } ?? ""
      throw InputError.file(
        path, "parameter '\(name.printable)' has only one value\(value): there is nothing to scan")
    }
    return values
  }

  // MARK: Layout

  private static func inferLayout(
    _ shape: [Int], values: [Double], spins: String, parameter: String, path: String
  ) throws(InputError) -> SnapshotLayout {
    guard values.count == shape[0] else {
      let axis = shape.firstIndex(of: values.count)
      throw InputError.file(
        path, lengthProblem(parameter, values.count, spins, shape, axis: axis))
    }
    let isDistinct = Set(values).count == values.count
    let leading: [SnapshotLayout.Axis] =
      isDistinct && shape.count > 2 ? [.parameter, .shot] : [.sample]
    do throws(InputError) {
      return try SnapshotLayout.standard(leading, siteRank: shape.count - leading.count)
    } catch {
      throw InputError.file(path, "'\(spins.printable)' has shape \(shape): \(error.message)")
    }
  }

  private static func lengthProblem(
    _ parameter: String, _ length: Int, _ spins: String, _ shape: [Int], axis: Int?
  ) -> String {
    let text =
      "parameter '\(parameter.printable)' has \(length) values, "
      + "the first extent of '\(spins.printable)' \(shape) is \(shape[0])"
    guard let axis else { return text }
    return text + "; axis \(axis) fits: say what the axes mean, e.g. --layout "
      + exampleLayout(rank: shape.count, parameterAxis: axis)
  }

  private static func exampleLayout(rank: Int, parameterAxis: Int) -> String {
    var names = (0..<rank).map { _ in "" }
    names[parameterAxis] = "parameter"
    let isLast = parameterAxis == rank - 1
    if rank > 2 { names[isLast ? rank - 2 : parameterAxis + 1] = "shot" }
    var sites = (rank > 3 ? ["x", "y", "z", "t"] : ["site"]).makeIterator()
    return names.map { $0.isEmpty ? sites.next() ?? "site" : $0 }.joined(separator: ",")
  }

  private static func channelNames(
    _ layout: SnapshotLayout, shape: [Int], described: StoredDescription?, path: String
  ) throws(InputError) -> [String] {
    let count = layout.position(of: .channel).map { shape[$0] } ?? 1
    if let names = described?.channels {
      if names.count == count { return names }
      throw InputError.file(path, "names \(names.count) channels and holds \(count)")
    }
    guard count <= 64 else {
      throw InputError.file(path, "has \(count) channels; allowed: 1 to 64")
    }
    return count == 1 ? ["spin"] : (1...count).map { "channel \($0)" }
  }

  private static func latticeShape(_ shape: [Int], _ asked: [Int]?, path: String) throws(InputError)
    -> [Int]
  {
    guard let asked else { return shape }
    let count = shape.reduce(1, *)
    var product = 1
    for extent in asked {
      guard extent > 0, product <= count / extent else {
        product = 0
        break
      }
      product *= extent
    }
    guard product == count, (1...SnapshotLayout.mostSiteAxes).contains(asked.count) else {
      throw InputError.file(
        path, "holds \(count) sites per snapshot, which do not make a lattice \(asked)")
    }
    return asked
  }
}
