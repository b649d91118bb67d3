import LandauCore
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The picture of a finite-size study.
enum ScalingFigure {
  static func figure(_ findings: ScalingFindings, job: ScalingJob) -> Figure? {
    switch findings.result {
    case .continuous(let found): continuous(found, job: job)
    case .kosterlitzThouless(let found): kosterlitzThouless(found, job: job)
    case .firstOrder(let found): firstOrder(found, job: job)
    case .none: nil
    }
  }

  static func reference(_ name: String, job: ScalingJob) -> Double? {
    ScalingReference.all(for: job.system).first { $0.name == name }?.value
  }

  private static func continuous(_ found: ContinuousScaling, job: ScalingJob) -> Figure {
    Figure(
      title: "\(job.system.title): T_c = \(found.criticalBeta.inverse.estimate), "
        + "nu = \(found.nu.estimate)",
      panels: [
        crossing(found, .correlationLength, "Correlation length", "xi/L", job),
        crossing(found, .binderRatio, "Moments", "<m^2>^2/<m^4>", job),
        powers(found, job), collapse(found),
      ], columnCount: 2)
  }

  /// A ratio against beta, size by size, over the range about beta_c that the second largest size covers.
  private static func crossing(
    _ found: ContinuousScaling, _ quantity: ScalingCurves.Quantity, _ title: String,
    _ label: String, _ job: ScalingJob
  ) -> Figure.Panel {
    let beta = found.criticalBeta
    let wide = found.curves[found.curves.count / 2].halfWidth
    let range = (beta.value - wide)...(beta.value + wide)
    var series: [Figure.Series] = []
    for (color, curves) in found.curves.enumerated() {
      let x = points(curves, within: range)
      let values = curves.replicates.map { coefficients in
        let curve = curves.curve(coefficients[...])
        return x.map { curve.value(quantity, at: $0) }
      }.estimates
      series.append(
        Figure.Series(
          "L = \(curves.side)", x: x, y: values.map(\.value), errors: values.map(\.error),
          style: .linePoints, color: color))
    }
    var marks = [
      Figure.Mark("\(beta.estimate)", x: beta.value, halfWidth: beta.error, color: 0)
    ]
    if let exact = reference("beta", job: job) {
      marks.append(Figure.Mark("reference", x: exact, dashed: true, color: -1))
    }
    return Figure.Panel(
      title: title, xAxis: .init("beta", range: range), yAxis: .init(label), series: series,
      marks: marks)
  }

  private static func points(
    _ curves: ScalingCurves, within range: ClosedRange<Double>
  ) -> [Double] {
    let own = curves.range.clamped(to: range)
    return (0...12).map {
      own.lowerBound + (own.upperBound - own.lowerBound) * Double($0) / 12
    }
  }

  /// |m| and chi at the beta where xi/L has one value, and the mean slope of xi/L about it, against L.
  private static func powers(_ found: ContinuousScaling, _ job: ScalingJob) -> Figure.Panel {
    let sides = found.curves.map { Double($0.side) }
    let dimension = Double(found.dimension)
    let rows: [(String, ContinuousScaling.Measure, Double, Double, String)] = [
      ("|m|", .order, 0, -found.betaOverNu.value, "\(found.betaOverNu.estimate)"),
      (
        "chi/beta = N <m^2>", .square, dimension, found.gammaOverNu.value,
        "\(found.gammaOverNu.estimate)"
      ),
      ("mean slope of xi/L", .ratioSlope, 0, found.inverseNu.value, "\(found.inverseNu.estimate)"),
    ]
    var series: [Figure.Series] = []
    for (color, (name, measure, extra, exponent, text)) in rows.enumerated() {
      let estimates = sides.indices.map {
        found.measures[$0 * ContinuousScaling.Measure.allCases.count + measure.rawValue]
      }
      let y = zip(estimates, sides).map { exp($0.value) * pow($1, extra) }
      series.append(
        Figure.Series(
          name, x: sides, y: y, errors: zip(y, estimates).map { $0 * $1.error }, style: .points,
          color: color))
      // Through the largest size.
      let last = sides.count - 1
      series.append(
        Figure.Series(
          "exponent \(exponent < 0 ? "-" : "")\(text)", x: sides,
          y: sides.map { y[last] * pow($0 / sides[last], exponent) }, style: .line, color: color))
    }
    return Figure.Panel(
      title: "Powers of L at xi/L = \(Estimate.fixed(found.fixedRatio, digits: 3))",
      xAxis: .init("L", logarithmic: true), yAxis: .init("", logarithmic: true), series: series)
  }

  /// Helicity moduli against temperature, and at the transition against ln L with the law fitted.
  private static func kosterlitzThouless(_ found: KosterlitzThouless, job: ScalingJob) -> Figure {
    let temperature = found.temperature
    var series = zip(found.curves, found.moduli).enumerated().map { color, pair in
      let values = pair.1.values.estimates
      return Figure.Series(
        "L = \(pair.0.side)", x: found.temperatures, y: values.map(\.value),
        errors: values.map(\.error), style: .linePoints, color: color)
    }
    series.append(
      Figure.Series(
        "2 T/pi", x: found.temperatures, y: found.temperatures.map { 2 * $0 / Double.pi },
        style: .dashedLine, color: -1))
    let sides = found.curves.map { Double($0.side) }
    let here = found.moduli.map { $0.value(at: temperature.value)[0] }
    let scale = Double.pi / (2 * temperature.value)
    let constant = found.fit.constant.value
    let law = Figure.Panel(
      title: "At the transition", xAxis: .init("L", logarithmic: true),
      yAxis: .init("pi Y/(2 T)"),
      series: [
        Figure.Series(
          "measured", x: sides, y: here.map { $0.value * scale },
          errors: here.map { $0.error * scale },
          style: .points, color: 0),
        Figure.Series(
          "law, C = \(Estimate.fixed(constant, digits: 2))", x: sides,
          y: sides.map { HelicityFit.law(size: $0, constant: constant) ?? .nan }, style: .line,
          color: 1),
      ])
    var marks = [
      Figure.Mark(
        "\(temperature.estimate)", x: temperature.value, halfWidth: temperature.error, color: 0)
    ]
    if let beta = reference("beta", job: job) {
      marks.append(Figure.Mark("reference", x: 1 / beta, dashed: true, color: -1))
    }
    return Figure(
      title: "\(job.system.title): T_c = \(temperature.estimate)",
      panels: [
        Figure.Panel(
          title: "Helicity modulus", xAxis: .init("temperature"), yAxis: .init("Y"),
          series: series, marks: marks), law,
      ], columnCount: 2)
  }

  /// Latent heats and betas against 1/L^d with their extrapolations, and the valley.
  private static func firstOrder(_ found: FirstOrderScaling, job: ScalingJob) -> Figure {
    let power = Double(found.dimension)
    let sides = found.sizes.map { Double($0.side) }
    let perSite = found.sizes.map { 1 / Double($0.siteCount) }
    func scaled(_ values: [Estimate]) -> [Estimate] {
      zip(values, perSite).map { $0.scaled(by: $1) }
    }
    let heats = [
      ("means of the phases", scaled(found.sizes.map(\.peaks.meanLatentHeat)), found.latentFit),
      ("peaks", scaled(found.sizes.map(\.peaks.latentHeat)), found.peakFit),
    ]
    var latent = Figure.Panel(
      title: "Latent heat", xAxis: .init("1/L^\(found.dimension)"),
      yAxis: .init("energy per site"), series: [])
    for (color, (name, values, fit)) in heats.enumerated() {
      latent.series += extrapolation(name, sides, values, fit, power: power, color: color)
    }
    var betas = Figure.Panel(
      title: "Equal weights of the phases", xAxis: .init("1/L^\(found.dimension)"),
      yAxis: .init("beta"),
      series: extrapolation(
        "measured", sides, found.sizes.map(\.peaks.equalWeightBeta), found.betaFit, power: power,
        color: 0))
    let line = [0, pow(sides[0], -power)]
    func references(_ name: String) -> [Figure.Series] {
      guard let value = reference(name, job: job) else { return [] }
      return [
        Figure.Series("reference", x: line, y: [value, value], style: .dashedLine, color: -1)
      ]
    }
    latent.series += references("latentHeatPerSite")
    betas.series += references("beta")
    let barriers = found.sizes.map(\.peaks.barrier)
    let cross = sides.map { pow($0, power - 1) }
    let valley = Figure.Panel(
      title: "Valley between the phases",
      xAxis: .init(found.dimension == 2 ? "L" : "L^\(found.dimension - 1)"),
      yAxis: .init("ln(peak/valley)"),
      series: [
        Figure.Series(
          "measured", x: cross, y: barriers.map(\.value), errors: barriers.map(\.error),
          style: .points, color: 0)
      ])
    return Figure(
      title: "\(job.system.title): first order, latent heat \(found.latentHeat.estimate)",
      panels: [latent, betas, valley], columnCount: 2)
  }

  /// Points, the law that was fitted, and its limit.
  private static func extrapolation(
    _ name: String, _ sides: [Double], _ values: [Estimate], _ fit: ScalingFit, power: Double,
    color: Int
  ) -> [Figure.Series] {
    let limit = FirstOrderScaling.number(fit)
    let first = pow(fit.sizes[0], -power)
    let x = (0...40).map { first * Double($0) / 40 }
    return [
      Figure.Series(
        name, x: sides.map { pow($0, -power) }, y: values.map(\.value),
        errors: values.map(\.error), style: .points, color: color),
      Figure.Series(
        "from L = \(Estimate.fixed(fit.sizes[0], digits: 0)): \(limit.estimate)", x: x,
        y: x.map { $0 == 0 ? limit.value : fit.law(at: pow($0, -1 / power)) }, style: .line,
        color: color),
      Figure.Series(
        "", x: [0], y: [limit.value], errors: [limit.error], style: .points, color: color),
    ]
  }

  /// xi/L over the whole windows against the scaled distance from the transition.
  private static func collapse(_ found: ContinuousScaling) -> Figure.Panel {
    var series: [Figure.Series] = []
    for (color, window) in found.windows.enumerated() {
      let scale = pow(Double(window.side), found.inverseNu.value)
      let points = [window.low, window.middle, window.high].flatMap { curves in
        let curve = curves.whole
        return (0...6).map { step -> (x: Double, y: Double) in
          let beta = curves.beta + curves.halfWidth * (Double(step) / 3 - 1)
          return (
            (beta - found.criticalBeta.value) * scale, curve.value(.correlationLength, at: beta)
          )
        }
      }.sorted { $0.x < $1.x }
      series.append(
        Figure.Series(
          "L = \(window.side)", x: points.map(\.x), y: points.map(\.y), style: .points,
          color: color))
    }
    return Figure.Panel(
      title: "Collapse with nu = \(found.nu.estimate)",
      xAxis: .init("(beta - beta_c) L^(1/nu)"), yAxis: .init("xi/L"), series: series)
  }
}
