import LandauCore
import LandauDiscovery
import LandauLattice
import LandauMonteCarlo
import LandauTestSupport
import Testing

@Suite struct SingleReplicaManualTests {
  /// Two temperatures and the ferromagnet's side, a few configurations of each.
  private func examples(_ seed: Seed) throws -> [FieldClassifier.Example] {
    var result: [FieldClassifier.Example] = []
    for (phase, point) in [(0.0, 0.4), (2.5, 1.0), (0.0, 2.5)].enumerated() {
      let model = try DisorderedModel.sherringtonKirkpatrick(siteCount: 64, mean: point.0)
        .realisation(phase, of: seed)
      let chain = try DiscreteChain(
        model: model, beta: point.1, update: .metropolis, seed: seed.child("chain", phase))
      chain.sweep(100)
      for _ in 0..<100 {
        chain.sweep(2)
        result.append(.init(ConfigurationalField(of: chain.configuration, in: model), phase: phase))
      }
    }
    return result
  }

  @Test func `The page's code runs`() throws {
    let (examples, held) = (try examples(.test("taught")), try examples(.test("held")))
    let glass = try DisorderedModel.sherringtonKirkpatrick(siteCount: 64, mean: 0.5)
    let model = try glass.realisation(0, of: Seed(1))
    let chain = try DiscreteChain(model: model, beta: 0.5, update: .metropolis, seed: Seed(2))
    chain.sweep(100)
    let field = ConfigurationalField(of: chain.configuration, in: model)
    let classifier = FieldClassifier(training: examples, phaseCount: 3, seed: Seed(3))
    let probabilities = classifier.probabilities(of: [field])
    let accuracy = classifier.balancedAccuracy(on: held)
    #expect(abs(probabilities[0].reduce(0, +) - 1) < 1e-5)
    #expect(accuracy > 0.9)
    try expectPageShowsCode("single-replica.md", minimum: 8)
  }
}
