/// The terms an energy is a sum of, on a torus of cells: -beta H = sum over terms of K(class) value(term).
///
/// A term is a bond, whose value is s_i s_j or delta(s_i, s_j), or a plaquette; every cell has one of each kind. Values are
/// whole numbers of one byte, stored `[kind, cell]` with cells in row-major order, axis 0 slowest.
public struct LocalTerms: Sendable, Hashable {
  public struct Kind: Sendable, Hashable {
    /// What it is called in reports: `link 0`.
    public var name: String
    /// Where its middle lies, in the coordinates of the original lattice, for the term of cell 0.
    public var position: [Double]
    /// Terms of one class share a coupling.
    public var couplingClass: Int
    /// Whether the term is an observable that duality relates, or the first one of a link; others are in the energy only.
    public var isLink: Bool

    public init(name: String, position: [Double], couplingClass: Int, isLink: Bool = true) {
      self.name = name
      self.position = position
      self.couplingClass = couplingClass
      self.isLink = isLink
    }
  }

  /// Cells along each axis.
  public let sides: [Int]
  /// How far a step of one cell along each axis leads.
  public let vectors: [[Double]]
  public let kinds: [Kind]
  /// Terms of each link: its kind and as many less one that follow it. With one, a link has a number; with more, these are
  /// indicators of which at most one is 1, so that any function of the link is affine in them.
  public let linkTerms: Int

  public init(sides: [Int], vectors: [[Double]], kinds: [Kind], linkTerms: Int = 1) {
    precondition(sides.count == vectors.count, "\(sides.count) sides for \(vectors.count) axes")
    precondition(linkTerms >= 1, "\(linkTerms) terms of a link")
    self.linkTerms = linkTerms
    self.sides = sides
    self.vectors = vectors
    self.kinds = kinds
  }

  public var cellCount: Int { sides.reduce(1, *) }
  /// Numbers of one configuration of values.
  public var valueCount: Int { kinds.count * cellCount }
  public var classCount: Int { (kinds.map(\.couplingClass).max() ?? -1) + 1 }
  public var linkKinds: [Int] { kinds.indices.filter { kinds[$0].isLink } }

  /// For each cell the cell at an offset, round the torus.
  func cells(shiftedBy offset: [Int]) -> [Int32] {
    (0..<cellCount).map { cell in
      var rest = cell
      var place = 0
      var stride = 1
      for axis in sides.indices.reversed() {
        let moved = (rest % sides[axis] + offset[axis]) % sides[axis]
        place += (moved < 0 ? moved + sides[axis] : moved) * stride
        rest /= sides[axis]
        stride *= sides[axis]
      }
      return Int32(place)
    }
  }
}

/// A few terms near each other, up to a common translation: what a correlation function is a product of.
public struct TermCluster: Sendable, Hashable {
  public struct Member: Sendable, Hashable {
    public var kind: Int
    /// Of its cell, in cells.
    public var offset: [Int]

    public init(_ kind: Int, _ offset: [Int]) {
      self.kind = kind
      self.offset = offset
    }

    fileprivate var key: [Int] { [kind] + offset }
  }

  /// Ascending, the translation chosen so that the list is the least one in lexicographic order.
  public let members: [Member]

  public init(_ members: [Member]) {
    let candidates = members.map { origin in
      members.map { Member($0.kind, zip($0.offset, origin.offset).map { $0 - $1 }) }
        .sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }
    self.members =
      candidates.min { one, other in
        one.flatMap(\.key).lexicographicallyPrecedes(other.flatMap(\.key))
      } ?? []
  }

  /// All ways to take some members, the empty one first.
  static func subsets(of members: [Member]) -> [[Member]] {
    (0..<1 << members.count).map { bits in
      members.indices.filter { bits >> $0 & 1 == 1 }.map { members[$0] }
    }
  }
}

/// Averages of clusters over all translations of a torus.
struct ClusterAverages: Sendable {
  let count: Int
  private let cellCount: Int
  private let starts: [Int]
  /// Indices into values, `[cluster, member, cell]`.
  private let places: [Int32]

  init(_ clusters: [TermCluster], on terms: LocalTerms) {
    count = clusters.count
    cellCount = terms.cellCount
    var starts = [0]
    var places: [Int32] = []
    for cluster in clusters {
      for member in cluster.members {
        let base = Int32(member.kind * terms.cellCount)
        places += terms.cells(shiftedBy: member.offset).map { base + $0 }
      }
      starts.append(places.count)
    }
    self.starts = starts
    self.places = places
  }

  /// Writes the average of every cluster; the empty cluster has the average 1. About a nanosecond a factor.
  func measure(_ values: UnsafePointer<Int8>, into averages: UnsafeMutablePointer<Double>) {
    places.withUnsafeBufferPointer { places in
      for cluster in 0..<count {
        let members = (starts[cluster + 1] - starts[cluster]) / cellCount
        guard members > 0, let first = places.baseAddress.map({ $0 + starts[cluster] }) else {
          averages[cluster] = 1
          continue
        }
        var sum = 0
        for cell in 0..<cellCount {
          var product = Int(values[Int(first[cell])])
          var place = cell
          for _ in 1..<max(members, 1) {
            place += cellCount
            product &*= Int(values[Int(first[place])])
          }
          sum &+= product
        }
        averages[cluster] = Double(sum) / Double(cellCount)
      }
    }
  }
}
