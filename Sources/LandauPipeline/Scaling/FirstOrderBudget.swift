import LandauCore
import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Which sizes of two coexisting phases are worth their time, and how long each is sampled.
struct FirstOrderBudget: Sendable {
  /// Five, from six tenths of the largest on.
  let sides: [Int]
  private let system: ScalingSystem
  /// Site updates of all sizes together.
  private let siteUpdates: Double

  /// Sizes with a mixed phase rarer than this are not needed: corrections have died out like it.
  private static let highestBarrier = 9.0
  /// Journeys from phase to phase wanted of the largest size.
  private static let journeys = 50.0

  /// A journey is a random walk over the bonds by which the phases differ; measured: it takes 14 (difference of
  /// bonds per site)^2 N sweeps for ten-state Potts on the square lattice. The logarithm of peak over valley grows as
  /// L^(d-1), from the smallest size looked at to the largest.
  init(_ coexistence: Coexistence, system: ScalingSystem, effort: Double) {
    self.system = system
    siteUpdates = 4e10 * effort
    let power = Double(system.dimension - 1)
    let cross = coexistence.sides.map { pow(Double($0), power) }
    let barriers = coexistence.barriers.map(\.value)
    let tension = (barriers.last! - barriers[0]) / (cross.last! - cross[0])
    let deep = pow(cross.last! + (Self.highestBarrier - barriers.last!) / tension, 1 / power)
    let difference =
      (coexistence.energies.upperBound - coexistence.energies.lowerBound)
      * -expm1(-coexistence.beta * system.coupling) / system.coupling
    let sites = (siteUpdates / 5 / (14 * Self.journeys)).squareRoot() / max(difference, 1e-3)
    let affordable = pow(
      sites / Double(system.cell.basis.count), 1 / Double(system.dimension))
    let largest = max(Double(coexistence.sides.last!), min(deep, affordable))
    let fractions = [0.6, 0.7, 0.8, 0.9, 1]
    sides = Set(fractions.map { 2 * Int((0.5 * $0 * largest).rounded()) }).sorted()
  }

  /// Equal time for every size, four chains; half of the sweeps may go into the weights in addition.
  func plan(side: Int, of count: Int, beta: Double) -> ScalingPlan {
    let sites = Double(system.siteCount(side: side))
    let sweeps = max(2000, Int(siteUpdates / Double(count) / sites / 4))
    // Not more measurements than a walk between the phases can tell apart.
    return ScalingPlan(
      side: side, beta: beta, sweeps: sweeps, measureEvery: max(1, sweeps / 100_000))
  }
}
