import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStudies

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
  private static func probabilities(_ basis: TransverseIsingChain.Basis) -> [Double] {
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

  private static func chain(_ basis: TransverseIsingChain.Basis) -> TransverseIsingChain {
    TransverseIsingChain(sites: sites, field: field, basis: basis)
  }

  /// Probabilities of single outcomes, which in z and y come with a coin of their own.
  @Test(arguments: [TransverseIsingChain.Basis.x, .y, .z])
  func `Determinants are probabilities of the ground state`(
    basis: TransverseIsingChain.Basis
  ) {
    let chain = Self.chain(basis)
    let exact = Self.probabilities(basis)
    #expect(abs(exact.reduce(0, +) - 1) < 1e-12)
    for state in exact.indices {
      let coin = basis == .x ? 1 : 0.5
      let found = exp(chain.logProbability(Self.spins(state)[...])) * coin
      #expect(abs(found - exact[state]) < 1e-12, "\(basis), state \(state)")
    }
  }

  @Test(arguments: [TransverseIsingChain.Basis.x, .y, .z])
  func `The number of signs is distributed as in the ground state`(
    basis: TransverseIsingChain.Basis
  ) {
    var exact = [Double](repeating: 0, count: Self.sites + 1)
    for (state, probability) in Self.probabilities(basis).enumerated() {
      let turned = (state >> 1) | (state & 1) << (Self.sites - 1)
      exact[(basis == .x ? state : state ^ turned).nonzeroBitCount] += probability
    }
    let chain = Self.chain(basis)
    for (found, exact) in zip(chain.distribution, exact) { #expect(abs(found - exact) < 1e-12) }
    let mean = exact.enumerated().reduce(0) { $0 + $1.1 * Double(Self.sites - 2 * $1.0) }
    #expect(abs(chain.mean - mean / Double(Self.sites)) < 1e-12)
  }

  /// At the transition of the infinite chain neighbours have the mean 2/pi.
  @Test func `Neighbours of a long chain at its transition`() {
    let chain = TransverseIsingChain(sites: 400, field: 1, basis: .z)
    #expect(abs(chain.mean - 2 / Double.pi) < 1e-5)
  }

  /// A bias of 0.05 would be seen.
  @Test(arguments: [TransverseIsingChain.Basis.x, .y, .z])
  func `Snapshots have the exact means`(basis: TransverseIsingChain.Basis) {
    let chain = Self.chain(basis)
    expectAgreement(with: chain.mean, seed: .test("snapshots"), minimalBias: 0.05) {
      seed, effort in
      let spins = chain.snapshots(4000 * effort, seed: seed)
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
}
