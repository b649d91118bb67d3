import LandauCore
import LandauLattice
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauExact

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Against the ground state of a ring of six sites by power iteration over its 64 states in the z basis.
@Suite struct TransverseIsingChainTests {
  private static let sites = 6
  private static let field = 0.7

  /// Amplitudes of the ground state; bit i of a state is set where z_i = -1.
  private static let amplitudes: [Double] = {
    var vector = [Double](repeating: 1, count: 1 << sites)
    // 20 - H, many times: the gap makes the rest vanish, and the start is even.
    for _ in 0..<4000 {
      var next = [Double](repeating: 0, count: vector.count)
      for state in vector.indices {
        let turned = (state >> 1) | (state & 1) << (sites - 1)
        let walls = (state ^ turned).nonzeroBitCount
        next[state] += (20 + Double(sites - 2 * walls)) * vector[state]
        for site in 0..<sites { next[state] += field * vector[state ^ (1 << site)] }
      }
      let length = next.reduce(0) { $0 + $1 * $1 }.squareRoot()
      vector = next.map { $0 / length }
    }
    return vector
  }()

  /// Probabilities of the outcomes in a basis; for y every -1 of z carries a factor i, for both x and y a Hadamard follows.
  private static func probabilities(_ basis: SpinAxis) -> [Double] {
    if basis == .z { return amplitudes.map { $0 * $0 } }
    return amplitudes.indices.map { outcome in
      var (real, imaginary) = (0.0, 0.0)
      for state in amplitudes.indices {
        let sign: Double = (outcome & state).nonzeroBitCount % 2 == 0 ? 1 : -1
        let turns = basis == .y ? (3 * state.nonzeroBitCount) % 4 : 0
        let value = sign * amplitudes[state]
        switch turns {
        case 0: real += value
        case 1: imaginary += value
        case 2: real -= value
        default: imaginary -= value
        }
      }
      return (real * real + imaginary * imaginary) / Double(amplitudes.count)
    }
  }

  private static func spins(_ state: Int) -> [Int8] {
    (0..<sites).map { state >> $0 & 1 == 0 ? 1 : -1 }
  }

  private static func chain() throws -> TransverseIsingChain {
    try TransverseIsingChain(siteCount: sites, field: field)
  }

  /// Of x, or of the product of neighbours.
  private static func mean(_ chain: TransverseIsingChain, _ basis: SpinAxis) -> Double {
    basis == .x ? chain.transverseMagnetization(site: 2) : chain.correlation(2, 3, axis: basis)
  }

  /// Probabilities of single outcomes, which in z and y come with a coin of their own.
  @Test(arguments: SpinAxis.allCases)
  func `Determinants are probabilities of the ground state`(
    basis: SpinAxis
  ) throws {
    let chain = try Self.chain()
    let exact = Self.probabilities(basis)
    #expect(abs(exact.reduce(0, +) - 1) < 1e-12)
    for state in exact.indices {
      let coin = basis == .x ? 1 : 0.5
      let found = exp(chain.logProbability(Self.spins(state)[...], axis: basis)) * coin
      #expect(abs(found - exact[state]) < 1e-12, "\(basis), state \(state)")
    }
  }

  @Test(arguments: SpinAxis.allCases)
  func `The number of signs is distributed as in the ground state`(
    basis: SpinAxis
  ) throws {
    var exact = [Double](repeating: 0, count: Self.sites + 1)
    for (state, probability) in Self.probabilities(basis).enumerated() {
      let turned = (state >> 1) | (state & 1) << (Self.sites - 1)
      exact[(basis == .x ? state : state ^ turned).nonzeroBitCount] += probability
    }
    let chain = try Self.chain()
    for (found, exact) in zip(try chain.distribution(axis: basis), exact) {
      #expect(abs(found - exact) < 1e-12)
    }
    let mean = exact.enumerated().reduce(0) { $0 + $1.1 * Double(Self.sites - 2 * $1.0) }
    #expect(abs(Self.mean(chain, basis) - mean / Double(Self.sites)) < 1e-12)
  }

  /// At the transition of the infinite chain neighbours have the mean 2/pi.
  @Test func `Neighbours of a long chain at its transition`() throws {
    let chain = try TransverseIsingChain(siteCount: 400, field: 1)
    #expect(abs(chain.correlation(7, 8, axis: .z) - 2 / Double.pi) < 1e-5)
  }

  /// A bias of 0.05 would be seen.
  @Test(arguments: SpinAxis.allCases)
  func `Snapshots have the exact means`(basis: SpinAxis) throws {
    let chain = try Self.chain()
    expectAgreement(with: Self.mean(chain, basis), seed: .test("snapshots"), minimalBias: 0.05) {
      seed, effort in
      let spins = chain.snapshots(4000 * effort, axis: basis, seed: seed)
      return .mean(
        of: (0..<4000 * effort).map { shot in
          (0..<Self.sites).reduce(0.0) { sum, site in
            let here = Double(spins[shot * Self.sites + site])
            let next = Double(spins[shot * Self.sites + (site + 1) % Self.sites])
            return sum + (basis == .x ? here : here * next)
          } / Double(Self.sites)
        })
    }
  }

  /// Couplings and fields of any size and, on an open chain, sign: every product of two spins, against diagonalisation.
  @Test(arguments: [true, false])
  func `Chains without symmetry agree with exact diagonalisation`(isPeriodic: Bool) throws {
    let n = 7
    var rng = Seed.test("disorder").makeStream()
    let couplings = (0..<(isPeriodic ? n : n - 1)).map { k in
      (k == 1 || k == 3 ? -1.0 : 1) * (0.3 + rng.uniform())
    }
    let fields = (0..<n).map { k in (!isPeriodic && k == 3 ? -1.0 : 1) * (0.2 + rng.uniform()) }
    let chain = try TransverseIsingChain(
      couplings: couplings, fields: fields, isPeriodic: isPeriodic)
    var model = PauliSum(siteCount: n)
    for (i, coupling) in couplings.enumerated() { model.add(-coupling, [.z(i), .z((i + 1) % n)]) }
    for (i, field) in fields.enumerated() { model.add(-field, [.x(i)]) }
    let ground = try SpinDiagonalization(model).spectrum()[0]
    #expect(abs(chain.energy - ground.energy) < 1e-11)
    let state = ground.state
    for i in 0..<n {
      var single = PauliSum(siteCount: n)
      single.add(1, [.x(i)])
      #expect(abs(chain.transverseMagnetization(site: i) - state.expectation(single)) < 1e-9)
      for j in i + 1..<max(i + 1, n) {
        for axis in SpinAxis.allCases {
          var pair = PauliSum(siteCount: n)
          pair.add(1, [.init(axis, i), .init(axis, j)])
          #expect(
            abs(chain.correlation(i, j, axis: axis) - state.expectation(pair)) < 1e-9,
            "\(axis) \(i) \(j)")
        }
      }
    }
  }

  /// Total energies of rings and open chains, from the register of truths.
  @Test func `Energies of rings and open chains`() throws {
    let rings: [(Int, Double, Double)] = [
      (8, 0.5, -8.50908223514), (20, 1, -25.49098968636), (64, 1.5, -107.0032781783),
      (150, 1, -190.9894224134), (100, 0.5, -106.3544409973),
    ]
    for (n, h, exact) in rings {
      let chain = try TransverseIsingChain(siteCount: n, field: h)
      #expect(abs(chain.energy - exact) < 1e-9 * abs(exact), "\(n) \(h)")
    }
    for (n, exact) in [(10, -12.38148999965), (32, -40.38431316122), (150, -190.62342125081)] {
      let chain = try TransverseIsingChain(siteCount: n, field: 1, isPeriodic: false)
      #expect(abs(chain.energy - exact) < 1e-9 * abs(exact), "open \(n)")
    }
  }

  /// Deep in the ordered phase the two lowest states of a chain are equal to rounding; the even one is taken.
  @Test func `An almost degenerate ground state is the even one`() throws {
    for isPeriodic in [true, false] {
      let chain = try TransverseIsingChain(siteCount: 60, field: 0.05, isPeriodic: isPeriodic)
      let spins = chain.snapshots(20, axis: .x, seed: .test("parity"))
      for shot in 0..<20 {
        let product = spins[shot * 60..<(shot + 1) * 60].reduce(1) { $0 * Int($1) }
        #expect(product == 1)
      }
    }
  }

  @Test func `Frustrated rings are refused`() {
    #expect(throws: InputError.self) {
      try TransverseIsingChain(
        couplings: [-1, -1, -1], fields: [1, 1, 1], isPeriodic: true)
    }
    #expect(throws: InputError.self) {
      try TransverseIsingChain(couplings: [1, 1, 1], fields: [1, 1, 1], isPeriodic: false)
    }
  }
}
