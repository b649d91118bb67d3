import LandauCore
import LandauStore

/// What a person wants to know about snapshots before working with them.
struct SnapshotSummary {
  let contents: SnapshotFile.Contents
  /// Samples at each value of the parameter.
  let counts: [Int]
  let warnings: [String]

  init(_ contents: SnapshotFile.Contents) {
    self.contents = contents
    var counts = [Int](repeating: 0, count: contents.snapshots.parameters.count)
    for index in contents.snapshots.parameterIndex { counts[Int(index)] += 1 }
    self.counts = counts
    warnings = Self.warnings(contents, counts: counts)
  }

  private static func warnings(_ contents: SnapshotFile.Contents, counts: [Int]) -> [String] {
    let snapshots = contents.snapshots
    var warnings: [String] = []
    if snapshots.parameters.count < 2 {
      warnings.append("the parameter has one value: there is nothing to compare")
    }
    if let fewest = counts.min(), fewest < 2 {
      warnings.append("there are values of the parameter with a single sample")
    }
    if let fewest = counts.min(), let most = counts.max(), fewest != most {
      warnings.append("values of the parameter have between \(fewest) and \(most) samples")
    }
    if contents.upFraction == 0 || contents.upFraction == 1 {
      warnings.append("all values are equal")
    }
    if let gap = gap(in: snapshots.parameters) {
      warnings.append(
        "the parameter jumps from \(gap.low) to \(gap.high), "
          + "\(Estimate.fixed(gap.ratio, digits: 0)) times the usual step")
    }
    return warnings
  }

  /// The widest step of a grid, where it is more than four times the median step.
  static func gap(in values: [Double]) -> (low: Double, high: Double, ratio: Double)? {
    guard values.count >= 4 else { return nil }
    let steps = zip(values.dropFirst(), values).map { $0 - $1 }
    let widest = steps.indices.max { steps[$0] < steps[$1] }!
    let median = steps.sorted()[steps.count / 2]
    guard median > 0, steps[widest] > 4 * median else { return nil }
    return (values[widest], values[widest + 1], steps[widest] / median)
  }

  var json: [JSONValue.Member] {
    let snapshots = contents.snapshots
    let parameter: JSONValue = .pairs([
      "name": .string(snapshots.parameterName),
      "values": .numbers(snapshots.parameters),
      "samples": .integers(counts),
    ])
    let described: JSONValue = .pairs([
      "spins": .string(contents.spinsName),
      "layout": .string(contents.layout.description),
      "shape": .integers(contents.shape),
      "lattice": .integers(snapshots.siteShape),
      "channels": .strings(snapshots.channels),
      "boundary": .string(snapshots.boundary.rawValue),
      "samples": .integer(snapshots.sampleCount),
      "sequential": .bool(snapshots.isSequential),
      "mapping": .string(contents.mapping),
      "upFraction": .number(contents.upFraction),
      "parameter": parameter,
      "notes": .strings(snapshots.notes),
    ])
    return [.init("snapshots", described), .init("warnings", .strings(warnings))]
  }

  var text: String {
    let snapshots = contents.snapshots
    let lattice = snapshots.siteShape.map(String.init).joined(separator: "x")
    var rows: [(String, String)] = [
      ("spins", "'\(contents.spinsName)' as (\(contents.layout)), \(contents.mapping)"),
      ("lattice", "\(lattice), \(snapshots.boundary.rawValue) boundaries"),
      ("samples", "\(snapshots.sampleCount)" + (snapshots.isSequential ? ", ordered in time" : "")),
    ]
    if snapshots.channels.count > 1 {
      rows.append(("channels", snapshots.channels.joined(separator: ", ")))
    }
    if let first = snapshots.parameters.first, let last = snapshots.parameters.last {
      let samples = Set(counts).count == 1 ? "\(counts[0]) samples each" : "unequal samples"
      rows.append(
        (
          "parameter",
          "'\(snapshots.parameterName)': \(counts.count) values from \(first) to \(last), \(samples)"
        ))
    }
    rows.append(("fraction up", Estimate.fixed(contents.upFraction, digits: 4)))
    rows += snapshots.notes.map { ("note", $0) }
    rows += warnings.map { ("warning", $0) }
    return rows.map { label, value in
      "  " + label + String(repeating: " ", count: max(1, 13 - label.count)) + value + "\n"
    }.joined()
  }
}
