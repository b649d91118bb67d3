import LandauCore
import LandauDiscovery
import LandauExact
import LandauStatistics

extension SingleReplicaGlass {
  var findings: [StudyFinding] { boundaries + controls + foundations }

  private var boundaries: [StudyFinding] {
    let near = "exact for N to infinity; 0.05 allowed for the size"
    return [
      StudyFinding(
        "glassBoundary", "T where glass and paramagnet are as probable, J_0 = 0 to 0.5",
        measured: largest.glassBoundary, expected: .value(1, error: 0.05), reference: near),
      StudyFinding(
        "ferromagnetBoundary",
        "T/J_0 where ferromagnet and paramagnet are as probable, J_0 = 1.5 to 2",
        measured: largest.ferromagnetBoundary, expected: .value(1, error: 0.05), reference: near),
      StudyFinding(
        "accuracy", "share of deep configurations recognised, mean over phases",
        measured: largest.accuracy, expected: .above(0.9),
        reference: "claimed: phases are told apart"),
    ]
  }

  private var controls: [StudyFinding] {
    let moved = [
      (ClassifiedPhases.glass, ClassifiedPhases.weak),
      (ClassifiedPhases.ferromagnet, ClassifiedPhases.strong),
    ].map {
      shifted.shift(from: largest, to: $0.0, biases: $0.1)
    }
    return [
      StudyFinding(
        "shuffledAccuracy", "the same, taught with shuffled phases", measured: shuffled.accuracy,
        systematicError: 0.05, expected: .value(1.0 / 3, error: 0),
        reference: "guesses, of three phases"),
      StudyFinding(
        "glassFollows", "shift of the glass boundary, windows moved by \(Self.shift)",
        measured: moved[0],
        expected: .above(0.1), reference: "control: smooth features have no boundary of their own"),
      StudyFinding(
        "ferromagnetFollows", "shift of the ferromagnet's boundary, windows moved by \(Self.shift)",
        measured: moved[1], expected: .below(Self.shift),
        reference: "control: below the shift where data have a boundary"),
    ]
  }

  private var foundations: [StudyFinding] {
    let hot = GlassEnsemble.temperatures.count - 6
    let temperature = GlassEnsemble.temperatures[hot]
    let crossing = overlapCrossings.locations
    var result = [
      StudyFinding(
        "overlapCrossing", "T where N^(2/3) [<q^2>] of two replicas crosses, sizes 4 : 1",
        measured: crossing[crossing.count - 1], expected: .value(1, error: 0.05),
        reference: "exact for N to infinity; 0.05 allowed for the size")
    ]
    if let variance = try? largestEnsemble.fieldVariance()[hot] {
      result.append(
        StudyFinding(
          "fieldVariance",
          "variance of the fields at T = \(Estimate.fixed(temperature, digits: 2))",
          measured: variance, systematicError: 2 / Double(largestEnsemble.siteCount),
          expected: .value(1 + 1 / (temperature * temperature), error: 0),
          reference: "exact for N to infinity: 1 + 1/T^2; 2/N allowed"))
    }
    if let planar = try? planarGlass(square[square.count - 1]),
      let ratios = try? (overlapRatio(complete), overlapRatio(square))
    {
      result += [
        StudyFinding(
          "planarFalseAlarm", "\"glass\" at T = 0.4 on the square lattice", measured: planar,
          expected: .above(0.1), reference: "a false alarm: no glass at T > 0 in two dimensions"),
        StudyFinding(
          "overlapRatio",
          "[<q^2>] at T = 0.4, N = \(largestEnsemble.siteCount) over 32, complete graph",
          measured: ratios.0, expected: .above(0.25),
          reference: "1/4 far above a transition, near 1 in a glass"),
        StudyFinding(
          "planarOverlapRatio", "[<q^2>] at T = 0.4, N = 256 over 64, square lattice",
          measured: ratios.1, expected: .below(0.9),
          reference: "1/4 far above a transition, near 1 in a glass"),
      ]
    }
    if let flags = try? (complete + square).flatMap({ try $0.equilibrated() }) {
      let share = Double(flags.filter { $0 }.count) / Double(flags.count)
      result.append(
        StudyFinding(
          "equilibrated", "share of points whose last doubling bins agree",
          measured: .fraction(share, of: flags.count), expected: .above(0.9),
          reference: "0.99 by chance in equilibrium"))
    }
    return result
  }

  /// One line per size.
  var remarks: [String] {
    zip(complete, maps).map { ensemble, map in
      """
      N = \(ensemble.siteCount), \(ensemble.plan.realisations) realisations: glass \(map.glassBoundary), \
      ferromagnet T/J_0 \(map.ferromagnetBoundary), accuracy \(map.accuracy)
      """
    } + ["Shuffled, shifted: glass \(shuffled.glassBoundary), \(shifted.glassBoundary)"]
  }
}
