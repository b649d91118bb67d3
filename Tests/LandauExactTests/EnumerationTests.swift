import LandauCore
import LandauExact
import LandauLattice
import LandauTestSupport
import Testing

@Suite struct EnumerationTests {
  /// TRUTHS B.
  @Test func densityOfStatesOfTheSmallTorus() throws {
    let exact = try Enumeration(of: IsingModel(sides: [4, 4]))
    let half = [(-32, 2), (-24, 32), (-20, 64), (-16, 424), (-12, 1728), (-8, 6688), (-4, 13568)]
    let expected = half + [(0, 20524)] + half.reversed().map { (-$0.0, $0.1) }
    #expect(exact.densityOfStates.map { Int($0.energy) } == expected.map(\.0))
    #expect(exact.densityOfStates.map(\.count) == expected.map(\.1))
    #expect(exact.levels.allSatisfy { $0.energy == $0.energy.rounded() })
  }

  /// TRUTHS B, L = 4 at the transition.
  @Test func magnetizationMoments() throws {
    let exact = try Enumeration(of: IsingModel(sides: [4, 4]))
    let beta = 1 / 2.269185314213022
    expectClose(exact.absoluteMagnetization(beta: beta), 0.8438604448, absolute: 6e-11)
    expectClose(exact.magnetizationMoment(2, beta: beta), 0.7613589086, absolute: 6e-11)
    expectClose(exact.magnetizationMoment(4, beta: beta), 0.6656912133, absolute: 6e-11)
    expectClose(exact.binderCumulant(beta: beta), 0.6171993184, absolute: 6e-11)
    expectClose(exact.magnetizationMoment(1, beta: beta), 0, absolute: 1e-15)
    expectClose(exact.logPartition(beta: 0.5), 17.10536711873158, absolute: 1e-14)
    expectClose(exact.energyPerSite(beta: 0.5), -1.755380288777435, absolute: 2e-15)
    expectClose(exact.specificHeatPerSite(beta: 0.5), 0.605532657210057, absolute: 2e-14)
  }

  /// TRUTHS F: the 3 x 3 x 3 torus needs 2^27 configurations; its smaller relatives are checked against
  /// a sum written out here.
  @Test(arguments: [
    ([2, 2, 2], 0.0, 1.0), ([3, 3], 0.5, 1.0), ([3, 2], -0.7, -1.3), ([7], 0.2, -1),
  ])
  func agreesWithAPlainSum(sides: [Int], field: Double, coupling: Double) throws {
    let model = try IsingModel(sides: sides, coupling: coupling, field: field)
    let exact = try Enumeration(of: model)
    let beta = 0.6
    var (partition, energy, magnetization) = (0.0, 0.0, 0.0)
    for word in 0..<(1 << model.siteCount) {
      let spins = (0..<model.siteCount).map { Int8(word >> $0 & 1) * 2 - 1 }
      var total = 0.0
      for site in 0..<model.siteCount {
        total -= field * Double(spins[site])
        for axis in sides.indices {
          let other = model.lattice.neighbour(of: site, axis: axis)
          total -= coupling * Double(spins[site] * spins[other])
        }
      }
      let weight = exponential(-beta * total)
      partition += weight
      energy += weight * total
      magnetization += weight * Double(spins.reduce(0) { $0 + Int($1) })
    }
    let sites = Double(model.siteCount)
    // Ten squarings of e^(x / 1024) multiply its rounding by 1024.
    expectClose(exponential(exact.logPartition(beta: beta)), partition, relative: 1e-12)
    expectClose(exact.energyPerSite(beta: beta), energy / partition / sites, absolute: 1e-13)
    expectClose(
      exact.magnetizationMoment(1, beta: beta), magnetization / partition / sites, absolute: 1e-13)
  }

  /// e^x by its series on a small argument, squared back: no libm in the test.
  private func exponential(_ x: Double) -> Double {
    let small = x / 1024
    var (term, sum) = (1.0, 1.0)
    for n in 1..<12 {
      term *= small / Double(n)
      sum += term
    }
    for _ in 0..<10 { sum *= sum }
    return sum
  }

  /// A model with three states and an energy that is no whole number.
  private struct ThreeStates: LatticeModel {
    var variableCount: Int { 5 }
    var states: [UInt8] { [0, 1, 2] }
    func energy(of spins: Span<UInt8>) -> Double {
      var sum = 0.0
      for i in spins.indices {
        sum -= spins[i] == spins[(i + 1) % 5] ? 0.3 : 0
        sum += 0.17 * Double(spins[i])
      }
      return sum
    }
    func energyChange(at site: Int, to new: UInt8, in spins: Span<UInt8>) -> Double {
      var changed = [UInt8](repeating: 0, count: 5)
      for i in spins.indices { changed[i] = spins[i] }
      let before = energy(of: changed.span)
      changed[site] = new
      return energy(of: changed.span) - before
    }
  }

  @Test func threeStateModel() throws {
    let exact = try Enumeration(of: ThreeStates(), order: { Int($0) })
    #expect(exact.levels.reduce(0) { $0 + $1.count } == 243)
    // Transfer matrix: T(a, b) = exp(0.3 beta [a = b] - 0.17 beta a), Z = tr T^5.
    let beta = 0.8
    let matrix = (0..<3).map { a in
      (0..<3).map { b in exponential((a == b ? 0.3 * beta : 0) - 0.17 * beta * Double(a)) }
    }
    var product = matrix
    for _ in 1..<5 {
      product = (0..<3).map { a in
        (0..<3).map { b in (0..<3).reduce(0) { $0 + product[a][$1] * matrix[$1][b] } }
      }
    }
    let trace = product[0][0] + product[1][1] + product[2][2]
    expectClose(exponential(exact.logPartition(beta: beta)), trace, relative: 1e-12)
  }

  @Test func tooLargeSystemsAreRefused() {
    #expect(throws: InputError.self) { try Enumeration(of: IsingModel(sides: [6, 6])) }
  }
}
