import LandauCore
import LandauTestSupport
import Testing

@testable import LandauDiscovery

@Suite struct SnapshotTransformationTests {
  private func levels(_ count: Int, of q: Int, seed: Seed) -> [UInt8] {
    var rng = seed.makeStream()
    return (0..<count).map { _ in UInt8(rng.index(below: q)) }
  }

  private func candidates(
    _ shape: [Int], channels: [String] = ["spin"], q: Int = 2, links: Bool = false,
    boundary: Snapshots.Boundary = .periodic
  ) -> [SnapshotTransformation] {
    let count = shape.reduce(1, *) * channels.count
    let snapshots = Snapshots(
      siteShape: shape, channels: channels, values: [Int8](repeating: q == 2 ? 1 : 0, count: count),
      levels: q == 2 ? [-1, 1] : (0..<Int8(q)).map { $0 }, parameterName: "p", parameters: [0],
      parameterIndex: [0], chain: [0], isSequential: false, boundary: boundary)
    return SnapshotTransformation.candidates(for: snapshots, hasLinks: links, seed: .test())
  }

  private func power(_ g: SnapshotTransformation, _ x: [UInt8], _ count: Int) -> [UInt8] {
    (0..<count).reduce(x) { image, _ in g(image) }
  }

  @Test(arguments: [[5, 5], [4, 6], [7], [3, 3, 3]])
  func `The power of its order is the identity, and no lower one`(shape: [Int]) throws {
    for q in [2, 3] {
      // Several: one alone may happen to be a palindrome.
      let images = (0..<6).map { levels(shape.reduce(1, *), of: q, seed: .test(shape, q, $0)) }
      for g in candidates(shape, q: q) {
        let order = try #require(g.order(limit: 64, levelCount: q), "\(g.name)")
        #expect(images.map { power(g, $0, order) } == images, "\(g.name)")
        for lower in 1..<order {
          #expect(images.map { power(g, $0, lower) } != images, "\(g.name)")
        }
      }
    }
  }

  @Test func `Two rotations by 90 degrees are the inversion, and reflect twice at two mirrors`()
    throws
  {
    let all = candidates([5, 5])
    func named(_ name: String) throws -> SnapshotTransformation {
      try #require(all.first { $0.name == name })
    }
    let x = levels(25, of: 2, seed: .test())
    let rotation = try named("rotation by 90 degrees")
    #expect(rotation(rotation(x)) == (try named("inversion"))(x))
    let mirrors = try named("reflection at the diagonal")((try named("reflection, axis 1"))(x))
    #expect(mirrors == rotation(x) || mirrors == power(rotation, x, 3))
    #expect(rotation.order(limit: 64, levelCount: 2) == 4)
  }

  @Test func `Motions of links carry plaquettes to plaquettes, local flips leave them`() {
    let side = 4
    func plaquettes(_ x: [UInt8]) -> [UInt8] {
      (0..<side * side).map { site in
        let (row, column) = (site / side, site % side)
        let down = (row + 1) % side * side + column
        let right = row * side + (column + 1) % side
        return x[site] ^ x[right] ^ x[side * side + site] ^ x[side * side + down]
      }
    }
    let x = levels(2 * side * side, of: 2, seed: .test())
    let all = candidates([side, side], channels: ["down", "right"], links: true)
    #expect(all.contains { $0.kind == .gauge })
    for g in all {
      let image = plaquettes(g(x))
      if g.kind == .lattice {
        #expect(image.sorted() == plaquettes(x).sorted(), "\(g.name)")
      } else if g.kind == .gauge {
        #expect(image == plaquettes(x), "\(g.name)")
        #expect(g(x) != x)
      }
    }
  }

  @Test func `Only what maps a lattice to itself is a candidate`() {
    let open = candidates([4, 6], boundary: .open).map(\.name)
    #expect(!open.contains { $0.hasPrefix("translation") || $0.hasPrefix("rotation") })
    #expect(open.contains("reflection, axis 1") && open.contains("inversion"))
    #expect(!candidates([5]).map(\.name).contains("flip of one sublattice"))
    #expect(candidates([6]).map(\.name).contains("flip of one sublattice"))
    #expect(candidates([4, 4], q: 3).map(\.name).contains("cyclic shift of the levels"))
  }
}
