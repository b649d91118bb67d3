import LandauCore
import LandauExact
import LandauLattice
import LandauMonteCarlo
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauDiscovery

@Suite struct FieldInverseTests {
  private static let blocks = FieldBlocks(weight: 0.18, noise: 0.35)

  /// The true coefficients, as derived beside `FieldInverse`.
  private static func truth(_ model: ScalarFieldModel) -> FieldInverse {
    let (k, a, b) = model.coefficients
    let (pull, stiff) = (
      blocks.weight / (blocks.noise * blocks.noise),
      blocks.weight * blocks.weight / (blocks.noise * blocks.noise)
    )
    return FieldInverse(coefficients: [
      2 * k + a / 2, b / 4, -k, -2 * pull, -pull, 2 * stiff, stiff / 2, 2 * stiff,
    ])
  }

  private func model(_ massSquared: Double, _ lambda: Double) throws -> ScalarFieldModel {
    try ScalarFieldModel(
      lattice: HypercubicLattice(sides: [8, 8]), massSquared: massSquared, lambda: lambda)
  }

  private func fields(_ model: ScalarFieldModel, _ count: Int, seed: Seed) throws -> [[Double]] {
    let chain = try ScalarFieldChain(model: model, update: .wolff, seed: seed)
    chain.burnIn(200)
    return (0..<count).map { _ in
      chain.sweep(2)
      return chain.configuration
    }
  }

  @Test(arguments: FieldInverse.Feature.allCases)
  func `Scores give the coefficients of the action and of the blocks`(
    feature: FieldInverse.Feature
  ) throws {
    let model = try model(-0.9, 0.7)
    let exact = Self.truth(model)[feature]
    try expectAgreement(
      with: exact, seed: .test(feature.rawValue), minimalBias: 0.2 * abs(exact)
    ) { seed, effort in
      let learned = try (0..<8).map { training in
        let seed = seed.child("training", training)
        var rng = seed.child("noise").makeStream()
        var scores = FieldScores()
        for field in try fields(model, 1500 * effort, seed: seed) {
          scores.add(
            fine: field, coarse: Self.blocks.blocked(field, side: 8, using: &rng), side: 8)
        }
        return try scores.inverse()[feature]
      }
      return Series(learned.map { [$0] }).estimate(.binning)
    }
  }

  /// A free field, whose <phi^2> is a sum over momenta, blocked and inverted.
  @Test func `Blocked and inverted fields are distributed as before`() throws {
    let model = try model(0.5, 0)
    let exact = try FreeScalarField(sides: [8, 8], massSquared: 0.5).squaredField
    func square(_ seed: Seed, _ effort: Int, by inverse: FieldInverse) throws -> Estimate {
      var rng = seed.child("inverse").makeStream()
      let squares = try fields(model, 8000 * effort, seed: seed).map { field in
        let coarse = Self.blocks.blocked(field, side: 8, using: &rng)
        return inverse.fine(of: coarse, side: 4, sweeps: 40, using: &rng).reduce(0) { $0 + $1 * $1 }
          / 64
      }
      return Series(squares).estimate()
    }
    let inverse = Self.truth(model)
    try expectAgreement(with: exact, seed: .test(), minimalBias: 0.02 * exact) { seed, effort in
      try square(seed, effort, by: inverse)
    }
    var other = inverse.coefficients
    other[FieldInverse.Feature.square.rawValue] *= 1.05
    try expectDisagreement(with: exact, seed: .test("injected")) { seed, effort in
      try square(seed, effort, by: FieldInverse(coefficients: other))
    }
  }

  /// <Phi^2> of blocks made with the rule that was matched to it.
  @Test func `Matched blocks have the size asked for`() throws {
    try expectAgreement(with: 0.8, seed: .test(), minimalBias: 0.02) { seed, effort in
      let values = try (0..<8).map { repetition in
        let seed = seed.child("repetition", repetition)
        let sample = try fields(try model(-0.9, 0.7), 1000 * effort, seed: seed)
        var moments = FieldBlockMoments()
        for field in sample { moments.add(field, side: 8) }
        let rule = try #require(moments.blocks(weight: 0.17, matchingSquare: 0.8))
        var rng = seed.child("noise").makeStream()
        return sample.reduce(0) { sum, field in
          sum
            + rule.blocked(field, side: 8, using: &rng).reduce(0) { $0 + $1 * $1 } / 16
        } / Double(sample.count)
      }
      return Series(values.map { [$0] }).estimate(.binning)
    }
    var moments = FieldBlockMoments()
    moments.add([Double](repeating: 1, count: 64), side: 8)
    #expect(moments.blocks(weight: 1, matchingSquare: 1) == nil)
    #expect(moments.blocks(matchingSquare: 1, squaredOrder: 0.01) == nil)
  }

  /// Of the fields that were shown: <Phi^2> and the mean square of the blocks' mean, by their definitions.
  @Test func `Two moments of blocks are matched by weight and noise`() throws {
    let sample = try fields(try model(-0.9, 0.7), 200, seed: .test())
    var moments = FieldBlockMoments()
    for field in sample { moments.add(field, side: 8) }
    let rule = try #require(moments.blocks(matchingSquare: 0.8, squaredOrder: 0.4))
    var (square, mean) = (0.0, 0.0)
    for field in sample {
      var sum = 0.0
      for row in stride(from: 0, to: 8, by: 2) {
        for column in stride(from: 0, to: 8, by: 2) {
          func at(_ row: Int, _ column: Int) -> Double { field[row % 8 * 8 + column % 8] }
          let neighbours =
            at(row + 1, column) + at(row + 7, column) + at(row, column + 1) + at(row, column + 7)
          let block = rule.weight * (2 * at(row, column) + neighbours)
          sum += block
          square += block * block / 16 / Double(sample.count)
        }
      }
      mean += sum / 16 * (sum / 16) / Double(sample.count)
    }
    let noise = rule.noise * rule.noise
    #expect(abs(square + noise - 0.8) < 1e-12)
    #expect(abs(mean + noise / 16 - 0.4) < 1e-12)
  }
}
