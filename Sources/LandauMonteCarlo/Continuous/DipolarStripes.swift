#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Fourier components of the dipoles along the reciprocal vectors b_0, b_1 and b_0 + b_1 of a plane crystal.
struct DipolarStripes {
  /// Sum of |mean sigma exp(i k r)|^2 over k = b_0/2, b_1/2, (b_0 + b_1)/2.
  private(set) var halves = 0.0
  /// The largest |mean sigma exp(i k r)| over k = m b/L with m from 1 to L/2 for these three; the third only where
  /// both sides are equal.
  private(set) var peak = 0.0

  /// - Parameter places: sites of a cell in units of the primitive vectors.
  init(
    _ states: UnsafeMutablePointer<Int8>, rows: Int, columns: Int, places: [SIMD2<Double>]
  ) {
    let basis = places.count
    let sites = Double(rows * columns * basis)
    // Sums of dipoles over all cells with the same n_0, n_1 or n_0 + n_1, for each site of the cell.
    var sums = [rows, columns, rows].map { [Double](repeating: 0, count: $0 * basis) }
    var checkered = [Double](repeating: 0, count: basis)
    var site = 0
    for row in 0..<rows {
      for column in 0..<columns {
        let both = rows == columns ? (row + column) % rows : 0
        for place in 0..<basis {
          let dipole: Double = states[site] & 1 == 0 ? 1 : -1
          sums[0][row * basis + place] += dipole
          sums[1][column * basis + place] += dipole
          sums[2][both * basis + place] += dipole
          checkered[place] += (row + column) & 1 == 0 ? dipole : -dipole
          site += 1
        }
      }
    }
    let directions = [SIMD2(1.0, 0), SIMD2(0, 1.0), SIMD2(1.0, 1.0)]
    for axis in 0..<(rows == columns ? 3 : 2) {
      let side = axis == 1 ? columns : rows
      let offsets = places.map { ($0 * directions[axis]).sum() }
      let circle = (0..<side).map { step in
        let angle = 2 * Double.pi * Double(step) / Double(side)
        return SIMD2(cos(angle), sin(angle))
      }
      for turns in 1..<max(2, side / 2 + 1) where turns < side {
        let square = Self.square(sums[axis], circle, turns, offsets) / (sites * sites)
        peak = max(peak, square.squareRoot())
        if 2 * turns == side && axis < 2 { halves += square }
      }
    }
    guard rows % 2 == 0 && columns % 2 == 0 else { return }
    var (x, y) = (0.0, 0.0)
    for place in 0..<basis {
      let angle = Double.pi * places[place].sum()
      x += checkered[place] * cos(angle)
      y += checkered[place] * sin(angle)
    }
    halves += (x * x + y * y) / (sites * sites)
  }

  private static func square(
    _ sums: [Double], _ circle: [SIMD2<Double>], _ turns: Int, _ offsets: [Double]
  ) -> Double {
    let side = circle.count
    var total = SIMD2<Double>.zero
    for place in offsets.indices {
      var part = SIMD2<Double>.zero
      var phase = 0
      for cell in 0..<side {
        part += sums[cell &* offsets.count &+ place] * circle[phase]
        phase &+= turns
        if phase >= side { phase &-= side }
      }
      let angle = 2 * Double.pi * Double(turns) * offsets[place] / Double(side)
      total += part.turned(cosine: cos(angle), sine: sin(angle))
    }
    return SIMD2.dot(total, total)
  }
}
