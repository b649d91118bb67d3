import LandauCore
import LandauMonteCarlo

/// The part of a disorder average that belongs to one realisation: its chains stand beside those of the
/// others, realisation by realisation.
final class RealizationUnit: SampleUnit {
  private let unit: any SampleUnit
  /// Number of the first of its chains among those of all realisations.
  private let firstChain: Int

  init(_ unit: any SampleUnit, firstChain: Int) {
    self.unit = unit
    self.firstChain = firstChain
  }

  var observables: [Observable] { unit.observables }
  var isComplete: Bool { unit.isComplete }
  var sweepsMade: Int { unit.sweepsMade }

  func advance(
    for seconds: Double, pool: WorkerPool, cancellation: Cancellation, progress: Progress
  ) {
    unit.advance(for: seconds, pool: pool, cancellation: cancellation, progress: progress)
  }

  func takeRecords() -> (series: [ArchiveKey: [Double]], snapshots: [ArchiveChain: [Int8]]) {
    let taken = unit.takeRecords()
    var series: [ArchiveKey: [Double]] = [:]
    for (key, values) in taken.series {
      series[ArchiveKey(point: key.point, chain: key.chain + firstChain, name: key.name)] = values
    }
    var snapshots: [ArchiveChain: [Int8]] = [:]
    for (chain, values) in taken.snapshots {
      snapshots[ArchiveChain(point: chain.point, chain: chain.chain + firstChain)] = values
    }
    return (series, snapshots)
  }

  var works: [Int: SamplePoint.Work] { unit.works }

  func states(of lanes: [Range<Int>]) -> [[UInt8]] { unit.states(of: lanes) }

  func save(to writer: inout StateWriter) { unit.save(to: &writer) }
  func restore(from reader: inout StateReader) throws(InputError) {
    try unit.restore(from: &reader)
  }
}

/// Warnings of single realisations, one line per kind, with the realisations that they are of.
enum RealizationWarnings {
  /// - Parameter warnings: of each realisation, under its number.
  static func joined(_ warnings: [(realization: Int, texts: [String])]) -> [String] {
    var order: [String] = []
    var found: [String: (text: String, realizations: [Int])] = [:]
    for (realization, texts) in warnings {
      for text in texts {
        let kind = kind(of: text)
        if found[kind] == nil { order.append(kind) }
        if found[kind]?.realizations.last != realization {
          found[kind, default: (text, [])].realizations.append(realization)
        }
      }
    }
    return order.map { kind in
      let (text, numbers) = found[kind]!
      let shown = numbers.prefix(4).map(String.init).joined(separator: ", ")
      let more = numbers.count > 4 ? " and \(numbers.count - 4) more" : ""
      let noun = numbers.count == 1 ? "realisation" : "realisations"
      return "in \(numbers.count) of \(warnings.count) realisations: "
        + "\(text) (\(noun) \(shown)\(more))"
    }
  }

  /// What stays of a warning from one realisation to the next: the words before a colon, or without numbers.
  private static func kind(of text: String) -> String {
    if let colon = text.firstIndex(of: ":") {
      return String(text[..<colon].filter { !$0.isNumber })
    }
    return String(text.filter { !$0.isNumber && $0 != "." })
  }
}
