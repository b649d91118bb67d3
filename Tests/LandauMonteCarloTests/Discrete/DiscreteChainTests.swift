import LandauCore
import LandauExact
import LandauLattice
import LandauMonteCarlo
import LandauStatistics
import LandauTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Four chains and what they measured.
private func record(
  _ model: DiscreteModel, beta: Double, _ update: DiscreteUpdate, order: SiteOrder = .sequential,
  sweeps: Int, seed: Seed
) throws -> Recording {
  var recording: Recording?
  for number in 0..<4 {
    let chain = try DiscreteChain(
      model: model, beta: beta, update: update, order: order, seed: seed.child("chain", number))
    chain.burnIn(100)
    recording =
      recording ?? Recording(observables: chain.observables, chainCount: 4, spacing: 1)
    for _ in 0..<sweeps {
      chain.sweep()
      var row: [Double] = []
      chain.measure(into: &row)
      recording!.append(row, chain: number)
    }
  }
  return recording!
}

@Suite struct DiscreteChainTests {
  /// The table of 3 x 3 Potts tori: energies to eleven digits, by enumeration elsewhere.
  @Test(
    arguments: [
      (3, 0.8, -1.91865971731), (3, 1 / 1.00505254246, -1.74212221465), (3, 1.5, -1.20872361621),
      (4, 0.8, -1.86549817779), (4, 1.5, -0.94482378904),
    ], DiscreteUpdate.allCases)
  func pottsTorusAgreesWithItsEnumeration(
    _ system: (states: Int, temperature: Double, energy: Double), _ update: DiscreteUpdate
  ) throws {
    let model = try DiscreteModel.potts(
      Lattice(.square, sides: [3, 3]), states: system.states)
    try expectAgreement(
      with: system.energy, seed: .test(system.states, system.temperature, update.rawValue),
      minimalBias: 0.05
    ) { seed, effort in
      try record(
        model, beta: 1 / system.temperature, update, sweeps: 2500 * effort, seed: seed)[
          .energyPerSite]!.estimate()
    }
  }

  /// Large enough for clusters of all sizes, blocks of bonds and rows of waves.
  @Test(arguments: [2.269, 2.6], DiscreteUpdate.allCases)
  func largerIsingLatticesAgreeWithKaufman(
    _ temperature: Double, _ update: DiscreteUpdate
  ) throws {
    let model = try DiscreteModel.ising(Lattice(.square, sides: [16, 16]))
    let exact = try KaufmanTorus(rows: 16, columns: 16)
    try expectAgreement(
      with: exact.energyPerSite(beta: 1 / temperature),
      seed: .test(temperature, update.rawValue), minimalBias: 0.04
    ) {
      try record(
        model, beta: 1 / temperature, update, sweeps: (update.isCluster ? 1000 : 6000) * $1,
        seed: $0)[.energyPerSite]!.estimate()
    }
  }

  /// Everything that is measured, against sums over all configurations.
  @Test(
    arguments: [
      DiscreteCase(kind: .potts(3), cell: .honeycomb, sides: [2, 2], beta: 0.9),
      DiscreteCase(kind: .ising, cell: .kagome, sides: [2, 2], beta: 0.4),
      DiscreteCase(kind: .ising, cell: .triangular, sides: [3, 4], beta: 0.25),
      DiscreteCase(kind: .clock(5), cell: .triangular, sides: [2, 3], beta: 0.5),
      DiscreteCase(kind: .blumeCapel(0.3), cell: .square, sides: [3, 3], beta: 0.6),
      DiscreteCase(kind: .ising, cell: .bcc, sides: [2, 2, 3], beta: 0.15),
      DiscreteCase(
        kind: .ising, cell: .square, sides: [3, 4], boundary: [.periodic, .helical],
        couplings: .cycle([1.2, 0.3, 0.7]), beta: 0.4),
    ], [DiscreteUpdate.heatBath, .swendsenWang])
  func everyObservableAgreesWithEnumeration(
    _ system: DiscreteCase, _ update: DiscreteUpdate
  ) throws {
    let model = try system.model
    let exact = exactMeans(model, beta: system.beta)
    let seed = Seed.test(system.testDescription, update.rawValue)
    for (observable, mean) in exact {
      let chain = try DiscreteChain(
        model: model, beta: system.beta, update: update, seed: seed)
      guard chain.observables.contains(observable) else {
        #expect(observable == .improvedOrderSquared || observable == .improvedOrderFourth)
        continue
      }
      try expectAgreement(with: mean, seed: seed.child(observable.name), minimalBias: 0.12) {
        try record(model, beta: system.beta, update, sweeps: 2500 * $1, seed: $0)[observable]!
          .estimate()
      }
    }
  }

  private func exactMeans(_ model: DiscreteModel, beta: Double) -> [(Observable, Double)] {
    let waves = model.lattice.smallestWaveVectors
    let phases = waves.map { model.lattice.wavePhases($0) }
    var sums = [Double](repeating: 0, count: 5)
    var total = 0.0
    let sites = Double(model.siteCount)
    let count = (0..<model.siteCount).reduce(1) { number, _ in number * model.stateCount }
    for index in 0..<count {
      var rest = index
      let states = (0..<model.siteCount).map { _ in
        defer { rest /= model.stateCount }
        return UInt8(rest % model.stateCount)
      }
      let energy = model.energy(of: states.span)
      let order = model.order(of: states.span)
      let square = order.reduce(0) { $0 + $1 * $1 } / (sites * sites)
      var structure = 0.0
      for (cosines, sines) in phases {
        for component in order.indices {
          var (real, imaginary) = (0.0, 0.0)
          for site in states.indices {
            let value = model.spins.orderVectors[Int(states[site])][component]
            real += value * cosines[site]
            imaginary += value * sines[site]
          }
          structure += real * real + imaginary * imaginary
        }
      }
      let weight = exp(-beta * energy)
      total += weight
      sums[0] += weight * energy / sites
      sums[1] += weight * square.squareRoot()
      sums[2] += weight * square
      sums[3] += weight * square * square
      sums[4] += weight * structure / (Double(waves.count) * sites * sites)
    }
    return [
      (.energyPerSite, sums[0] / total), (.absOrder, sums[1] / total),
      (.orderSquared, sums[2] / total), (.improvedOrderSquared, sums[2] / total),
      (.improvedOrderFourth, sums[3] / total), (.structureMinimal, sums[4] / total),
    ]
  }

  /// Silent error 1: an order of sweeps that does not reach everything.
  @Test(arguments: [SiteOrder.sequential, .random], [DiscreteUpdate.metropolis, .heatBath])
  func bothOrdersAgreeWithEnumeration(_ order: SiteOrder, _ update: DiscreteUpdate) throws {
    let lattice = try Lattice(.square, sides: [3, 3])
    let couplings = lattice.bonds.indices.map {
      0.3 + 0.1 * Double($0 % 7) * ($0 % 2 == 0 ? 1 : -1)
    }
    let fields = (0..<9).map { 0.2 * Double($0 % 3 - 1) }
    let model = try DiscreteModel.ising(lattice, couplings: couplings, fields: fields)
    let exact = try Enumeration(of: model).energyPerSite(beta: 0.7)
    try expectAgreement(
      with: exact, seed: .test(order.rawValue, update.rawValue), minimalBias: 0.03
    ) {
      try record(model, beta: 0.7, update, order: order, sweeps: 2500 * $1, seed: $0)[
        .energyPerSite]!.estimate()
    }
  }

  /// The same chain but for the unit of energy.
  /// Silent error 3: J forgotten in one of two places.
  @Test(arguments: DiscreteUpdate.allCases)
  func doubledCouplingsAtDoubledTemperatureAreTheSame(_ update: DiscreteUpdate) throws {
    let lattice = try Lattice(.triangular, sides: [6, 6])
    for states in [2, 3, 4] {
      let pair = try [1.0, 2].map { scale in
        try DiscreteChain(
          model: .clock(lattice, states: states, coupling: scale), beta: 0.6 / scale,
          update: update, seed: .test(update.rawValue))
      }
      for _ in 0..<20 {
        for chain in pair { chain.sweep(2) }
        #expect(pair[0].configuration == pair[1].configuration)
        #expect(2 * pair[0].energy == pair[1].energy)
      }
    }
  }

  @Test(arguments: DiscreteUpdate.allCases)
  func aCouplingOffByFivePerCentIsCaught(_ update: DiscreteUpdate) throws {
    let lattice = try Lattice(.square, sides: [3, 3])
    let exact = try Enumeration(of: DiscreteModel.potts(lattice, states: 3)).energyPerSite(beta: 1)
    let wrong = try DiscreteModel.potts(lattice, states: 3, coupling: 1.05)
    try expectDisagreement(with: 1.05 * exact, seed: .test(update.rawValue)) {
      try record(wrong, beta: 1, update, sweeps: 3000 * $1, seed: $0)[.energyPerSite]!.estimate()
    }
  }

  /// Silent error 5: chains that are copies of one.
  @Test(arguments: DiscreteUpdate.allCases)
  func differentSeedsGiveIndependentChains(_ update: DiscreteUpdate) throws {
    let model = try DiscreteModel.potts(Lattice(.square, sides: [16, 16]), states: 3)
    let chains = try (0..<2).map {
      try DiscreteChain(model: model, beta: 0.5, update: update, seed: .test().child("chain", $0))
    }
    // Equal sites are a third, with independent noise; copies would agree in all of them.
    var equal = 0
    for _ in 0..<40 {
      for chain in chains { chain.sweep(10) }
      equal += zip(chains[0].configuration, chains[1].configuration).count { $0 == $1 }
    }
    let fraction = Double(equal) / Double(40 * model.siteCount)
    expectClose(fraction, 1.0 / 3, absolute: 0.05)
  }

  @Test(arguments: DiscreteUpdate.allCases)
  func stateIsTakenUpBitForBit(_ update: DiscreteUpdate) throws {
    let lattice = try Lattice(.honeycomb, sides: [4, 5])
    let models: [DiscreteModel] = [
      try .ising(lattice), try .potts(lattice, states: 3), try .clock(lattice, states: 5),
      try .blumeCapel(lattice, crystalField: 0.5), try .potts(lattice, states: 4, field: 0.3),
    ]
    for (number, model) in models.enumerated() {
      let seed = Seed.test(update.rawValue, number)
      var rng = seed.child("moments").makeStream()
      let chain = try DiscreteChain(model: model, beta: 0.9, update: update, seed: seed)
      if number % 2 == 0 { chain.burnIn(5) }
      for moment in 0..<6 {
        chain.sweep(rng.index(below: 7))
        if moment == 3 { chain.beta = 0.8 }
        var writer = StateWriter()
        chain.save(to: &writer)
        let other = try DiscreteChain(model: model, beta: 0.9, update: update, seed: Seed(1))
        var reader = StateReader(writer.bytes)
        try other.restore(from: &reader)
        #expect(reader.isAtEnd)
        for sweeps in [0, 1, 3] {
          chain.sweep(sweeps)
          other.sweep(sweeps)
          var rows: [[Double]] = [[], []]
          chain.measure(into: &rows[0])
          other.measure(into: &rows[1])
          #expect(rows[0] == rows[1])
          #expect(chain.configuration == other.configuration)
          #expect(chain.acceptanceRate == other.acceptanceRate)
          #expect(chain.updateCount == other.updateCount)
        }
      }
      var writer = StateWriter()
      chain.save(to: &writer)
      let strange = try DiscreteChain(
        model: .ising(Lattice(.square, sides: [3, 3])), beta: 0.9, update: update, seed: seed)
      #expect(throws: InputError.self) {
        var reader = StateReader(writer.bytes)
        try strange.restore(from: &reader)
      }
    }
  }

  /// The energy of what is written, computed from what is read. Silent error 12.
  @Test(arguments: DiscreteUpdate.allCases)
  func snapshotsHaveTheEnergyThatWasMeasured(_ update: DiscreteUpdate) throws {
    let lattice = try Lattice(.kagome, sides: [3, 4])
    let couplings = lattice.bonds.indices.map { 0.31 + 0.07 * Double($0 % 5) }
    let models: [DiscreteModel] = [
      try .ising(lattice, couplings: couplings), try .potts(lattice, states: 3),
      try .clock(lattice, states: 6), try .blumeCapel(lattice, crystalField: 0.5, field: 0.25),
      try .clock(lattice, states: 5),
    ]
    for model in models {
      let chain = try DiscreteChain(model: model, beta: 0.7, update: update, seed: .test())
      for _ in 0..<10 {
        chain.sweep()
        var snapshot: [Int8] = []
        chain.appendSnapshot(to: &snapshot)
        #expect(snapshot.count == chain.snapshotWidth)
        let states = snapshot.map { UInt8(model.spins.values.firstIndex(of: $0)!) }
        expectClose(chain.energy, model.energy(of: states.span), absolute: 1e-12 * 36)
        var row: [Double] = []
        chain.measure(into: &row)
        #expect(row.count == chain.observables.count)
        let order = model.order(of: states.span).map { $0 / 36 }
        for (component, value) in order.enumerated() {
          expectClose(row[1 + component], value, absolute: 1e-12)
        }
      }
    }
  }

  /// Sites that are missing are gone, from sums over waves too.
  @Test func structureFactorOfADilutedCrystal() throws {
    let full = try Lattice(.triangular, sides: [6, 4])
    let lattice = try full.keeping(sites: (0..<24).map { $0 % 5 != 2 })
    let model = try DiscreteModel.potts(lattice, states: 3)
    let chain = try DiscreteChain(model: model, beta: 0.8, update: .wolff, seed: .test())
    chain.sweep(5)
    var row: [Double] = []
    chain.measure(into: &row)
    var expected = 0.0
    let waves = lattice.smallestWaveVectors
    for wave in waves {
      let (cosines, sines) = lattice.wavePhases(wave)
      for component in 0..<3 {
        var (real, imaginary) = (0.0, 0.0)
        for (site, state) in chain.configuration.enumerated() {
          let value = model.spins.orderVectors[Int(state)][component]
          real += value * cosines[site]
          imaginary += value * sines[site]
        }
        expected += real * real + imaginary * imaginary
      }
    }
    let sites = Double(model.siteCount)
    let place = try #require(chain.observables.firstIndex(of: .structureMinimal))
    expectClose(row[place], expected / (Double(waves.count) * sites * sites), absolute: 1e-12)
  }

  /// Silent error 2: clusters that take the antiferromagnetic couplings of a Potts model and sample something else.
  @Test func clustersAreRefusedWithTheReason() throws {
    let square = try Lattice(.square, sides: [4, 4])
    let triangular = try Lattice(.triangular, sides: [3, 3])
    func refusal(_ model: DiscreteModel) -> String { model.clusterRefusal ?? "none" }
    #expect(refusal(try .ising(square, coupling: -1)) == "none")
    #expect(refusal(try .ising(triangular, coupling: -1)).contains("frustrated"))
    #expect(refusal(try .ising(square, coupling: -1, field: 0.1)).contains("frustrated"))
    #expect(refusal(try .ising(square, coupling: 1, field: -0.1)) == "none")
    let random = (0..<16).map { $0 == 3 ? -0.1 : 0.1 }
    #expect(
      refusal(try .ising(square, couplings: square.bonds.map { _ in 1 }, fields: random))
        .contains("fields satisfiable"))
    #expect(refusal(try .potts(square, states: 3, coupling: -1)).contains("several"))
    #expect(refusal(try .potts(square, states: 2, coupling: -1)) == "none")
    #expect(refusal(try .clock(square, states: 5, coupling: -1)).contains("several"))
    #expect(refusal(try .clock(square, states: 6, coupling: -1)) == "none")
    #expect(refusal(try .blumeCapel(square, coupling: -1)) == "none")
    #expect(
      refusal(try .ising(Lattice(.square, sides: [3, 4], boundary: [.antiperiodic])))
        .contains("frustrated"))
    let gas = try DiscreteModel(
      name: "gas", lattice: square, coupling: 1,
      spins: .init(pairEnergies: [[0, 0], [0, 1]], orderVectors: [[0], [1]]))
    #expect(refusal(gas).contains("gas has none"))
    for update in [DiscreteUpdate.wolff, .swendsenWang] {
      #expect(throws: InputError.self) {
        _ = try DiscreteChain(model: gas, beta: 1, update: update, seed: Seed(1))
      }
    }
    for beta in [-0.1, .infinity, .nan] {
      #expect(throws: InputError.self) {
        _ = try DiscreteChain(model: gas, beta: beta, seed: Seed(1))
      }
    }
    #expect(DiscreteUpdate.automatic(for: gas, beta: 1) == .metropolis)
    #expect(
      try DiscreteUpdate.automatic(for: .potts(square, states: 3), beta: 1) == .swendsenWang)
    #expect(
      try DiscreteUpdate.automatic(for: .potts(square, states: 3, coupling: -1), beta: 1)
        == .heatBath)
    #expect(try DiscreteUpdate.automatic(for: .ising(square), beta: 1) == .wolff)
  }

  /// Setting the temperature is as good as beginning at it.
  @Test(arguments: DiscreteUpdate.allCases)
  func temperaturesMayChange(_ update: DiscreteUpdate) throws {
    let lattice = try Lattice(.square, sides: [3, 3])
    let model = try DiscreteModel.potts(lattice, states: 3)
    let exact = try Enumeration(of: model)
    try expectAgreement(
      with: exact.energyPerSite(beta: 0.4), seed: .test(update.rawValue), minimalBias: 0.05
    ) { seed, effort in
      let chain = try DiscreteChain(model: model, beta: 1.3, update: update, seed: seed)
      chain.burnIn(50)
      chain.beta = 0.4
      chain.sweep(50)
      let values = (0..<(6000 * effort)).map { _ in
        chain.sweep()
        return chain.energyPerSite
      }
      return Series(values).estimate()
    }
  }
}
