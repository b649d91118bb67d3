public import LandauCore

/// Snapshots in files: NPZ, NPY folders, CSV tables and folders, JSON.
///
/// Reading finds the array of spins, the scanned parameter and the meaning of the axes, by the rules of
/// the conventions page or by what `Options` says, and refuses whatever it cannot understand.
public enum SnapshotFile {
  /// What the caller knows about a file; everything else is found out.
  public struct Options: Sendable, Hashable {
    /// Name of the array of configurations.
    public var spins: String?
    /// Name of the scanned parameter.
    public var parameter: String?
    /// Meaning of the axes, e.g. `parameter,shot,x,y`.
    public var layout: SnapshotLayout?
    public var boundary: Snapshots.Boundary?
    /// Extents of the lattice where the file keeps its sites in one long axis.
    public var siteShape: [Int]?

    public init(
      spins: String? = nil, parameter: String? = nil, layout: SnapshotLayout? = nil,
      boundary: Snapshots.Boundary? = nil, siteShape: [Int]? = nil
    ) {
      self.spins = spins
      self.parameter = parameter
      self.layout = layout
      self.boundary = boundary
      self.siteShape = siteShape
    }
  }

  /// Snapshots together with how their file was understood.
  public struct Contents: Sendable {
    public var snapshots: Snapshots
    public var path: String
    /// `NPZ`, `CSV`, …
    public var format: String
    public var spinsName: String
    /// Shape of the array in the file.
    public var shape: [Int]
    public var layout: SnapshotLayout
    /// How values became -1 and +1, in words.
    public var mapping: String
    /// Fraction of +1 among all values.
    public var upFraction: Double
  }

  /// - Returns: the snapshots; parameters ascend. Samples of a (parameter, shot) array are ordered by
  ///   parameter, those of a (sample) array stay in the order of the file.
  /// - Throws: `InputError`, one line with file, thing and reason.
  public static func read(_ path: String, options: Options = Options()) throws(InputError)
    -> Snapshots
  {
    try open(path, options: options).snapshots
  }

  /// Like `read`, with what was understood of the file.
  public static func open(_ path: String, options: Options = Options()) throws(InputError)
    -> Contents
  {
    let file = try ArrayFile.open(path, parameter: options.parameter, layout: options.layout)
    return try open(file, options: options)
  }

  static func open(_ file: ArrayFile, options: Options) throws(InputError) -> Contents {
    let arrangement = try Arrangement(file, options: options)
    return try arrangement.load(file)
  }

  /// Joins files that hold one measurement basis or link direction each, in the order given.
  ///
  /// Shots are paired by number, so averages of products across channels mean something only where the
  /// channels were measured together.
  /// - Throws: `InputError` when shapes, parameters or sample counts differ.
  public static func read(channels: [(name: String, path: String)], options: Options = Options())
    throws(InputError) -> Snapshots
  {
    try open(channels: channels, options: options).snapshots
  }

  /// Like `read(channels:)`, with what was understood of the first file.
  public static func open(channels: [(name: String, path: String)], options: Options = Options())
    throws(InputError) -> Contents
  {
    guard !channels.isEmpty else { throw InputError("no input file is given") }
    var parts: [Contents] = []
    for (index, channel) in channels.enumerated() {
      guard !channel.name.isEmpty, !channels[..<index].contains(where: { $0.name == channel.name })
      else { throw InputError("channel '\(channel.name.printable)' is given twice or has no name") }
      parts.append(try open(channel.path, options: options))
    }
    return try join(parts, names: channels.map(\.name))
  }

  private static func join(_ parts: [Contents], names: [String]) throws(InputError) -> Contents {
    let first = parts[0].snapshots
    for part in parts {
      let other = part.snapshots
      let reason: String? =
        if other.channels.count != 1 {
          "has \(other.channels.count) channels of its own"
        } else if other.levels != first.levels {
          "has other values (\(other.levels))"
        } else if other.siteShape != first.siteShape {
          "has lattice \(other.siteShape)"
        } else if other.parameterName != first.parameterName || other.parameters != first.parameters
        {
          "has other values of '\(other.parameterName.printable)'"
        } else if other.parameterIndex != first.parameterIndex || other.chain != first.chain {
          "has another number or order of samples (\(other.sampleCount))"
        } else if other.boundary != first.boundary || other.isSequential != first.isSequential {
          "has other boundaries or another order in time"
        } else {
          nil
        }
      if let reason {
        throw InputError.file(
          part.path.printable,
          "\(reason), unlike \(parts[0].path.printable) with lattice \(first.siteShape) and "
            + "\(first.sampleCount) samples: they cannot be joined as channels")
      }
    }
    try MachineMemory.require(first.values.count * parts.count, for: parts[0].path)
    var values: [Int8] = []
    values.reserveCapacity(first.values.count * parts.count)
    let sites = first.siteCount
    for sample in 0..<first.sampleCount {
      for part in parts {
        values += part.snapshots.values[(sample * sites)..<((sample + 1) * sites)]
      }
    }
    var joined = parts[0]
    joined.upFraction = parts.reduce(0) { $0 + $1.upFraction } / Double(parts.count)
    joined.snapshots = Snapshots(
      siteShape: first.siteShape, channels: names, values: values, levels: first.levels,
      parameterName: first.parameterName, parameters: first.parameters,
      parameterIndex: first.parameterIndex, chain: first.chain, isSequential: first.isSequential,
      boundary: first.boundary,
      notes: zip(names, parts).flatMap { name, part in
        part.snapshots.notes.map { "channel \(name): \($0)" }
      } + ["shots of different channels are paired by their number"])
    return joined
  }
}
