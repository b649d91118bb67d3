import LandauCore
import LandauLattice

@testable import LandauMonteCarlo

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// All configurations of a small `DiscreteModel` and the exact matrices of the code that runs on
/// it.
struct DiscreteConfigurations {
  let model: DiscreteModel
  let count: Int

  init(_ model: DiscreteModel) {
    self.model = model
    count = (0..<model.siteCount).reduce(1) { number, _ in number * model.stateCount }
  }

  func states(_ index: Int) -> [UInt8] {
    var rest = index
    return (0..<model.siteCount).map { _ in
      defer { rest /= model.stateCount }
      return UInt8(rest % model.stateCount)
    }
  }

  func index(_ states: UnsafeMutablePointer<UInt8>) -> Int {
    (0..<model.siteCount).reversed().reduce(0) { $0 * model.stateCount + Int(states[$1]) }
  }

  /// Boltzmann probabilities.
  func weights(beta: Double) -> [Double] {
    let energies = (0..<count).map { model.energy(of: states($0).span) }
    let lowest = energies.min()!
    let weights = energies.map { exp(-beta * ($0 - lowest)) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  /// The matrix of a step; `seen` is told each outcome with its probability.
  func matrix(
    _ storage: DiscreteStorage, alphabet: (Int) -> [WeightedWord],
    seen: (_ from: Int, _ probability: Double) -> Void = { _, _ in },
    step: (inout ScriptedWords) -> Void
  ) -> TransitionMatrix {
    var matrix = TransitionMatrix(count: count)
    for from in 0..<count {
      let start = states(from)
      explore(alphabet: alphabet) { generator in
        storage.load(start)
        step(&generator)
      } found: { weight in
        matrix[from, index(storage.states)] += weight
        seen(from, weight)
      }
    }
    return matrix
  }

  /// Sums of the energies of sites alone, by state, over every set of sites: what clusters can
  /// weigh.
  func sumsOverSets(_ energies: (_ site: Int, _ states: [UInt8]) -> [Double]) -> [[Double]] {
    var sums: [[Double]] = []
    for index in 0..<count {
      let states = states(index)
      let rows = (0..<model.siteCount).map { energies($0, states) }
      for set in 1..<(1 << model.siteCount) {
        var sum = [Double](repeating: 0, count: rows[0].count)
        for site in rows.indices where set >> site & 1 == 1 {
          for k in sum.indices { sum[k] += rows[site][k] }
        }
        sums.append(sum)
      }
    }
    return sums
  }
}

/// Numbers without those that equal another but for rounding, ascending, strictly within (0, 1).
func distinct(_ values: some Sequence<Double>) -> [Double] {
  var result: [Double] = []
  for value in values.sorted() where value > 0 && value < 1 {
    if let last = result.last, value - last <= 1e-11 { continue }
    result.append(value)
  }
  return result
}

/// The intervals into which edges cut [0, 1): middle and length.
private func intervals(_ edges: [Double]) -> [(middle: Double, length: Double)] {
  let all = [0] + distinct(edges) + [1]
  return zip(all, all.dropFirst()).map { (($0 + $1) / 2, $1 - $0) }
}

/// A word from each interval between the given numbers in (0, 1).
func wordsBetween(_ edges: [Double]) -> [WeightedWord] {
  intervals(edges).map { WeightedWord(word: UInt64($0.middle * 0x1p64), weight: $0.length) }
}

/// The same for each of `choices` values of the high half of the product with their number.
func wordsBetween(_ edges: [Double], choices: Int) -> [WeightedWord] {
  (0..<choices).flatMap { choice in
    intervals(edges).map { interval in
      WeightedWord(
        word: UInt64((Double(choice) + interval.middle) / Double(choices) * 0x1p64),
        weight: interval.length / Double(choices))
    }
  }
}

/// Words whose halves lie in each interval between the numbers; the high half also between `more`,
/// for words that are compared as a whole.
func wordsOfHalves(_ edges: [Double], more: [Double] = []) -> [WeightedWord] {
  intervals(edges + more).flatMap { high in
    intervals(edges).map { low in
      WeightedWord(
        word: UInt64(high.middle * 0x1p32) << 32 | UInt64(low.middle * 0x1p32),
        weight: high.length * low.length)
    }
  }
}
