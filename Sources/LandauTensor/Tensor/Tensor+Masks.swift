extension Tensor {
  /// The numbers 0, 1, … `count` - 1, int32 `[count]`.
  public static func range(_ count: Int) -> Tensor {
    require(count >= 0 && count <= Int(Int32.max), "a range of \(count) numbers")
    return Tensor((0..<count).map { Int32($0) })
  }

  /// One where the index is, zeros elsewhere: `[…]` of int32 gives `[…, count]`.
  ///
  /// An index out of range gives zeros only.
  public func oneHot(_ count: Int, type: ScalarType = .float) -> Tensor {
    require(scalarType == .int32, "one-hot vectors of \(self.type); indices are int32")
    return (expandedDimension(at: -1) .== Tensor.range(count)).asType(type)
  }

  /// True on and below a diagonal of a matrix, where column <= row + `diagonal`; bool `[rows, columns]`.
  public static func lowerTriangleMask(_ rows: Int, _ columns: Int, diagonal: Int = 0) -> Tensor {
    let shifted = range(rows).expandedDimension(at: 1) + Double(diagonal)
    return range(columns) .<= shifted
  }

  /// What each of `count` positions may look at if none sees what comes after it; bool `[count, count]`, the
  /// looking position first.
  public static func causalMask(_ count: Int) -> Tensor { lowerTriangleMask(count, count) }

  /// Which of `count` positions belong to sequences of these lengths: int32 `[…]` gives bool `[…, count]`.
  public static func paddingMask(lengths: Tensor, count: Int) -> Tensor {
    require(lengths.scalarType == .int32, "lengths of \(lengths.type); they are int32")
    return range(count) .< lengths.expandedDimension(at: -1)
  }

  /// The matrices of the last two axes with zeros above a diagonal.
  public func lowerTriangle(diagonal: Int = 0) -> Tensor {
    triangle { Tensor.lowerTriangleMask($0, $1, diagonal: diagonal) }
  }

  /// The matrices of the last two axes with zeros below a diagonal.
  public func upperTriangle(diagonal: Int = 0) -> Tensor {
    triangle { Tensor.range($0).expandedDimension(at: 1) + Double(diagonal) .<= Tensor.range($1) }
  }

  private func triangle(_ mask: (Int, Int) -> Tensor) -> Tensor {
    require(rank >= 2, "a triangle of \(type); there must be two axes at least")
    return select(mask(shape[rank - 2], shape[rank - 1]), self, like(0))
  }

  /// The numbers, held between two bounds; the derivative is 1 between them and on them, 0 outside.
  public func clamped(_ low: Double, _ high: Double) -> Tensor {
    require(low <= high, "numbers clamped between \(low) and \(high)")
    return select(self .< low, like(low), select(self .> high, like(high), self))
  }
}
