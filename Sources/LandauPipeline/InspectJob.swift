public import LandauCore
import LandauStore

/// Which file to look into, and what is known of it.
public struct InspectOptions: Sendable, Hashable {
  public var path: String
  public var spins: String?
  public var parameter: String?
  public var layout: String?
  /// `open` or `periodic`.
  public var boundary: String?

  public init(path: String) { self.path = path }

  /// Whether anything was said about how to read the file.
  var isExplicit: Bool { spins != nil || parameter != nil || layout != nil || boundary != nil }
}

/// Shows the arrays of a file and how they are read as snapshots.
public struct InspectJob: Sendable {
  private let path: String
  /// The links of a gauge theory, where the file holds them.
  private let links: GaugeLinksReport?
  private let listing: SnapshotFile.Listing?
  private let contents: SnapshotFile.Contents?
  /// Why the arrays are no snapshots.
  private let reason: String?

  /// Reads the file: whether it can be read is all that this job has to find out.
  ///
  /// - Throws: `InputError` when the file cannot be opened, and when it cannot be read in the way that
  ///   was asked for. Arrays that are no snapshots are no error where nothing was asked for.
  public init(_ options: InspectOptions) throws(InputError) {
    let reading = try SnapshotFile.Options(
      spins: options.spins, parameter: options.parameter, layoutText: options.layout,
      boundaryName: options.boundary)
    path = options.path
    if !options.isExplicit, let format = try GaugeFile.format(of: path) {
      links = GaugeLinksReport(format: format, links: try GaugeFile.read(path))
      (listing, contents, reason) = (nil, nil, nil)
      return
    }
    links = nil
    listing = try SnapshotFile.list(options.path)
    do throws(InputError) {
      contents = try SnapshotFile.open(options.path, options: reading)
      reason = nil
    } catch {
      if options.isExplicit { throw error }
      contents = nil
      reason = error.message
    }
  }

  public func run(
    pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> Report {
    if let links { return links.report(path) }
    guard let listing else { preconditionFailure("a file is read as links or as arrays") }
    var json: [JSONValue.Member] = [
      .init("format", .string(listing.format)),
      .init("arrays", .array(listing.arrays.map(Self.json))),
    ]
    var text = "\(listing.path): \(listing.format)\n\n"
    var table = TextTable(["array", "type", "shape", ""])
    for array in listing.arrays {
      table.append([
        array.name, array.element?.rawValue ?? (array.isText ? "text" : "?"),
        Self.shape(array.shape), array.isText ? "" : array.obstacle ?? "",
      ])
    }
    text += table.text(leftColumns: 4)
    if let contents {
      let summary = SnapshotSummary(contents)
      json += summary.json
      text += "\n" + summary.text
    } else {
      json += [.init("snapshots", .null), .init("reason", reason.map { .string($0) } ?? .null)]
      text += "\nnot read as snapshots: \(reason ?? "")\n"
    }
    return Report(json: json, text: text)
  }

  private static func json(_ array: ArrayInfo) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("name", .string(array.name)),
      .init("type", array.element.map { .string($0.rawValue) } ?? .null),
      .init("shape", .integers(array.shape)),
    ]
    if let obstacle = array.obstacle { members.append(.init("obstacle", .string(obstacle))) }
    return .object(members)
  }

  static func shape(_ shape: [Int]) -> String {
    shape.isEmpty ? "scalar" : shape.map(String.init).joined(separator: " x ")
  }
}

extension SnapshotFile.Options {
  /// Options as they are written on the command line.
  ///
  /// - Throws: `InputError` naming `--layout` or `--boundary` and what is allowed.
  init(
    spins: String?, parameter: String?, layoutText: String?, boundaryName: String?,
    siteShape: [Int]? = nil
  ) throws(InputError) {
    var layout: SnapshotLayout?
    if let layoutText {
      do throws(InputError) {
        layout = try SnapshotLayout(layoutText)
      } catch {
        throw InputError("--layout is \(layoutText); \(error.message)")
      }
    }
    var boundary: Snapshots.Boundary?
    if let boundaryName {
      boundary = Snapshots.Boundary(rawValue: boundaryName)
      if boundary == nil {
        throw .notAllowed("--boundary", boundaryName, allowed: "open, periodic")
      }
    }
    self.init(
      spins: spins, parameter: parameter, layout: layout, boundary: boundary, siteShape: siteShape)
  }
}
