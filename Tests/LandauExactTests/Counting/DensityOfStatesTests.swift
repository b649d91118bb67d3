import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

@testable import LandauExact
@testable import LandauStore

@Suite struct DensityOfStatesTests {
  /// The 3 x 3 x 3 torus, all 2^27 configurations.
  static let cube: [(Int, Int)] = [
    (-81, 2), (-69, 54), (-61, 162), (-57, 594), (-53, 648), (-49, 3402), (-45, 6516),
    (-41, 17496), (-37, 44226), (-33, 106488), (-29, 277668), (-25, 713124), (-21, 1_786_536),
    (-17, 3_898_206), (-13, 7_761_096), (-9, 13_183_056), (-5, 19_828_962), (-1, 23_901_480),
    (3, 23_851_530), (7, 18_244_602), (11, 11_577_168), (15, 5_813_046), (19, 2_347_380),
    (23, 703_080), (27, 151_206),
  ]

  @Test func cubeBySumming() throws {
    let density = try Tori.ising([3, 3, 3]).densityOfStates(unit: 2)
    #expect(density.energies == Self.cube.map { Double($0.0) })
    #expect(density.counts.map(\.integer) == Self.cube.map(\.1))
    #expect(density.total == .powerOfTwo(27))
    // ln Z and e at three couplings.
    for (beta, logPartition, energy) in [
      (0.1, 19.158797772647, -0.349994149211), (0.221654626, 21.676193366861, -1.434444011468),
      (0.3, 25.953640502761, -2.489699581936),
    ] {
      let point = density.thermal(beta: beta)
      expectClose(point.logPartition, logPartition, absolute: 1e-12)
      expectClose(point.energyPerSite, energy, absolute: 1e-12)
    }
  }

  /// Kaufman's polynomial against all configurations, odd and small sides too.
  @Test(arguments: [[1, 1], [1, 6], [2, 2], [2, 5], [3, 3], [3, 4], [4, 5], [5, 5]])
  func smallToriAgainstEnumeration(sides: [Int]) throws {
    let density = try KaufmanTorus(rows: sides[0], columns: sides[1]).densityOfStates()
    if sides.reduce(1, *) <= 20 {
      let levels = try Enumeration(of: IsingModel(sides: sides)).densityOfStates
      #expect(density.energies == levels.map(\.energy))
      #expect(density.counts.map(\.integer) == levels.map(\.count))
    }
    let summed = try Tori.ising(sides).densityOfStates(unit: 2)
    #expect(summed.energies == density.energies)
    #expect(summed.counts == density.counts)
  }

  @Test func antiferromagnetAndScale() throws {
    let density = try KaufmanTorus(rows: 4, columns: 4, coupling: -1.5).densityOfStates()
    #expect(density.energies.first == -48 && density.energies.last == 48)
    #expect(density.count(at: -36).integer == 32)
    let levels = try KaufmanTorus(rows: 4, columns: 4).densityOfStates()
    #expect(
      levels.counts.compactMap(\.integer) == [
        2, 32, 64, 424, 1728, 6688, 13568, 20524, 13568, 6688, 1728, 424, 64, 32, 2,
      ])
  }

  /// Sums that need no list: the total, the second moment 2 N 2^N, the excitations of one and two spins.
  @Test(arguments: [8, 16, 32])
  func largerTori(side: Int) throws {
    let count = side * side
    let density = try KaufmanTorus(rows: side, columns: side).densityOfStates()
    #expect(density.total == .powerOfTwo(count))
    #expect(density.counts[0].integer == 2)
    #expect(density.energies[1] == Double(8 - 2 * count))
    #expect(density.counts[1].integer == 2 * count)
    #expect(density.counts[2].integer == 4 * count)
    #expect(density.counts == density.counts.reversed())
    let point = density.thermal(beta: 0)
    expectClose(point.energyVariance, Double(2 * count), relative: 1e-12)
    let torus = try KaufmanTorus(rows: side, columns: side)
    for beta in [0.2, 0.4406867935097715, 1] {
      let point = density.thermal(beta: beta)
      expectClose(point.logPartition, torus.logPartition(beta: beta), relative: 1e-14)
      expectClose(point.energyPerSite, torus.energyPerSite(beta: beta), absolute: 1e-13)
      expectClose(
        point.specificHeatPerSite, torus.specificHeatPerSite(beta: beta), relative: 1e-11,
        "beta \(beta)")
    }
  }

  /// A +-J glass: its ground states and all else counted two ways.
  @Test func glass() throws {
    var rng = Seed.test().makeStream()
    let graph = try RandomGraphs.square(rows: 4, columns: 4, couplings: .bimodal, using: &rng)
    let density = try ExactSum(of: StateGraph(graph)).densityOfStates(unit: 2)
    let all = BruteForce(graph)
    for (energy, count) in zip(density.energies, density.counts) {
      #expect(count.integer == all.energies.count { $0 == energy })
    }
    #expect(try density.counts[0].approximation == IsingGroundState.degeneracy(of: graph))
  }

  /// Monte Carlo histograms of 10 x 10 made by others: 100 000 energies at each of 200 temperatures.
  @Test(.needsSharedData("ising2d_energy_histograms/L10.npz"))
  func publishedHistograms() throws {
    let density = try KaufmanTorus(rows: 10, columns: 10).densityOfStates()
    let path = try #require(sharedData("ising2d_energy_histograms/L10.npz"))
    let file = try ArrayFile.open(path, parameter: nil, layout: nil)
    let temperatures = try file.array("T").doubles
    let index = try #require(try file.array("T_index").integers)
    let energy = try #require(try file.array("energy").integers)
    let count = try #require(try file.array("count").integers)
    var means = [Double](repeating: 0, count: temperatures.count)
    for row in index.indices {
      // Every energy they met is one of ours.
      #expect(!density.count(at: Double(energy[row])).isZero)
      means[index[row]] += Double(energy[row]) * Double(count[row]) / 100_000
    }
    // At high temperature their draws are nearly independent: the pulls are those of a normal variable
    // widened by what correlation there is. Nearer to the transition they are correlated.
    for (temperature, mean) in zip(temperatures, means) where temperature > 3 {
      let point = density.thermal(beta: 1 / temperature)
      let error = (point.energyVariance / 100_000).squareRoot()
      expectClose(mean, point.energy, absolute: 8 * error, "T \(temperature)")
    }
  }

  @Test func bigNumbers() {
    let number = BigNatural.powerOfTwo(100) + BigNatural.powerOfTwo(64)
    #expect(number.description == "1267650600246676145570412756992")
    #expect(BigNatural.powerOfTwo(64).description == "18446744073709551616")
    #expect(BigNatural(1_000_000_000_000).description == "1000000000000")
    #expect(BigNatural(0).isZero && BigNatural(0).description == "0")
    #expect(BigNatural(5) < BigNatural.powerOfTwo(64) && !(BigNatural(5) < BigNatural(5)))
    expectClose(BigNatural.powerOfTwo(5000).logarithm, 5000 * 0.6931471805599453, ulps: 2)
    #expect(BigNatural.powerOfTwo(200).approximation == 0x1p200)
    #expect(BigNatural.powerOfTwo(3000).approximation == .infinity)
  }

  /// Multiplication, inverses and roots against plain arithmetic.
  @Test func primeFields() throws {
    let primes = PrimeField.primes(5, congruentToOneModulo: 96)
    #expect(primes.count == 5 && primes.allSatisfy { $0 % 96 == 1 })
    #expect(PrimeField.isPrime(2_147_483_647) && !PrimeField.isPrime(2_147_483_643))
    #expect((1...30).filter(PrimeField.isPrime) == [2, 3, 5, 7, 11, 13, 17, 19, 23, 29])
    var rng = Seed.test().makeStream()
    for prime in primes {
      let field = PrimeField(prime: prime)
      for _ in 0..<100 {
        let (a, b) = (rng.index(below: Int(prime)), rng.index(below: Int(prime)))
        let product = field.value(field.times(field.element(a), field.element(b)))
        #expect(Int(product) == a * b % Int(prime))
        #expect(
          Int(field.value(field.minus(field.element(a), field.element(b)))) == (a - b + Int(prime))
            % Int(prime))
      }
      let root = field.root(order: 96)
      #expect(field.power(root, 96) == field.one && field.power(root, 48) != field.one)
      #expect(field.times(field.inverse(root), root) == field.one)
    }
  }
}
