/// How a convolution with unit strides looks at padded planes: every place reads at fixed offsets from a base.
///
/// What lies around the edge, zeros or the other side of the torus, is copied once around every plane; then a tap
/// is one offset for all places. Places are taken a vector at a time along the last axis.
struct PlaneGeometry: Sendable {
  /// Numbers of a plane, of a padded one, and of the places.
  let planeCount: Int
  let paddedCount: Int
  let placeCount: Int
  /// For every padded row: where it begins in the plane, or -1 for zeros.
  let rowSources: [Int]
  let paddedWidth: Int
  /// Neighbours in a row that stay neighbours: where to, where from, how many.
  private(set) var main = (start: 0, source: 0, count: 0)
  /// What lies beside them: where to, and from where, or -1.
  private(set) var edges: [Int] = []
  private(set) var edgeSources: [Int] = []
  /// For every window element its offset from the base.
  let windowOffsets: [Int]
  /// For every vector of places where its first one looks.
  let bases: [Int]
  /// Numbers in a vector, vectors in a row of places, and places in a row.
  let lanes: Int
  let rowVectors: Int
  let rowPlaces: Int

  /// - Parameters:
  ///   - input: extents of a plane.
  ///   - places: extents of the places.
  ///   - low: how far the first window begins before the first element.
  init(
    input: [Int], places: [Int], window: [Int], dilations: [Int], low: [Int], isPeriodic: Bool,
    lanes: Int
  ) {
    let axes = input.indices
    let padded = axes.map { places[$0] + (window[$0] - 1) * dilations[$0] }
    let steps = StridedCopy.rowMajor(padded)
    let sources = axes.map { axis in
      (0..<padded[axis]).map { place -> Int in
        let (index, extent) = (place - low[axis], input[axis])
        if isPeriodic && extent > 0 { return (index % extent + extent) % extent }
        return index >= 0 && index < extent ? index : -1
      }
    }
    func offsets(_ extents: [Int], _ steps: [Int]) -> [Int] {
      var result = [0]
      for (extent, step) in zip(extents, steps) {
        result = result.flatMap { base in (0..<extent).map { base + $0 * step } }
      }
      return result
    }
    let last = axes.last!
    var rows = [0]
    for axis in axes.dropLast() {
      rows = rows.flatMap { base in
        sources[axis].map { base < 0 || $0 < 0 ? -1 : base * input[axis] + $0 }
      }
    }
    rowSources = rows.map { $0 < 0 ? -1 : $0 * input[last] }
    (planeCount, paddedCount) = (input.reduce(1, *), padded.reduce(1, *))
    placeCount = places.reduce(1, *)
    paddedWidth = padded[last]
    windowOffsets = offsets(window, zip(dilations, steps).map { $0 * $1 })
    self.lanes = lanes
    rowPlaces = places[last]
    rowVectors = (rowPlaces + lanes - 1) / lanes
    let vectors = rowVectors
    bases = offsets(Array(places.dropLast()), Array(steps.dropLast())).flatMap { row in
      (0..<vectors).map { row + $0 * lanes }
    }
    divide(sources[last])
  }

  /// Finds the longest run of neighbours in a row.
  private mutating func divide(_ sources: [Int]) {
    var start = 0
    while start < sources.count {
      var end = start + 1
      if sources[start] >= 0 {
        while end < sources.count, sources[end] == sources[end - 1] + 1 { end += 1 }
        if end - start > main.count { main = (start, sources[start], end - start) }
      }
      start = end
    }
    for place in sources.indices where place < main.start || place >= main.start + main.count {
      edges.append(place)
      edgeSources.append(sources[place])
    }
  }

  /// Whether every row of places fills its vectors.
  var isEven: Bool { rowPlaces % lanes == 0 }
  /// Places with the lanes that vectors have too many.
  var vectorCount: Int { bases.count }

  /// Offsets of the taps of so many planes, plane by plane.
  func taps(_ planes: Int) -> [Int] {
    (0..<planes).flatMap { plane in windowOffsets.map { plane * paddedCount + $0 } }
  }
}
