import LandauCore
import LandauExact
import LandauLattice
import LandauLinearAlgebra
import LandauNN
import LandauQuantum
import LandauTensor
import LandauTestSupport
import Testing

@Suite struct ReconfigurationTests {
  private static let pool = WorkerPool(threadCount: 2)

  private static func model(_ n: Int) -> PauliSum {
    // Neither real nor without signs.
    var sum = PauliSum.dzyaloshinskiiMoriya(
      try! Lattice.named("chain", sides: [n]), coupling: 0.8, antisymmetric: 0.3)
    for site in 0..<n { sum.add(-0.5 + 0.1 * Double(site), [.x(site)]) }
    return sum
  }

  /// Derivative vectors and H psi as plain vectors over all states: geometric tensor and force without any of the code under test but
  /// amplitudes and derivatives.
  private func reference(
    _ state: any VariationalState, _ model: PauliSum
  ) -> (metric: [Double], force: [Double]) {
    let n = state.siteCount
    let all = Array(0..<UInt64(1) << UInt64(n))
    let psi = state.quantumState(pool: Self.pool).amplitudes
    var image = [Complex<Double>](repeating: .zero, count: psi.count)
    for (product, coefficient) in model.terms {
      for b in psi.indices {
        let (factor, isReal) = product.phase(UInt64(b))
        let value = isReal ? Complex(coefficient * factor) : Complex(0, coefficient * factor)
        image[b ^ Int(product.flips)] = image[b ^ Int(product.flips)] + value * psi[b]
      }
    }
    let derivatives = state.logDerivatives(all, pool: Self.pool)
    let dense = derivatives.dense()
    let count = derivatives.parameterCount
    func o(_ s: Int, _ k: Int) -> Complex<Double> {
      Complex(
        dense[s * count + k],
        derivatives.isComplex ? dense[(all.count + s) * count + k] : 0)
    }
    let overlaps = (0..<count).map { k in
      psi.indices.reduce(Complex(0)) { $0 + psi[$1].squaredMagnitude * o($1, k) }
    }
    let energy = psi.indices.reduce(Complex(0)) { $0 + psi[$1].conjugate * image[$1] }
    var metric = [Double](repeating: 0, count: count * count)
    for k in 0..<count {
      for l in 0..<count {
        let both = psi.indices.reduce(Complex(0)) {
          $0 + psi[$1].squaredMagnitude * (o($1, k).conjugate * o($1, l))
        }
        metric[k * count + l] = (both - overlaps[k].conjugate * overlaps[l]).real
      }
    }
    let force = (0..<count).map { k -> Double in
      let raw = psi.indices.reduce(Complex(0)) {
        $0 + (o($1, k) * psi[$1]).conjugate * image[$1]
      }
      return (raw - overlaps[k].conjugate * energy).real
    }
    return (metric, force)
  }

  /// The step of both systems solves the equation of imaginary time of the whole space.
  @Test(arguments: Ansatz.allCases)
  func bothSystemsGiveTheStepOfAllStates(ansatz: Ansatz) throws {
    let n = 4
    let state = ansatz.state(siteCount: n, seed: .test(ansatz))
    let model =
      state.isPositive
      ? PauliSum.transverseIsing(
        try Lattice.named("chain", sides: [n]), transverseField: 0.7, field: 0.2)
      : Self.model(n)
    let (metric, force) = reference(state, model)
    let count = state.parameterCount
    let shift = 0.02
    let sample = StateSample.enumerating(state, pool: Self.pool)
    let energies = LocalEstimator(model).values(sample.states, of: state, pool: Self.pool)
    let derivatives = state.logDerivatives(sample.states, pool: Self.pool)
    let steps = try [StochasticReconfiguration.System.dense, .minimal].map {
      try StochasticReconfiguration(shift: shift, system: $0).direction(
        derivatives, energies: energies, weights: sample.weights, pool: Self.pool)
    }
    for k in 0..<count {
      expectClose(steps[0].force[k], force[k], absolute: 1e-11)
      expectClose(steps[0].step[k], steps[1].step[k], absolute: 1e-9)
      // (S + lambda) d = F.
      let product = (0..<count).reduce(shift * steps[1].step[k]) {
        $0 + metric[k * count + $1] * steps[1].step[$1]
      }
      expectClose(product, force[k], absolute: 1e-9)
    }
    // Equal weights on a list with repetitions are weights.
    let doubled = sample.states.prefix(10) + sample.states.prefix(5)
    let few = Array(doubled)
    let own = LocalEstimator(model).values(few, of: state, pool: Self.pool)
    let o = state.logDerivatives(few, pool: Self.pool)
    let merged = state.logDerivatives(Array(sample.states.prefix(10)), pool: Self.pool)
    let weights = (0..<10).map { $0 < 5 ? 2.0 / 15 : 1.0 / 15 }
    for system in [StochasticReconfiguration.System.dense, .minimal] {
      let rule = StochasticReconfiguration(shift: shift, system: system)
      let a = try rule.direction(o, energies: own, pool: Self.pool)
      let b = try rule.direction(
        merged, energies: Array(own.prefix(10)), weights: weights, pool: Self.pool)
      for k in 0..<count { expectClose(a.step[k], b.step[k], absolute: 1e-9) }
    }
  }

  /// Twice the force is the slope of the energy.
  @Test(arguments: Ansatz.allCases)
  func forceIsHalfTheSlopeOfTheEnergy(ansatz: Ansatz) throws {
    let n = 4
    var state = ansatz.state(siteCount: n, seed: .test(ansatz))
    let model = Self.model(n)
    func energy() -> Double { state.quantumState(pool: Self.pool).expectation(model) }
    let sample = StateSample.enumerating(state, pool: Self.pool)
    let energies = LocalEstimator(model).values(sample.states, of: state, pool: Self.pool)
    // For positive states a complex local energy has no part in the slope.
    let force = try StochasticReconfiguration().direction(
      state.logDerivatives(sample.states, pool: Self.pool), energies: energies,
      weights: sample.weights, pool: Self.pool
    ).force
    let start = state.parameters
    for k in stride(from: 0, to: start.count, by: 3) {
      let values = [1e-5, -1e-5].map { step in
        state.parameters = start
        state.parameters[k] += step
        return energy()
      }
      expectClose(2 * force[k], (values[0] - values[1]) / 2e-5, absolute: 1e-8)
    }
  }

  /// A state with a free complex logarithm for every basis state moves as imaginary time does: d ln psi = -(H psi / psi).
  @Test func freeAmplitudesFollowImaginaryTime() throws {
    let n = 4
    var rng = Seed.test().makeStream()
    let table = Tensor(
      (0..<16).map { _ in Complex(0.3 * rng.normal(), 2 * rng.normal()) }, shape: [16, 1])
    // The index of a configuration from its spins, and from it a row that picks one entry.
    let powers = Tensor((0..<n).map { Double(1 << $0) }, shape: [n, 1])
    let state = NetworkState(siteCount: n, network: table, hasPhase: true) { table, spins in
      let index = matmul((1 - spins) * 0.5, powers)
      let distance = index - Tensor((0..<16).map(Double.init), shape: [1, 16])
      let pick = 1 - minimum(abs(distance), 1.0)
      let value = matmul(pick.asType(.complexDouble), table).squeezed(axis: 1)
      return [LandauTensor.real(value), imaginary(value)]
    }
    let model = Self.model(n)
    let sample = StateSample.enumerating(state, pool: Self.pool)
    let energies = LocalEstimator(model).values(sample.states, of: state, pool: Self.pool)
    for system in [StochasticReconfiguration.System.dense, .minimal] {
      let step = try StochasticReconfiguration(shift: 1e-9, system: system).direction(
        state.logDerivatives(sample.states, pool: Self.pool), energies: energies,
        weights: sample.weights, pool: Self.pool
      ).step
      // Up to a constant, which is norm and phase.
      let shift = energies[0] - Complex(step[0], step[1])
      for s in 0..<16 {
        expectClose(step[2 * s], (energies[s] - shift).real, absolute: 1e-5)
        expectClose(step[2 * s + 1], (energies[s] - shift).imaginary, absolute: 1e-5)
      }
    }
  }

  @Test func systemsAreChosenByShape() {
    let rule = StochasticReconfiguration()
    #expect(rule.isMinimal(rows: 10, parameters: 11))
    #expect(!rule.isMinimal(rows: 11, parameters: 11))
  }
}
