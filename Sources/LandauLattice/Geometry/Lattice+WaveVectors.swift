#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// A wave vector k fits a closed crystal when exp(i k T) = 1 for the vector T round each axis (`periods`). With
// B_i dual to the T_i (B_i T_j = 1 for i = j, else 0) these are k = 2 pi sum m_i B_i with whole m_i; for a
// periodic crystal B_i = b_i / L_i with the reciprocal vectors b_i.
extension Lattice {
  /// The shortest wave vectors other than 0 that fit the crystal, one of each pair k, -k.
  ///
  /// Both axes of the L x L square lattice, three of the triangular one, six of bcc and four of fcc; along the
  /// longest side only where sides differ.
  ///
  /// - Returns: empty for a graph, for one cell, and where a boundary is open or antiperiodic.
  public var smallestWaveVectors: [[Double]] {
    guard isClosed, let cell = crystal, let periods else { return [] }
    let basis = Self.reduced(Self.dual(of: periods))
    var best = Double.infinity
    var found: [[Double]] = []
    for multiples in Self.coefficients(count: basis.count) {
      var vector = [Double](repeating: 0, count: cell.dimension)
      for (multiple, direction) in zip(multiples, basis) where multiple != 0 {
        for k in vector.indices { vector[k] += 2 * Double.pi * Double(multiple) * direction[k] }
      }
      // One that is a reciprocal vector of the crystal is the same at every cell.
      let isTrivial = cell.vectors.allSatisfy { axis in
        let turns = Self.product(axis, vector) / (2 * Double.pi)
        return abs(turns - turns.rounded()) < 1e-9
      }
      if isTrivial { continue }
      let square = Self.product(vector, vector)
      if square < best * (1 - 1e-9) {
        best = square
        found = [vector]
      } else if square <= best * (1 + 1e-9) {
        found.append(vector)
      }
    }
    return found
  }

  /// Cosine and sine of k r for every site, r its position: the terms of sums such as
  /// S(k) = |sum s exp(i k r)|^2 / N.
  ///
  /// - Precondition: a crystal, and as many components in k as space has.
  public func wavePhases(_ waveVector: [Double]) -> (cosines: [Double], sines: [Double]) {
    var cosines = [Double](repeating: 1, count: siteCount)
    var sines = [Double](repeating: 0, count: siteCount)
    for site in 0..<siteCount {
      guard let place = position(of: site), place.count == waveVector.count else {
        preconditionFailure(
          "a wave vector of \(waveVector.count) components on the lattice \(self)")
      }
      let angle = Self.product(place, waveVector)
      cosines[site] = cos(angle)
      sines[site] = sin(angle)
    }
    return (cosines, sines)
  }

  /// What stands for k^2 on the lattice: k^2 sum 2 (1 - cos k d) / sum (k d)^2 over the bonds d of a cell.
  ///
  /// It is k^2 for small k, the eigenvalue of the lattice's own second difference where all sites are alike,
  /// sum over axes of 4 sin^2(k_i / 2) on hypercubic lattices. The second-moment correlation length is
  ///
  ///     xi^2 = (chi(0) / chi(k) - 1) / momentumSquared(k),
  ///
  /// with chi(k) = <|sum s exp(i k r)|^2> / N at the smallest k: chi(0) / chi(k) - 1 = (xi k)^2 in the
  /// Ornstein-Zernike form. So on the L x L square lattice the divisor is [2 sin(pi / L)]^2; on
  /// the triangular one 2/3 of the sum of 2 (1 - cos k d) over the three bonds, on bcc 3/4 of that over four,
  /// on fcc 1/2 of that over six. Honeycomb, kagome and diamond take the mean over the bonds of the cell.
  ///
  /// - Precondition: a crystal, and as many components in k as space has.
  public func momentumSquared(_ waveVector: [Double]) -> Double {
    guard let cell = crystal, waveVector.count == cell.dimension else {
      preconditionFailure("a wave vector of \(waveVector.count) components on the lattice \(self)")
    }
    var differences = 0.0
    var squares = 0.0
    for bond in cell.bonds {
      let angle = Self.product(waveVector, cell.displacement(of: bond))
      let sine = sin(angle / 2)
      differences += 4 * sine * sine
      squares += angle * angle
    }
    return squares == 0 ? 0 : Self.product(waveVector, waveVector) * differences / squares
  }

  /// Reciprocal vectors of the unit cell, b_i a_j = 2 pi for i = j, else 0; nil for a graph.
  public var reciprocalVectors: [[Double]]? {
    crystal.map { Self.dual(of: $0.vectors).map { $0.map { 2 * Double.pi * $0 } } }
  }

  /// Vectors in the span of the given ones with products 1 and 0 with them.
  static func dual(of vectors: [[Double]]) -> [[Double]] {
    // Gram-Schmidt once forward gives the part of each vector across all others when it comes last.
    vectors.indices.map { chosen in
      var frame: [[Double]] = []
      for other in vectors.indices.filter({ $0 != chosen }) + [chosen] {
        var rest = vectors[other]
        // Twice: rounding errors of the first pass are removed by the second.
        for _ in 0..<2 {
          for direction in frame {
            let part = product(rest, direction) / product(direction, direction)
            for k in rest.indices { rest[k] -= part * direction[k] }
          }
        }
        frame.append(rest)
      }
      let across = frame[frame.count - 1]
      let square = product(across, across)
      return across.map { $0 / square }
    }
  }

  /// A basis of the same points, each vector shortened by the others while that helps. In up to three
  /// dimensions the shortest points then have coefficients -1, 0 and 1.
  static func reduced(_ basis: [[Double]]) -> [[Double]] {
    var basis = basis
    var changed = true
    while changed {
      changed = false
      for one in basis.indices {
        for other in basis.indices where other != one {
          let steps = (product(basis[one], basis[other]) / product(basis[other], basis[other]))
          // Halves are left alone, so that the loop ends.
          if abs(steps) <= 0.5 + 1e-9 { continue }
          for k in basis[one].indices { basis[one][k] -= steps.rounded() * basis[other][k] }
          changed = true
        }
      }
    }
    return basis
  }

  /// All rows of -1, 0, 1 whose first number other than 0 is 1.
  private static func coefficients(count: Int) -> [[Int]] {
    var rows: [[Int]] = [[]]
    for _ in 0..<count { rows = rows.flatMap { row in [-1, 0, 1].map { row + [$0] } } }
    return rows.filter { $0.first { $0 != 0 } == 1 }
  }

  private static func product(_ one: [Double], _ other: [Double]) -> Double {
    var sum = 0.0
    for k in one.indices { sum += one[k] * other[k] }
    return sum
  }
}
