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
      guard let other, other.fixedChoiceCount <= 4_194_304 else { continue }
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

  /// Table entries touched by one sum.
  var work: Double { plan.work * Double(choices.representatives.count) }

  /// ln Z, mean energy and its variance, by carrying two derivatives through the sum.
  ///
  /// Relative rounding errors are a few ulps times the number of sites; where the energies of far
  /// apart sites cancel, as at high temperature, the variance keeps an absolute error of that size.
  public func thermal(beta: Double) -> ThermalPoint {
    precondition(beta.isFinite, "beta is \(beta)")
    let total = sum(Arithmetic<Jet>()) { energy in
      let weight = exp(-beta * energy)
      return Jet(weight, -energy * weight, energy * energy * weight)
    }
    let logarithm = total.value.logarithm()
    return ThermalPoint(
      beta: beta, siteCount: graph.siteCount, logPartition: logarithm.value + total.logScale,
      energy: 0 - logarithm.first, energyVariance: max(0, logarithm.second))
  }

  /// ln Z alone, three times faster.
  public func logPartition(beta: Double) -> Double {
    precondition(beta.isFinite, "beta is \(beta)")
    let total = sum(Arithmetic<Double>()) { exp(-beta * $0) }
    return log(total.value) + total.logScale
  }

  /// A number as `value` times e^`logScale`.
  struct Scaled<Number: Sendable>: Sendable {
    var value: Number
    var logScale: Double
  }

  /// The sum of the products of all weights, `weight` giving that of an energy.
  func sum<Number: AnalyticNumber & BitwiseCopyable & Sendable>(
    _ algebra: Arithmetic<Number>, weight: (Double) -> Number
  ) -> Scaled<Number> {
    let q = graph.stateCount
    return sum(
      algebra,
      bondWeights: graph.bonds.flatMap { bond in
        graph.pairEnergy.map { weight(bond.coupling * $0) }
      },
      siteWeights: (0..<graph.siteCount * q).map { weight(graph.siteEnergy[$0]) })
  }

  func sum<Number: AnalyticNumber & BitwiseCopyable & Sendable>(
    _ algebra: Arithmetic<Number>, bondWeights: [Number], siteWeights: [Number]
  ) -> Scaled<Number> {
    let engine = EliminationEngine(
      plan: plan, algebra: algebra, bonds: graph.bonds.map { ($0.first, $0.second) },
      bondWeights: bondWeights, siteWeights: siteWeights)
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
