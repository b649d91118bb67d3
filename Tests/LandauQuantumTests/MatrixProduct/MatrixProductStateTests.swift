import LandauCore
import LandauExact
import LandauLattice
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauQuantum

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

private typealias Number = LandauCore.Complex<Double>

@Suite struct MatrixProductStateTests {
  /// Amplitudes of a small state, bit i of an index set where spin i is down.
  static func amplitudes<Scalar>(_ state: MatrixProductState<Scalar>) -> [LandauCore.Complex<
    Double
  >] {
    let n = state.siteCount
    return (0..<1 << n).map { index in
      var row = DenseMatrix<Scalar>.identity(1)
      for site in 0..<n { row = row * state.tensors[site].matrix(index >> site & 1) }
      return row.entries[0].parts
    }
  }

  private static func random(_ n: Int, _ chi: Int, _ seed: Seed) -> MatrixProductState<Number> {
    .random(siteCount: n, bondDimension: chi, seed: seed)
  }

  @Test func `Canonical forms are the same state`() throws {
    for n in [1, 2, 5, 9] {
      var state = Self.random(n, 6, .test(n))
      let before = Self.amplitudes(state)
      #expect(abs(before.reduce(0) { $0 + $1.squaredMagnitude } - 1) < 1e-12)
      for center in [n - 1, 0, n / 2] {
        state.moveCenter(to: center)
        #expect(state.center == center)
        for (a, b) in zip(Self.amplitudes(state), before) { #expect((a - b).magnitude < 1e-12) }
        for (site, tensor) in state.tensors.enumerated() where site != center {
          let matrix = site < center ? tensor.tall : tensor.wide.adjoint
          let product = matrix.conjugated.transposedTimes(matrix)
          for (index, value) in product.entries.enumerated() {
            let isDiagonal = index / product.columns == index % product.columns
            #expect((value - Number(isDiagonal ? 1 : 0)).magnitude < 1e-12)
          }
        }
      }
    }
  }

  /// Overlaps, sums and flips against amplitudes.
  @Test func `Overlaps and sums`() throws {
    let (a, b) = (Self.random(7, 3, .test("a")), Self.random(7, 5, .test("b")))
    let (x, y) = (Self.amplitudes(a), Self.amplitudes(b))
    let exact = zip(x, y).reduce(Number.zero) { $0 + $1.0.conjugate * $1.1 }
    #expect((a.overlap(b) - exact).magnitude < 1e-12)
    let (p, q) = (Number(0.3, 1), Number(-1.2, 0.4))
    let (sum, discarded) = try MatrixProductState.sum(
      p, a, q, b, maximumBondDimension: 100, cutoff: 0)
    #expect(discarded < 1e-20)
    for (index, value) in Self.amplitudes(sum).enumerated() {
      #expect((value - p * x[index] - q * y[index]).magnitude < 1e-12)
    }
    for (index, value) in Self.amplitudes(a.flipped).enumerated() {
      #expect((value - x[127 ^ index]).magnitude < 1e-12)
    }
  }

  /// Every product of Pauli matrices of six spins drawn at random, wherever the centre is.
  @Test func `Expectations of products`() throws {
    var rng = Seed.test().makeStream()
    var state = Self.random(6, 5, .test("state"))
    let exact = QuantumState(siteCount: 6, amplitudes: Self.amplitudes(state))
    for _ in 0..<200 {
      state.moveCenter(to: rng.index(below: 6))
      let product = PauliSum.Product(
        flips: UInt64(rng.index(below: 64)), signs: UInt64(rng.index(below: 64)))
      var sum = PauliSum(siteCount: 6)
      sum.add(0.7, product)
      #expect(abs(0.7 * state.expectation(product) - exact.expectation(sum)) < 1e-12)
      #expect(abs(try state.expectation(sum) - exact.expectation(sum)) < 1e-12)
    }
    for cut in 1...5 {
      let entropy = try state.entanglementEntropies()[cut - 1]
      #expect(abs(entropy - (try exact.entanglementEntropy(ofFirst: cut))) < 1e-10)
    }
    var compressed = state
    let discarded = try compressed.compress(maximumBondDimension: 2, cutoff: 0)
    #expect(compressed.largestBondDimension == 2 && discarded > 0)
    #expect(abs(1 - compressed.norm * compressed.norm) <= discarded + 1e-12)
  }

  /// H psi = E psi has no variance; a random state has that of its amplitudes.
  @Test func `Variances`() throws {
    let chain = try Lattice.named("chain", sides: [6], boundary: [.open])
    let sum = PauliSum.dzyaloshinskiiMoriya(chain, antisymmetric: 0.4)
    let operators = try MatrixProductOperator<Number>(sum)
    let state = Self.random(6, 8, .test())
    let psi = Self.amplitudes(state)
    var image = [Number](repeating: .zero, count: 64)
    for (product, coefficient) in sum.terms {
      for b in 0..<64 {
        let (factor, isReal) = product.phase(UInt64(b))
        let value = coefficient * factor
        image[b ^ Int(product.flips)] += (isReal ? Number(value) : Number(0, value)) * psi[b]
      }
    }
    let mean = zip(psi, image).reduce(0.0) { $0 + ($1.0.conjugate * $1.1).real }
    let square = image.reduce(0.0) { $0 + $1.squaredMagnitude }
    #expect(abs(state.variance(operators) - (square - mean * mean)) < 1e-11)
  }

  /// Frequencies of all outcomes of five spins against |psi|^2, in bases of all three axes; a misplaced phase of y, a neglected
  /// conditional or a wrong axis shifts probabilities by tens of per cent.
  @Test(arguments: ["zzzzz", "xxxxx", "yyyyy", "xyzzy"])
  func `Snapshots have the probabilities of amplitudes`(basis: String) throws {
    let axes = basis.map { SpinAxis(rawValue: String($0))! }
    let state = Self.random(5, 4, .test("state"))
    let exact = QuantumState(siteCount: 5, amplitudes: Self.amplitudes(state))
      .probabilities(axes: axes)
    let sampler = MatrixProductSampler(state, axes: axes)
    for index in 0..<32 {
      let spins = (0..<5).map { Int8(index >> $0 & 1 == 0 ? 1 : -1) }
      #expect(abs(exp(sampler.logProbability(spins)) - exact[index]) < 1e-12)
    }
    try expectPlausible(seed: .test(basis)) { seed, effort in
      let shots = 4000 * effort
      let spins = try sampler.snapshots(shots, seed: seed, pool: WorkerPool(threadCount: 2))
      var counts = [Double](repeating: 0, count: 32)
      for shot in 0..<shots {
        var index = 0
        for site in 0..<5 where spins[5 * shot + site] < 0 { index |= 1 << site }
        counts[index] += 1
      }
      // Outcomes that are expected less than ten times are one.
      var (square, cells, rest) = (0.0, 0, (0.0, 0.0))
      for (count, probability) in zip(counts, exact) {
        let expected = probability * Double(shots)
        if expected < 10 {
          rest = (rest.0 + count, rest.1 + expected)
        } else {
          square += (count - expected) * (count - expected) / expected
          cells += 1
        }
      }
      if rest.1 > 10 {
        square += (rest.0 - rest.1) * (rest.0 - rest.1) / rest.1
        cells += 1
      }
      return chiSquareSurvival(square, degreesOfFreedom: Double(cells - 1))
    }
  }

  @Test func `Snapshots do not depend on the number of threads`() throws {
    let state = Self.random(20, 6, .test())
    let sampler = MatrixProductSampler(state, axes: [SpinAxis](repeating: .y, count: 20))
    let runs = try [1, 2].map {
      try sampler.snapshots(600, seed: .test(), pool: WorkerPool(threadCount: $0))
    }
    #expect(runs[0] == runs[1] && runs[0].count == 12000)
    #expect(Set(runs[0]) == [-1, 1])
  }
}
