import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The plane waves of smallest wave vector that fit on a periodic crystal, one of each pair k, -k.
struct MinimalWaves: Sendable {
  struct Wave: Sendable {
    /// Cells by which the phase turns once along each axis, as whole numbers of turns round the crystal.
    var turns: [Int]
    /// exp(i k r) is the product of an entry per row and one per site of a row.
    var rows: [SIMD2<Double>]
    var columns: [SIMD2<Double>]
  }

  let waves: [Wave]
  /// |k|^2, in units of the nearest-neighbour distance to the power -2.
  let squaredLength: Double

  /// Nil for a graph, where a boundary is not periodic, and where there is one cell only.
  init?(_ lattice: Lattice) {
    guard let cell = lattice.cell, lattice.boundary.allSatisfy({ $0 == .periodic }) else {
      return nil
    }
    self.init(cell, sides: lattice.sides)
  }

  init?(_ cell: UnitCell, sides: [Int]) {
    guard sides.contains(where: { $0 > 1 }) else { return nil }
    let inverse = Self.inverseGram(cell.vectors)
    var best: [[Int]] = []
    var least = Double.infinity
    for turns in Self.candidates(sides) {
      let parts = zip(turns, sides).map { Double($0) / Double($1) }
      var square = 0.0
      for a in parts.indices {
        for b in parts.indices { square += parts[a] * inverse[a][b] * parts[b] }
      }
      if square < least * (1 - 1e-9) {
        least = square
        best = []
      }
      let isNew = !best.contains { Self.isSame($0, turns, sides) }
      if square <= least * (1 + 1e-9) && isNew { best.append(turns) }
    }
    squaredLength = 4 * Double.pi * Double.pi * least
    waves = best.map { Self.wave($0, sides, cell, inverse) }
  }

  private static func candidates(_ sides: [Int]) -> [[Int]] {
    var all: [[Int]] = [[]]
    for side in sides {
      let steps = side == 1 ? [0] : [0, 1, -1]
      all = all.flatMap { head in steps.map { head + [$0] } }
    }
    return all.filter { ($0.first { $0 != 0 } ?? -1) > 0 }
  }

  /// Whether two waves are the same on the sites, or complex conjugates.
  private static func isSame(_ one: [Int], _ other: [Int], _ sides: [Int]) -> Bool {
    [1, -1].contains { sign in
      sides.indices.allSatisfy { (one[$0] - sign * other[$0]) % sides[$0] == 0 }
    }
  }

  private static func wave(
    _ turns: [Int], _ sides: [Int], _ cell: UnitCell, _ inverse: [[Double]]
  ) -> Wave {
    let parts = zip(turns, sides).map { Double($0) / Double($1) }
    func phase(_ turns: Double) -> SIMD2<Double> {
      let angle = 2 * Double.pi * (turns - turns.rounded())
      return SIMD2(cos(angle), sin(angle))
    }
    let last = sides.count - 1
    let columns = (0..<sides[last]).flatMap { column in
      cell.basis.map { place -> SIMD2<Double> in
        let within = coordinates(of: place, cell.vectors, inverse)
        let offset = zip(parts, within).reduce(0) { $0 + $1.0 * $1.1 }
        return phase(Double(column * turns[last] % sides[last]) / Double(sides[last]) + offset)
      }
    }
    let rowCount = sides.dropLast().reduce(1, *)
    let rows = (0..<rowCount).map { row -> SIMD2<Double> in
      var (index, sum) = (row, 0.0)
      for axis in (0..<last).reversed() {
        let position = index % sides[axis]
        sum += Double(position * turns[axis] % sides[axis]) / Double(sides[axis])
        index /= sides[axis]
      }
      return phase(sum)
    }
    return Wave(turns: turns, rows: rows, columns: columns)
  }

  /// A place in units of the primitive vectors.
  private static func coordinates(
    of place: [Double], _ vectors: [[Double]], _ inverse: [[Double]]
  ) -> [Double] {
    let products = vectors.map { zip($0, place).reduce(0) { $0 + $1.0 * $1.1 } }
    return inverse.map { row in zip(row, products).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  /// Inverse of the matrix of products of the vectors, by Gauss and Jordan.
  private static func inverseGram(_ vectors: [[Double]]) -> [[Double]] {
    let count = vectors.count
    var rows = (0..<count).map { a in
      (0..<count).map { b in zip(vectors[a], vectors[b]).reduce(0) { $0 + $1.0 * $1.1 } }
        + (0..<count).map { $0 == a ? 1.0 : 0.0 }
    }
    for pivot in 0..<count {
      let largest = (pivot..<count).max { abs(rows[$0][pivot]) < abs(rows[$1][pivot]) }!
      rows.swapAt(pivot, largest)
      let scale = 1 / rows[pivot][pivot]
      rows[pivot] = rows[pivot].map { $0 * scale }
      for row in 0..<count where row != pivot {
        let factor = rows[row][pivot]
        rows[row] = zip(rows[row], rows[pivot]).map { $0 - factor * $1 }
      }
    }
    return rows.map { Array($0[count...]) }
  }

  /// |sum of value exp(i k r)|^2, the mean over the waves.
  @inline(__always)
  func meanSquare<V: SpinVector>(_ values: UnsafeMutablePointer<V>) -> Double {
    var sum = 0.0
    for wave in waves {
      var (real, imaginary) = (V.zero, V.zero)
      wave.columns.withUnsafeBufferPointer { columns in
        var site = 0
        for row in wave.rows {
          var (x, y) = (V.zero, V.zero)
          for column in 0..<columns.count {
            let value = values[site &+ column]
            x += columns[column].x * value
            y += columns[column].y * value
          }
          real += row.x * x - row.y * y
          imaginary += row.x * y + row.y * x
          site &+= columns.count
        }
      }
      sum += V.dot(real, real) + V.dot(imaginary, imaginary)
    }
    return sum / Double(waves.count)
  }

  /// The same for one number per site.
  func meanSquare(_ values: UnsafeMutablePointer<Double>) -> Double {
    var sum = 0.0
    for wave in waves {
      var total = SIMD2<Double>.zero
      wave.columns.withUnsafeBufferPointer { columns in
        var site = 0
        for row in wave.rows {
          var part = SIMD2<Double>.zero
          for column in 0..<columns.count { part += values[site &+ column] * columns[column] }
          total += part.turned(cosine: row.x, sine: row.y)
          site &+= columns.count
        }
      }
      sum += SIMD2.dot(total, total)
    }
    return sum / Double(waves.count)
  }
}
