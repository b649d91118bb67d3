/// What a run is: two runs with equal jobs give equal numbers, so that one may go on with the other's state.
public struct ArchiveJob: Sendable, Hashable {
  /// Form of the configurations that a run keeps.
  public struct Snapshots: Sendable, Hashable {
    /// Extents of the lattice; values of one configuration stand in row-major order.
    public var siteShape: [Int]
    /// One name per variable of a site: `["spin"]`, or link directions; channels come before sites.
    public var channels: [String]
    /// Whether every value is -1 or +1, so that one bit holds it.
    public var isBinary: Bool
    /// Whether values are real numbers in single precision: four bytes each, little-endian, rather than one.
    public var isReal: Bool
    public var boundary: LandauCore.Snapshots.Boundary
    /// Whether those of one chain follow one another in time.
    public var isSequential: Bool

    public init(
      siteShape: [Int], channels: [String] = ["spin"], isBinary: Bool = true,
      isReal: Bool = false, boundary: LandauCore.Snapshots.Boundary = .periodic,
      isSequential: Bool = true
    ) {
      self.siteShape = siteShape
      self.channels = channels
      precondition(!isBinary || !isReal, "one bit holds no real number")
      self.isBinary = isBinary
      self.isReal = isReal
      self.boundary = boundary
      self.isSequential = isSequential
    }

    /// Values in one configuration.
    public var width: Int { siteShape.reduce(channels.count, *) }

    /// Bytes of one configuration as chains and archives hand it over.
    public var byteWidth: Int { isReal ? 4 * width : width }
  }

  /// Version of the states that checkpoints hold; it grows when an older state cannot be taken up any more.
  public static let currentStateVersion = 1

  /// The verb, e.g. `sample`.
  public var command: String
  /// The options that decide what is computed, as an object: not `sweeps`, threads, seconds, paths.
  public var arguments: JSONValue
  public var seed: UInt64
  /// Name and version of the random numbers.
  public var generator: String
  /// Level of the kernels (`v4`, `v3`, `baseline`); floating-point results may differ between levels.
  public var kernelLevel: String
  public var stateVersion: Int
  /// What the points of the scan differ in, e.g. `temperature`, and its values.
  public var parameterName: String
  public var parameters: [Double]
  /// Sweeps from one measurement to the next.
  public var spacing: Int
  public var snapshots: Snapshots?
  /// Version and revision of the program; they are kept and do not tell jobs apart.
  public var version: String
  public var revision: String?

  public init(
    command: String, arguments: JSONValue, seed: UInt64, kernelLevel: String,
    parameterName: String, parameters: [Double], spacing: Int = 1, snapshots: Snapshots? = nil,
    revision: String? = nil
  ) {
    self.command = command
    self.arguments = arguments
    self.seed = seed
    self.generator = RandomStream.name
    self.kernelLevel = kernelLevel
    self.stateVersion = Self.currentStateVersion
    self.parameterName = parameterName
    self.parameters = parameters
    self.spacing = spacing
    self.snapshots = snapshots
    self.version = Release.version
    self.revision = revision
  }
}

// Is it the same job?
extension ArchiveJob {
  /// The argument that counts independent parts of a run. It is a target like `sweeps` and tells no jobs apart, but for being
  /// there at all: parts stand one after the other, so that a run with fewer is the beginning of one with more.
  public static let parts = "realizations"

  /// Independent parts of the run; 1 where the job does not count them.
  public var partCount: Int {
    if case .integer(let count)? = arguments[Self.parts] { count } else { 1 }
  }

  /// A refusal that names the first thing in which the stored job differs from this one.
  ///
  /// - Parameters:
  ///   - stored: the job found at `path`.
  ///   - portable: whether another kernel level is taken (`--portable`): the run then goes on, and its
  ///     numbers may differ in the last digits from those of an uninterrupted one.
  /// - Throws: `InputError` with the field, both its values, and what can be done.
  public func requireSame(as stored: ArchiveJob, path: String, portable: Bool = false)
    throws(InputError)
  {
    if let difference = firstDifference(from: stored) {
      throw InputError(
        "\(path) holds another job: '\(difference.field)' is \(difference.stored) there and "
          + "\(difference.asked) here; choose another --output, or begin anew with --restart")
    }
    if stored.stateVersion != stateVersion {
      throw InputError(
        "\(path) was begun by Landau \(stored.version), whose states (version \(stored.stateVersion)) "
          + "are not those of this program (\(stateVersion)); finish it there, or --restart")
    }
    if stored.kernelLevel != kernelLevel && !portable {
      throw InputError(
        "\(path) was run with kernels '\(stored.kernelLevel)' and this machine takes "
          + "'\(kernelLevel)', so that the last digits may differ; --portable goes on all the same")
    }
  }

  /// The first field that tells two jobs apart, the options first; nil for the same job.
  public func firstDifference(from stored: ArchiveJob) -> (
    field: String, stored: String, asked: String
  )? {
    JSONValue.firstDifference(stored.identity.canonical, identity.canonical, at: "")
  }

  /// What must be equal, in the order in which differences are named.
  private var identity: JSONValue {
    .object(
      [
        .init("command", .string(command)),
        .init("arguments", arguments.replacing(Self.parts, by: .string("several"))),
        .init("seed", .string(String(seed))), .init("generator", .string(generator)),
        .init(
          parameterName.isEmpty ? "parameter" : parameterName, .numbers(parameters)),
        .init("measure-every", .integer(spacing)),
      ] + (snapshots.map { [.init("snapshots", $0.json)] } ?? []))
  }
}

// As text.
extension ArchiveJob {
  /// The job as a JSON object that `init(json:)` takes; equal jobs give equal text.
  public var json: JSONValue {
    .pairs([
      "command": .string(command), "arguments": arguments.canonical,
      "seed": .string(String(seed)), "generator": .string(generator),
      "kernels": .string(kernelLevel), "stateVersion": .integer(stateVersion),
      "parameter": .string(parameterName), "parameters": .numbers(parameters),
      "spacing": .integer(spacing), "snapshots": snapshots?.json ?? .null,
      "version": .string(version), "revision": revision.map { .string($0) } ?? .null,
    ])
  }

  /// The job that `json` described; nil where something is missing or of another type.
  public init?(json: JSONValue) {
    guard case .string(let command)? = json["command"], let arguments = json["arguments"],
      case .string(let seedText)? = json["seed"], let seed = UInt64(seedText),
      case .string(let generator)? = json["generator"],
      case .string(let kernelLevel)? = json["kernels"],
      case .integer(let stateVersion)? = json["stateVersion"],
      case .string(let parameterName)? = json["parameter"],
      let parameters = json["parameters"]?.numberList,
      case .integer(let spacing)? = json["spacing"], spacing >= 1,
      case .string(let version)? = json["version"], let snapshots = json["snapshots"]
    else { return nil }
    if snapshots != .null {
      guard let form = Snapshots(json: snapshots) else { return nil }
      self.snapshots = form
    }
    if case .string(let revision)? = json["revision"] { self.revision = revision }
    self.command = command
    self.arguments = arguments
    self.seed = seed
    self.generator = generator
    self.kernelLevel = kernelLevel
    self.stateVersion = stateVersion
    self.parameterName = parameterName
    self.parameters = parameters
    self.spacing = spacing
    self.version = version
  }
}

extension JSONValue {
  /// An object with another value of one of its members, if it has that.
  package func replacing(_ key: String, by value: JSONValue) -> JSONValue {
    guard case .object(let members) = self else { return self }
    return .object(members.map { $0.key == key ? .init(key, value) : $0 })
  }
}

extension ArchiveJob.Snapshots {
  /// As a JSON object that `init(json:)` takes.
  public var json: JSONValue {
    // Members that all files have, then those that only some need.
    .object(
      [
        .init("sites", .integers(siteShape)), .init("channels", .strings(channels)),
        .init("binary", .bool(isBinary)), .init("boundary", .string(boundary.rawValue)),
        .init("sequential", .bool(isSequential)),
      ] + (isReal ? [.init("real", .bool(true))] : []))
  }

  /// The form that `json` described; nil for anything else, or for more sites than can be counted.
  public init?(json: JSONValue) {
    guard let sites = json["sites"]?.integerList, let channels = json["channels"]?.stringList,
      case .bool(let isBinary)? = json["binary"], case .string(let name)? = json["boundary"],
      let boundary = LandauCore.Snapshots.Boundary(rawValue: name),
      case .bool(let isSequential)? = json["sequential"], !channels.isEmpty, !sites.isEmpty
    else { return nil }
    var width = channels.count
    for extent in sites {
      let (product, overflow) = width.multipliedReportingOverflow(by: extent)
      guard extent > 0, !overflow, product < 1 << 40 else { return nil }
      width = product
    }
    let isReal = json["real"] == .bool(true)
    if isReal && isBinary { return nil }
    self.init(
      siteShape: sites, channels: channels, isBinary: isBinary, isReal: isReal, boundary: boundary,
      isSequential: isSequential)
  }
}
