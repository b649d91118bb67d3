/// What repeats in a crystal: primitive vectors, the sites of one cell, and the bonds that start in it.
///
/// Lengths are in units of the nearest-neighbour distance.
public struct UnitCell: Sendable, Hashable {
  /// A bond from a site of this cell to a site of a cell some steps away.
  public struct Bond: Sendable, Hashable {
    public var source: Int
    public var target: Int
    /// Cells to step along each axis.
    public var offset: [Int]

    public init(_ source: Int, _ target: Int, _ offset: [Int]) {
      self.source = source
      self.target = target
      self.offset = offset
    }
  }

  public let name: String
  /// Primitive vectors, one per axis; all have the dimension of space.
  public let vectors: [[Double]]
  /// Positions of the sites of one cell.
  public let basis: [[Double]]
  public let bonds: [Bond]

  /// - Precondition: at least one axis, at most eight, and one site; all vectors and positions of one
  ///   dimension; bonds between sites of the basis, at most `maximumOffset` cells away along each axis.
  public init(name: String, vectors: [[Double]], basis: [[Double]], bonds: [Bond]) {
    precondition(
      (1...HypercubicLattice.maximumDimension).contains(vectors.count) && !basis.isEmpty,
      "the unit cell of \(name) has \(vectors.count) axes and \(basis.count) sites")
    precondition(
      (vectors + basis).allSatisfy { $0.count == vectors[0].count && !$0.isEmpty },
      "vectors and positions of \(name) differ in dimension")
    precondition(
      bonds.allSatisfy {
        basis.indices.contains($0.source) && basis.indices.contains($0.target)
          && $0.offset.count == vectors.count
          && $0.offset.allSatisfy { abs($0) <= Self.maximumOffset }
      }, "a bond of \(name) leads out of its basis or axes, or too far")
    self.name = name
    self.vectors = vectors
    self.basis = basis
    self.bonds = bonds
  }

  /// The farthest cell a bond may lead to, in steps along each axis.
  public static let maximumOffset = 8

  /// Number of axes along which cells repeat.
  public var axisCount: Int { vectors.count }
  /// Dimension of space.
  public var dimension: Int { vectors[0].count }

  /// Bond ends at each site of the cell.
  public var coordinationNumbers: [Int] {
    var ends = [Int](repeating: 0, count: basis.count)
    for bond in bonds {
      ends[bond.source] += 1
      ends[bond.target] += 1
    }
    return ends
  }

  /// The vector along a bond of the cell.
  public func displacement(of bond: Bond) -> [Double] {
    (0..<dimension).map { k in
      vectors.indices.reduce(basis[bond.target][k] - basis[bond.source][k]) {
        $0 + Double(bond.offset[$1]) * vectors[$1][k]
      }
    }
  }
}

extension UnitCell {
  /// One site per cell, one bond per axis: chain, square, cubic, ... up to eight axes.
  public static func hypercubic(_ dimension: Int) -> UnitCell {
    let names = [1: "chain", 2: "square", 3: "cubic"]
    let axes = (0..<dimension).map { axis in (0..<dimension).map { $0 == axis ? 1.0 : 0.0 } }
    let bonds = (0..<dimension).map { axis in
      Bond(0, 0, (0..<dimension).map { $0 == axis ? 1 : 0 })
    }
    return UnitCell(
      name: names[dimension] ?? "hypercubic", vectors: axes,
      basis: [[Double](repeating: 0, count: dimension)], bonds: bonds)
  }

  private static let root3 = Double(3).squareRoot()

  public static let chain = hypercubic(1)
  public static let square = hypercubic(2)
  public static let cubic = hypercubic(3)

  /// Two chains joined by rungs; axis 0 runs along the legs.
  public static let ladder = UnitCell(
    name: "ladder", vectors: [[1, 0]], basis: [[0, 0], [0, 1]],
    bonds: [Bond(0, 0, [1]), Bond(1, 1, [1]), Bond(0, 1, [0])])

  /// Six neighbours: those of the square lattice and one diagonal, sheared to equal lengths.
  public static let triangular = UnitCell(
    name: "triangular", vectors: [[1, 0], [0.5, root3 / 2]], basis: [[0, 0]],
    bonds: [Bond(0, 0, [1, 0]), Bond(0, 0, [0, 1]), Bond(0, 0, [1, -1])])

  /// Two sites per cell, three neighbours.
  public static let honeycomb = UnitCell(
    name: "honeycomb", vectors: [[root3, 0], [root3 / 2, 1.5]],
    basis: [[0, 0], [root3 / 2, 0.5]],
    bonds: [Bond(0, 1, [0, 0]), Bond(1, 0, [1, 0]), Bond(1, 0, [0, 1])])

  /// Three sites per cell, four neighbours, corner-sharing triangles.
  public static let kagome = UnitCell(
    name: "kagome", vectors: [[2, 0], [1, root3]],
    basis: [[0, 0], [1, 0], [0.5, root3 / 2]],
    bonds: [
      Bond(0, 1, [0, 0]), Bond(0, 2, [0, 0]), Bond(1, 2, [0, 0]),
      Bond(1, 0, [1, 0]), Bond(2, 0, [0, 1]), Bond(1, 2, [1, -1]),
    ])

  /// Body-centred cubic in primitive vectors: one site per cell, eight neighbours.
  public static let bcc: UnitCell = {
    let a = 1 / root3
    return UnitCell(
      name: "bcc", vectors: [[-a, a, a], [a, -a, a], [a, a, -a]], basis: [[0, 0, 0]],
      bonds: [
        Bond(0, 0, [1, 0, 0]), Bond(0, 0, [0, 1, 0]), Bond(0, 0, [0, 0, 1]),
        Bond(0, 0, [1, 1, 1]),
      ])
  }()

  /// Face-centred cubic in primitive vectors: one site per cell, twelve neighbours.
  public static let fcc: UnitCell = {
    let a = 1 / Double(2).squareRoot()
    return UnitCell(
      name: "fcc", vectors: [[0, a, a], [a, 0, a], [a, a, 0]], basis: [[0, 0, 0]],
      bonds: [
        Bond(0, 0, [1, 0, 0]), Bond(0, 0, [0, 1, 0]), Bond(0, 0, [0, 0, 1]),
        Bond(0, 0, [1, -1, 0]), Bond(0, 0, [1, 0, -1]), Bond(0, 0, [0, 1, -1]),
      ])
  }()

  /// Two face-centred cubic lattices, four neighbours.
  public static let diamond: UnitCell = {
    let a = 2 / root3
    let quarter = a / 2
    return UnitCell(
      name: "diamond", vectors: [[0, a, a], [a, 0, a], [a, a, 0]],
      basis: [[0, 0, 0], [quarter, quarter, quarter]],
      bonds: [
        Bond(0, 1, [0, 0, 0]), Bond(1, 0, [1, 0, 0]), Bond(1, 0, [0, 1, 0]),
        Bond(1, 0, [0, 0, 1]),
      ])
  }()

  /// The cells with a name of their own.
  public static let named: [UnitCell] = [
    chain, ladder, square, triangular, honeycomb, kagome, cubic, bcc, fcc, diamond,
  ]
}
