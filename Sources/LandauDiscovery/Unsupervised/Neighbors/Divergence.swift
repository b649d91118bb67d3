#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How far a density f is from a density g, as a mean over g of a function of f/g.
public struct Divergence: Sendable {
  public let name: String
  /// The function whose mean under g is taken, finite at ratio 0, and its derivative at positive ratios.
  let function: @Sendable (_ ratio: Double) -> Double
  let derivative: @Sendable (_ ratio: Double) -> Double
  /// From the mean to the divergence, and its derivative.
  let transform: @Sendable (_ mean: Double) -> Double
  let transformDerivative: @Sendable (_ mean: Double) -> Double

  /// The mean of ln(f/g) under f, in nats: g-mean of r ln r.
  public static let kullbackLeibler = Divergence(
    name: "Kullback-Leibler",
    function: { $0 > 0 ? $0 * log($0) : 0 }, derivative: { log($0) + 1 })

  /// 1 - integral of sqrt(f g): g-mean of 1 - sqrt r.
  public static let squaredHellinger = Divergence(
    name: "squared Hellinger",
    function: { 1 - $0.squareRoot() }, derivative: { -0.5 / $0.squareRoot() })

  /// ln(integral of f^order g^(1 - order)) / (order - 1), in nats: from the g-mean of r^order.
  ///
  /// - Parameter order: positive and not one; at one it would be Kullback and Leibler's.
  public static func renyi(order: Double) -> Divergence {
    precondition(order > 0 && order != 1, "Renyi's divergence of order \(order)")
    return Divergence(
      name: "Renyi of order \(order)",
      function: { pow($0, order) },
      derivative: { order * pow($0, order - 1) },
      transform: { log($0) / (order - 1) },
      transformDerivative: { 1 / ($0 * (order - 1)) })
  }

  init(
    name: String, function: @escaping @Sendable (Double) -> Double,
    derivative: @escaping @Sendable (Double) -> Double,
    transform: @escaping @Sendable (Double) -> Double = { $0 },
    transformDerivative: @escaping @Sendable (Double) -> Double = { _ in 1 }
  ) {
    self.name = name
    self.function = function
    self.derivative = derivative
    self.transform = transform
    self.transformDerivative = transformDerivative
  }
}
