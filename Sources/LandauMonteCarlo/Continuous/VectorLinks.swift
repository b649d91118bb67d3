import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The neighbours and bonds of a vector model in plain memory, as the loops want them.
final class VectorLinks: @unchecked Sendable {
  /// Bonds with the same displacement and the same twist.
  struct Group {
    var range: Range<Int>
    /// Along orthonormal directions; empty for a graph.
    var displacement: [Double]
    /// Cosine and sine of the twist; nil for none.
    var turn: SIMD2<Double>?
  }

  let siteCount: Int
  let start: UnsafeMutablePointer<Int32>
  let neighbours: UnsafeMutablePointer<Int32>
  /// J where all bonds have the same, and the largest |J|.
  let uniform: Double
  let largest: Double
  /// J of each entry of `neighbours`; nil where all are the same.
  let couplings: UnsafeMutablePointer<Double>?
  /// How the neighbour is turned, cosine and sine; nil without a twist.
  let turns: UnsafeMutablePointer<SIMD2<Double>>?
  /// All bonds, self-bonds too, group by group, and their J where these differ.
  let bonds: UnsafeMutablePointer<Lattice.Bond>
  let bondCouplings: UnsafeMutablePointer<Double>?
  let groups: [Group]
  /// Directions that the lattice extends in; 0 for a graph.
  let directionCount: Int
  let bondCount: Int

  init(_ model: VectorModel) {
    let lattice = model.lattice
    siteCount = lattice.siteCount
    bondCount = lattice.bondCount
    start = Self.copy(lattice.neighbourStart)
    neighbours = Self.copy(lattice.neighbours)
    uniform = model.uniformCoupling ?? 0
    largest = model.couplings.reduce(0) { max($0, abs($1)) }
    let isUniform = model.uniformCoupling != nil
    couplings =
      isUniform ? nil : Self.copy(lattice.neighbourBonds.map { model.couplings[Int($0)] })
    turns = model.twist.isEmpty ? nil : Self.copy(Self.turns(model))
    let (order, groups, directions) = Self.grouped(model)
    self.groups = groups
    directionCount = directions
    bonds = Self.copy(order.map { lattice.bonds[$0] })
    bondCouplings = isUniform ? nil : Self.copy(order.map { model.couplings[$0] })
  }

  deinit {
    start.deallocate()
    neighbours.deallocate()
    couplings?.deallocate()
    turns?.deallocate()
    bonds.deallocate()
    bondCouplings?.deallocate()
  }

  private static func copy<T: BitwiseCopyable>(_ values: [T]) -> UnsafeMutablePointer<T> {
    let memory = UnsafeMutablePointer<T>.allocate(capacity: max(1, values.count))
    for index in values.indices { memory[index] = values[index] }
    return memory
  }

  /// For every bond end: seen from the source the target is turned, seen from the target the source
  /// is turned back.
  private static func turns(_ model: VectorModel) -> [SIMD2<Double>] {
    let lattice = model.lattice
    var turns: [SIMD2<Double>] = []
    turns.reserveCapacity(lattice.neighbours.count)
    // A bond's first entry in the rows of its two ends is told apart by the row it stands in.
    for site in 0..<lattice.siteCount {
      for place in lattice.neighbourRange(of: site) {
        let bond = Int(lattice.neighbourBonds[place])
        let angle = model.twistAngle(of: bond)
        let isSource = Int(lattice.bonds[bond].source) == site
        turns.append(SIMD2(cos(angle), isSource ? sin(angle) : -sin(angle)))
      }
    }
    return turns
  }

  /// Bonds by displacement and twist, in their order within a group.
  private static func grouped(
    _ model: VectorModel
  ) -> (order: [Int], groups: [Group], directions: Int) {
    struct Key: Hashable {
      var steps: [Int]
      var angle: Double
    }
    let lattice = model.lattice
    let directions = lattice.crystal.map { orthonormal($0.vectors) } ?? []
    var number: [Key: Int] = [:]
    var members: [[Int]] = []
    var groups: [Group] = []
    for bond in lattice.bonds.indices {
      let displacement = lattice.displacement(of: bond) ?? []
      let angle = model.twist.isEmpty ? 0 : model.twistAngle(of: bond)
      // Equal up to rounding: in steps of a millionth.
      let key = Key(steps: displacement.map { Int(($0 * 1e6).rounded()) }, angle: angle)
      if let group = number[key] {
        members[group].append(bond)
        continue
      }
      number[key] = groups.count
      members.append([bond])
      let along = directions.map { axis in
        zip(axis, displacement).reduce(0) { $0 + $1.0 * $1.1 }
      }
      groups.append(
        Group(
          range: 0..<0, displacement: along,
          turn: model.twist.isEmpty || angle == 0 ? nil : SIMD2(cos(angle), sin(angle))))
    }
    var first = 0
    for group in groups.indices {
      groups[group].range = first..<(first + members[group].count)
      first += members[group].count
    }
    return (members.flatMap { $0 }, groups, directions.count)
  }

  /// Gram and Schmidt's directions of the space that the vectors span.
  private static func orthonormal(_ vectors: [[Double]]) -> [[Double]] {
    var directions: [[Double]] = []
    for vector in vectors {
      var rest = vector
      for direction in directions {
        let part = zip(direction, vector).reduce(0) { $0 + $1.0 * $1.1 }
        for k in rest.indices { rest[k] -= part * direction[k] }
      }
      let length = rest.reduce(0) { $0 + $1 * $1 }.squareRoot()
      directions.append(rest.map { $0 / length })
    }
    return directions
  }
}
