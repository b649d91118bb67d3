public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension ExactSum {
  /// The exact number of configurations of each energy, where all energies are multiples of a unit.
  ///
  /// The generating function of the counts is summed at roots of unity modulo primes: whole numbers
  /// throughout. Cost: that of `logPartition`, times the number of levels and a thirtieth of the sites.
  ///
  /// - Parameter unit: what all energy differences of a bond or a site are multiples of.
  /// - Throws: `InputError` when they are not, or there are more than 2^20 levels.
  public func densityOfStates(unit: Double = 1) throws(InputError) -> DensityOfStates {
    let levels = try EnergyLevels(graph, unit: unit)
    var points = 1
    while points <= levels.degree { points *= 2 }
    let bits = Double(graph.siteCount) * log2(Double(graph.stateCount)) + 1
    let needed = Int(bits / 29) + 1
    let primes = PrimeField.primes(needed, congruentToOneModulo: points)
    precondition(primes.count == needed && primes.allSatisfy { $0 > 1 << 29 })
    let fields = primes.map(PrimeField.init)
    let residues = fields.map { field in
      let root = field.root(order: points)
      var x = field.one
      var values: [UInt32] = []
      for _ in 0..<points {
        values.append(sum(field, at: x, levels))
        x = field.times(x, root)
      }
      return field.interpolate(values, root: root).map(field.value)
    }
    return DensityOfStates(
      energies: (0...levels.degree).map { levels.lowest + unit * Double($0) },
      counts: (0...levels.degree).map { level in
        BigNatural(residues: residues.map { $0[level] }, fields: fields)
      }, siteCount: graph.siteCount)
  }

  /// The sum of x^level over all configurations.
  private func sum(_ field: PrimeField, at x: UInt32, _ levels: EnergyLevels) -> UInt32 {
    let powers = (0...levels.largest).map { field.power(x, $0) }
    let engine = EliminationEngine(
      plan: plan, algebra: field, bonds: graph.bonds.map { ($0.first, $0.second) },
      bondWeights: levels.bonds.map { powers[$0] }, siteWeights: levels.sites.map { powers[$0] })
    let choices = choices
    let total: UInt32? = engine.total(
      over: choices.representatives.count, pool: pool,
      choice: { choices.representatives[$0] },
      reduce: { part, index, outcome in
        let count = field.element(choices.multiplicities[index])
        part = field.plus(part ?? 0, field.times(count, outcome.value))
      },
      merge: { $0 = field.plus($0 ?? 0, $1) })
    return total!
  }
}

/// Energies as whole numbers of a unit above the lowest of each bond and site.
private struct EnergyLevels {
  /// The sum of the lowest energies of all bonds and sites, and of the highest in units above.
  var lowest = 0.0
  var degree = 0
  /// The most units one bond or site adds.
  var largest = 0
  /// `[bond, state, state]` and `[site, state]`.
  var bonds: [Int] = []
  var sites: [Int] = []

  init(_ graph: StateGraph, unit: Double) throws(InputError) {
    guard unit > 0, unit.isFinite else {
      throw .notAllowed("the unit of energy", unit, allowed: "finite numbers above 0")
    }
    for bond in graph.bonds {
      bonds += try append(graph.pairEnergy.map { $0 * bond.coupling }, unit)
    }
    for site in 0..<graph.siteCount {
      let from = site * graph.stateCount
      sites += try append(Array(graph.siteEnergy[from..<from + graph.stateCount]), unit)
    }
    guard degree < 1 << 20 else {
      throw .notAllowed("the number of energy levels", degree, allowed: "below 2^20")
    }
  }

  private mutating func append(_ energies: [Double], _ unit: Double) throws(InputError) -> [Int] {
    let least = energies.min()!
    var levels: [Int] = []
    for energy in energies {
      let level = ((energy - least) / unit).rounded()
      let rest = abs(energy - least - level * unit)
      guard rest <= 1e-9 * unit, level < 1_048_576 else {
        throw .notAllowed("the unit of energy", unit, allowed: "one that divides all differences")
      }
      levels.append(Int(level))
    }
    lowest += least
    degree += levels.max()!
    largest = max(largest, levels.max()!)
    return levels
  }
}
