public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Sums over all configurations of a system on a narrow graph, one site at a time: no sampling, no
/// truncation, any couplings and fields.
///
///     let torus = try ExactSum(of: .init(IsingGraph(rows: 10, columns: 10, right: j, down: k)))
///     print(torus.thermal(beta: 1).energyPerSite)
///
/// On strips this is the transfer matrix. A torus of W columns costs about N q^(2 W) operations, less
/// by the symmetries that `permutations` name: a uniform 12 x 12 Ising torus takes half a second.
public struct ExactSum: Sendable {
  public let graph: StateGraph
  let plan: EliminationPlan
  let choices: FixedChoices
  let pool: WorkerPool

  /// - Parameter permutations: of the sites, each `[site]` to where it goes, that may leave the energy
  ///   unchanged, e.g. translations along a row: those that do make the sum shorter.
  /// - Throws: `InputError` when the graph is too wide.
  public init(
    of graph: StateGraph, permutations: [[Int]] = [], pool: WorkerPool = WorkerPool()
  ) throws(InputError) {
    self.graph = graph
    self.pool = pool
    let bonds = graph.bonds.map { ($0.first, $0.second) }
    var plan = try EliminationPlan(
      siteCount: graph.siteCount, bonds: bonds, states: graph.stateCount)
    var choices = FixedChoices(graph, plan, permutations: permutations)
    // Fixing what a permutation moves in a circle, e.g. a row, lets its symmetry shorten the sum.
    for permutation in permutations where permutation.count == graph.siteCount {
      let other = try? EliminationPlan(
        siteCount: graph.siteCount, bonds: bonds, states: graph.stateCount,
        fixing: Self.circle(permutation))
      // Translations and exchanges of states make at most so many choices alike.
      var alike = Double(graph.siteCount)
      for states in 2...graph.stateCount { alike *= Double(states) }
      guard let other, other.fixedChoiceCount <= 4_194_304,
        other.totalWork < alike * plan.work * Double(choices.representatives.count)
      else { continue }
      let fewer = FixedChoices(graph, other, permutations: permutations)
      let work = other.work * Double(fewer.representatives.count)
      if work < plan.work * Double(choices.representatives.count) {
        (plan, choices) = (other, fewer)
      }
    }
    (self.plan, self.choices) = (plan, choices)
  }

  /// The sites that site 0 is moved to.
  private static func circle(_ permutation: [Int]) -> Set<Int> {
    var sites: Set<Int> = []
    var site = 0
    while permutation.indices.contains(site), sites.insert(site).inserted {
      site = permutation[site]
    }
    return sites
  }

  /// Table entries touched by one sum; some hundred million a second and thread.
  public var work: Double { plan.work * Double(choices.representatives.count) }

  /// ln Z, mean energy and its variance, by carrying two derivatives through the sum.
  ///
  /// Relative rounding errors are a few ulps times the number of sites; where the energies of far
  /// apart sites cancel, as at high temperature, the variance keeps an absolute error of that size.
  public func thermal(beta: Double) -> ThermalPoint {
    precondition(beta.isFinite, "beta is \(beta)")
    let total = sum(Arithmetic<Jet>(), beta: beta) { energy in
      let weight = exp(-beta * energy)
      return Jet(weight, -energy * weight, energy * energy * weight)
    }
    let logarithm = total.value.logarithm()
    return ThermalPoint(
      beta: beta, siteCount: graph.siteCount,
      logPartition: logarithm.value + total.logScale - beta * offset(beta: beta),
      energy: offset(beta: beta) - logarithm.first, energyVariance: logarithm.second.orZero)
  }

  /// ln Z alone, three times faster.
  public func logPartition(beta: Double) -> Double {
    precondition(beta.isFinite, "beta is \(beta)")
    let total = sum(Arithmetic<Double>(), beta: beta) { exp(-beta * $0) }
    return log(total.value) + total.logScale - beta * offset(beta: beta)
  }

  /// A number as `value` times e^`logScale`.
  struct Scaled<Number: Sendable>: Sendable {
    var value: Number
    var logScale: Double
  }

  /// The sum of the products of all weights, `weight` giving that of an energy above the preferred one
  /// of its bond or site; `beta` is what it multiplies the energies by.
  func sum<Number: AnalyticNumber & BitwiseCopyable & Sendable>(
    _ algebra: Arithmetic<Number>, beta: Double, weight: (Double) -> Number
  ) -> Scaled<Number> {
    let q = graph.stateCount
    return sum(
      algebra, beta: beta,
      bondWeights: graph.bonds.flatMap { bond in
        let energies = graph.pairEnergy.map { bond.coupling * $0 }
        let preferred = Self.preferred(energies, beta: beta)
        return energies.map { weight($0 - preferred) }
      },
      siteWeights: (0..<graph.siteCount).flatMap { site in
        let energies = graph.siteEnergy[site * q..<(site + 1) * q]
        let preferred = Self.preferred(energies, beta: beta)
        return energies.map { weight($0 - preferred) }
      })
  }

  /// The energy with the largest Boltzmann factor.
  private static func preferred(_ energies: some Sequence<Double>, beta: Double) -> Double {
    beta >= 0 ? energies.min()! : energies.max()!
  }

  /// What the energies of all bonds and sites are counted from, so that no weight overflows.
  private func offset(beta: Double) -> Double {
    let q = graph.stateCount
    var sum = 0.0
    for bond in graph.bonds {
      sum += Self.preferred(graph.pairEnergy.lazy.map { bond.coupling * $0 }, beta: beta)
    }
    for site in 0..<graph.siteCount {
      sum += Self.preferred(graph.siteEnergy[site * q..<(site + 1) * q], beta: beta)
    }
    return sum
  }

  func sum<Number: AnalyticNumber & BitwiseCopyable & Sendable>(
    _ algebra: Arithmetic<Number>, beta: Double, bondWeights: [Number], siteWeights: [Number]
  ) -> Scaled<Number> {
    var engine = EliminationEngine(
      plan: plan, algebra: algebra, bonds: graph.bonds.map { ($0.first, $0.second) },
      bondWeights: bondWeights, siteWeights: siteWeights)
    engine.rescaleInterval = rescaleInterval(beta: beta)
    let choices = choices
    let total: Scaled<Number>? = engine.total(
      over: choices.representatives.count, pool: pool,
      choice: { choices.representatives[$0] },
      reduce: { part, index, outcome in
        let value = Double(choices.multiplicities[index]) * outcome.value
        Self.add(Scaled(value: value, logScale: outcome.logScale), to: &part)
      },
      merge: { Self.add($1, to: &$0) })
    return total!
  }

  /// So many sites that their factors, multiplied, stay within e^200 of one.
  private func rescaleInterval(beta: Double) -> Int {
    var reach = [Double](repeating: 0, count: graph.siteCount)
    let strongest = graph.pairEnergy.map(abs).max()!
    for bond in graph.bonds {
      reach[bond.first] += abs(bond.coupling) * strongest
      reach[bond.second] += abs(bond.coupling) * strongest
    }
    for site in reach.indices {
      let from = site * graph.stateCount
      reach[site] += graph.siteEnergy[from..<from + graph.stateCount].map(abs).max()!
    }
    let largest = abs(beta) * (reach.max() ?? 0) + log(Double(graph.stateCount))
    return max(1, min(16, Int(200 / largest)))
  }

  private static func add<Number: AnalyticNumber>(
    _ new: Scaled<Number>, to total: inout Scaled<Number>?
  ) {
    guard let old = total else {
      total = new
      return
    }
    let logScale = max(old.logScale, new.logScale)
    let value =
      exp(old.logScale - logScale) * old.value + exp(new.logScale - logScale) * new.value
    total = Scaled(value: value, logScale: logScale)
  }
}
