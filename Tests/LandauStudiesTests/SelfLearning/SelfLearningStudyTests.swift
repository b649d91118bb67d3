import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauNN
import LandauPipeline
import LandauStatistics
import LandauTensor
import LandauTestSupport
import Testing

@testable import LandauStudies

@Suite struct SelfLearningStudyTests {
  private static func records(_ shells: DistanceShells, _ count: Int, _ name: String) -> SpinRecords
  {
    var rng = Seed.test(name).makeStream()
    let planted = PairAction(
      shells, couplings: [0.4, -0.3], biquadratic: [0.5], constant: 2)
    let records = (0..<count).map { _ -> SpinRecords.Record in
      let spins = (0..<shells.siteCount).map { _ -> SIMD3<Double> in
        let vector = SIMD3(rng.normal(), rng.normal(), rng.normal())
        return vector / (vector * vector).sum().squareRoot()
      }
      return .init(spins: spins, action: planted.action(of: spins))
    }
    return SpinRecords(chains: [records])
  }

  private static func shells(_ side: Int) throws -> DistanceShells {
    DistanceShells(try HypercubicLattice(sides: [side, side]), reach: 2)
  }

  /// Exact values of a model of pairs give its couplings back: least squares of condition below 100.
  @Test func `Couplings of pairs are found again`() throws {
    let shells = try Self.shells(5)
    let found = try Self.records(shells, 60, "planted").pairs(shells, linear: 3, biquadratic: 2)
    for (a, b) in zip(found.couplings + found.biquadratic, [0.4, -0.3, 0, 0.5, 0]) {
      #expect(abs(a - b) < 1e-11)
    }
    #expect(throws: RunError.self) {
      try Self.records(shells, 3, "few").pairs(shells, linear: 5)
    }
  }

  /// The network of tensors and the loops that propose are one function, before and after training; sums of some hundred terms.
  @Test(arguments: [0, 1, 2]) func `Tensors and loops agree`(_ depth: Int) throws {
    let shells = try Self.shells(6)
    let records = Self.records(shells, 40, "agree")
    let linear = try records.pairs(shells, linear: shells.count - 1)
    let trained = records.attention(
      linear, depth: depth, attendedShells: 4, epochs: 10, seed: .test(depth),
      cancellation: .never)
    #expect(trained.status == .finished)
    #expect(trained.deviation(shells, on: records) < 1e-10)
    #expect(SpinSymmetries.violation(of: trained.action(shells), at: records.all[0].spins) < 1e-10)
    // Layers have moved the spins: without them the action is another.
    if depth > 0 {
      let action = trained.action(shells)
      let bare = AttentionAction(
        shells, layers: [], attendedShells: 4, couplings: action.couplings,
        constant: action.constant)
      #expect(
        abs(action.action(of: records.all[0].spins) - bare.action(of: records.all[0].spins)) > 1e-3)
    }
  }

  /// What pairs cannot say, a layer can in part: the planted squares.
  @Test func `Attention learns what pairs miss`() throws {
    let shells = try Self.shells(5)
    let (training, test) = (
      Self.records(shells, 400, "training"), Self.records(shells, 200, "test")
    )
    let linear = try training.pairs(shells, linear: shells.count - 1)
    let trained = training.attention(
      linear, depth: 1, attendedShells: 2, epochs: 60, seed: .test(), cancellation: .never)
    func variance(_ effective: some EffectiveAction) -> Double {
      let values = test.differences(effective).chains[0]
      let mean = values.reduce(0, +) / Double(values.count)
      return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    }
    #expect(variance(trained.action(shells)) < 0.8 * variance(linear))
  }

  @Test(.long) func `Attention proposes for electrons`() throws {
    let report = try quickStudy("slmc-double-exchange")
    #expect(report.exitStatus == 0, "\(report.text)")
  }
}
