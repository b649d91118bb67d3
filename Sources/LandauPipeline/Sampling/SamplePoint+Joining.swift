extension SamplePoint.Work {
  /// What was done for all realisations of one point together.
  init(joining works: [SamplePoint.Work], firstRealization: Int) {
    self = works[0]
    update = Self.distinct(works.map(\.update))
    algorithm = Self.distinct(works.map(\.algorithm))
    sweepsMade = works.reduce(0) { $0 + $1.sweepsMade }
    burnIn = works.map(\.burnIn).max() ?? burnIn
    acceptances = works.compactMap(\.acceptanceRate)
    exchangeRate = Self.mean(works.map(\.exchangeRate))
    roundTrips =
      works.allSatisfy { $0.roundTrips != nil }
      ? works.reduce(0) { $0 + ($1.roundTrips ?? 0) } : nil
    seconds = works.reduce(0) { $0 + $1.seconds }
    rate = Self.harmonicMean(works.map(\.rate))
    nanosecondsPerSpin = Self.mean(works.map(\.nanosecondsPerSpin))
    warnings = RealizationWarnings.joined(
      works.enumerated().map { (firstRealization + $0, $1.warnings) })
  }

  private static func distinct(_ texts: [String]) -> String {
    var seen: [String] = []
    for text in texts where !seen.contains(text) { seen.append(text) }
    return seen.joined(separator: "; ")
  }

  /// What was done for one point on several ranks, some chains on each. Rates are those of one rank.
  init(joiningChains works: [SamplePoint.Work]) {
    self = works[0]
    chains = works.reduce(0) { $0 + $1.chains }
    sweepsMade = works.reduce(0) { $0 + $1.sweepsMade }
    acceptances = works.flatMap(\.acceptances)
    seconds = works.reduce(0) { $0 + $1.seconds }
    rate = Self.mean(works.map(\.rate))
    nanosecondsPerSpin = Self.mean(works.map(\.nanosecondsPerSpin))
  }

  static func mean(_ values: [Double?]) -> Double? {
    let known = values.compactMap { $0 }
    return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
  }

  /// Rates of equal amounts of work, one after the other.
  private static func harmonicMean(_ values: [Double?]) -> Double? {
    let known = values.compactMap { $0 }.filter { $0 > 0 }
    return known.isEmpty ? nil : Double(known.count) / known.reduce(0) { $0 + 1 / $1 }
  }
}
