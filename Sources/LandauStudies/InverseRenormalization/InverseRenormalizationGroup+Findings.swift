import LandauCore
import LandauDiscovery

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension InverseRenormalizationGroup {
  var findings: [StudyFinding] {
    sides.indices.flatMap { correlations(at: $0) } + scaling + controls
  }

  private func correlations(at level: Int) -> [StudyFinding] {
    let side = sides[level]
    return [
      StudyFinding(
        "neighbours\(side)", "G(1) at L = \(side): deviation from the exact value",
        measured: neighbourDeviation(at: level).size, expected: .below(0.005),
        reference: "Kaufman's torus: \(Estimate.fixed(Self.exactNeighbours(side: side), digits: 5))"
      ),
      StudyFinding(
        "second\(side)", "G(2) at L = \(side): deviation from chains of that size",
        measured: secondDeviation(at: level).size, expected: .below(0.01),
        reference: "chains of single clusters: \(direct[level].second)"),
      StudyFinding(
        "farthest\(side)", "G(L/2) at L = \(side): deviation from the exact value",
        measured: farthestDeviation(at: level).size, expected: .below(0.05),
        reference:
          "scaling limit on the torus: \(Estimate.fixed(Self.exactFarthest(side: side), digits: 5))"
      ),
    ]
  }

  private var scaling: [StudyFinding] {
    let exact = pow(2, -0.25)
    return [
      StudyFinding(
        "orderPerDoubling", "<m^2> per doubling, 16 to \(sides[sides.count - 1]): deviation",
        measured: orderPerDoubling.deviation(from: exact).size, expected: .below(0.01),
        reference: "exact: 2^(-1/4), measured \(orderPerDoubling)"),
      StudyFinding(
        "hotDistance",
        "start at \(InverseRenormalizationPlan.hot) T_c: ln <m^2> below T_c's, end over start",
        measured: remainingDistance, expected: .above(0.8),
        reference: "1 where the inverse leaves long distances alone, 0 where it makes all critical"),
    ]
  }

  private var controls: [StudyFinding] {
    let last = sides.count - 1
    let side = sides[last]
    return [
      StudyFinding(
        "deterministicNeighbours", "G(1) at L = \(side) by the most probable spins: deviation",
        measured: mean { $0.deterministic.levels[last].moments.neighbours }
          .deviation(from: Self.exactNeighbours(side: side)).size,
        expected: .above(0.1), reference: "claimed: fails at short distances"),
      StudyFinding(
        "startNeighbours", "G(1) of the starts, L = \(IsingInverse.start)",
        measured: mean { member in
          member.inverse.starts.reduce(0) {
            $0 + TorusMoments($1, side: IsingInverse.start).neighbours
          } / Double(member.inverse.starts.count)
        },
        expected: .value(Self.exactNeighbours(side: IsingInverse.start), error: 0),
        reference: "Kaufman's torus"),
    ]
  }

  // MARK: Relative deviations

  func neighbourDeviation(at level: Int) -> Estimate {
    correlation(\.neighbours, at: level).deviation(from: Self.exactNeighbours(side: sides[level]))
  }

  func secondDeviation(at level: Int) -> Estimate {
    correlation(\.second, at: level).deviation(from: direct[level].second)
  }

  func farthestDeviation(at level: Int) -> Estimate {
    farthest(at: level).deviation(from: Self.exactFarthest(side: sides[level]))
  }

  /// A line per size.
  var remarks: [String] {
    sides.indices.map { level in
      """
      L = \(sides[level]): G(1) \(correlation(\.neighbours, at: level)), chains \(direct[level].neighbours), exact \
      \(Estimate.fixed(Self.exactNeighbours(side: sides[level]), digits: 5)); G(2) \(correlation(\.second, at: level)); \
      G(L/2) \(farthest(at: level)); <m^2> \(squaredOrder(at: level)), chains \(direct[level].squaredOrder)
      """
    } + [
      "Share of ties won by the neighbours: \(mean { $0.inverse.blocks.tieShare })"
    ]
  }
}
