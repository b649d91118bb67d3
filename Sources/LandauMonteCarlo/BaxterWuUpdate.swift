/// A way to take spins of the Baxter-Wu model to the next configuration.
public enum BaxterWuUpdate: String, Sendable, Hashable, CaseIterable {
  /// One spin after the other.
  case metropolis
  /// Clusters of two of the three sublattices, the third one held fixed.
  case swendsenWang = "swendsen-wang"

  /// Sweeps before the first measurement on rows x columns spins, by the rule of `DiscreteUpdate`: 100 + L/4 for
  /// clusters, 300 + L^2 for single spins, L the longer side up to 64.
  public func defaultBurnIn(rows: Int, columns: Int) -> Int {
    let side = max(rows, columns)
    return self == .metropolis ? 300 + min(side, 64) * min(side, 64) : 100 + side / 4
  }
}

/// Swendsen and Wang's update of two sublattices of the Baxter-Wu model (Novotny and Evertz, in Computer Simulation
/// Studies in Condensed-Matter Physics VI, Springer 1993).
///
/// With one of the three sublattices fixed, every triangle is a pair of the other two spins times a fixed one. Two
/// neighbours i, j share the triangles with the fixed spins a, b on either side of their bond, so what is left is an
/// Ising model on a honeycomb lattice with couplings J (a + b): 2J, 0 or -2J. Bonds that are not zero and meet
/// have the same sign (both lie between equal fixed spins, one of them in common), so within a cluster all do, and
/// the honeycomb is bipartite: nothing is frustrated. Satisfied bonds join with
/// probability 1 - exp(-4 beta |J|), and every cluster flips with probability one half.
struct BaxterWuClusters {
  let rows: Int
  let columns: Int
  /// Roots of clusters: the lowest site of each.
  private var labels: [Int32]

  init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    labels = [Int32](repeating: 0, count: rows * columns)
  }

  /// The sublattice of a site: neighbours differ.
  static func sublattice(row: Int, column: Int) -> Int { (row + 2 * column) % 3 }

  /// One pass.
  ///
  /// - Parameters:
  ///   - fixed: the sublattice that stays.
  ///   - sign: of the coupling.
  ///   - threshold: 2^64 times the probability that a satisfied bond joins.
  /// - Returns: the number of flipped spins.
  mutating func update(
    _ spins: UnsafeMutablePointer<Int8>, fixed: Int, sign: Int8, threshold: UInt64,
    using rng: inout some RandomNumberGenerator
  ) -> Int {
    let (rows, columns) = (rows, columns)
    return labels.withUnsafeMutableBufferPointer { labels in
      for site in labels.indices { labels[site] = Int32(truncatingIfNeeded: site) }
      for row in 0..<rows {
        let below = (row + 1 < rows ? row + 1 : 0) * columns
        let above = (row > 0 ? row - 1 : rows - 1) * columns
        let here = row * columns
        for column in 0..<columns {
          let kind = Self.sublattice(row: row, column: column)
          guard kind != fixed else { continue }
          let right = column + 1 < columns ? column + 1 : 0
          let left = column > 0 ? column - 1 : columns - 1
          let site = here + column
          func join(_ other: Int, between a: Int, and b: Int) {
            let field = spins[a] &+ spins[b]
            guard sign &* field &* spins[site] &* spins[other] > 0, rng.next() < threshold
            else { return }
            Self.unite(site, other, labels)
          }
          // Each bond once, forwards; its triangles are those with the fixed spins on either side.
          if (kind + 2) % 3 != fixed {
            join(here + right, between: below + column, and: above + right)
            join(below + left, between: below + column, and: here + left)
          } else {
            join(below + column, between: here + right, and: below + left)
          }
        }
      }
      var flipped = 0
      // Roots come before their members; the decision of a root waits in the sign of its label.
      for site in labels.indices {
        let row = site / columns
        guard Self.sublattice(row: row, column: site - row * columns) != fixed else { continue }
        let root = Self.root(site, labels)
        if root == site { labels[site] = rng.next() >> 63 == 0 ? Int32(site) : ~Int32(site) }
        guard labels[root] < 0 else { continue }
        spins[site] = -spins[site]
        flipped += 1
      }
      return flipped
    }
  }

  private static func unite(_ a: Int, _ b: Int, _ labels: UnsafeMutableBufferPointer<Int32>) {
    let (one, other) = (root(a, labels), root(b, labels))
    labels[max(one, other)] = Int32(truncatingIfNeeded: min(one, other))
  }

  private static func root(_ site: Int, _ labels: UnsafeMutableBufferPointer<Int32>) -> Int {
    var site = site
    while true {
      let label = Int(labels[site])
      // A decided root.
      if label < 0 { return ~label }
      let parent = Int(labels[label])
      if label == site || parent < 0 { return label }
      labels[site] = Int32(truncatingIfNeeded: parent)
      site = parent
    }
  }
}
