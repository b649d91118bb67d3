import LandauCore
import LandauLattice
import Testing

@testable import LandauMonteCarlo

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A small system whose transition matrix is computed exactly, from the code that runs.
struct SmallCase: CustomTestStringConvertible, Sendable {
  var sides: [Int]
  var coupling = 1.0
  var field = 0.0
  var beta: Double

  var model: IsingModel {
    get throws { try IsingModel(sides: sides, coupling: coupling, field: field) }
  }
  var testDescription: String { "\(sides) J=\(coupling) h=\(field) beta=\(beta)" }

  /// Both signs of J, a field, odd and even sides and sides 1 and 2, beta = 0 included.
  static let metropolis: [SmallCase] = [
    SmallCase(sides: [1], beta: 0.7), SmallCase(sides: [1], field: 0.3, beta: 0.7),
    SmallCase(sides: [2], beta: 0), SmallCase(sides: [2], beta: 0.7),
    SmallCase(sides: [3], beta: 0.7), SmallCase(sides: [3], coupling: -1, beta: 0.7),
    SmallCase(sides: [4], beta: 0), SmallCase(sides: [4], beta: 0.7),
    SmallCase(sides: [4], coupling: -1.3, field: 0.4, beta: 0.7),
    SmallCase(sides: [5], coupling: -1, beta: 0.4), SmallCase(sides: [6], beta: 1.1),
    SmallCase(sides: [1, 1], beta: 0.5), SmallCase(sides: [1, 3], beta: 0.5),
    SmallCase(sides: [3, 1], coupling: -1, beta: 0.5), SmallCase(sides: [2, 2], beta: 0),
    SmallCase(sides: [2, 2], beta: 0.44), SmallCase(sides: [2, 2], coupling: -1, beta: 0.44),
    SmallCase(sides: [2, 2], field: -0.25, beta: 0.44),
    SmallCase(sides: [2, 3], beta: 0.44), SmallCase(sides: [3, 2], coupling: -1, beta: 0.44),
    SmallCase(sides: [2, 1, 2], beta: 0.3), SmallCase(sides: [2, 1, 2], field: 0.5, beta: 0.3),
    SmallCase(sides: [2, 2], beta: 0.01),
  ]

  static let clusters: [SmallCase] = [
    SmallCase(sides: [1], beta: 0.7), SmallCase(sides: [2], beta: 0.7),
    SmallCase(sides: [2], beta: 0), SmallCase(sides: [3], beta: 0.7),
    SmallCase(sides: [3], beta: 0), SmallCase(sides: [4], beta: 0.7),
    SmallCase(sides: [4], coupling: -0.8, beta: 0.7), SmallCase(sides: [5], beta: 0.4),
    SmallCase(sides: [1, 1], beta: 0.5), SmallCase(sides: [1, 3], beta: 0.5),
    SmallCase(sides: [3, 1], beta: 0.5), SmallCase(sides: [1, 2], coupling: -1, beta: 0.5),
    SmallCase(sides: [2, 2], beta: 0.44), SmallCase(sides: [2, 2], coupling: -1, beta: 0.44),
    SmallCase(sides: [2, 2], beta: 0), SmallCase(sides: [2, 1, 2], beta: 0.3),
  ]
}

/// Rounding of a sum of up to 65536 probabilities.
private let roundingError = 65536 * 0x1p-53

@Suite struct IsingLawTests {
  /// Silent error 1: sweeps in order that always accept moves without cost reach only part of the states.
  @Test(arguments: SmallCase.metropolis)
  func metropolisLeavesTheWeightInvariantAndReachesEverything(_ system: SmallCase) throws {
    let model = try system.model
    let engine = TableIsing(
      model: model, beta: system.beta, start: configuration(0, count: model.siteCount),
      level: .current, using: Seed(1).makeStream())
    // All energy changes there are, to know where decisions change.
    let reach = 2 * system.sides.count
    let rule = MetropolisAcceptance(
      beta: system.beta,
      largestCost: 2 * (abs(system.coupling) * Double(reach) + abs(system.field)))
    let words = wordsAround(
      thresholds: (-reach...reach).flatMap { sum in
        [-1.0, 1].map {
          rule.threshold(energyChange: 2 * $0 * (system.coupling * Double(sum) + system.field))
        }
      })
    let matrix = matrix(of: model, alphabet: always(words), buffer: engine.buffer) {
      _ = engine.sweep(using: &$0)
    }
    #expect(matrix.rowError < roundingError)
    #expect(matrix.invarianceError(of: boltzmann(model, beta: system.beta)) < roundingError)
    #expect(matrix.isPositive)
  }

  /// Silent error 2: clusters that are wrong where J < 0.
  @Test(arguments: SmallCase.clusters)
  func wolffLeavesTheWeightInvariantAndReachesEverything(_ system: SmallCase) throws {
    let model = try system.model
    let count = model.siteCount
    let engine = WolffIsing(
      model: model, beta: system.beta, start: configuration(0, count: count), level: .current,
      using: Seed(1).makeStream())
    let roots = wordsOfIndex(below: count)
    let bonds = wordsOfTwoBonds(
      threshold: bondThreshold(beta: system.beta, coupling: system.coupling))
    let alphabet = { (draw: Int) in draw == 0 ? roots : bonds }
    let cluster = matrix(of: model, alphabet: alphabet, buffer: engine.buffer) {
      _ = engine.flipCluster(using: &$0)
    }
    #expect(cluster.rowError < roundingError)
    // The bond probability is rounded to 2^-32.
    #expect(cluster.invarianceError(of: boltzmann(model, beta: system.beta)) < 1e-9)
    // A sweep is n clusters and with probability one half one more.
    let coin = cluster.averaged(with: .identity(count: cluster.count))
    #expect(cluster.times(coin).isPrimitive)
    #expect(cluster.times(cluster).times(coin).isPrimitive)
  }

  /// Silent error 2: clusters that are wrong where J < 0.
  @Test(arguments: SmallCase.clusters)
  func swendsenWangLeavesTheWeightInvariantAndReachesEverything(_ system: SmallCase) throws {
    let model = try system.model
    let count = model.siteCount
    let engine = SwendsenWangIsing(
      model: model, beta: system.beta, start: configuration(0, count: count), level: .current,
      seed: Seed(1))
    // Bits of the bonds along each axis that has some, and of the sites.
    let axes = 1 + model.lattice.sides.dropLast().count { $0 > 1 }
    let joins = -expm1(-2 * system.beta * abs(system.coupling))
    var matrix = TransitionMatrix(count: 1 << count)
    for bits in 0..<(1 << (axes * count)) {
      let ones = Double(bits.nonzeroBitCount)
      let weight = pow(joins, ones) * pow(1 - joins, Double(axes * count) - ones)
      if weight == 0 { continue }
      let bonds = (0..<axes).map { axis in
        (0..<count).map { bits >> (axis * count + $0) & 1 == 1 }
      }
      for coins in 0..<(1 << count) {
        for from in 0..<(1 << count) {
          engine.buffer.load(configuration(from, count: count))
          engine.sweep(bonds: bonds, coins: (0..<count).map { coins >> $0 & 1 == 1 })
          var spins: [Int8] = []
          engine.appendSpins(to: &spins)
          matrix[from, index(of: spins)] += weight / Double(1 << count)
        }
      }
    }
    #expect(matrix.rowError < roundingError)
    #expect(matrix.invarianceError(of: boltzmann(model, beta: system.beta)) < 1e-12)
    #expect(matrix.isPositive)
  }

  /// The lesson behind the factor: without it the rule is reducible, and this suite would see it. Silent error 1.
  @Test func alwaysAcceptingWithoutCostWouldBeReducible() throws {
    let model = try IsingModel(sides: [4])
    var matrix = TransitionMatrix(count: 16)
    let order = [0, 2, 1, 3]
    for from in 0..<16 {
      var spread = [from: 1.0]
      for site in order {
        var next: [Int: Double] = [:]
        for (state, weight) in spread {
          let spins = configuration(state, count: 4)
          let change = model.energyChange(at: site, to: -spins[site], in: spins.span)
          let accepts = change <= 0 ? 1 : 0.5  // with a cost: anything strictly between
          next[state ^ 1 << site, default: 0] += weight * accepts
          if accepts < 1 { next[state, default: 0] += weight * (1 - accepts) }
        }
        spread = next
      }
      for (to, weight) in spread { matrix[from, to] = weight }
    }
    #expect(!matrix.isPrimitive)
  }

  @Test func aWrongCouplingIsSeenInTheMatrix() throws {
    let system = SmallCase(sides: [2, 2], beta: 0.44)
    let model = try system.model
    let engine = TableIsing(
      model: model, beta: 1.01 * system.beta, start: configuration(0, count: 4), level: .current,
      using: Seed(1).makeStream())
    let rule = MetropolisAcceptance(beta: 1.01 * system.beta, largestCost: 8)
    let words = wordsAround(
      thresholds: [0, 4, 8].map { rule.threshold(energyChange: Double($0)) })
    let matrix = matrix(of: model, alphabet: always(words), buffer: engine.buffer) {
      _ = engine.sweep(using: &$0)
    }
    #expect(matrix.invarianceError(of: boltzmann(model, beta: system.beta)) > 1e-3)
  }

  private func matrix(
    of model: IsingModel, alphabet: (Int) -> [WeightedWord], buffer: SpinBuffer,
    step: (inout ScriptedWords) -> Void
  ) -> TransitionMatrix {
    let count = model.siteCount
    var matrix = TransitionMatrix(count: 1 << count)
    var spins: [Int8] = []
    spins.reserveCapacity(count)
    for from in 0..<(1 << count) {
      let start = configuration(from, count: count)
      explore(alphabet: alphabet) { generator in
        buffer.load(start)
        step(&generator)
      } found: { weight in
        spins.removeAll(keepingCapacity: true)
        buffer.append(to: &spins)
        matrix[from, index(of: spins)] += weight
      }
    }
    return matrix
  }
}

/// Counts draws.
struct CountingWords: RandomNumberGenerator {
  var count = 0
  mutating func next() -> UInt64 {
    count += 1
    return UInt64.max / 3
  }
}
