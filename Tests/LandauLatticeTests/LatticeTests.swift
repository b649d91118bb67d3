import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

/// Every crystal of the list, hypercubic ones up to four axes among them, with its coordination number.
struct CrystalCase: Sendable, CustomTestStringConvertible {
  let cell: UnitCell
  let coordination: Int
  let sides: [Int]
  var testDescription: String { "\(cell.name) \(sides)" }

  static let cells: [(UnitCell, Int)] = [
    (.chain, 2), (.ladder, 3), (.square, 4), (.triangular, 6), (.honeycomb, 3), (.kagome, 4),
    (.cubic, 6), (.bcc, 8), (.fcc, 12), (.diamond, 4), (.hypercubic(4), 8),
  ]

  /// Every cell with sides 1, 2, 3, 5 in all axes, and one with mixed sides.
  static let all: [CrystalCase] = cells.flatMap { cell, coordination in
    let axes = cell.axisCount
    let equal = [1, 2, 3, 5].map { [Int](repeating: $0, count: axes) }
    let mixed =
      axes > 1 ? [Array([3, 1, 2, 4].prefix(axes)), Array([2, 4, 3, 1].prefix(axes))] : []
    return (equal + mixed).map { CrystalCase(cell: cell, coordination: coordination, sides: $0) }
  }
}

@Suite struct LatticeTests {
  /// Silent error 16: bonds lost or doubled at sides 1 and 2.
  @Test(arguments: CrystalCase.all)
  func countsAndDegrees(_ crystal: CrystalCase) throws {
    let lattice = try Lattice(crystal.cell, sides: crystal.sides)
    let cells = crystal.sides.reduce(1, *)
    #expect(lattice.siteCount == cells * crystal.cell.basis.count)
    #expect(2 * lattice.bondCount == lattice.siteCount * crystal.coordination)
    #expect(lattice.crossings.count == lattice.bondCount * crystal.sides.count)
    let own = lattice.selfBondCounts ?? [Int](repeating: 0, count: lattice.siteCount)
    for site in 0..<lattice.siteCount {
      #expect(lattice.neighbourRange(of: site).count + 2 * own[site] == crystal.coordination)
    }
    if crystal.sides.allSatisfy({ $0 > 2 }) {
      #expect(lattice.selfBondCounts == nil)
      for site in 0..<lattice.siteCount {
        let others = lattice.neighbours[lattice.neighbourRange(of: site)]
        #expect(Set(others).count == others.count, "site \(site) has a neighbour twice")
      }
    }
  }

  @Test(arguments: CrystalCase.all)
  func adjacencyIsTheBondsSeenFromBothEnds(_ crystal: CrystalCase) throws {
    let lattice = try Lattice(crystal.cell, sides: crystal.sides)
    var ends = [Int](repeating: 0, count: lattice.bondCount)
    for site in 0..<lattice.siteCount {
      for place in lattice.neighbourRange(of: site) {
        let bond = lattice.bonds[Int(lattice.neighbourBonds[place])]
        let other = Int(lattice.neighbours[place])
        #expect(
          (Int(bond.source), Int(bond.target)) == (site, other)
            || (Int(bond.target), Int(bond.source)) == (site, other))
        ends[Int(lattice.neighbourBonds[place])] += 1
      }
    }
    for (bond, count) in zip(lattice.bonds, ends) { #expect(count == (bond.isSelfBond ? 0 : 2)) }
  }

  @Test(
    arguments: CrystalCase.all, [Lattice.Boundary.periodic, .open, .antiperiodic, .helical])
  func bondsHaveLengthOneRoundTheBoundary(
    _ crystal: CrystalCase, _ boundary: Lattice.Boundary
  ) throws {
    let lattice = try Lattice(crystal.cell, sides: crystal.sides, boundary: [boundary])
    for bond in lattice.bonds.indices {
      let vector = try #require(lattice.displacement(of: bond))
      let square = vector.reduce(0) { $0 + $1 * $1 }
      expectClose(square, 1, absolute: 1e-12, "bond \(bond)")
    }
  }

  @Test(arguments: CrystalCase.all)
  func displacementsAreThoseOfTheCell(_ crystal: CrystalCase) throws {
    for boundary in [Lattice.Boundary.periodic, .helical] {
      let lattice = try Lattice(crystal.cell, sides: crystal.sides, boundary: [boundary])
      for bond in lattice.bonds.indices {
        let expected = crystal.cell.displacement(
          of: crystal.cell.bonds[bond % crystal.cell.bonds.count])
        let vector = try #require(lattice.displacement(of: bond))
        for (one, other) in zip(vector, expected) { expectClose(one, other, absolute: 1e-12) }
      }
    }
  }

  @Test(arguments: CrystalCase.all)
  func openCrystalsLoseExactlyTheBondsThatCross(_ crystal: CrystalCase) throws {
    let closed = try Lattice(crystal.cell, sides: crystal.sides)
    let open = try Lattice(crystal.cell, sides: crystal.sides, boundary: [.open])
    let axes = crystal.sides.count
    let inside = closed.bonds.indices.filter { bond in
      closed.crossings[(bond * axes)..<((bond + 1) * axes)].allSatisfy { $0 == 0 }
    }
    #expect(open.bonds == inside.map { closed.bonds[$0] })
    #expect(open.crossings.allSatisfy { $0 == 0 })
    // In an open crystal nothing is nearer than a bond, and what is at that distance is bonded.
    let expected = Set(open.bonds.map { Set([$0.source, $0.target]) })
    guard open.siteCount <= 125 else { return }
    for one in 0..<open.siteCount {
      for other in 0..<one {
        let square = zip(open.position(of: one)!, open.position(of: other)!)
          .reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        #expect(square > 1 - 1e-9)
        let isBonded = expected.contains([Int32(one), Int32(other)])
        #expect((square < 1 + 1e-9) == isBonded, "\(one), \(other) at \(square)")
      }
    }
  }

  @Test(arguments: CrystalCase.all, [Lattice.Boundary.periodic, .helical])
  func translationsMapBondsOnBonds(
    _ crystal: CrystalCase, _ boundary: Lattice.Boundary
  ) throws {
    let lattice = try Lattice(crystal.cell, sides: crystal.sides, boundary: [boundary])
    #expect(lattice.isTranslationInvariant)
    func bag(_ map: (Int32) -> Int32) -> [Lattice.Bond: Int] {
      var bag: [Lattice.Bond: Int] = [:]
      for bond in lattice.bonds {
        let (one, other) = (Int(map(bond.source)), Int(map(bond.target)))
        bag[.init(source: min(one, other), target: max(one, other)), default: 0] += 1
      }
      return bag
    }
    let before = bag { $0 }
    for axis in crystal.sides.indices {
      let shift = try #require(lattice.translation(along: axis))
      #expect(Set(shift).count == lattice.siteCount)
      #expect(bag { Int32(shift[Int($0)]) } == before)
      if lattice.siteCount > crystal.cell.basis.count && crystal.sides[axis] > 1 {
        #expect(shift[0] != 0)
      }
    }
  }

  @Test func translationsStopAtOpenAndAntiperiodicBoundaries() throws {
    func shifts(_ boundary: [Lattice.Boundary]) throws -> [Bool] {
      let lattice = try Lattice(.square, sides: [3, 4], boundary: boundary)
      return [0, 1].map { lattice.translation(along: $0) != nil }
    }
    #expect(try shifts([.periodic, .open]) == [true, false])
    #expect(try shifts([.antiperiodic, .periodic]) == [false, true])
    #expect(try shifts([.open, .helical]) == [false, false])
    #expect(try shifts([.helical, .helical]) == [true, true])
    #expect(try !Lattice(.square, sides: [3, 4], boundary: [.open]).isTranslationInvariant)
    #expect(try Lattice.complete(siteCount: 4).translation(along: 0) == nil)
  }

  @Test func helicalAgainstAListByHand() throws {
    // Three rows of four; the right neighbour of a row's end begins the next row: the chain 0 ... 11 of
    // screw boundary conditions.
    let lattice = try Lattice(.square, sides: [3, 4], boundary: [.periodic, .helical])
    let right = (0..<12).map { ($0 + 1) % 12 }
    let down = (0..<12).map { ($0 + 4) % 12 }
    for site in 0..<12 {
      #expect(lattice.bonds[2 * site] == .init(source: site, target: down[site]))
      #expect(lattice.bonds[2 * site + 1] == .init(source: site, target: right[site]))
    }
    // Helical in axis 0 means periodic.
    #expect(
      try Lattice(.square, sides: [3, 4], boundary: [.helical, .helical]).bonds == lattice.bonds)
  }

  @Test(arguments: HypercubicLatticeTests.shapes)
  func hypercubicBondByBond(_ sides: [Int]) throws {
    let plain = try HypercubicLattice(sides: sides)
    let lattice = try Lattice(plain)
    var bonds: [Lattice.Bond] = []
    for site in 0..<plain.siteCount {
      for axis in sides.indices {
        bonds.append(.init(source: site, target: plain.neighbour(of: site, axis: axis)))
      }
    }
    #expect(lattice.bonds == bonds)
    #expect((lattice.sublatticeSigns != nil) == plain.isBipartite)
    #expect(lattice.bonds.count(where: \.isSelfBond) == plain.selfBondCount)
  }

  @Test(arguments: CrystalCase.all, [Lattice.Boundary.periodic, .open])
  func sublatticeSignsAlternate(
    _ crystal: CrystalCase, _ boundary: Lattice.Boundary
  ) throws {
    let lattice = try Lattice(crystal.cell, sides: crystal.sides, boundary: [boundary])
    if let signs = lattice.sublatticeSigns {
      #expect(signs.allSatisfy { abs($0) == 1 })
      for bond in lattice.bonds where !bond.isSelfBond {
        #expect(signs[Int(bond.source)] == -signs[Int(bond.target)])
      }
    }
    let evenNames = ["chain", "square", "cubic", "hypercubic"]
    let evenSides = crystal.sides.allSatisfy { $0 % 2 == 0 || $0 == 1 }
    let expected: Bool? =
      switch crystal.cell.name {
      case let name where evenNames.contains(name): boundary == .open || evenSides
      case "ladder": boundary == .open || evenSides
      case "honeycomb", "diamond": true
      case "bcc" where boundary == .open || crystal.sides.allSatisfy({ $0 % 2 == 0 }): true
      case "triangular", "kagome", "fcc": crystal.sides.contains { $0 > 2 } ? false : nil
      default: nil
      }
    if let expected, !(boundary == .open && crystal.sides.contains(1)) {
      #expect((lattice.sublatticeSigns != nil) == expected)
    }
  }

  @Test func satisfyingSignsFindAHiddenStateOrFrustration() throws {
    let lattice = try Lattice(.triangular, sides: [4, 5])
    var rng = Seed.test().makeStream()
    let hidden = (0..<20).map { _ in rng.uniform() < 0.5 ? 1.0 : -1.0 }
    var couplings = lattice.bonds.map { hidden[Int($0.source)] * hidden[Int($0.target)] * 2.5 }
    let signs = try #require(lattice.satisfyingSigns(couplings))
    let overlap = zip(signs, hidden).reduce(0) { $0 + Double($1.0) * $1.1 }
    #expect(abs(overlap) == 20)
    couplings[7] = -couplings[7]
    #expect(lattice.satisfyingSigns(couplings) == nil)
    couplings[7] = 0
    #expect(lattice.satisfyingSigns(couplings) != nil)
  }

  @Test func antiperiodicSignsMakeOneSeam() throws {
    let lattice = try Lattice(.square, sides: [3, 4], boundary: [.antiperiodic, .periodic])
    let signs = lattice.bondSigns
    for bond in lattice.bonds.indices {
      let crosses = bond % 2 == 0 && lattice.bonds[bond].source >= 8
      #expect(signs[bond] == (crosses ? -1 : 1))
    }
    // The product of signs round every triangle of the triangular lattice stays +1: only loops round the
    // torus feel the seam.
    let triangular = try Lattice(
      .triangular, sides: [4, 4], boundary: [.antiperiodic, .antiperiodic])
    let order = triangular.bondSigns
    for site in 0..<16 {
      // right = down-left diagonal after down: (0, 1) and then (1, -1) is (1, 0).
      let right = 3 * site + 1
      let diagonal = 3 * Int(triangular.bonds[right].target) + 2
      let down = 3 * site
      #expect(triangular.bonds[diagonal].target == triangular.bonds[down].target)
      #expect(order[right] * order[diagonal] == order[down])
    }
  }

  @Test func ladderAndItsSmallSides() throws {
    let three = try Lattice(.ladder, sides: [3])
    let pairs: [(Int, Int)] = [
      (0, 2), (1, 3), (0, 1), (2, 4), (3, 5), (2, 3), (4, 0), (5, 1), (4, 5),
    ]
    #expect(three.bonds == pairs.map { Lattice.Bond(source: $0, target: $1) })
    let two = try Lattice(.ladder, sides: [2])
    #expect(two.neighbours[two.neighbourRange(of: 0)].sorted() == [1, 2, 2])
    let one = try Lattice(.ladder, sides: [1])
    #expect(one.bondCount == 3)
    #expect(one.selfBondCounts == [1, 1])
    #expect(one.maximumDegree == 1)
    #expect(throws: InputError.self) { try Lattice(.ladder, sides: [3, 2]) }
    #expect(three.shape == [3, 2])
  }

  @Test func impossibleCrystalsAndGraphsAreRefused() throws {
    #expect(throws: InputError.self) { try Lattice(.square, sides: [4]) }
    #expect(throws: InputError.self) { try Lattice(.square, sides: [4, 0]) }
    #expect(throws: InputError.self) {
      try Lattice(.cubic, sides: [2, 2, 2], boundary: [.open, .open])
    }
    #expect(throws: InputError.self) { try Lattice(.fcc, sides: [1000, 1000, 1000]) }
    #expect(throws: InputError.self) { try Lattice.complete(siteCount: 0) }
    #expect(throws: InputError.self) { try Lattice.complete(siteCount: 10_001) }
    #expect(throws: InputError.self) {
      try Lattice(siteCount: 3, bonds: [.init(source: 0, target: 3)])
    }
    #expect(throws: InputError.self) { try Lattice(siteCount: 0, bonds: []) }
  }

  @Test func completeGraph() throws {
    for count in [1, 2, 5, 9] {
      let lattice = try Lattice.complete(siteCount: count)
      #expect(lattice.bondCount == count * (count - 1) / 2)
      #expect(Set(lattice.bonds).count == lattice.bondCount)
      for site in 0..<count { #expect(lattice.neighbourRange(of: site).count == count - 1) }
      #expect(lattice.position(of: 0) == nil)
      #expect(lattice.shape == [count])
      #expect(!lattice.isTranslationInvariant)
    }
  }

  @Test func aMillionSitesInWellUnderASecond() throws {
    let clock = ContinuousClock()
    var lattice: Lattice?
    let time = try clock.measure { lattice = try Lattice(.triangular, sides: [1000, 1000]) }
    #expect(lattice?.bondCount == 3_000_000)
    #expect(time < .seconds(2), "measured \(time)")
  }
}
