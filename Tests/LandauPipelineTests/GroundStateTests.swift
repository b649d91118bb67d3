import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

@testable import LandauPipeline

private func groundState(
  _ name: ModelOptions.Name, size: [Int], _ change: (inout ModelOptions) -> Void = { _ in }
) throws -> JSONValue {
  var model = ModelOptions(name: name)
  model.size = size
  change(&model)
  let report = try ExactJob(ExactOptions(model: model, scan: nil)).run(
    pool: WorkerPool(threadCount: 2), progress: .silent, cancellation: .never)
  return .object(report.json)
}

@Suite struct GroundStateTests {
  /// Against all configurations, for couplings drawn afresh: on a torus, in random fields, and between all pairs.
  @Test(arguments: 0..<4)
  func agreesWithAllConfigurations(number: Int) throws {
    let cases: [(ModelOptions.Name, [Int], (inout ModelOptions) -> Void)] = [
      (.edwardsAnderson, [4, 3], { $0.words[.disorder] = "gaussian" }),
      (.edwardsAnderson, [3, 4], { _ in }),
      (.edwardsAnderson, [3, 3], { $0.parameters[.randomField] = 0.7 }),
      (.sherringtonKirkpatrick, [11], { _ in }),
    ]
    let (name, size, change) = cases[number]
    for realization in 0..<3 {
      var model = ModelOptions(name: name)
      model.size = size
      change(&model)
      model.parameters[.realization] = Double(1000 * number + realization)
      let options = model
      let found = try groundState(name, size: size) { $0 = options }
      guard case .discrete(let discrete) = try model.resolved().physical() else {
        Issue.record("no few-valued spins")
        return
      }
      var (lowest, count) = (Double.infinity, 0)
      for index in 0..<(1 << discrete.siteCount) {
        let states = (0..<discrete.siteCount).map { UInt8(index >> $0 & 1) }
        let energy = discrete.energy(of: states.span)
        if energy < lowest - 1e-9 { (lowest, count) = (energy, 0) }
        if energy < lowest + 1e-9 { count += 1 }
      }
      let energy = try #require(found["groundStateEnergy"]?.number)
      #expect(abs(energy - lowest) < 1e-12)
      let spins = found["spins"]?.items ?? []
      #expect(spins.count == discrete.siteCount)
      let states = spins.map { UInt8($0 == .integer(1) ? 1 : 0) }
      #expect(abs(discrete.energy(of: states.span) - lowest) < 1e-12)
      if number == 1 { #expect(found["groundStateCount"]?.number == Double(count)) }
    }
  }

  @Test func whatCannotBeFoundIsSaid() throws {
    let wide = try groundState(.sherringtonKirkpatrick, size: [60])
    #expect(wide["exact"] == .null)
    #expect(wide["reason"] != nil)
    #expect(throws: InputError.self) {
      try groundState(.potts, size: [4]) { $0.parameters[.states] = 3 }
    }
  }
}
