/// Places of the boxes of an acyclic graph in layers, sources on top (the method of Sugiyama and others,
/// doi:10.1109/TSMC.1981.4308636).
///
/// Long arrows get a point in every layer they cross. Layers are ordered by the mean position of neighbours,
/// swept down and up; the order with the fewest crossings is kept. Positions then move towards the mean of
/// the neighbours, as far as order and distance allow.
struct LayeredLayout {
  struct Point {
    /// The box; nil for a point of an arrow.
    let box: Int?
    let layer: Int
    let width: Double
    var x = 0.0
    var above: [Int] = []
    var below: [Int] = []
  }

  private(set) var points: [Point] = []
  private(set) var layers: [[Int]] = []
  /// For every box and operand the points from the source to the box.
  private(set) var paths: [[[Int]]] = []

  static let gap = 18.0

  init(sources: [[Int]], widths: [Double]) {
    addPoints(sources, widths)
    orderLayers()
    placePoints()
  }

  var width: Double { points.map { $0.x + $0.width / 2 }.max() ?? 0 }

  private static func layering(_ sources: [[Int]]) -> [Int] {
    var layer = sources.map { _ in 0 }
    for (box, inputs) in sources.enumerated() {
      for input in inputs { layer[box] = max(layer[box], layer[input] + 1) }
    }
    // A source goes down to just above the first box that uses it.
    var first = [Int](repeating: Int.max, count: sources.count)
    for (box, inputs) in sources.enumerated() {
      for input in inputs { first[input] = min(first[input], layer[box]) }
    }
    for box in sources.indices where sources[box].isEmpty && first[box] < Int.max {
      layer[box] = first[box] - 1
    }
    return layer
  }

  private mutating func addPoints(_ sources: [[Int]], _ widths: [Double]) {
    let layer = Self.layering(sources)
    layers = [[Int]](repeating: [], count: (layer.max() ?? -1) + 1)
    for box in sources.indices {
      points.append(Point(box: box, layer: layer[box], width: widths[box]))
      layers[layer[box]].append(box)
    }
    // Arrows from one box share their way down.
    var ways: [[Int]] = sources.indices.map { [$0] }
    for (box, inputs) in sources.enumerated() {
      paths.append([])
      for input in inputs {
        let length = layer[box] - layer[input]
        while ways[input].count < length {
          let last = ways[input][ways[input].count - 1]
          let next = points.count
          points.append(Point(box: nil, layer: points[last].layer + 1, width: 4))
          layers[points[next].layer].append(next)
          connect(last, next)
          ways[input].append(next)
        }
        connect(ways[input][length - 1], box)
        paths[box].append(Array(ways[input][..<length]) + [box])
      }
    }
  }

  private mutating func connect(_ upper: Int, _ lower: Int) {
    points[upper].below.append(lower)
    points[lower].above.append(upper)
  }

  private func neighbours(_ point: Int, above: Bool) -> [Int] {
    above ? points[point].above : points[point].below
  }

  private mutating func orderLayers() {
    var best = (layers: layers, crossings: Int.max)
    for sweep in 0..<16 {
      let down = sweep % 2 == 0
      for layer in down ? Array(layers.indices) : layers.indices.reversed() {
        var place = [Int: Double]()
        for near in [layer - 1, layer + 1] where layers.indices.contains(near) {
          for (position, point) in layers[near].enumerated() { place[point] = Double(position) }
        }
        let keys = layers[layer].enumerated().map { position, point -> (Double, Int) in
          let near = neighbours(point, above: down)
          if near.isEmpty { return (Double(position), point) }
          return (near.map { place[$0]! }.reduce(0, +) / Double(near.count), point)
        }
        let order = keys.indices.sorted {
          keys[$0].0 == keys[$1].0 ? $0 < $1 : keys[$0].0 < keys[$1].0
        }
        layers[layer] = order.map { keys[$0].1 }
      }
      let crossings = crossingCount()
      if crossings < best.crossings { best = (layers, crossings) }
      if crossings == 0 { break }
    }
    layers = best.layers
  }

  private func crossingCount() -> Int {
    var total = 0
    for (upper, lower) in zip(layers, layers.dropFirst()) {
      let place = Dictionary(uniqueKeysWithValues: zip(lower, lower.indices))
      // Inversions among the lower ends, read from left to right by the upper ends.
      let ends = upper.flatMap { points[$0].below.map { place[$0]! }.sorted() }
      for (index, end) in ends.enumerated() {
        for earlier in ends[..<index] where earlier > end { total += 1 }
      }
    }
    return total
  }

  private mutating func placePoints() {
    for layer in layers {
      var x = 0.0
      for point in layer {
        points[point].x = x + points[point].width / 2
        x += points[point].width + Self.gap
      }
    }
    for sweep in 0..<24 {
      let order = sweep % 2 == 0 ? Array(layers.indices) : layers.indices.reversed()
      for layer in order {
        let wanted = layers[layer].map { point -> Double in
          let near = points[point].above + points[point].below
          if near.isEmpty { return points[point].x }
          return near.map { points[$0].x }.reduce(0, +) / Double(near.count)
        }
        for (point, x) in zip(layers[layer], separated(layers[layer], wanted)) {
          points[point].x = x
        }
      }
    }
    let left = points.map { $0.x - $0.width / 2 }.min() ?? 0
    for index in points.indices { points[index].x -= left }
  }

  /// The places nearest to the wanted ones (in the sum of squares) that keep order and distance: with the
  /// distances taken off, a monotone regression by pooling neighbours.
  private func separated(_ layer: [Int], _ wanted: [Double]) -> [Double] {
    var offsets = [0.0]
    for (left, right) in zip(layer, layer.dropFirst()) {
      let distance = (points[left].width + points[right].width) / 2 + Self.gap
      offsets.append(offsets[offsets.count - 1] + distance)
    }
    var pools: [(sum: Double, count: Int)] = []
    for (x, offset) in zip(wanted, offsets) {
      pools.append((x - offset, 1))
      while pools.count > 1 {
        let (a, b) = (pools[pools.count - 2], pools[pools.count - 1])
        if a.sum * Double(b.count) <= b.sum * Double(a.count) { break }
        pools.removeLast(2)
        pools.append((a.sum + b.sum, a.count + b.count))
      }
    }
    let means = pools.flatMap { pool in
      [Double](repeating: pool.sum / Double(pool.count), count: pool.count)
    }
    return zip(means, offsets).map { $0 + $1 }
  }
}
