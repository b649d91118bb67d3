public import LandauCore

/// What to compute exactly.
public struct ExactOptions: Sendable, Hashable {
  public var model: ModelOptions
  public var scan: ModelOptions.Scan
  /// The infinite lattice instead of a size.
  public var infinite = false

  public init(model: ModelOptions, scan: ModelOptions.Scan) {
    self.model = model
    self.scan = scan
  }
}

public struct ExactJob: Sendable {
  public init(_ options: ExactOptions) throws(InputError) {
  }
  public func run(
    pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> Report { Report(json: [], text: "") }
}
