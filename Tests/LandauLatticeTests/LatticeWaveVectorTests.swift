import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct LatticeWaveVectorTests {
  private func norm(_ vector: [Double]) -> Double {
    vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  /// Lengths from the reciprocal lattices by hand: square 2 pi/L; triangular 2 pi/(L sin 60); bcc with
  /// cubic edge 2/sqrt 3 has the reciprocal vectors (1, 1, 0) 2 pi/edge; fcc with edge sqrt 2 has (1, 1, 1) 2 pi/edge.
  static let shells: [(UnitCell, Int, Double)] = [
    (.chain, 1, 2 * Double.pi), (.ladder, 1, 2 * Double.pi), (.square, 2, 2 * Double.pi),
    (.triangular, 3, 4 * Double.pi / 3.0.squareRoot()),
    (.honeycomb, 3, 4 * Double.pi / 3),
    (.kagome, 3, 2 * Double.pi / 3.0.squareRoot()),
    (.cubic, 3, 2 * Double.pi), (.hypercubic(4), 4, 2 * Double.pi),
    (.bcc, 6, 2 * Double.pi * 1.5.squareRoot()),
    (.fcc, 4, 2 * Double.pi * 1.5.squareRoot()),
    (.diamond, 4, 2 * Double.pi * 1.5.squareRoot() / (4 / 3.0.squareRoot()) * 2.0.squareRoot()),
  ]

  @Test(arguments: shells.indices, [2, 3, 7])
  func shellsByHand(_ index: Int, _ side: Int) throws {
    let (cell, count, length) = Self.shells[index]
    let lattice = try Lattice(cell, sides: [Int](repeating: side, count: cell.axisCount))
    let vectors = lattice.smallestWaveVectors
    #expect(vectors.count == count)
    for vector in vectors { expectClose(norm(vector), length / Double(side), relative: 1e-12) }
  }

  @Test(arguments: CrystalCase.all, [Lattice.Boundary.periodic, .helical])
  func wavesFitTheCrystal(_ crystal: CrystalCase, _ boundary: Lattice.Boundary) throws {
    let lattice = try Lattice(crystal.cell, sides: crystal.sides, boundary: [boundary])
    let cells = crystal.sides.reduce(1, *)
    #expect(lattice.smallestWaveVectors.isEmpty == (cells == 1))
    for vector in lattice.smallestWaveVectors {
      let (cosines, sines) = lattice.wavePhases(vector)
      for bond in lattice.bonds.indices {
        let (one, other) = (Int(lattice.bonds[bond].source), Int(lattice.bonds[bond].target))
        let angle = zip(vector, lattice.displacement(of: bond)!).reduce(0) { $0 + $1.0 * $1.1 }
        // exp(i k r) gains exp(i k d) along the bond, across the boundary as well.
        expectClose(
          cosines[other], cosines[one] * cos(angle) - sines[one] * sin(angle), absolute: 1e-11)
        expectClose(
          sines[other], sines[one] * cos(angle) + cosines[one] * sin(angle), absolute: 1e-11)
      }
      // A wave other than 0 sums to nothing over the cells.
      let size = crystal.cell.basis.count
      for member in 0..<size {
        let places = stride(from: member, to: lattice.siteCount, by: size)
        expectClose(places.reduce(0) { $0 + cosines[$1] }, 0, absolute: 1e-9)
        expectClose(places.reduce(0) { $0 + sines[$1] }, 0, absolute: 1e-9)
      }
    }
  }

  @Test func theLongestSideCarriesTheSmallestWave() throws {
    let lattice = try Lattice(.square, sides: [6, 48])
    #expect(lattice.smallestWaveVectors.count == 1)
    expectClose(lattice.smallestWaveVectors[0][1], 2 * Double.pi / 48, absolute: 1e-14)
    expectClose(lattice.smallestWaveVectors[0][0], 0, absolute: 1e-14)
    // On a skew crystal: k is across the short axis and has 2 pi of phase over the long one.
    let skew = try Lattice(.triangular, sides: [3, 50])
    #expect(skew.smallestWaveVectors.count == 1)
    expectClose(
      norm(skew.smallestWaveVectors[0]), 2 * Double.pi / 50 / (3.0.squareRoot() / 2),
      relative: 1e-12)
  }

  @Test func noWavesWithoutClosedBoundaries() throws {
    #expect(try Lattice(.square, sides: [4, 4], boundary: [.open]).smallestWaveVectors.isEmpty)
    #expect(
      try Lattice(.square, sides: [4, 4], boundary: [.antiperiodic]).smallestWaveVectors.isEmpty)
    #expect(try Lattice.complete(siteCount: 4).smallestWaveVectors.isEmpty)
  }

  @Test func theLatticeMomentumOfSquareAndTriangular() throws {
    let square = try Lattice(.square, sides: [8, 8])
    let k = [2 * Double.pi / 8, 0]
    expectClose(
      square.momentumSquared(k), 4 * sin(Double.pi / 8) * sin(Double.pi / 8), relative: 1e-14)
    let oblique = [0.3, 0.4]
    expectClose(
      square.momentumSquared(oblique), 4 * (sin(0.15) * sin(0.15) + sin(0.2) * sin(0.2)),
      relative: 1e-13)
    let triangular = try Lattice(.triangular, sides: [8, 8])
    let three = [
      oblique[0], (oblique[0] + 3.0.squareRoot() * oblique[1]) / 2,
      (oblique[0] - 3.0.squareRoot() * oblique[1]) / 2,
    ]
    expectClose(
      triangular.momentumSquared(oblique), three.reduce(0) { $0 + 4 / 3 * (1 - cos($1)) },
      relative: 1e-12)
    #expect(square.momentumSquared([0, 0]) == 0)
  }

  @Test(arguments: CrystalCase.cells.map(\.0.name))
  func theLatticeMomentumIsKSquaredForLongWaves(_ name: String) throws {
    let lattice = try Lattice.named(name, sides: [3], dimension: name == "hypercubic" ? 4 : nil)
    var rng = Seed.test(name).makeStream()
    let space = lattice.cell!.dimension
    for _ in 0..<10 {
      var k = (0..<space).map { _ in 1e-3 * rng.normal() }
      if name == "ladder" { k[1] = 0 }
      let square = k.reduce(0) { $0 + $1 * $1 }
      expectClose(lattice.momentumSquared(k), square, relative: square)
    }
  }

  @Test(arguments: CrystalCase.cells.map(\.0.name))
  func reciprocalVectorsAreDual(_ name: String) throws {
    let lattice = try Lattice.named(name, sides: [2], dimension: name == "hypercubic" ? 4 : nil)
    let reciprocal = try #require(lattice.reciprocalVectors)
    for (i, b) in reciprocal.enumerated() {
      for (j, a) in lattice.cell!.vectors.enumerated() {
        let product = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
        expectClose(product, i == j ? 2 * Double.pi : 0, absolute: 1e-13)
      }
    }
  }
}
