#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The replica-symmetric solution of the Sherrington-Kirkpatrick model without field, J = 1.
///
/// m = ∫Dz tanh(beta (J_0 m + √q z)) and q = ∫Dz tanh²(the same), Dz normal. Exact where it is stable (Talagrand's proof of
/// Parisi's formula covers what lies below): `replicon` above 0. Of two signs of m the one from 0 on.
/// - Note: Sherrington and Kirkpatrick 1975; de Almeida and Thouless 1978.
public struct ReplicaSymmetricGlass: Sendable, Hashable {
  public let temperature: Double
  /// J_0, the mean of the couplings times N.
  public let bias: Double
  /// m.
  public let magnetization: Double
  /// q.
  public let overlap: Double
  /// 1 - beta² ∫Dz sech⁴(beta (J_0 m + √q z)): negative where replica symmetry is unstable.
  public let replicon: Double

  /// - Parameter temperature: from 0.03 on: below, the rule of integration is too coarse.
  /// - Complexity: some hundred integrals; near transitions some ten thousand, to 1e-13 per step.
  public init(temperature: Double, bias: Double) {
    precondition(
      temperature >= 0.03 && temperature.isFinite && bias.isFinite,
      "temperature \(temperature), bias \(bias)")
    let beta = 1 / temperature
    var (m, q) = (bias > 0 ? 1.0 : 0, 1.0)
    for _ in 0..<20_000 {
      let (nextM, nextQ) = Self.average { z in
        let t = tanh(beta * (bias * m + q.squareRoot() * z))
        return (t, t * t)
      }
      let change = abs(nextM - m) + abs(nextQ - q)
      (m, q) = (nextM, nextQ)
      if change < 1e-13 { break }
    }
    self.temperature = temperature
    self.bias = bias
    magnetization = m
    overlap = q
    let (fourth, _) = Self.average { z in
      let c = 1 / cosh(beta * (bias * m + q.squareRoot() * z))
      return (c * c * c * c, 0)
    }
    replicon = 1 - beta * beta * fourth
  }

  /// The temperature below which replica symmetry is unstable in the ferromagnet: the line of de Almeida and Thouless.
  ///
  /// - Parameter bias: J_0, 1.02 to 2.5; at 1 the line begins at T = 1, and far away it falls as
  ///   (4/(3 √(2 pi))) exp(-J_0² m²/2).
  public static func stabilityTemperature(bias: Double) -> Double {
    precondition((1.02...2.5).contains(bias), "bias \(bias)")
    var (low, high) = (0.03, 1.0)
    while high - low > 1e-6 {
      let middle = (low + high) / 2
      if Self(temperature: middle, bias: bias).replicon < 0 { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// ∫Dz by equal steps, which converge faster than any power of the step for smooth functions.
  private static func average(_ body: (Double) -> (Double, Double)) -> (Double, Double) {
    var (first, second) = (0.0, 0.0)
    for (z, weight) in nodes {
      let value = body(z)
      first += weight * value.0
      second += weight * value.1
    }
    return (first, second)
  }

  private static let nodes: [(Double, Double)] = {
    let step = 0.025
    return (-340...340).map { index in
      let z = step * Double(index)
      return (z, step * exp(-z * z / 2) / (2 * Double.pi).squareRoot())
    }
  }()
}
