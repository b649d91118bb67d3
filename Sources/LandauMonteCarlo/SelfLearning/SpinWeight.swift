import LandauCore

/// A distribution of unit vectors on sites with density in proportion to exp(-action), all directions alike before.
///
/// For weights that are costly and known for whole configurations only, as where electrons are summed over.
public protocol SpinWeight: Sendable {
  var siteCount: Int { get }
  /// Names of the numbers that an evaluation gives.
  var observables: [Observable] { get }

  /// The action of a configuration and what can be measured on the way.
  func evaluate(_ spins: [SIMD3<Double>]) -> SpinEvaluation
}

/// What a `SpinWeight` says of one configuration.
public struct SpinEvaluation: Sendable, Hashable {
  /// Minus the logarithm of the weight.
  public var action: Double
  /// One for each of the weight's observables.
  public var values: [Double]

  public init(action: Double, values: [Double]) {
    self.action = action
    self.values = values
  }
}

extension SIMD3<Double> {
  /// A direction uniform on the sphere.
  static func direction(using rng: inout RandomStream) -> Self {
    let vector = SIMD4<Double>.direction(3, using: &rng)
    return SIMD3(vector.x, vector.y, vector.z)
  }
}
