import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauDiscovery

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct ConfigurationalFieldTests {
  private func glass(_ seed: Seed, bias: Double = 0) throws -> DiscreteModel {
    try DisorderedModel.sherringtonKirkpatrick(siteCount: 48, mean: bias).realisation(seed: seed)
  }

  private func spins(_ count: Int, _ seed: Seed) -> [UInt8] {
    var rng = seed.makeStream()
    return (0..<count).map { _ in UInt8(rng.index(below: 2)) }
  }

  /// -(1/2) sum s h is the energy, and h s/… the cost of a flip: 2 s_i h_i.
  @Test func `Fields give the energy and the cost of every flip`() throws {
    let seed = Seed.test("fields")
    let model = try glass(seed.child("model"), bias: 0.7)
    let configuration = spins(48, seed.child("spins"))
    let fields = ConfigurationalField.localFields(of: configuration, in: model)
    let signs = configuration.map { $0 == 1 ? 1.0 : -1 }
    let energy = -zip(fields, signs).reduce(0) { $0 + $1.0 * $1.1 } / 2
    #expect(abs(energy - model.energy(of: configuration.span)) < 1e-12)
    for site in 0..<48 {
      let change = model.energyChange(
        at: site, to: 1 - configuration[site], in: configuration.span)
      #expect(abs(change - 2 * signs[site] * fields[site]) < 1e-12)
    }
    let field = ConfigurationalField(of: configuration, in: model)
    let mirrored = ConfigurationalField(of: configuration.map { 1 - $0 }, in: model)
    #expect(mirrored.mean == -field.mean)
    #expect(mirrored.variance == field.variance)
    let mean = fields.reduce(0, +) / 48
    #expect(abs(field.mean - mean) < 1e-15)
    let squares = fields.reduce(0) { $0 + $1 * $1 } / 48
    #expect(abs(field.variance - (squares - mean * mean)) < 1e-12)
  }

  /// At T = 2 the variance is 1 + beta^2 up to terms of 1/N, which 256 sites and few realisations do not resolve. Without the
  /// reaction of the neighbours on the spin it would be 1.
  @Test func `The paramagnet's variance is one plus the square of beta`() throws {
    try expectAgreement(with: 1.25, seed: .test("field variance"), minimalBias: 0.2) {
      seed, effort in
      let values = try (0..<8 * effort).map { index -> Double in
        let model = try DisorderedModel.sherringtonKirkpatrick(siteCount: 256)
          .realisation(index, of: seed)
        let chain = try DiscreteChain(
          model: model, beta: 0.5, update: .metropolis, seed: seed.child("chain", index))
        chain.sweep(40)
        let fields = (0..<6).map { _ in
          chain.sweep(4)
          return ConfigurationalField(of: chain.configuration, in: model).variance
        }
        return fields.reduce(0, +) / 6
      }
      return Series(values.map { [$0] }).estimate()
    }
  }
}

@Suite struct FieldClassifierTests {
  /// Three clouds, of phases 0, 1 and 2, as far apart as they are wide times `distance`.
  private func examples(_ count: Int, distance: Double, _ seed: Seed) -> [FieldClassifier.Example] {
    var rng = seed.makeStream()
    let centres = [(0.0, 0.0), (distance, 0), (0, distance)]
    return (0..<count).map { index in
      let phase = index % 3
      let field = ConfigurationalField(
        mean: 9 + centres[phase].0 + rng.normal(), variance: centres[phase].1 + rng.normal())
      return .init(field, phase: phase)
    }
  }

  @Test func `Phases that are apart are told apart, and shuffled ones are guessed`() {
    let seed = Seed.test("classifier")
    let training = examples(900, distance: 6, seed.child("training"))
    let test = examples(900, distance: 6, seed.child("test"))
    let classifier = FieldClassifier(training: training, phaseCount: 3, seed: seed)
    // The middle between two clouds is three widths from both: a few in a thousand are beyond.
    #expect(classifier.balancedAccuracy(on: test) > 0.98)
    let rows = classifier.probabilities(of: test.map(\.field))
    #expect(rows.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-5 })
    let mirrored = test.map {
      ConfigurationalField(mean: -$0.field.mean, variance: $0.field.variance)
    }
    #expect(classifier.probabilities(of: mirrored) == rows)
    var phases = training.map(\.phase)
    var rng = seed.child("shuffle").makeStream()
    rng.shuffle(&phases)
    let shuffled = FieldClassifier(
      training: zip(training, phases).map { .init($0.field, phase: $1) }, phaseCount: 3, seed: seed)
    #expect(shuffled.balancedAccuracy(on: test) < 0.6)
  }
}
