public import LandauCore
public import LandauLattice

/// Outcomes of measurements of all spins, each along an axis of its own.
public struct MeasuredShots: Sendable, Hashable {
  /// The axis of each spin.
  public let axes: [SpinAxis]
  /// One word per shot: bit i is 0 where spin i was found up, +1 along its axis.
  public let outcomes: [UInt64]

  public init(axes: [SpinAxis], outcomes: [UInt64]) {
    self.axes = axes
    self.outcomes = outcomes
  }

  /// Spins that are not measured along z, as bits.
  var rotated: UInt64 {
    axes.enumerated().reduce(0) { $1.element == .z ? $0 : $0 | 1 << UInt64($1.offset) }
  }

  /// Reads shots as text: a line for each, with a 0 (up) or 1 (down) for each spin, apart or not; and, if there is
  /// one, a text of the same lines with letters X, Y, Z, the axes.
  ///
  /// - Returns: one entry for each combination of axes, in order of appearance.
  /// - Throws: `InputError` naming the line.
  public static func parse(_ text: String, bases: String? = nil) throws(InputError)
    -> [MeasuredShots]
  {
    let lines = Self.lines(text)
    guard let width = lines.first?.symbols.count, (1...64).contains(width) else {
      throw InputError("no shots of 1 to 64 spins are there")
    }
    let axisLines = bases.map(Self.lines)
    if let axisLines, axisLines.count != lines.count {
      throw InputError("\(axisLines.count) lines of axes for \(lines.count) shots")
    }
    var order: [[SpinAxis]] = []
    var outcomes: [[SpinAxis]: [UInt64]] = [:]
    for (index, line) in lines.enumerated() {
      guard line.symbols.count == width else {
        throw InputError(
          "line \(line.number) has \(line.symbols.count) spins, the first one \(width)")
      }
      var word: UInt64 = 0
      for (site, symbol) in line.symbols.enumerated() {
        switch symbol {
        case "0": break
        case "1": word |= 1 << UInt64(site)
        default: throw InputError("line \(line.number) has '\(symbol)'; allowed: 0 and 1")
        }
      }
      var axes = [SpinAxis](repeating: .z, count: width)
      if let axisLines {
        let own = axisLines[index].symbols.map { SpinAxis(rawValue: $0.lowercased()) }
        guard own.count == width, !own.contains(nil) else {
          throw InputError(
            "line \(axisLines[index].number) of the axes; allowed: \(width) letters X, Y, Z")
        }
        axes = own.map { $0! }
      }
      if outcomes[axes] == nil { order.append(axes) }
      outcomes[axes, default: []].append(word)
    }
    return order.map { MeasuredShots(axes: $0, outcomes: outcomes[$0]!) }
  }

  private static func lines(_ text: String) -> [(number: Int, symbols: [Character])] {
    text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap {
      let symbols = $0.element.filter { !$0.isWhitespace }
      return symbols.isEmpty ? nil : ($0.offset + 1, Array(symbols))
    }
  }
}
