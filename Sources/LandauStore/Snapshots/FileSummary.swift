public import LandauCore

/// What is in a file and how it is understood: what `landau inspect` prints.
public struct FileSummary: Sendable {
  /// The scanned parameter's values.
  public struct Parameter: Sendable, Hashable {
    public var name: String
    public var count: Int
    public var least: Double
    public var greatest: Double
    public var medianSpacing: Double
    /// The two neighbouring values that lie farthest apart.
    public var widestGap: ClosedRange<Double>

    /// Whether the widest spacing stands out so much that nothing can be located inside it.
    public var hasGap: Bool {
      widestGap.upperBound - widestGap.lowerBound > FileSummary.gapFactor * medianSpacing
    }

    init(_ snapshots: Snapshots) {
      let values = snapshots.parameters
      let spacings = zip(values, values.dropFirst()).map { ($1 - $0, $0...$1) }
      let sorted = spacings.map(\.0).sorted()
      name = snapshots.parameterName
      count = values.count
      least = values.first ?? .nan
      greatest = values.last ?? .nan
      medianSpacing = sorted.isEmpty ? .nan : sorted[sorted.count / 2]
      widestGap = spacings.max { $0.0 < $1.0 }?.1 ?? 0...0
    }
  }

  /// How many median spacings make a gap.
  public static let gapFactor = 3.0

  public var path: String
  public var format: String
  public var arrays: [ArrayInfo]
  /// The snapshots as understood, or nil when there are none.
  public var contents: SnapshotFile.Contents?
  public var parameter: Parameter?
  /// Why there are no snapshots, where there are none.
  public var problem: String?
  public var warnings: [String]

  /// - Throws: `InputError` when the file cannot be opened at all. Arrays that cannot be read, or a file
  ///   without snapshots, are part of the summary instead.
  public init(_ path: String, options: SnapshotFile.Options = SnapshotFile.Options())
    throws(InputError)
  {
    let file = try ArrayFile.open(path, parameter: options.parameter, layout: options.layout)
    self.path = path
    format = file.format
    arrays = file.arrays
    warnings = []
    do throws(InputError) {
      let contents = try SnapshotFile.open(file, options: options)
      self.contents = contents
      let parameter = Parameter(contents.snapshots)
      self.parameter = parameter
      warnings = Self.warnings(contents, parameter)
    } catch {
      problem = error.message
    }
  }

  private static func warnings(_ contents: SnapshotFile.Contents, _ parameter: Parameter)
    -> [String]
  {
    let snapshots = contents.snapshots
    var warnings: [String] = []
    if parameter.hasGap {
      let gap = parameter.widestGap
      warnings.append(
        "no value of '\(parameter.name.printable)' lies between \(gap.lowerBound) and "
          + "\(gap.upperBound): a transition in there can be bracketed, not located")
    }
    var counts = [Int](repeating: 0, count: parameter.count)
    for index in snapshots.parameterIndex { counts[Int(index)] += 1 }
    if let fewest = counts.min(), let most = counts.max() {
      if fewest < 10 {
        warnings.append("only \(fewest) snapshot\(fewest == 1 ? "" : "s") at some parameter values")
      }
      if fewest < most {
        warnings.append("between \(fewest) and \(most) snapshots per parameter value")
      }
    }
    if contents.upFraction == 0 || contents.upFraction == 1 {
      warnings.append("all values are the same")
    }
    if parameter.count < 5 { warnings.append("only \(parameter.count) parameter values") }
    return warnings
  }

  // MARK: Text

  /// The summary for people, one statement per line.
  public var lines: [String] {
    var lines = ["\(path.printable): \(format)"]
    for array in arrays {
      let type = array.element.map { "\($0.rawValue) \(array.shape)" }
      lines.append("  \(array.name.printable): \(type ?? "not readable (\(array.obstacle ?? ""))")")
    }
    if let contents, let parameter {
      let snapshots = contents.snapshots
      let lattice = snapshots.siteShape.map(String.init).joined(separator: " x ")
      let channels =
        snapshots.channels.count == 1
        ? "" : ", channels \(snapshots.channels.map(\.printable).joined(separator: ", "))"
      lines += [
        "snapshots: '\(contents.spinsName.printable)' read as (\(contents.layout)): "
          + "\(snapshots.sampleCount) snapshots of \(lattice) sites\(channels), "
          + "\(snapshots.boundary.rawValue) boundary",
        "parameter: '\(parameter.name.printable)', \(parameter.count) values from "
          + "\(parameter.least) to \(parameter.greatest), median spacing "
          + "\(Self.rounded(parameter.medianSpacing)), widest "
          + Self.rounded(parameter.widestGap.upperBound - parameter.widestGap.lowerBound),
        "values: \(contents.mapping); \(Estimate.fixed(100 * contents.upFraction, digits: 1)) % are +1",
        "samples: \(independence(snapshots))",
      ]
      lines += snapshots.notes.map { "note: \($0.printable)" }
    }
    if let problem { lines.append("no snapshots: \(problem)") }
    return lines + warnings.map { "warning: \($0)" }
  }

  private func independence(_ snapshots: Snapshots) -> String {
    let chains = Set(snapshots.chain).count
    if snapshots.isSequential {
      return "in time order, \(chains) chain\(chains == 1 ? "" : "s") per parameter value"
    }
    return "taken as independent of one another"
  }

  private static func rounded(_ value: Double) -> String { Estimate.fixed(value, digits: 6) }

  // MARK: JSON

  /// The summary for programs: `path`, `format`, `arrays`, `snapshots` (or null with `problem`),
  /// `warnings`.
  public var json: JSONValue {
    .pairs([
      "path": .string(path),
      "format": .string(format),
      "arrays": .array(arrays.map(Self.json)),
      "snapshots": snapshotsJSON,
      "problem": problem.map { .string($0) } ?? .null,
      "warnings": .strings(warnings),
    ])
  }

  private static func json(_ array: ArrayInfo) -> JSONValue {
    .pairs([
      "name": .string(array.name),
      "type": array.element.map { .string($0.rawValue) } ?? .null,
      "shape": array.element == nil ? .null : .integers(array.shape),
      "obstacle": array.obstacle.map { .string($0) } ?? .null,
    ])
  }

  private var snapshotsJSON: JSONValue {
    guard let contents, let parameter else { return .null }
    let snapshots = contents.snapshots
    return .pairs([
      "spins": .string(contents.spinsName),
      "shape": .integers(contents.shape),
      "layout": .string(contents.layout.description),
      "siteShape": .integers(snapshots.siteShape),
      "channels": .strings(snapshots.channels),
      "boundary": .string(snapshots.boundary.rawValue),
      "sampleCount": .integer(snapshots.sampleCount),
      "sequential": .bool(snapshots.isSequential),
      "values": .string(contents.mapping),
      "upFraction": .number(contents.upFraction),
      "parameter": .pairs([
        "name": .string(parameter.name),
        "count": .integer(parameter.count),
        "range": .numbers([parameter.least, parameter.greatest]),
        "medianSpacing": .number(parameter.medianSpacing),
        "widestGap": .numbers([parameter.widestGap.lowerBound, parameter.widestGap.upperBound]),
        "hasGap": .bool(parameter.hasGap),
      ]),
      "notes": .strings(snapshots.notes),
    ])
  }
}
