public import LandauTensor

/// A table of learned vectors, looked up by number.
public struct Embedding: Layer {
  /// `[count, width]`.
  public var table: Tensor

  public init(table: Tensor) {
    precondition(table.rank == 2, "an embedding with a table of shape \(table.shape)")
    self.table = table
  }

  /// Entries are normal with the given standard deviation.
  public init(
    count: Int, width: Int, deviation: Double = 1, type: ScalarType = .float,
    using rng: inout some RandomNumberGenerator
  ) {
    table = .normal([count, width], type: type, using: &rng) * deviation
    table.eval()
  }

  /// - Parameter x: `[…]` of int32, from 0.
  /// - Returns: `[…, width]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    precondition(x.scalarType == .int32, "an embedding of \(x.type); it takes int32")
    return table.gathered(x, axis: 0)
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    visit("table", &table)
  }
}
