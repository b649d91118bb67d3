internal import CLandauKernels
import LandauCore
import LandauLattice
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct VectorBoardTests {
  private static let levels = KernelLevel.allCases.filter(\.isSupported)

  private static func random(
    _ components: Int, _ count: Int, using rng: inout RandomStream
  ) -> [[Double]] {
    (0..<count).map { _ in VectorStationarityTests.unit(components, using: &rng) }
  }

  private static func run(
    _ board: VectorBoard, _ components: Int, _ spins: [[Double]], _ body: (VectorBoard) -> Void
  ) -> [[Double]] {
    func through<V: SpinVector>(_ type: V.Type) -> [[Double]] {
      let memory = UnsafeMutablePointer<V>.allocate(capacity: spins.count)
      defer { memory.deallocate() }
      for (site, spin) in spins.enumerated() {
        memory[site] = .zero
        for k in 0..<components { memory[site][k] = spin[k] }
      }
      board.load(memory)
      body(board)
      board.store(to: memory)
      return (0..<spins.count).map { site in (0..<components).map { memory[site][$0] } }
    }
    return components == 2 ? through(SIMD2<Double>.self) : through(SIMD4<Double>.self)
  }

  /// The loops of every level against the plain ones, bit for bit: rows shorter than a vector, ends of rows,
  /// batches that fill up, fields of zero.
  @Test(
    arguments: [[2], [18], [2, 2], [4, 6], [6, 4, 10], [2, 4, 2, 6], [72, 36]], [2, 3, 4])
  func levelsAgreeWithTheReference(_ sides: [Int], _ components: Int) throws {
    let box = try HypercubicLattice(sides: sides)
    let lattice = try Lattice(.hypercubic(sides.count), sides: sides)
    for (coupling, field) in [(1.0, 0.0), (-0.7, 0.4), (0, 0), (0, 30)] {
      let model = try VectorModel(
        lattice, components: components, coupling: coupling, field: field)
      let seed = Seed.test(sides, components, coupling)
      var rng = seed.child("start").makeStream()
      let start = Self.random(components, box.siteCount, using: &rng)
      for level in Self.levels {
        let board = try #require(VectorBoard(model, seed: seed, level: level))
        var reference = BoardReference(
          box: box, components: components, coupling: coupling, field: field, spins: start,
          streams: LaneReference.streams(board.words))
        let found = Self.run(board, components, start) { board in
          for beta in [0.3, 1.7] {
            #expect(board.heatBath(beta: beta))
            board.reflect()
          }
        }
        for beta in [0.3, 1.7] {
          reference.heatBath(beta: beta)
          reference.reflect()
        }
        #expect(found == reference.spins, "level \(level), coupling \(coupling)")
        #expect(LaneReference.streams(board.words) == reference.streams)
      }
    }
  }

  /// Every level's functions against the C library's.
  @Test func functionsAreWithinTwoUnits() {
    let count = 40_000
    var rng = Seed.test().makeStream()
    var (x, y, z): ([Double], [Double], [Double]) = ([], [], [])
    for index in 0..<count {
      let u = rng.uniform()
      x.append([2 * u - 1, -40 * u, 1e-6 * (u - 0.5), 1400 * u - 700][index % 4])
      y.append(index % 2 == 0 ? u + 1e-17 : exp(1400 * u - 700))
      z.append(2 * rng.uniform() - 1)
    }
    for level in Self.levels {
      var results = [[Double]](repeating: [Double](repeating: 0, count: count), count: 4)
      var (a, b, c, d) = (results[0], results[1], results[2], results[3])
      level.kernels.vectors.pointee.elementary(count, x, y, z, &a, &b, &c, &d)
      results = [a, b, c, d]
      let angles = z.map { $0 * Double.pi / 4 }
      let expected = [
        x.map { expm1($0) }, y.map { log($0) }, angles.map { sin($0) }, angles.map { cos($0) },
      ]
      for (found, expected) in zip(results, expected) {
        // Half a unit more: the library's own, and the angle's rounding.
        let worst = zip(found, expected).map { ulpDistance($0, $1) }.max()!
        #expect(worst <= 3, "level \(level)")
      }
      #expect(a == x.map { LaneReference.exponentialLessOne($0) })
      #expect(b == y.map { LaneReference.logarithm($0) })
      #expect(c == z.map { LaneReference.sineAndCosine($0).sine })
    }
  }

  /// Directions across an axis and each other, from fixed ones.
  private static func across(_ axis: [Double]) -> [[Double]] {
    let fixed = [[0.3, -0.5, 0.7, 0.2], [-0.6, 0.1, 0.4, 0.8], [0.2, 0.9, 0.3, -0.5]]
    var frame = [axis]
    for start in fixed.prefix(axis.count - 1) {
      var vector = Array(start.prefix(axis.count))
      // Twice, where the start lies almost among the others.
      for _ in 0..<2 {
        for one in frame {
          let part = zip(one, vector).reduce(0) { $0 + $1.0 * $1.1 }
          for k in vector.indices { vector[k] -= part * one[k] }
        }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        vector = vector.map { $0 / length }
      }
      frame.append(vector)
    }
    return Array(frame.dropFirst())
  }

  /// p-value of the projections on fields of one strength and many directions, and of the angle around them.
  private static func plausibility(
    _ components: Int, strength: Double, drawnWith: Double, _ seed: Seed, _ count: Int
  ) throws -> Double {
    let sides = [32, 32]
    let model = try VectorModel(Lattice(.square, sides: sides), components: components)
    let board = VectorBoard(model, seed: seed.child("board"))!
    let exact = VectorStationarityTests.Projection(components: components, strength: strength)
    let box = try HypercubicLattice(sides: sides)
    var rng = seed.child("axes").makeStream()
    let bins = 40
    var projections = [Double](repeating: 0, count: bins)
    var angles = [Double](repeating: 0, count: bins)
    var made = 0
    while made < count {
      // All neighbours of the colour that is drawn first point the same way.
      let axis = VectorStationarityTests.unit(components, using: &rng)
      let frame = across(axis)
      let spins = run(
        board, components, [[Double]](repeating: axis, count: box.siteCount)
      ) { board in
        #expect(board.heatBath(beta: drawnWith / 4))
      }
      for site in 0..<box.siteCount where box.coordinates(of: site).reduce(0, +) % 2 == 0 {
        let spin = spins[site]
        let x = zip(axis, spin).reduce(0) { $0 + $1.0 * $1.1 }
        projections[min(bins - 1, Int(exact.rank(x) * Double(bins)))] += 1
        // Around the axis: a side, an angle, or a coordinate of a point of the sphere, which is uniform.
        let around = frame.map { zip($0, spin).reduce(0) { $0 + $1.0 * $1.1 } }
        let share: Double
        switch components {
        case 2: share = around[0] > 0 ? 0.25 : 0.75
        case 3: share = atan2(around[1], around[0]) / (2 * Double.pi) + 0.5
        default:
          let length = around.reduce(0) { $0 + $1 * $1 }.squareRoot()
          share = (around[made % 3] / length + 1) / 2
        }
        angles[min(bins - 1, max(0, Int(share * Double(bins))))] += 1
        made += 1
      }
    }
    let places = components == 2 ? [bins / 4, 3 * bins / 4] : Array(0..<bins)
    return min(
      1,
      2
        * min(
          chiSquareProbability(
            projections,
            expected: [Double](repeating: Double(made) / Double(bins), count: bins)),
          chiSquareProbability(
            places.map { angles[$0] },
            expected: places.map { _ in Double(made) / Double(places.count) })))
  }

  @Test(arguments: [2, 3, 4], [1e-9, 0.01, 0.45, 0.7, 1.7, 3, 20, 4000])
  func spinsFollowTheDensity(_ components: Int, _ strength: Double) throws {
    try expectPlausible(seed: .test(components, strength)) { seed, effort in
      try Self.plausibility(
        components, strength: strength, drawnWith: strength, seed, 40_000 * effort)
    }
  }

  /// A field too strong by six per cent is seen.
  @Test(arguments: [2, 3, 4], [3.0, 20])
  func wrongStrengthIsFound(_ components: Int, _ strength: Double) throws {
    let probability = try Self.plausibility(
      components, strength: strength, drawnWith: 1.06 * strength, .test(components, strength),
      100_000)
    #expect(probability < 1e-6)
  }

  /// Neighbours that wait for each other, lattices of all kinds: only what is a box with even sides has a board.
  @Test func onlyEvenPeriodicBoxesHaveBoards() throws {
    func hasBoard(
      _ lattice: Lattice, components: Int = 2, twist: [Double] = []
    ) throws -> Bool {
      VectorBoard(
        try VectorModel(lattice, components: components, twist: twist), seed: Seed(1)) != nil
    }
    #expect(try hasBoard(Lattice(.square, sides: [4, 6])))
    #expect(try hasBoard(Lattice(.square, sides: [2, 2]), components: 3))
    #expect(try hasBoard(Lattice(.chain, sides: [8])))
    #expect(try hasBoard(Lattice(.cubic, sides: [4, 2, 4]), components: 3))
    #expect(try hasBoard(Lattice(.square, sides: [4, 4]), components: 4))
    #expect(try !hasBoard(Lattice(.square, sides: [4, 4]), components: 5))
    #expect(try !hasBoard(Lattice(.square, sides: [4, 5])))
    #expect(try !hasBoard(Lattice(.square, sides: [4, 4]), twist: [0.3, 0]))
    #expect(try !hasBoard(Lattice(.square, sides: [4, 4], boundary: [.open, .periodic])))
    #expect(try !hasBoard(Lattice(.square, sides: [4, 4], boundary: [.periodic, .helical])))
    #expect(try !hasBoard(Lattice(.triangular, sides: [4, 4])))
    #expect(try !hasBoard(Lattice(.honeycomb, sides: [4, 4])))
    #expect(try !hasBoard(Lattice(siteCount: 4, bonds: [])))
    let random = try VectorModel(
      lattice: Lattice(.chain, sides: [4]), components: 2, couplings: [1, 1, 1, 0.5])
    #expect(VectorBoard(random, seed: Seed(1)) == nil)
  }

  /// Fields beyond the loops' range take the plain ones, and back.
  @Test func veryStrongFieldsAreDrawnPlainly() throws {
    let model = try VectorModel(Lattice(.square, sides: [4, 4]), components: 2)
    let chain = try VectorChain(model: model, beta: 1, update: .heatBath, seed: Seed(2))
    for beta in [1, 1e12, 1, 1e12] {
      chain.beta = beta
      chain.sweep(2)
      #expect(chain.energy.isFinite && chain.energy <= 0)
    }
    for _ in 0..<50 { chain.sweep(1) }
    #expect(chain.energy < -31)
  }

  /// Measuring between sweeps, which takes the spins off the board, changes none of them.
  @Test(arguments: [2, 3, 4], [VectorUpdate.heatBath, .overRelaxation(reflections: 2)])
  func measuringChangesNothing(_ components: Int, _ update: VectorUpdate) throws {
    let model = try VectorModel(
      Lattice(.square, sides: [6, 4]), components: components, field: 0.1)
    let chains = try (0..<2).map { _ in
      try VectorChain(model: model, beta: 0.9, update: update, seed: Seed(7))
    }
    for sweep in 0..<70 {
      for chain in chains { chain.sweep(1) }
      if sweep % 3 == 0 {
        var row: [Double] = []
        chains[0].measure(into: &row)
      }
    }
    #expect(chains[0].configuration == chains[1].configuration)
    var writer = StateWriter()
    chains[0].save(to: &writer)
    let other = try VectorChain(model: model, beta: 2, update: update, seed: Seed(8))
    other.sweep(3)
    var reader = StateReader(writer.bytes)
    try other.restore(from: &reader)
    for chain in [chains[0], other] { chain.sweep(5) }
    #expect(chains[0].configuration == other.configuration)
  }
}
