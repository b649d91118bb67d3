import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

@Suite struct IsingGaugeModelTests {
  static let shapes = [
    [1, 1], [1, 3], [4, 1], [2, 2], [2, 3], [3, 3], [4, 6], [2, 3, 2], [1, 3, 4], [3, 3, 3],
    [2, 1, 3, 2],
  ]

  private func model(_ sides: [Int]) throws -> IsingGaugeModel {
    try IsingGaugeModel(lattice: HypercubicLattice(sides: sides))
  }

  private func randomLinks(_ model: IsingGaugeModel, using rng: inout RandomStream) -> [Int8] {
    (0..<model.variableCount).map { _ in rng.next() >> 63 == 0 ? 1 : -1 }
  }

  @Test(arguments: shapes)
  func energyChangeIsTheDifference(_ sides: [Int]) throws {
    let model = try model(sides)
    var rng = Seed.test(sides).makeStream()
    var links = randomLinks(model, using: &rng)
    for link in links.indices {
      let before = model.energy(of: links.span)
      #expect(model.energyChange(at: link, to: links[link], in: links.span) == 0)
      let change = model.energyChange(at: link, to: -links[link], in: links.span)
      links[link] = -links[link]
      #expect(change == model.energy(of: links.span) - before)
    }
  }

  @Test(arguments: shapes)
  func theProductOfAllPlaquettesIsOne(_ sides: [Int]) throws {
    let model = try model(sides)
    var rng = Seed.test(sides).makeStream()
    let links = randomLinks(model, using: &rng)
    let plaquettes = model.plaquettes(of: links.span)
    #expect(plaquettes.count == model.plaquetteCount)
    #expect(plaquettes.reduce(1, *) == 1)
  }

  /// A flipped link flips two plaquettes in every plane that contains it and no others.
  @Test func aLinkHasTwoPlaquettesPerPlane() throws {
    let model = try model([3, 4, 3, 3])
    var links = [Int8](repeating: 1, count: model.variableCount)
    #expect(model.plaquetteSum(of: links.span) == 6 * 108)
    links[2 * 108 + 17] = -1
    #expect(model.plaquettes(of: links.span).count { $0 < 0 } == 6)
    #expect(model.plaquetteSum(touching: 2 * 108 + 17, in: links.span) == -6)
  }

  @Test(arguments: shapes)
  func plaquettesAndLoopsDoNotSeeTheGauge(_ sides: [Int]) throws {
    let model = try model(sides)
    var rng = Seed.test(sides).makeStream()
    var links = randomLinks(model, using: &rng)
    let before = links
    for _ in 0..<5 {
      model.transformAtRandom(&links, using: &rng)
      #expect(model.plaquettes(of: links.span) == model.plaquettes(of: before.span))
      if sides.count == 2 {
        #expect(model.windingLoops(of: links.span) == model.windingLoops(of: before.span))
      }
    }
    if model.siteCount > 8 { #expect(links != before) }
  }

  @Test func aFlippedLineOfLinksChangesALoopAndNoPlaquette() throws {
    let model = try model([3, 4])
    var links = [Int8](repeating: 1, count: 24)
    for row in 0..<3 { links[12 + 4 * row + 2] = -1 }  // links right, out of column 2
    #expect(model.plaquetteSum(of: links.span) == 12)
    #expect(model.windingLoops(of: links.span) == (down: 1, right: -1))
  }

  @Test func twoToFourAxes() {
    for sides in [[4], [4, 4, 4, 4, 4]] {
      #expect(throws: InputError.self) {
        try IsingGaugeModel(lattice: HypercubicLattice(sides: sides))
      }
    }
    #expect(throws: InputError.self) { try IsingGaugeModel(side: 0) }
  }
}
