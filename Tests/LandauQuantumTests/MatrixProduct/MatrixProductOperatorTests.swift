import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

@testable import LandauQuantum

private typealias Number = LandauCore.Complex<Double>

@Suite struct MatrixProductOperatorTests {
  /// The matrix by the definition of products, `[2^N, 2^N]`, bit i of an index for spin i.
  private static func matrix(_ sum: PauliSum) -> [Number] {
    let size = 1 << sum.siteCount
    var result = [Number](repeating: .zero, count: size * size)
    for (product, coefficient) in sum.terms {
      for state in 0..<size {
        let (factor, isReal) = product.phase(UInt64(state))
        let value = coefficient * factor
        result[(state ^ Int(product.flips)) * size + state] +=
          isReal ? Number(value) : Number(0, value)
      }
    }
    return result
  }

  /// The tensors multiplied out.
  private static func matrix<Scalar>(_ operators: MatrixProductOperator<Scalar>) -> [Number] {
    // [bond][out, into], in growing numbers of sites.
    var parts: [[Number]] = [[Number(1)]]
    var size = 1
    for site in operators.sites {
      var next = [[Number]](
        repeating: [Number](repeating: .zero, count: 4 * size * size), count: site.right)
      for entry in site.entries {
        for out in 0..<size {
          for into in 0..<size {
            next[entry.right][(out + entry.out * size) * 2 * size + into + entry.into * size] +=
              entry.value.parts * parts[entry.left][out * size + into]
          }
        }
      }
      parts = next
      size *= 2
    }
    #expect(parts.count == 1)
    return parts[0]
  }

  private static func distance(_ a: [Number], _ b: [Number]) -> Double {
    zip(a, b).map { ($0 - $1).magnitude }.max() ?? 0
  }

  /// Sums of up to 60 random products on up to six spins, with and without odd numbers of y.
  @Test func `Any sum of products is reproduced`() throws {
    var rng = Seed.test().makeStream()
    for trial in 0..<120 {
      let n = 1 + rng.index(below: 6)
      var sum = PauliSum(siteCount: n)
      for _ in 0..<1 + rng.index(below: 60) {
        sum.add(
          rng.normal(),
          PauliSum.Product(
            flips: UInt64(rng.index(below: 1 << n)), signs: UInt64(rng.index(below: 1 << n))))
      }
      let exact = Self.matrix(sum)
      let complex = try MatrixProductOperator<Number>(sum)
      #expect(Self.distance(Self.matrix(complex), exact) < 1e-12, "trial \(trial)")
      // Never more than what the smaller side can carry, and two.
      for (bond, dimension) in complex.bondDimensions.enumerated() {
        #expect(dimension <= 2 + 1 << (2 * min(bond + 1, n - 1 - bond)), "trial \(trial)")
      }
      var real = PauliSum(siteCount: n)
      for (product, coefficient) in sum.terms where product.isReal {
        real.add(coefficient, product)
      }
      if !real.coefficients.isEmpty {
        let operators = try MatrixProductOperator<Double>(real)
        #expect(Self.distance(Self.matrix(operators), Self.matrix(real)) < 1e-12, "trial \(trial)")
      }
    }
    #expect(
      Self.distance(
        Self.matrix(try MatrixProductOperator<Double>(PauliSum(siteCount: 3))),
        [Number](repeating: .zero, count: 64)) == 0)
  }

  /// Known numbers of states of a bond, in the middle of long chains.
  @Test func `Bonds are as small as they can be`() throws {
    let chain = try Lattice.named("chain", sides: [100], boundary: [.open])
    func middle(_ sum: PauliSum) throws -> Int {
      try MatrixProductOperator<Double>(sum).bondDimensions[sum.siteCount / 2]
    }
    #expect(try middle(.transverseIsing(chain, transverseField: 1)) == 3)
    #expect(try middle(.xxz(chain, anisotropy: 0.5, field: 0.1)) == 5)
    #expect(
      try middle(
        .axialNextNearestIsing(
          siteCount: 100, isPeriodic: false, frustration: 0.3, transverseField: 1)) == 4)
    #expect(
      try middle(.clusterIsing(siteCount: 100, isPeriodic: false, field: 0.1, coupling: 0.3)) <= 5)
    // Power laws are sums of few exponentials, to the last digit; every coupling is there.
    let rydberg = PauliSum.rydberg(chain, rabi: 1, detuning: 1, interaction: 10)
    #expect(try middle(rydberg) <= 16)
  }

  /// Product states know the energies of all their pairs: <n_i n_j> = 1 for excited atoms.
  @Test func `Long tails are exact`() throws {
    let n = 120
    let chain = try Lattice.named("chain", sides: [n], boundary: [.open])
    let sum = PauliSum.rydberg(chain, rabi: 1, detuning: 0.7, interaction: 3)
    let operators = try MatrixProductOperator<Double>(sum)
    var rng = Seed.test().makeStream()
    for _ in 0..<5 {
      let excited = (0..<n).map { _ in rng.index(below: 2) == 1 }
      let state = MatrixProductState<Double>(product: excited.map { $0 ? (0, 1) : (1, 0) })
      var energy = 0.0
      for i in 0..<n where excited[i] {
        energy -= 0.7
        for j in 0..<i where excited[j] {
          let square = Double((i - j) * (i - j))
          energy += 3 / (square * square * square)
        }
      }
      #expect(abs(state.expectation(operators) - energy) < 1e-11)
    }
  }
}
