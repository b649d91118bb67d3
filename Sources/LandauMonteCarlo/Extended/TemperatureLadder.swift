public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Inverse temperatures of a tempering run, hot to cold: neighbours in it exchange.
public struct TemperatureLadder: Sendable, Hashable {
  /// Strictly ascending.
  public let betas: [Double]

  /// - Throws: `InputError` unless the numbers are finite and strictly ascending, at least one.
  public init(betas: [Double]) throws(InputError) {
    guard !betas.isEmpty else {
      throw .notAllowed("the number of temperatures", 0, allowed: "whole numbers from 1")
    }
    for beta in betas where !beta.isFinite {
      throw .notAllowed("beta", beta, allowed: "finite numbers")
    }
    for (one, next) in zip(betas, betas.dropFirst()) where one >= next {
      throw .notAllowed(
        "beta", next, allowed: "numbers above the one before, \(one)", hint: "hot to cold")
    }
    self.betas = betas
  }

  /// A ladder whose neighbours have equal ratios: about equal acceptance for a constant specific heat.
  ///
  /// - Throws: `InputError` unless 0 < hottest < coldest and there are at least two temperatures.
  public static func geometric(
    from hottest: Double, to coldest: Double, count: Int
  ) throws(InputError) -> TemperatureLadder {
    guard hottest > 0 else {
      throw .notAllowed("the smallest beta", hottest, allowed: "numbers above 0")
    }
    return try spread(count) { hottest * pow(coldest / hottest, $0) }.ending(hottest, coldest)
  }

  /// A ladder of equal steps of beta.
  ///
  /// - Throws: `InputError` unless hottest < coldest and there are at least two temperatures.
  public static func linear(
    from hottest: Double, to coldest: Double, count: Int
  ) throws(InputError) -> TemperatureLadder {
    try spread(count) { hottest + (coldest - hottest) * $0 }.ending(hottest, coldest)
  }

  private static func spread(
    _ count: Int, _ beta: (Double) -> Double
  ) throws(InputError) -> TemperatureLadder {
    guard count >= 2 else {
      throw .notAllowed("the number of temperatures", count, allowed: "whole numbers from 2")
    }
    return try TemperatureLadder(betas: (0..<count).map { beta(Double($0) / Double(count - 1)) })
  }

  /// The same with ends free of rounding.
  private func ending(_ hottest: Double, _ coldest: Double) throws(InputError) -> TemperatureLadder
  {
    try TemperatureLadder(betas: [hottest] + betas.dropFirst().dropLast() + [coldest])
  }

  public var count: Int { betas.count }

  /// The ladder with the same ends on which every step costs the same, when the steps of this one cost
  /// `costs` and the cost is spread evenly within each step.
  ///
  /// With rejection rates for costs this is the equal-rejection ladder of Syed et al., J. R. Stat. Soc.
  /// B 84, 321 (2022), its cumulative barrier interpolated linearly.
  ///
  /// - Parameter costs: one per step, not negative.
  func equalized(costs: [Double]) -> TemperatureLadder {
    precondition(costs.count == count - 1, "\(costs.count) costs for \(count - 1) steps")
    let total = costs.reduce(0, +)
    guard count > 2, total > 0, total.isFinite else { return self }
    // A step that costs nothing keeps a little of its width: betas stay apart.
    let floor = 1e-3 * total / Double(costs.count)
    var cumulative = [0.0]
    for cost in costs { cumulative.append(cumulative.last! + max(cost, floor)) }
    var result = betas
    var step = 0
    for index in 1..<(count - 1) {
      let target = cumulative.last! * Double(index) / Double(count - 1)
      while cumulative[step + 1] < target { step += 1 }
      let share = (target - cumulative[step]) / (cumulative[step + 1] - cumulative[step])
      result[index] = betas[step] + share * (betas[step + 1] - betas[step])
    }
    // Rounding may join betas that are an ulp apart; then nothing can be gained.
    return (try? TemperatureLadder(betas: result)) ?? self
  }
}
