import LandauCore
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Finds roughly where a model has its transition, knowing nothing but the model: where the ratios
/// <m^2>^2/<m^4> of two sizes cross.
///
/// A scan of two small lattices upwards from beta of mean-field theory (which is too small) brackets the
/// crossing; then pairs of growing size locate it ever more sharply.
struct ScalingSearch {
  /// One look at a pair of sizes.
  struct Step: Sendable, Hashable {
    var sides: [Int]
    var beta: Double
    /// Crossing found, nil where the pair only said in which direction to go on.
    var crossing: Double?
    /// Whether it belongs to the first scan.
    var isScan = false

    var name: String {
      let names = sides.map { "\($0)" }
      return names.count == 2
        ? names.joined(separator: " and ") + " cross at beta ="
        : names.joined(separator: ", ") + " together give beta ="
    }
  }

  let system: ScalingSystem
  let run: ScalingRun
  private(set) var steps: [Step] = []

  init(_ system: ScalingSystem, _ run: ScalingRun) {
    self.system = system
    self.run = run
  }

  /// Factor from one beta of the first scan to the next.
  private static let ladder = 1.15
  private static let ladderCount = 32

  /// - Parameters:
  ///   - sides: the sizes of the study, ascending.
  ///   - pause: is told the crossing of each pair that ends with `size` or more, and its larger size; true ends the
  ///     search there.
  /// - Returns: the crossing of the two largest; nil where the smallest two never cross.
  mutating func locate(
    _ sides: [Int], pausingAt size: Int = .max,
    _ pause: (_ crossing: Double, _ side: Int) throws -> Bool = { _, _ in false }
  ) throws -> Double? {
    let small = [sides[0], 2 * sides[0]]
    guard var bracket = try scan(small) else { return nil }
    var beta = (bracket.lowerBound * bracket.upperBound).squareRoot()
    var pair = small
    while true {
      guard let crossing = try crossing(pair, from: beta, within: &bracket) else { return nil }
      beta = crossing
      if pair[1] >= size, try pause(beta, pair[1]) { return beta }
      if pair[1] >= sides[sides.count - 1] { return beta }
      let next = min(2 * pair[1], sides[sides.count - 1])
      pair = [next / 2, next]
      bracket = 0...Double.infinity
    }
  }

  /// The first two betas of a ladder between which the larger lattice overtakes the smaller.
  private mutating func scan(_ sides: [Int]) throws -> ClosedRange<Double>? {
    var last = 0.6 * system.meanFieldBeta / Self.ladder
    for index in 0..<Self.ladderCount {
      var beta = 0.6 * system.meanFieldBeta
      for _ in 0..<index { beta *= Self.ladder }
      let plans = sides.map { ScalingPlan(side: $0, beta: beta, sweeps: 500) }
      let samples = try system.measure(plans, stage: "scan", run)
      let ratios = samples.map(Self.ratio)
      steps.append(Step(sides: sides, beta: beta, crossing: nil, isScan: true))
      let error = (ratios[0].error * ratios[0].error + ratios[1].error * ratios[1].error)
        .squareRoot()
      let difference = ratios[1].value - ratios[0].value
      // Without order both ratios are those of normal numbers, and their difference is noise. Far on the
      // ordered side both are one.
      let squares = samples.map { Series($0.chains.map(\.square)).mean }
      let isOrdered = growsOrder(log(squares[1] / squares[0]))
      let isAbove = difference > 3 * error || ratios.allSatisfy { $0.value > 0.97 }
      if isOrdered && isAbove { return last...beta }
      if difference < -3 * error || index == 0 { last = beta }
    }
    return nil
  }

  /// Whether <m^2> falls slowly enough from one size to the next: as L^-d without order, as L^(2 - d - eta) at
  /// the transition, and not at all with order.
  private func growsOrder(_ logQuotient: Double) -> Bool {
    logQuotient > -0.75 * Double(system.dimension) * log(2.0)
  }

  private static func ratio(_ sample: ScalingSample) -> Estimate {
    let square = Series(sample.chains.map(\.square))
    let estimate = Estimate.jackknife([square, square.map { $0 * $0 }]) { $0[0] * $0[0] / $0[1] }
    return estimate.error.isFinite ? estimate : Estimate(estimate.value, error: 0)
  }

  private mutating func crossing(
    _ sides: [Int], from start: Double, within bracket: inout ClosedRange<Double>
  ) throws -> Double? {
    var beta = start
    for _ in 0..<30 {
      let plans = sides.map { ScalingPlan(side: $0, beta: beta, sweeps: searchSweeps(side: $0)) }
      let curves = try system.measure(plans, stage: "search", run).map { ScalingCurves($0) }
      let edge = min(curves[0].range.upperBound, curves[1].range.upperBound)
      // Without order there is only noise to cross.
      let found: Crossing =
        growsOrder(Self.logQuotient(curves, at: edge))
        ? Self.crossing(of: curves[0].whole, curves[1].whole) : .above(edge)
      switch found {
      case .at(let crossing):
        steps.append(Step(sides: sides, beta: beta, crossing: crossing))
        return crossing
      case .above(let edge):
        steps.append(Step(sides: sides, beta: beta, crossing: nil))
        if bracket.upperBound <= edge { bracket = beta...Double.infinity }
        bracket = max(bracket.lowerBound, beta)...bracket.upperBound
        beta =
          bracket.upperBound.isFinite
          ? 0.5 * (bracket.lowerBound + bracket.upperBound) : beta + 2 * (edge - beta)
      case .below(let edge):
        steps.append(Step(sides: sides, beta: beta, crossing: nil))
        if bracket.lowerBound >= edge { bracket = 0...beta }
        bracket = bracket.lowerBound...min(bracket.upperBound, beta)
        beta =
          bracket.lowerBound > 0
          ? 0.5 * (bracket.lowerBound + bracket.upperBound) : beta + 2 * (edge - beta)
      }
    }
    return nil
  }

  private static func logQuotient(_ curves: [ScalingCurves], at beta: Double) -> Double {
    curves[1].whole.value(.logSquare, at: beta) - curves[0].whole.value(.logSquare, at: beta)
  }

  /// Fewer on lattices so large that a look would take as long as a measurement.
  private func searchSweeps(side: Int) -> Int {
    min(1000, max(200, 10_000_000 / system.siteCount(side: side)))
  }

  enum Crossing: Hashable {
    case at(Double)
    /// Beyond the end of the common range.
    case above(Double)
    case below(Double)
  }

  /// Where the ratio of the larger lattice overtakes that of the smaller, by bisection.
  static func crossing(of small: ScalingCurve, _ large: ScalingCurve) -> Crossing {
    var low = max(small.beta - small.halfWidth, large.beta - large.halfWidth)
    var high = min(small.beta + small.halfWidth, large.beta + large.halfWidth)
    func difference(_ beta: Double) -> Double {
      large.value(.binderRatio, at: beta) - small.value(.binderRatio, at: beta)
    }
    if !(difference(high) > 0) { return .above(high) }
    if !(difference(low) < 0) { return .below(low) }
    for _ in 0..<60 {
      let middle = 0.5 * (low + high)
      if difference(middle) < 0 { low = middle } else { high = middle }
    }
    return .at(0.5 * (low + high))
  }
}
