import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The plane waves of smallest wave vector that fit on a closed crystal, one of each pair k, -k.
///
/// Their phases at the sites are products of one per row along the last axis and one per site of a row.
struct MinimalWaves: Sendable {
  struct Wave: Sendable {
    var rows: [SIMD2<Double>]
    var columns: [SIMD2<Double>]
  }

  let waves: [Wave]

  /// Nil where no wave fits (`Lattice.smallestWaveVectors`).
  init?(_ lattice: Lattice) {
    let vectors = lattice.smallestWaveVectors
    guard !vectors.isEmpty else { return nil }
    // Where sites are missing all are one row.
    let width =
      lattice.cell.map { $0.basis.count * lattice.sides[lattice.sides.count - 1] }
      ?? lattice.siteCount
    waves = vectors.map { vector in
      func phase(_ site: Int) -> SIMD2<Double> {
        let place = lattice.position(of: site)!
        let angle = vector.indices.reduce(0) { $0 + vector[$1] * place[$1] }
        return SIMD2(cos(angle), sin(angle))
      }
      let columns = (0..<width).map(phase)
      let rows = stride(from: 0, to: lattice.siteCount, by: width).map { first in
        phase(first).turned(cosine: columns[0].x, sine: -columns[0].y)
      }
      return Wave(rows: rows, columns: columns)
    }
  }

  /// The same for a periodic box: along the axes of the longest side.
  init?(_ lattice: HypercubicLattice) {
    let (sides, longest) = (lattice.sides, lattice.sides.max()!)
    guard longest > 1 else { return nil }
    let last = sides.count - 1
    func phase(_ position: Int) -> SIMD2<Double> {
      let angle = 2 * Double.pi * Double(position) / Double(longest)
      return SIMD2(cos(angle), sin(angle))
    }
    waves = sides.indices.filter { sides[$0] == longest }.map { axis in
      Wave(
        rows: stride(from: 0, to: lattice.siteCount, by: sides[last]).map { first in
          phase(axis == last ? 0 : (first / lattice.strides[axis]) % sides[axis])
        },
        columns: (0..<sides[last]).map { phase(axis == last ? $0 : 0) })
    }
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
