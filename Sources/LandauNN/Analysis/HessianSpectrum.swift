public import LandauCore
public import LandauTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Extreme eigenvalues and the density of eigenvalues of a loss's Hessian, without the matrix.
///
/// Each probe is a random vector from which Lanczos runs with full reorthogonalisation: a gradient of a
/// directional derivative per step. The Ritz values and weights of a probe are a Gauss quadrature of its
/// spectral measure, whose mean over probes is the density (stochastic Lanczos quadrature).
/// - Note: Golub and Welsch 1969; Lin, Saad and Yang 2016; Ghorbani, Krishnan and Xiao 2019, arXiv:1901.10159.
///   Parameters of Float limit small eigenvalues to about 1e-6 of the largest.
public struct HessianSpectrum: Sendable {
  public let dimension: Int
  /// One per probe.
  public let runs: [Lanczos]

  /// - Parameters:
  ///   - steps: of Lanczos per probe; the extreme eigenvalues take a few dozen.
  ///   - loss: a scalar of the parameters. What it captures is frozen.
  /// - Complexity: probes · steps products with the Hessian, about five evaluations of the loss each, and
  ///   `steps` vectors of memory.
  public init(
    at parameters: [Tensor], probes: Int = 1, steps: Int = 50,
    using rng: inout some RandomNumberGenerator, loss: @escaping @Sendable ([Tensor]) -> Tensor
  ) {
    precondition(probes >= 1, "\(probes) probes")
    let product = Self.product(at: parameters, loss: loss)
    dimension = TensorSpace(like: parameters).dimension
    var runs: [Lanczos] = []
    for _ in 0..<probes {
      let start = Lanczos.start(like: parameters, using: &rng)
      runs.append(Lanczos(start: start, steps: steps, apply: product))
    }
    self.runs = runs
  }

  /// The Hessian at `parameters` as a function of vectors, compiled.
  public static func product(
    at parameters: [Tensor], loss: @escaping @Sendable ([Tensor]) -> Tensor
  ) -> ([Tensor]) -> [Tensor] {
    let count = parameters.count
    let compiled = compile { arguments in
      let gradient = { (p: [Tensor]) in valueAndGradient(of: loss)(p).gradients }
      return jvp(
        gradient, Array(arguments[..<count]), tangents: Array(arguments[count...])
      ).tangents
    }
    return { compiled(parameters + $0) }
  }

  /// The largest eigenvalue: the sharpness of the loss. Some eigenvalue lies within `residual` of `value`.
  public var largest: (value: Double, residual: Double) { extreme { $0.eigenvalues.count - 1 } }

  /// The smallest eigenvalue; negative at a saddle.
  public var smallest: (value: Double, residual: Double) { extreme { _ in 0 } }

  private func extreme(_ index: (Lanczos) -> Int) -> (value: Double, residual: Double) {
    let candidates = runs.map { ($0.eigenvalues[index($0)], $0.residuals[index($0)]) }
    let isTop = index(runs[0]) > 0
    return candidates.dropFirst().reduce(candidates[0]) {
      (isTop ? $1.0 > $0.0 : $1.0 < $0.0) ? $1 : $0
    }
  }

  /// The eigenvalues that have converged, of the first probe: their residual is below `tolerance` times the
  /// largest modulus. Ascending; of a degenerate eigenvalue one copy.
  public func converged(tolerance: Double = 1e-6) -> [Double] {
    let run = runs[0]
    let scale = run.eigenvalues.map { Swift.abs($0) }.max() ?? 0
    return zip(run.eigenvalues, run.residuals).filter { $1 <= tolerance * scale }.map(\.0)
  }

  /// The sum of all eigenvalues, with its standard error over probes (NaN for one probe).
  public var trace: Estimate {
    estimate { run in
      Double(dimension) * zip(run.weights, run.eigenvalues).reduce(0) { $0 + $1.0 * $1.1 }
    }
  }

  /// The density of eigenvalues, normalised to one and smeared with a Gaussian, with its error over probes.
  ///
  /// - Parameter width: standard deviation of the Gaussian; below the spacing of Ritz values single peaks show.
  public func density(at positions: [Double], width: Double) -> [Estimate] {
    precondition(width > 0, "a smearing of width \(width)")
    let norm = 1 / (width * (2 * Double.pi).squareRoot())
    return positions.map { x in
      estimate { run in
        zip(run.weights, run.eigenvalues).reduce(0) { sum, term in
          let z = (x - term.1) / width
          return sum + term.0 * norm * exp(-z * z / 2)
        }
      }
    }
  }

  private func estimate(_ value: (Lanczos) -> Double) -> Estimate {
    let values = runs.map(value)
    let mean = values.reduce(0, +) / Double(values.count)
    guard values.count > 1 else {
      return Estimate(mean, error: .nan, warning: "one probe gives no error")
    }
    let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let freedom = Double(values.count - 1)
    return Estimate(
      mean, error: (spread / (freedom * Double(values.count))).squareRoot(),
      degreesOfFreedom: freedom)
  }

  /// The density as a drawing, on a logarithmic axis.
  public func figure(title: String, at positions: [Double], width: Double) -> Figure {
    let density = density(at: positions, width: width)
    let isPlain = runs.count == 1
    return Figure(
      title: title,
      panels: [
        Figure.Panel(
          title: "", xAxis: Figure.Axis("eigenvalue"),
          yAxis: Figure.Axis("density", logarithmic: true),
          series: [
            Figure.Series(
              "Hessian", x: positions, y: density.map { max($0.value, 1e-12) },
              errors: isPlain ? [] : density.map(\.error))
          ])
      ])
  }
}
