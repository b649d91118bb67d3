import LandauCore
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The transition of the plane rotor from the helicity moduli of several sizes.
///
/// A continuous symmetry cannot break in two dimensions, so there is no order parameter to follow. The helicity
/// modulus jumps from 2 T/pi to zero (Nelson and Kosterlitz 1977), smeared out over sizes by a logarithm, which is
/// fitted (`HelicityFit`).
struct KosterlitzThouless: Sendable {
  let fit: HelicityFit
  let curves: [ScalingCurves]
  let temperatures: [Double]
  /// Helicity moduli per area of all sizes at these temperatures.
  let moduli: [Curve]
  let temperature: ScalingNumber

  /// - Parameter siteArea: area per site.
  /// - Throws: `InputError` where the law fits nowhere in the range of temperatures that all sizes cover.
  init(_ curves: [ScalingCurves], siteArea: Double) throws(InputError) {
    let low = curves.map(\.range.lowerBound).max() ?? 0
    let high = curves.map(\.range.upperBound).min() ?? 0
    let count = 25
    let betas = (0..<count).map { high + (low - high) * Double($0) / Double(count - 1) }
    let temperatures = betas.map { 1 / $0 }
    let moduli = curves.map { curves in
      Curve(
        temperatures,
        values: curves.replicates.map { coefficients in
          let curve = curves.curve(coefficients[...])
          return betas.map { curve.value(.helicity, at: $0) / siteArea }
        })
    }
    fit = try HelicityFit(zip(curves, moduli).map { (Double($0.side), $1) })
    self.curves = curves
    self.temperatures = temperatures
    self.moduli = moduli
    let value = fit.temperature
    temperature = ScalingNumber(
      value.value, statistical: value.error, systematic: fit.rangeSpread)
  }
}

extension ScalingJob {
  /// Finds the transition of the plane rotor in two dimensions.
  func kosterlitzThouless(_ run: ScalingRun) throws -> ScalingFindings {
    var steps: [ScalingSearch.Step] = []
    guard var beta = try scanHelicity(run, &steps) else {
      return ScalingFindings(
        result: .none(reason: "the helicity modulus does not reach 2 T/pi"), steps: steps, sizes: []
      )
    }
    // Small sizes cover a wide range of temperatures, large ones a narrow one: the range closes in.
    for part in [0.02, 0.1] {
      let sides = sides.filter { Double($0) <= 4 * part.squareRoot() * 64 }
      guard sides.count >= 3 else { continue }
      let measured = try helicity(sides, beta: beta, effort: part * options.effort, "search", run)
      try run.cancellation.check()
      do throws(InputError) {
        let found = try KosterlitzThouless(measured.curves, siteArea: system.siteArea)
        steps.append(.init(sides: sides, beta: beta, crossing: found.temperature.inverse.value))
        beta = found.temperature.inverse.value
      } catch {
        // All sizes together, which take longer, may have a temperature that a few have not.
        continue
      }
    }
    let (curves, sizes) = try helicity(
      sides, beta: beta, effort: options.effort, "precision", run)
    if curves.count < sides.count && curves.count < Self.minimumSizeCount { throw Interrupted() }
    do throws(InputError) {
      let found = try KosterlitzThouless(curves, siteArea: system.siteArea)
      steps.append(.init(sides: sides, beta: beta, crossing: found.temperature.inverse.value))
      return ScalingFindings(
        result: .kosterlitzThouless(found), steps: steps, sizes: sizes,
        warnings: found.fit.temperature.warning.map { [$0] } ?? [],
        leftOut: Array(sides[curves.count...]))
    } catch {
      return ScalingFindings(
        result: .none(reason: "\(error.message); give a larger --effort"), steps: steps, sizes: [])
    }
  }

  /// Helicity moduli of the smallest sizes, as many as there are before a stop.
  private func helicity(
    _ sides: [Int], beta: Double, effort: Double, _ stage: String, _ run: ScalingRun
  ) throws -> (curves: [ScalingCurves], sizes: [ScalingFindings.Size]) {
    var curves: [ScalingCurves] = []
    var sizes: [ScalingFindings.Size] = []
    let plans = plans(sides, beta: beta, effort: effort)
    run.progress.begin("measuring", total: plans.reduce(0) { $0 + $1.chains })
    for plan in plans {
      guard
        let samples = try run.unlessStopped({ try system.measure([plan], stage: stage, run) })
      else { break }
      curves.append(ScalingCurves(samples[0], reach: 2))
      sizes.append(ScalingFindings.Size(samples[0]))
    }
    run.progress.end()
    return (curves, sizes)
  }

  /// Where the helicity modulus of a small size is 2 T/pi, by a scan upwards in beta.
  private func scanHelicity(
    _ run: ScalingRun, _ steps: inout [ScalingSearch.Step]
  ) throws -> Double? {
    let side = 16
    var beta = 0.6 * system.meanFieldBeta
    for _ in 0..<40 {
      let plan = ScalingPlan(side: side, beta: beta, sweeps: 2000)
      let curves = ScalingCurves(try system.measure([plan], stage: "scan", run)[0], reach: 2)
      steps.append(.init(sides: [side], beta: beta, crossing: nil, isScan: true))
      let whole = curves.whole
      func excess(_ beta: Double) -> Double {
        beta * whole.value(.helicity, at: beta) / system.siteArea - 2 / Double.pi
      }
      var (low, high) = (curves.range.lowerBound, curves.range.upperBound)
      if excess(high) > 0 {
        if excess(low) > 0 { return low }
        for _ in 0..<50 {
          let middle = 0.5 * (low + high)
          if excess(middle) > 0 { high = middle } else { low = middle }
        }
        return high
      }
      beta = min(beta * 1.15, max(high, beta * 1.02))
    }
    return nil
  }
}
