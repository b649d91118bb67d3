internal import CLandauKernels
import LandauCore
import LandauLattice

/// Spins of two to four components on a checkerboard, for the loops that take eight of them at once.
///
/// A periodic box with even sides and one coupling has two colours with no neighbours of the same. Each colour keeps
/// a plane for each component, so that neighbours of consecutive sites are consecutive. A sweep goes through one
/// colour, then the other. Random numbers come from eight streams, whatever the processor or the lattice.
final class VectorBoard {
  private let components: Int
  private let rowCount: Int
  private let width: Int
  private let stride: Int
  private let neighbourCount: Int
  private let coupling: Double
  private let field: Double
  /// The first place of each plane: those of one colour, component by component, then of the other.
  private let planes: [UnsafeMutablePointer<Double>]
  private let neighbours: UnsafeMutablePointer<Int32>
  /// For each colour and row 1 where the second neighbour in the row comes after the first, else 0.
  private let isAfter: UnsafeMutablePointer<UInt8>
  private let streams: UnsafeMutablePointer<UInt64>
  private let kernels: lk_vectors

  /// Places before the first row, for its repeated end and to begin it on a cache line.
  private static let margin = 8
  /// Draws are exact for fields up to this length.
  static let largestField = 1e9

  /// Nil where the model does not lie on such a board.
  init?(_ model: VectorModel, seed: Seed, level: KernelLevel = .current) {
    guard model.components <= 4, model.twist.isEmpty, let coupling = model.uniformCoupling,
      let box = Self.box(of: model.lattice)
    else { return nil }
    let side = box.sides[box.dimension - 1]
    components = model.components
    rowCount = model.siteCount / side
    width = side / 2
    stride = (width + 7) / 8 * 8 + 2 * Self.margin
    neighbourCount = 2 * (box.dimension - 1)
    self.coupling = coupling
    field = model.field
    kernels = level.kernels.vectors.pointee
    let size = Self.margin + rowCount * stride
    planes = (0..<(2 * model.components)).map { _ in
      UnsafeMutablePointer.onCacheLine(size, repeating: 0) + Self.margin
    }
    neighbours = .allocate(capacity: max(1, rowCount * neighbourCount))
    isAfter = .allocate(capacity: 2 * rowCount)
    for row in 0..<rowCount {
      let first = row * side
      let parity = box.coordinates(of: first).reduce(0, +) % 2
      for colour in 0..<2 { isAfter[colour * rowCount + row] = UInt8((parity + colour) % 2) }
      for axis in 0..<(box.dimension - 1) {
        for (index, step) in [1, -1].enumerated() {
          neighbours[row * neighbourCount + 2 * axis + index] = Int32(
            box.neighbour(of: first, axis: axis, step: step) / side)
        }
      }
    }
    streams = .allocate(capacity: RandomLanes.wordCount)
    RandomLanes.start(streams, from: seed)
  }

  deinit {
    for plane in planes { (plane - Self.margin).deallocate() }
    neighbours.deallocate()
    isAfter.deallocate()
    streams.deallocate()
  }

  /// The periodic box with even sides that a lattice is, bond for bond; nil for any other.
  private static func box(of lattice: Lattice) -> HypercubicLattice? {
    guard !lattice.sides.isEmpty, lattice.sides.allSatisfy({ $0 > 0 && $0 % 2 == 0 }),
      let box = try? HypercubicLattice(sides: lattice.sides), box.siteCount == lattice.siteCount
    else { return nil }
    var (expected, found) = ([Int32](), [Int32]())
    for site in 0..<box.siteCount {
      expected.removeAll(keepingCapacity: true)
      found.removeAll(keepingCapacity: true)
      for axis in 0..<box.dimension {
        for step in [1, -1] {
          expected.append(Int32(box.neighbour(of: site, axis: axis, step: step)))
        }
      }
      for place in lattice.neighbourRange(of: site) { found.append(lattice.neighbours[place]) }
      expected.sort()
      found.sort()
      guard found == expected else { return nil }
    }
    return box
  }

  // MARK: Updates

  /// Draws every spin from its distribution in the field of its neighbours; false, and nothing is done, where that
  /// field can be too strong for the loops.
  func heatBath(beta: Double) -> Bool {
    let strongest = beta * (Double(neighbourCount + 2) * abs(coupling) + abs(field))
    guard strongest <= Self.largestField else { return false }
    for colour in 0..<2 {
      var board = board(colour, beta: beta)
      kernels.heat_bath(&board, streams)
    }
    return true
  }

  /// Mirrors every spin at the field of its neighbours.
  func reflect() {
    for colour in 0..<2 {
      var board = board(colour, beta: 1)
      kernels.reflect(&board)
    }
  }

  private func board(_ colour: Int, beta: Double) -> lk_board {
    var board = lk_board()
    board.components = Int32(components)
    (board.rows, board.width, board.stride) = (rowCount, width, stride)
    board.row_neighbours = neighbourCount
    board.neighbours = UnsafePointer(neighbours)
    board.after = UnsafePointer(isAfter + colour * rowCount)
    (board.coupling, board.field) = (beta * coupling, beta * field)
    func plane(_ colour: Int, _ component: Int) -> UnsafeMutablePointer<Double>? {
      component < components ? planes[colour * components + component] : nil
    }
    board.own = (plane(colour, 0), plane(colour, 1), plane(colour, 2), plane(colour, 3))
    let other = 1 - colour
    board.other = (
      UnsafePointer(plane(other, 0)), UnsafePointer(plane(other, 1)),
      UnsafePointer(plane(other, 2)), UnsafePointer(plane(other, 3))
    )
    return board
  }

  // MARK: Spins and streams

  func load<V: SpinVector>(_ spins: UnsafeMutablePointer<V>) {
    forEachPlace { site, colour, place in
      for k in 0..<components { planes[colour * components + k][place] = spins[site][k] }
    }
    for plane in planes {
      for row in 0..<rowCount {
        let first = plane + row * stride
        first[-1] = first[width - 1]
        first[width] = first[0]
      }
    }
  }

  func store<V: SpinVector>(to spins: UnsafeMutablePointer<V>) {
    forEachPlace { site, colour, place in
      var spin = V.zero
      for k in 0..<components { spin[k] = planes[colour * components + k][place] }
      spins[site] = spin
    }
  }

  @inline(__always)
  private func forEachPlace(_ body: (_ site: Int, _ colour: Int, _ place: Int) -> Void) {
    for row in 0..<rowCount {
      // Column 0 has colour 0 where that colour's second neighbour comes before the first.
      let first = Int(isAfter[row])
      for column in 0..<(2 * width) {
        body(2 * row * width + column, (first + column) % 2, row * stride + column / 2)
      }
    }
  }

  /// State of the random streams, for checkpoints.
  var words: [UInt64] {
    get { Array(UnsafeBufferPointer(start: streams, count: RandomLanes.wordCount)) }
    set { for word in 0..<RandomLanes.wordCount { streams[word] = newValue[word] } }
  }
}
