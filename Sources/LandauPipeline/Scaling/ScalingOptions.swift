/// What `landau scaling` is asked for.
public struct ScalingOptions: Sendable, Hashable {
  public var model: String
  public var lattice: String?
  /// q of Potts and clock models.
  public var states: Int?
  public var coupling: Double?
  /// Sizes, ascending; nil takes the default of the dimension.
  public var sides: [Int]?
  /// Multiplies the length of the precision runs.
  public var effort = 1.0
  public var seed: UInt64 = 1
  /// Folder of figure, report and result; nil for a default name.
  public var output: String?

  public init(model: String) { self.model = model }
}
