import CNanoflann

/// The nearest samples of a matrix to any point, exactly: the k-d tree of nanoflann.
///
/// Fast in few dimensions, about logarithmic in the number of samples; beyond some twenty no better than looking
/// at all of them. Of samples at equal distance any may be given.
public final class NeighborSearch: Sendable {
  public let matrix: SampleMatrix
  // Neither is changed once the tree is built, and a search keeps its state on the caller's stack.
  private nonisolated(unsafe) let points: UnsafePointer<Double>
  private nonisolated(unsafe) let tree: OpaquePointer

  /// - Complexity: samples ln samples · features.
  public init(_ matrix: SampleMatrix) {
    precondition(matrix.rowCount <= Int(UInt32.max), "\(matrix.rowCount) samples in a search tree")
    self.matrix = matrix
    let copy = UnsafeMutablePointer<Double>.allocate(capacity: matrix.values.count)
    copy.initialize(from: matrix.values, count: matrix.values.count)
    points = UnsafePointer(copy)
    guard let tree = lk_neighbor_tree_create(points, matrix.rowCount, matrix.columnCount) else {
      preconditionFailure("no memory for a search tree of \(matrix.rowCount) samples")
    }
    self.tree = tree
  }

  deinit {
    lk_neighbor_tree_destroy(tree)
    points.deallocate()
  }

  /// The `count` samples nearest to a point, ascending by distance, with squared distances.
  public func neighbors(
    of point: some Collection<Double>, count: Int
  ) -> (rows: [Int], squaredDistances: [Double]) {
    precondition(
      point.count == matrix.columnCount, "\(point.count) coordinates, not \(matrix.columnCount)")
    return Array(point).withUnsafeBufferPointer { find($0.baseAddress!, count) }
  }

  /// The `count` samples nearest to one of the matrix, itself left out.
  public func neighbors(ofRow row: Int, count: Int) -> (rows: [Int], squaredDistances: [Double]) {
    precondition(
      count < matrix.rowCount, "\(count) neighbours among \(matrix.rowCount) samples and oneself")
    var found = find(points + row * matrix.columnCount, count + 1)
    // Where others lie on the same point the row itself may be any of them, or not among those found.
    let own = found.rows.firstIndex(of: row) ?? count
    found.rows.remove(at: own)
    found.squaredDistances.remove(at: own)
    return found
  }

  private func find(
    _ point: UnsafePointer<Double>, _ count: Int
  ) -> (rows: [Int], squaredDistances: [Double]) {
    precondition(
      (1...matrix.rowCount).contains(count), "\(count) of \(matrix.rowCount) neighbours")
    var squares = [Double](repeating: 0, count: count)
    let rows = [UInt32](unsafeUninitializedCapacity: count) { buffer, filled in
      let found = lk_neighbor_tree_find(tree, point, count, buffer.baseAddress!, &squares)
      precondition(found == count, "the search tree found \(found) of \(count) neighbours")
      filled = count
    }
    return (rows.map(Int.init), squares)
  }
}
