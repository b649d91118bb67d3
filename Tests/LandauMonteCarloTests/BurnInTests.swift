import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

/// Chains of all kinds, each with something that its burn-in tunes or counts.
private let makers: [(name: String, make: @Sendable () throws -> any MarkovChain)] = {
  let square: @Sendable () throws -> Lattice = { try Lattice(.square, sides: [6, 6]) }
  let seed = Seed(3)
  var all: [(name: String, make: @Sendable () throws -> any MarkovChain)] = []
  for update in IsingUpdate.allCases {
    all.append(
      (
        "ising \(update.rawValue)",
        {
          try IsingChain(
            model: IsingModel(sides: [6, 6], coupling: 1, field: 0), beta: 0.4, update: update,
            seed: seed)
        }
      ))
  }
  for update in DiscreteUpdate.allCases {
    all.append(
      (
        "blume-capel \(update.rawValue)",
        {
          try DiscreteChain(
            model: .blumeCapel(square(), coupling: 1, crystalField: 0.5, field: 0), beta: 0.5,
            update: update, seed: seed)
        }
      ))
  }
  for update in VectorUpdate.standard {
    all.append(
      (
        "xy \(update.name)",
        {
          try VectorChain(
            model: VectorModel(square(), components: 2), beta: 0.8, update: update, seed: seed)
        }
      ))
  }
  for update in ScalarFieldUpdate.standard {
    all.append(
      (
        "phi4 \(update.name)",
        {
          try ScalarFieldChain(
            model: ScalarFieldModel(
              lattice: HypercubicLattice(sides: [6, 6]), massSquared: -1, lambda: 1,
              action: .standard), update: update, seed: seed)
        }
      ))
  }
  all.append(
    (
      "pair",
      {
        let model = try DiscreteModel.ising(square())
        return ReplicaPair(
          try DiscreteChain(model: model, beta: 0.4, update: .wolff, seed: seed.child("a")),
          try DiscreteChain(model: model, beta: 0.4, update: .wolff, seed: seed.child("b")))
      }
    ))
  all.append(
    (
      "multicanonical",
      {
        let model = try DiscreteModel.ising(square())
        return try MulticanonicalChain(
          model: model, weights: .canonical(beta: 0.3, bins: EnergyBins(of: model)), seed: seed)
      }
    ))
  return all
}()

@Suite struct BurnInTests {
  /// Interrupted at every second look, kept and taken up by a fresh chain each time: the chain is where one burn-in
  /// without a break leaves it, random stream, step sizes and counters included.
  @Test(arguments: makers.indices)
  func interruptionsLeaveNoTrace(index: Int) throws {
    let make = makers[index].make
    let whole = try make()
    whole.burnIn(30)
    var chain = try make()
    var stage = BurnIn(30)
    var breaks = 0
    while !stage.isComplete && breaks < 100_000 {
      var looks = 0
      chain.burnIn(&stage) {
        looks += 1
        return looks > 1
      }
      var writer = StateWriter()
      chain.save(to: &writer)
      stage.save(to: &writer)
      var reader = StateReader(writer.bytes)
      chain = try make()
      try chain.restore(from: &reader)
      stage = BurnIn(30)
      try stage.restore(from: &reader)
      breaks += 1
    }
    #expect(breaks >= 15, "\(makers[index].name) was interrupted \(breaks) times")
    #expect(state(chain) == state(whole), "\(makers[index].name)")
    chain.sweep(3)
    whole.sweep(3)
    #expect(state(chain) == state(whole), "\(makers[index].name), later")
  }

  private func state(_ chain: any MarkovChain) -> [UInt8] {
    var writer = StateWriter()
    chain.save(to: &writer)
    return writer.bytes
  }
}
