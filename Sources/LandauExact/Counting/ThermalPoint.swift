/// The thermodynamics of a finite system at one temperature.
public struct ThermalPoint: Sendable, Hashable {
  public let beta: Double
  /// What "per site" divides by.
  public let siteCount: Int
  /// ln Z of the whole system.
  public let logPartition: Double
  /// The mean total energy.
  public let energy: Double
  /// <E^2> - <E>^2 of the total energy.
  public let energyVariance: Double

  public var logPartitionPerSite: Double { logPartition / Double(siteCount) }
  /// -T ln Z / N, minus infinity at beta 0.
  public var freeEnergyPerSite: Double { -logPartitionPerSite / beta }
  public var energyPerSite: Double { energy / Double(siteCount) }
  /// beta^2 (<E^2> - <E>^2) / N.
  public var specificHeatPerSite: Double { beta * beta * energyVariance / Double(siteCount) }
  /// ln Z + beta <E> of the whole system.
  public var entropy: Double { logPartition + beta * energy }
}
