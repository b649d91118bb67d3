import LandauCore
import LandauTestSupport
import Testing

@testable import LandauDiscovery

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A picture from rows of characters, `#` low and everything else high.
private func picture(_ rows: [String]) -> [Double] {
  rows.joined().map { $0 == "#" ? 0 : 1 }
}

@Suite struct HomologyTests {
  @Test func `An annulus has one component and one loop`() {
    let diagram = PersistenceDiagram(
      of: picture([".....", ".###.", ".#.#.", ".###.", "....."]), shape: [5, 5],
      isPeriodic: false)
    #expect(diagram.bettiNumbers(at: 0, upTo: 2) == [1, 1, 0])
    #expect(diagram.bettiNumbers(at: 1, upTo: 2) == [1, 0, 0])
    #expect(diagram.bettiNumbers(at: -1, upTo: 2) == [0, 0, 0])
    #expect(
      diagram.intervals == [
        .init(dimension: 0, birth: 0, death: .infinity), .init(dimension: 1, birth: 0, death: 1),
      ])
  }

  @Test func `Corners join`() {
    let diagram = PersistenceDiagram(
      of: picture(["#.", ".#"]), shape: [2, 2], isPeriodic: false)
    #expect(diagram.bettiNumbers(at: 0, upTo: 1) == [1, 0])
    let ring = PersistenceDiagram(
      of: picture([".#.", "#.#", ".#."]), shape: [3, 3], isPeriodic: false)
    #expect(ring.bettiNumbers(at: 0, upTo: 1) == [1, 1])
  }

  @Test func `The torus has Betti numbers 1, 2, 1 and a band around it 1, 1, 0`() {
    let full = PersistenceDiagram(
      of: [Double](repeating: 0, count: 20), shape: [4, 5], isPeriodic: true)
    #expect(full.bettiNumbers(at: 0, upTo: 2) == [1, 2, 1])
    #expect(full.eulerCharacteristic(at: 0) == 0)
    let band = PersistenceDiagram(
      of: picture(["####", "....", "....", "....", "...."]), shape: [5, 4], isPeriodic: true)
    #expect(band.bettiNumbers(at: 0, upTo: 2) == [1, 1, 0])
    // The same picture with open edges is a bar.
    let bar = PersistenceDiagram(
      of: picture(["####", "....", "....", "....", "...."]), shape: [5, 4], isPeriodic: false)
    #expect(bar.bettiNumbers(at: 0, upTo: 1) == [1, 0])
    let cube = PersistenceDiagram(
      of: [Double](repeating: 0, count: 27), shape: [3, 3, 3], isPeriodic: true)
    #expect(cube.bettiNumbers(at: 0, upTo: 3) == [1, 3, 3, 1])
  }

  @Test func `Persistence of two hills of a line`() {
    let diagram = PersistenceDiagram(
      of: [0, 3, 1, 5, 2], shape: [5], isPeriodic: false)
    #expect(
      diagram.intervals == [
        .init(dimension: 0, birth: 0, death: .infinity), .init(dimension: 0, birth: 1, death: 3),
        .init(dimension: 0, birth: 2, death: 5),
      ])
    #expect(diagram.totalPersistence(dimension: 0) == 5)
    // Shares 2/5 and 3/5.
    expectClose(diagram.entropy(dimension: 0), -0.4 * log(0.4) - 0.6 * log(0.6), ulps: 4)
    #expect(diagram.entropy(dimension: 1) == 0)
  }

  /// Cells of {value <= level}: a cell belongs to it if a cube around it does.
  private func euler(_ values: [Double], _ shape: [Int], level: Double) -> Int {
    let (rows, columns) = (shape[0], shape[1])
    func low(_ r: Int, _ c: Int) -> Bool {
      values[(r + rows) % rows * columns + (c + columns) % columns] <= level
    }
    var sum = 0
    for r in 0..<rows {
      for c in 0..<columns {
        if low(r, c) { sum += 1 }
        if low(r, c) || low(r - 1, c) { sum -= 1 }
        if low(r, c) || low(r, c - 1) { sum -= 1 }
        if low(r, c) || low(r - 1, c) || low(r, c - 1) || low(r - 1, c - 1) { sum += 1 }
      }
    }
    return sum
  }

  @Test func `Euler's characteristic of random pictures is the count of their cells`() {
    var rng = Seed.test().makeStream()
    for shape in [[5, 8], [9, 4], [3, 3]] {
      let values = (0..<shape[0] * shape[1]).map { _ in Double(rng.index(below: 6)) }
      let diagram = PersistenceDiagram(of: values, shape: shape, isPeriodic: true)
      for level in 0..<6 {
        #expect(
          diagram.eulerCharacteristic(at: Double(level))
            == euler(values, shape, level: Double(level)), "\(shape) at \(level)")
      }
      #expect(diagram.bettiNumbers(at: 5, upTo: 2) == [1, 2, 1])
    }
  }

  private func snapshot(_ rows: [String]) -> Snapshots {
    Snapshots(
      siteShape: [rows.count, rows[0].count], channels: ["spin"],
      values: rows.joined().map { $0 == "#" ? 1 : -1 }, parameterName: "temperature",
      parameters: [1], parameterIndex: [0], chain: [0], isSequential: false, boundary: .periodic)
  }

  @Test func `Distances to walls grow from the walls`() {
    let field = WallDistance.signed(
      snapshot(["#####", "#...#", "#...#", "#...#", "#####"]).values, shape: [5, 5],
      isPeriodic: true)
    #expect(
      field == [
        -1.5, -0.5, -0.5, -0.5, -1.5,
        -0.5, 0.5, 0.5, 0.5, -0.5,
        -0.5, 0.5, 1.5, 0.5, -0.5,
        -0.5, 0.5, 0.5, 0.5, -0.5,
        -1.5, -0.5, -0.5, -0.5, -1.5,
      ])
    let uniform = WallDistance.signed(
      [Int8](repeating: -1, count: 16), shape: [4, 4], isPeriodic: true)
    #expect(uniform == [Double](repeating: -4, count: 16))
  }

  @Test func `An island in a sea is a loop that lasts until its middle is reached`() {
    let sea = snapshot(["......", ".###..", ".###..", ".###..", "......", "......"])
    let walls = sea.persistence(ofSample: 0, filtration: .wallDistance)
    // The sea reaches the walls at -1/2: a torus less a disc. The island's middle, a hill of 1.5, fills it.
    #expect(walls.bettiNumbers(at: -0.5, upTo: 2) == [1, 2, 0])
    #expect(walls.bettiNumbers(at: 1.5, upTo: 2) == [1, 2, 1])
    #expect(walls.intervals.contains { $0.dimension == 2 && $0.birth == 1.5 })
    let spins = sea.persistence(ofSample: 0, filtration: .spins)
    #expect(spins.bettiNumbers(at: -1, upTo: 2) == [1, 0, 0])
    #expect(
      sea.persistence(ofSample: 0, filtration: .spins, boundary: .open)
        .bettiNumbers(at: 1, upTo: 2) == [1, 0, 0])
  }
}
