import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

/// A ring of Ising spins with a mistake of one's choice.
private struct BrokenRing: LatticeModel {
  enum Mistake: Sendable, CaseIterable {
    case none, halfTheChange, oneNeighbour, wrongFieldSign, changeForNothing, notANumber, drift,
      doubleState, noStates, noVariables
  }

  /// Counts on one thread.
  final class Calls: @unchecked Sendable {
    private var count = 0
    func next() -> Int {
      count += 1
      return count
    }
  }

  let mistake: Mistake
  var count = 6
  private let calls = Calls()

  init(mistake: Mistake, count: Int = 6) {
    self.mistake = mistake
    self.count = count
  }

  var variableCount: Int { mistake == .noVariables ? 0 : count }
  var states: [Int8] {
    switch mistake {
    case .doubleState: [-1, 1, 1]
    case .noStates: []
    default: [-1, 1]
    }
  }

  func energy(of spins: Span<Int8>) -> Double {
    var energy = 0.0
    for site in 0..<count {
      energy -= Double(spins[site] * spins[(site + 1) % count]) + 0.3 * Double(spins[site])
    }
    if mistake == .notANumber && spins[0] == 1 && spins[2] == -1 { return .nan }
    // An energy that knows how often it was asked.
    if mistake == .drift { energy += 1e-3 * Double(calls.next()) }
    return energy
  }

  func energyChange(at site: Int, to new: Int8, in spins: Span<Int8>) -> Double {
    if mistake == .changeForNothing && new == spins[site] { return 1e-3 }
    let step = Double(new) - Double(spins[site])
    let right = Double(spins[(site + 1) % count])
    let left = mistake == .oneNeighbour ? 0 : Double(spins[(site + count - 1) % count])
    let field = mistake == .wrongFieldSign ? -0.3 : 0.3
    return -step * (left + right + field) * (mistake == .halfTheChange ? 0.5 : 1)
  }
}

/// Baxter and Wu's model as it stands in the manual: three spins in each term.
private struct BaxterWu: LatticeModel {
  let lattice: HypercubicLattice
  var variableCount: Int { lattice.siteCount }
  var states: [Int8] { [-1, 1] }

  func triangles(_ site: Int, _ spins: Span<Int8>) -> Double {
    let right = lattice.neighbour(of: site, axis: 0)
    let up = lattice.neighbour(of: site, axis: 1)
    let diagonal = lattice.neighbour(of: right, axis: 1, step: -1)
    return Double(
      spins[site] * spins[right] * spins[up] + spins[site] * spins[right] * spins[diagonal])
  }

  func energy(of spins: Span<Int8>) -> Double {
    var energy = 0.0
    for site in 0..<variableCount { energy -= triangles(site, spins) }
    return energy
  }

  func energyChange(at site: Int, to new: Int8, in spins: Span<Int8>) -> Double {
    var after = (0..<variableCount).map { spins[$0] }
    after[site] = new
    return energy(of: after.span) - energy(of: spins)
  }
}

@Suite struct ConformanceTests {
  /// The model has the symmetry of flipping two of three sublattices, and not that of flipping all spins.
  @Test func theManualsOwnModel() throws {
    let model = BaxterWu(lattice: try HypercubicLattice(sides: [3, 3]))
    let twoOfThree = ModelSymmetry<Int8>("the flip of two sublattices") { old in
      old.indices.map { ($0 / 3 + 2 * ($0 % 3)) % 3 == 0 ? old[$0] : -old[$0] }
    }
    let shift = ModelSymmetry<Int8>.move(
      "a shift", to: (0..<9).map { model.lattice.neighbour(of: $0, axis: 1) })
    #expect(model.conformanceProblems(symmetries: [twoOfThree, shift]) == [])
    let flip = ModelSymmetry<Int8>.map("the flip of all spins") { -$0 }
    #expect(model.conformanceProblems(symmetries: [flip]).count == 1)
    let up = [Int8](repeating: 1, count: 9)
    #expect(model.energy(of: up.span) == -18)
  }

  @Test func aGoodModelHasNoProblems() {
    let ring = BrokenRing(mistake: .none)
    let shift: ModelSymmetry<Int8> = .move("a shift", to: [1, 2, 3, 4, 5, 0])
    #expect(ring.conformanceProblems(symmetries: [shift]) == [])
    #expect(BrokenRing(mistake: .none, count: 200).conformanceProblems(configurations: 3) == [])
  }

  @Test(arguments: BrokenRing.Mistake.allCases.dropFirst(), [6, 12])
  private func everyMistakeIsFound(_ mistake: BrokenRing.Mistake, _ count: Int) {
    #expect(!BrokenRing(mistake: mistake, count: count).conformanceProblems().isEmpty)
  }

  @Test func problemsShowTheExample() throws {
    let half = BrokenRing(mistake: .halfTheChange).conformanceProblems()
    #expect(half.count == 1)
    #expect(
      half[0].hasPrefix("energyChange at 0 from -1 to 1 is 1.7, but the energy goes from -4.2"))
    #expect(half[0].contains("[-1, -1, -1, -1, -1, -1]"))
    let flip: ModelSymmetry<Int8> = .map("the flip of all spins") { -$0 }
    let broken = BrokenRing(mistake: .none).conformanceProblems(symmetries: [flip])
    #expect(broken.count == 1)
    #expect(broken.first?.hasPrefix("the flip of all spins changes the energy from -4.2") == true)
    let zero: ModelSymmetry<Int8> = .map("nothing left") { _ in 0 }
    #expect(
      BrokenRing(mistake: .none).conformanceProblems(symmetries: [zero]).first?.hasPrefix(
        "nothing left makes 0, which is no state") == true)
    let shorter = ModelSymmetry<Int8>("a cut") { Array($0.dropLast()) }
    #expect(
      BrokenRing(mistake: .none).conformanceProblems(symmetries: [shorter]).first?.hasPrefix(
        "a cut makes 5 variables of 6") == true)
  }

  static func models(on lattice: Lattice) throws -> [DiscreteModel] {
    var models: [DiscreteModel] = []
    for (coupling, field) in [(1, 0), (-0.7, 0.4)] {
      models += [
        try .ising(lattice, coupling: coupling, field: field),
        try .potts(lattice, states: 3, coupling: coupling, field: field),
        try .clock(lattice, states: 5, coupling: coupling, field: field),
        try .clock(lattice, states: 6, coupling: coupling, field: field),
        try .blumeCapel(lattice, coupling: coupling, crystalField: 0.8, field: field),
      ]
    }
    let disordered: [DisorderedModel] = [
      try .edwardsAnderson(lattice, couplings: .gaussian(), field: 0.2),
      try .randomField(lattice),
      try .diluted(
        lattice, sites: .init(0.7), bonds: .init(0.8), spins: .blumeCapel(crystalField: 1)),
    ]
    return try models + disordered.map { try $0.realisation(0, of: .test("\(lattice)")) }
  }

  @Test(
    arguments: CrystalCase.all, [Lattice.Boundary.periodic, .open, .antiperiodic, .helical])
  func discreteModelsOnAllLattices(_ crystal: CrystalCase, _ boundary: Lattice.Boundary) throws {
    // Sides of 5 in three and four dimensions add nothing but time.
    guard crystal.sides.reduce(1, *) <= 64 else { return }
    let lattice = try Lattice(crystal.cell, sides: crystal.sides, boundary: [boundary])
    for model in try Self.models(on: lattice) {
      let problems = model.conformanceProblems(symmetries: model.symmetries, configurations: 2)
      #expect(problems == [], "\(model.name) on \(lattice), \(boundary)")
    }
  }

  @Test func symmetriesAreDeclaredWhereTheyAre() throws {
    let lattice = try Lattice(.square, sides: [3, 4])
    #expect(try DiscreteModel.ising(lattice).symmetries.count == 3)
    #expect(try DiscreteModel.ising(lattice, field: 1).symmetries.count == 2)
    #expect(try DiscreteModel.potts(lattice, states: 4).symmetries.count == 6 + 2)
    #expect(try DiscreteModel.potts(lattice, states: 4, field: 1).symmetries.count == 3 + 2)
    let open = try Lattice(.square, sides: [3, 4], boundary: [.open])
    #expect(try DiscreteModel.ising(open).symmetries.count == 1)
    let glass = try DisorderedModel.edwardsAnderson(lattice, couplings: .gaussian())
    #expect(try glass.realisation(0, of: .test()).symmetries.count == 1)
    let fields = try DisorderedModel.randomField(lattice)
    #expect(try fields.realisation(0, of: .test()).symmetries.isEmpty)
  }

  @Test(arguments: HypercubicLatticeTests.shapes)
  func theOtherModels(_ sides: [Int]) throws {
    let lattice = try HypercubicLattice(sides: sides)
    for field in [0, 0.3] {
      let model = try IsingModel(lattice: lattice, coupling: -1.5, field: field)
      #expect(model.conformanceProblems(symmetries: model.symmetries, configurations: 3) == [])
    }
    if (2...4).contains(sides.count) {
      let gauge = try IsingGaugeModel(lattice: lattice)
      #expect(gauge.conformanceProblems(symmetries: gauge.symmetries, configurations: 3) == [])
    }
    for action in ScalarFieldModel.Action.allCases {
      let field = try ScalarFieldModel(
        lattice: lattice, massSquared: -1.3, lambda: 0.9, action: action)
      #expect(field.conformanceProblems(configurations: 3) == [])
    }
  }

  @Test(
    arguments: CrystalCase.all, [Lattice.Boundary.periodic, .open, .antiperiodic, .helical])
  func vectorModelsOnAllLattices(_ crystal: CrystalCase, _ boundary: Lattice.Boundary) throws {
    guard crystal.sides.reduce(1, *) <= 64 else { return }
    let lattice = try Lattice(crystal.cell, sides: crystal.sides, boundary: [boundary])
    for components in [2, 3, 4] {
      for field in [0, 0.6] {
        let plain = try VectorModel(lattice, components: components, coupling: -1.2, field: field)
        #expect(plain.conformanceProblems(configurations: 2) == [])
        let twisted = try VectorModel(
          lattice, components: components, field: field,
          twist: crystal.sides.map { 0.3 * Double($0) })
        #expect(twisted.conformanceProblems(configurations: 2) == [])
      }
    }
  }

  /// Vectors along one axis are Ising spins.
  @Test func vectorsAlongOneAxisHaveTheIsingEnergy() throws {
    let lattice = try Lattice(.kagome, sides: [2, 3])
    let couplings = try DisorderedModel.edwardsAnderson(lattice, couplings: .gaussian())
      .realisation(0, of: .test()).couplings
    let ising = try DiscreteModel.ising(
      lattice, couplings: couplings, fields: [Double](repeating: 0.4, count: 18))
    let vector = try VectorModel(lattice: lattice, components: 3, couplings: couplings, field: 0.4)
    var rng = Seed.test().makeStream()
    for _ in 0..<20 {
      let spins = (0..<18).map { _ in UInt8(rng.index(below: 2)) }
      let vectors = spins.flatMap { spin -> [Double] in [2 * Double(spin) - 1, 0, 0] }
      expectClose(vector.energy(of: vectors.span), ising.energy(of: spins.span), absolute: 1e-12)
    }
  }

  @Test func brokenContinuousModelsAreFound() {
    let draw: @Sendable (inout RandomStream) -> [Double] = { rng in
      (0..<5).map { _ in rng.normal() }
    }
    let energy: @Sendable (Span<Double>) -> Double = { field in
      var sum = 0.0
      for k in field.indices { sum += field[k] * field[k] * field[k] * field[k] / 4 }
      return sum
    }
    let right: @Sendable (Span<Double>) -> [Double] = { field in
      field.indices.map { field[$0] * field[$0] * field[$0] }
    }
    let oneWrong: @Sendable (Span<Double>) -> [Double] = { field in
      field.indices.map { ($0 == 3 ? 1.001 : 1) * field[$0] * field[$0] * field[$0] }
    }
    func problems(
      _ gradient: @escaping @Sendable (Span<Double>) -> [Double],
      _ symmetries: [ModelSymmetry<Double>] = []
    ) -> [String] {
      ContinuousConformance(energy: energy, gradient: gradient, symmetries: symmetries, draw: draw)
        .problems()
    }
    #expect(problems(right, [.map("the other sign") { -$0 }]) == [])
    #expect(problems(oneWrong).first?.hasPrefix("the gradient by variable 3 is") == true)
    #expect(
      problems({ field in [field[0]] }).first?.hasPrefix("the gradient has 1 entries") == true)
    #expect(problems(right, [.map("a step of 1") { $0 + 1 }]).count == 1)
    #expect(
      ContinuousConformance(energy: { $0[0] > 0 ? .infinity : 0 }, draw: draw).problems().count == 1
    )
  }
}
