/// A rotation, reflection or inversion that maps a crystal onto itself, up to translations by whole cells.
///
/// Site b of cell n goes to site `targets[b].site` of cell `matrix` n + `targets[b].offset`.
public struct CellSymmetry: Sendable, Hashable {
  /// What becomes of one site of the cell at the origin.
  public struct Target: Sendable, Hashable {
    public var site: Int
    /// Cells to step along each axis.
    public var offset: [Int]

    public init(site: Int, offset: [Int]) {
      self.site = site
      self.offset = offset
    }
  }

  /// In units of the primitive vectors: `matrix[i][j]` steps along axis i for one along axis j.
  public let matrix: [[Int]]
  public let targets: [Target]

  public init(matrix: [[Int]], targets: [Target]) {
    precondition(
      matrix.allSatisfy { $0.count == matrix.count }
        && targets.allSatisfy { $0.offset.count == matrix.count },
      "a symmetry along \(matrix.count) axes")
    self.matrix = matrix
    self.targets = targets
  }

  /// Where a cell goes, before the offset of a site is added.
  public func image(ofCell cell: [Int]) -> [Int] {
    matrix.map { row in zip(row, cell).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  public func image(site: Int, cell: [Int]) -> (site: Int, cell: [Int]) {
    let target = targets[site]
    return (target.site, zip(image(ofCell: cell), target.offset).map { $0 + $1 })
  }

  public var isIdentity: Bool {
    targets.enumerated().allSatisfy { $1.site == $0 && $1.offset == targets[0].offset }
      && matrix.enumerated().allSatisfy { i, row in
        row.enumerated().allSatisfy { $1 == ($0 == i ? 1 : 0) }
      }
  }

  /// Whether a torus of so many cells along each axis is mapped onto itself: its periods go to sums of its periods.
  public func preservesTorus(of sides: [Int]) -> Bool {
    matrix.indices.allSatisfy { i in
      matrix.indices.allSatisfy { j in matrix[i][j] * sides[j] % sides[i] == 0 }
    }
  }

  /// Whether a box of so many cells with open ends is mapped onto itself, cell by cell.
  public func preservesBox(of sides: [Int]) -> Bool {
    matrix.indices.allSatisfy { i in
      matrix[i].count { $0 != 0 } == 1
        && matrix.indices.allSatisfy { j in
          matrix[i][j] == 0 || abs(matrix[i][j]) == 1 && sides[i] == sides[j]
        }
    } && targets.allSatisfy { $0.offset == targets[0].offset }
  }
}

extension UnitCell {
  /// The operations that keep all distances and map bonds to bonds, the identity among them: 8 of the square lattice, 12 of
  /// the triangular, honeycomb and kagome ones, 48 of the cubic one.
  ///
  /// - Parameter bondKinds: a number for each bond, such as that of its coupling; bonds go to bonds of the same number. nil
  ///   for bonds that are all alike.
  /// - Precondition: at most three axes; primitive vectors that are as short as possible, so that an operation takes each
  ///   to a sum of them with coefficients -1, 0 and 1, as in the cells with a name.
  public func symmetries(bondKinds: [Int]? = nil) -> [CellSymmetry] {
    precondition(axisCount <= 3, "symmetries of \(axisCount) axes")
    precondition(
      bondKinds == nil || bondKinds?.count == bonds.count,
      "\(bondKinds?.count ?? 0) kinds of \(bonds.count) bonds")
    let kinds = bondKinds ?? [Int](repeating: 0, count: bonds.count)
    let bondSet = Self.counted(zip(bonds, kinds).map { Self.undirected($0, kind: $1) })
    return matrices.flatMap { matrix in
      basis.indices.flatMap { first in
        placements(
          [CellSymmetry.Target(site: first, offset: [Int](repeating: 0, count: axisCount))], matrix
        ).map { CellSymmetry(matrix: matrix, targets: $0) }
      }
    }.filter { operation in
      Self.counted(
        zip(bonds, kinds).map { bond, kind in
          let zero = [Int](repeating: 0, count: axisCount)
          let (one, other) = (
            operation.image(site: bond.source, cell: zero),
            operation.image(site: bond.target, cell: bond.offset)
          )
          return Self.undirected(
            Bond(one.site, other.site, zip(other.cell, one.cell).map { $0 - $1 }), kind: kind)
        }) == bondSet
    }
  }

  private static let tolerance = 1e-9

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private func position(_ steps: [Int]) -> [Double] {
    (0..<dimension).map { k in
      vectors.indices.reduce(0) { $0 + Double(steps[$1]) * vectors[$1][k] }
    }
  }

  /// All tuples of -1, 0 and 1 of so many entries, with bounds beyond.
  private static func steps(_ count: Int, upTo bound: Int) -> [[Int]] {
    (0..<count).reduce([[]]) { partial, _ in
      partial.flatMap { tuple in (-bound...bound).map { tuple + [$0] } }
    }
  }

  /// Images of the primitive vectors with the same lengths and angles.
  private var matrices: [[[Int]]] {
    let candidates = Self.steps(axisCount, upTo: 1).map { (steps: $0, vector: position($0)) }
    var found: [[(steps: [Int], vector: [Double])]] = [[]]
    for axis in vectors.indices {
      found = found.flatMap { partial in
        candidates.filter { candidate in
          abs(
            Self.dot(candidate.vector, candidate.vector) - Self.dot(vectors[axis], vectors[axis]))
            < Self.tolerance
            && partial.indices.allSatisfy { other in
              abs(
                Self.dot(candidate.vector, partial[other].vector)
                  - Self.dot(vectors[axis], vectors[other])) < Self.tolerance
            }
        }.map { partial + [$0] }
      }
    }
    // Columns are the images.
    return found.map { images in
      vectors.indices.map { row in vectors.indices.map { images[$0].steps[row] } }
    }
  }

  /// Images of all sites of the cell that keep the distances between them and their angles with the lattice.
  private func placements(
    _ placed: [CellSymmetry.Target], _ matrix: [[Int]]
  ) -> [[CellSymmetry.Target]] {
    let next = placed.count
    guard next < basis.count else { return [placed] }
    func place(_ target: CellSymmetry.Target) -> [Double] {
      zip(position(target.offset), basis[target.site]).map { $0 + $1 }
    }
    func difference(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map { $0 - $1 } }
    let images = vectors.indices.map { axis in position(matrix.map { $0[axis] }) }
    return basis.indices.flatMap { site in
      Self.steps(axisCount, upTo: 2).map { CellSymmetry.Target(site: site, offset: $0) }
    }.filter { candidate in
      placed.indices.allSatisfy { other in
        let before = difference(basis[next], basis[other])
        let after = difference(place(candidate), place(placed[other]))
        return abs(Self.dot(after, after) - Self.dot(before, before)) < Self.tolerance
          && vectors.indices.allSatisfy {
            abs(Self.dot(after, images[$0]) - Self.dot(before, vectors[$0])) < Self.tolerance
          }
      }
    }.flatMap { placements(placed + [$0], matrix) }
  }

  private struct NumberedBond: Hashable {
    var bond: Bond
    var kind: Int
  }

  /// The same bond from either end.
  private static func undirected(_ bond: Bond, kind: Int) -> NumberedBond {
    let back = Bond(bond.target, bond.source, bond.offset.map { -$0 })
    func key(_ bond: Bond) -> [Int] { [bond.source, bond.target] + bond.offset }
    return NumberedBond(
      bond: key(bond).lexicographicallyPrecedes(key(back)) ? bond : back, kind: kind)
  }

  private static func counted(_ bonds: [NumberedBond]) -> [NumberedBond: Int] {
    Dictionary(bonds.map { ($0, 1) }, uniquingKeysWith: +)
  }
}
