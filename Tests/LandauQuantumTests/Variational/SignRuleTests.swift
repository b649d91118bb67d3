import LandauCore
import LandauLattice
import LandauQuantum
import LandauTestSupport
import Testing

@Suite struct SignRuleTests {
  /// No positive off-diagonal element is left, whatever the spins.
  private func isNegative(_ sum: PauliSum) -> Bool {
    let estimator = LocalEstimator(sum)
    return (0..<UInt64(1) << UInt64(sum.siteCount)).allSatisfy { state in
      estimator.connected(state).allSatisfy {
        $0.state == state || ($0.element.real < 1e-12 && $0.element.imaginary == 0)
      }
    }
  }

  @Test func findsMarshallsRuleOfBipartiteAntiferromagnets() throws {
    for (name, sides) in [("chain", [6]), ("square", [2, 3]), ("honeycomb", [2, 2])] {
      let lattice = try Lattice.named(name, sides: sides)
      let model = PauliSum.xxz(lattice, anisotropy: 0.7)
      let rule = SignRule.positive(for: model)
      if SignRule.marshall(lattice) == nil {
        // A side of three is frustrated.
        #expect(rule == nil)
        continue
      }
      #expect(isNegative(try #require(rule).rotated(model)))
      #expect(!isNegative(model))
      #expect(isNegative(try #require(SignRule.marshall(lattice)).rotated(model)))
    }
  }

  @Test func findsRotationsOfFieldsAndNoneOfFrustration() throws {
    let chain = try Lattice.named("chain", sides: [6])
    let ferromagnet = PauliSum.xxz(chain, coupling: -1)
    #expect(SignRule.positive(for: ferromagnet) == SignRule.none)
    let atoms = PauliSum.rydberg(
      distances: [1, 2, 3, 1, 2, 1], siteCount: 4, rabi: 1, detuning: 0.5, interaction: 2)
    #expect(SignRule.positive(for: atoms)?.mask == 0b1111)
    let triangle = PauliSum.xxz(try Lattice.named("chain", sides: [3]))
    #expect(SignRule.positive(for: triangle) == nil)
    // y factors make imaginary elements.
    let twisted = PauliSum.dzyaloshinskiiMoriya(chain, antisymmetric: 0.3)
    #expect(SignRule.positive(for: twisted) == nil)
  }
}
