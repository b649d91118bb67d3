import LandauCore
import LandauExact
import LandauLattice
import LandauQuantum
import LandauTestSupport
import Testing

@Suite struct StateTests {
  private static let pool = WorkerPool(threadCount: 2)
  private static let n = 6
  private static let all = Array(0..<UInt64(1) << UInt64(n))

  /// Central differences of ln psi, phases included.
  @Test(arguments: Ansatz.allCases)
  func derivativesAreThoseOfTheAmplitudes(ansatz: Ansatz) {
    var state = ansatz.state(siteCount: Self.n, seed: .test(ansatz))
    let states: [UInt64] = [0, 5, 0b110100, 0b111111, 0b001011]
    let derivatives = state.logDerivatives(states, pool: Self.pool)
    #expect(derivatives.parameterCount == state.parameterCount)
    #expect(derivatives.isComplex == !state.isPositive)
    let dense = derivatives.dense()
    let start = state.parameters
    let step = 1e-5
    for k in start.indices {
      var logs: [[Complex<Double>]] = []
      for sign in [1.0, -1.0] {
        var moved = start
        moved[k] += sign * step
        state.parameters = moved
        logs.append(state.logAmplitudes(states, pool: Self.pool))
      }
      for sample in states.indices {
        let slope = (1 / (2 * step)) * (logs[0][sample] - logs[1][sample])
        let place = sample * start.count + k
        expectClose(dense[place], slope.real, absolute: 1e-8, relative: 1e-7)
        if derivatives.isComplex {
          let below = dense[states.count * start.count + place]
          expectClose(below, slope.imaginary, absolute: 1e-8, relative: 1e-7)
        }
      }
    }
  }

  /// The products of derivatives that are never written out are those of the written ones.
  @Test(arguments: Ansatz.allCases)
  func productsOfDerivativesAreThoseOfTheMatrix(ansatz: Ansatz) {
    let state = ansatz.state(siteCount: Self.n, seed: .test(ansatz))
    let derivatives = state.logDerivatives(Self.all, pool: Self.pool)
    let (rows, count) = (derivatives.rowCount, derivatives.parameterCount)
    let dense = derivatives.dense()
    let gram = derivatives.gram(pool: Self.pool)
    for a in stride(from: 0, to: rows, by: 7) {
      for b in stride(from: 0, to: rows, by: 5) {
        let exact = (0..<count).reduce(0.0) { $0 + dense[a * count + $1] * dense[b * count + $1] }
        expectClose(gram[a * rows + b], exact, absolute: 1e-11, relative: 1e-12)
      }
    }
    let y = (0..<rows).map { Double($0 % 5) - 1.7 }
    let product = derivatives.transposedTimes(y)
    for k in 0..<count {
      let exact = (0..<rows).reduce(0.0) { $0 + y[$1] * dense[$1 * count + k] }
      expectClose(product[k], exact, absolute: 1e-10, relative: 1e-12)
    }
  }

  /// Ratios by local updates against differences of logarithms, after many flips.
  @Test(arguments: [Ansatz.real, .complex, .symmetric, .complexSymmetric])
  func localRatiosAreThoseOfTheAmplitudes(ansatz: Ansatz) throws {
    let state = ansatz.state(siteCount: Self.n, seed: .test(ansatz))
    let logs = state.logAmplitudes(Self.all, pool: Self.pool)
    let walker = try #require(state.localAmplitudes()).makeWalker(at: 9)
    var rng = Seed.test(ansatz).child("walk").makeStream()
    for _ in 0..<500 {
      let mask = rng.next() & 63
      let ratio = walker.ratio(flipping: mask)
      let exact = (logs[Int(walker.state ^ mask)] - logs[Int(walker.state)]).exponential()
      expectClose(ratio.real, exact.real, absolute: 1e-11 * exact.magnitude)
      expectClose(ratio.imaginary, exact.imaginary, absolute: 1e-11 * exact.magnitude)
      walker.flip(mask)
    }
  }

  @Test func amplitudesBeyondTheRangeOfNumbersTakeTheGeneralPath() {
    var state = RestrictedBoltzmannMachine(siteCount: 4, filterCount: 4, seed: .test())
    #expect(state.localAmplitudes() != nil)
    state.parameters[0] = 400
    #expect(state.localAmplitudes() == nil)
    let logs = state.logAmplitudes([0, 1, 2, 3], pool: Self.pool)
    #expect(logs.allSatisfy { $0.real.isFinite })
    let sample = StateSample.enumerating(state, pool: Self.pool)
    let energies = LocalEstimator(mixedObservable(siteCount: 4)).values(
      [sample.states[0]], of: state, pool: Self.pool)
    #expect(energies[0].real.isFinite)
  }

  /// The mean of local values over |psi|^2 is the expectation, for every state and observable: nothing is random here.
  @Test(arguments: Ansatz.allCases)
  func localValuesAverageToExpectations(ansatz: Ansatz) {
    let state = ansatz.state(siteCount: Self.n, seed: .test(ansatz))
    let vector = state.quantumState(pool: Self.pool)
    let sample = StateSample.enumerating(state, pool: Self.pool)
    var observables = [mixedObservable(siteCount: Self.n)]
    for axis in SpinAxis.allCases {
      for other in SpinAxis.allCases {
        var pair = PauliSum(siteCount: Self.n)
        pair.add(1, [.init(axis, 1), .init(other, 4)])
        observables.append(pair)
      }
    }
    for observable in observables {
      let values = LocalEstimator(observable).values(sample.states, of: state, pool: Self.pool)
      let exact = vector.expectation(observable)
      let mean = zip(sample.weights!, values).reduce(Complex(0)) { $0 + $1.0 * $1.1 }
      expectClose(mean.real, exact, absolute: 1e-11)
      expectClose(mean.imaginary, 0, absolute: 1e-11)
      // And the variance is that of the operator in the state.
      let squares = zip(sample.weights!, values).reduce(0) { $0 + $1.0 * $1.1.squaredMagnitude }
      let norm = norm(of: observable, vector)
      expectClose(squares, norm, absolute: 1e-10)
    }
  }

  /// <psi|O O|psi> by applying O to all amplitudes.
  private func norm(of observable: PauliSum, _ vector: QuantumState) -> Double {
    var image = [Complex<Double>](repeating: .zero, count: vector.amplitudes.count)
    for (product, coefficient) in observable.terms {
      for (b, amplitude) in vector.amplitudes.enumerated() {
        let (factor, isReal) = product.phase(UInt64(b))
        let value = isReal ? Complex(coefficient * factor) : Complex(0, coefficient * factor)
        let target = b ^ Int(product.flips)
        image[target] = image[target] + value * amplitude
      }
    }
    return image.reduce(0) { $0 + $1.squaredMagnitude }
  }

  @Test func localUpdatesGiveTheSameLocalEnergiesAsAmplitudes() throws {
    let lattice = try Lattice.named("square", sides: [2, 3])
    for isComplex in [false, true] {
      let machine = RestrictedBoltzmannMachine(
        siteCount: 6, filterCount: 7, isComplex: isComplex, deviation: 0.3, seed: .test(isComplex))
      // The same function without local updates.
      let plain = WithoutLocalUpdates(machine: machine)
      for model in [
        PauliSum.transverseIsing(lattice, transverseField: 0.8, field: 0.1),
        .xxz(lattice, anisotropy: -0.4), mixedObservable(siteCount: 6),
      ] {
        let fast = LocalEstimator(model).values(Self.all, of: machine, pool: Self.pool)
        let slow = LocalEstimator(model).values(Self.all, of: plain, pool: Self.pool)
        for (a, b) in zip(fast, slow) {
          expectClose(a.real, b.real, absolute: 1e-11, relative: 1e-11)
          expectClose(a.imaginary, b.imaginary, absolute: 1e-11, relative: 1e-11)
        }
      }
    }
  }

  @Test(arguments: [Ansatz.autoregressive, .symmetrized, .autoregressiveWithPhase])
  func autoregressiveStatesAreNormalised(ansatz: Ansatz) throws {
    let state = ansatz.state(siteCount: Self.n, seed: .test(ansatz))
    let logs = state.logAmplitudes(Self.all, pool: Self.pool)
    let norm = logs.reduce(0) { $0 + ($1 + $1.conjugate).exponential().real }
    expectClose(norm, 1, absolute: 1e-13)
    if ansatz != .autoregressive {
      for state in Self.all {
        let mirror = logs[Int(~state & 63)]
        expectClose(logs[Int(state)].real, mirror.real, absolute: 1e-13)
        expectClose(logs[Int(state)].imaginary, mirror.imaginary, absolute: 1e-13)
      }
    }
  }

  @Test(arguments: [Ansatz.symmetric, .complexSymmetric, .convolution])
  func symmetricStatesDoNotChangeUnderTranslations(ansatz: Ansatz) {
    let state = ansatz.state(siteCount: Self.n, seed: .test(ansatz))
    let logs = state.logAmplitudes(Self.all, pool: Self.pool)
    for word in Self.all {
      let moved = (word << 1 | word >> 5) & 63
      expectClose(logs[Int(word)].real, logs[Int(moved)].real, absolute: 1e-12)
    }
  }

  /// A number that stands for another state does not depend on what else is in the list or on threads.
  @Test(arguments: Ansatz.allCases)
  func amplitudesDoNotDependOnThreads(ansatz: Ansatz) {
    let state = ansatz.state(siteCount: Self.n, seed: .test(ansatz))
    let many = Self.all + Self.all + Self.all
    let one = WorkerPool(threadCount: 1)
    #expect(
      state.logAmplitudes(many, pool: one) == state.logAmplitudes(many, pool: Self.pool))
    #expect(
      state.logDerivatives(many, pool: one).gram(pool: one)
        == state.logDerivatives(many, pool: Self.pool).gram(pool: Self.pool))
  }
}

/// A machine of which nothing but its amplitudes is known.
struct WithoutLocalUpdates: VariationalState {
  var machine: RestrictedBoltzmannMachine
  var siteCount: Int { machine.siteCount }
  var isPositive: Bool { machine.isPositive }
  var parameters: [Double] {
    get { machine.parameters }
    set { machine.parameters = newValue }
  }
  func logAmplitudes(_ states: [UInt64], pool: WorkerPool) -> [Complex<Double>] {
    machine.logAmplitudes(states, pool: pool)
  }
  func logDerivatives(_ states: [UInt64], pool: WorkerPool) -> LogDerivatives {
    machine.logDerivatives(states, pool: pool)
  }
}
