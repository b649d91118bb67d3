import LandauCore
import LandauLattice
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

/// An exact relation in any dimension, for want of exact values.
///
/// The integral over the group of a total derivative along a generator vanishes, so sum_a <d_a d_a S> =
/// sum_a <(d_a S)^2> for every link. With S = -(beta/N) Re tr(U A) + ..., X the algebra part of U A and
/// sum_a T_a T_a = -C, C = (N^2 - 1)/(2N) (1 for U(1)),
///
///     C <Re tr(U A)> = (beta/N) <K(X)>/2   (2 K(X) for U(1)),
///
/// K(X) = sum_a x_a^2/2. It holds in equilibrium at this beta and at no other.
@Suite struct GaugeIdentityTests {
  private static func difference<Link: GaugeGroup>(
    _ kernel: GaugeKernel<Link>, beta: Double
  ) -> Double {
    let rank = Double(Link.rank)
    let casimir = Link.rank == 1 ? 1 : (rank * rank - 1) / (2 * rank)
    let factor = Link.rank == 1 ? 2 : 0.5
    var sum = 0.0
    for site in 0..<kernel.siteCount {
      for axis in 0..<kernel.dimension {
        let product = kernel.link(site, axis) * kernel.staples(site, axis)
        sum += casimir * product.trace.x - beta / rank * factor * product.algebraPart.kinetic
      }
    }
    return sum / Double(kernel.linkCount)
  }

  private enum Move: String, CaseIterable { case heatBath, reflections, metropolis, trajectory }

  private static func estimate<Link: GaugeGroup>(
    _ model: GaugeModel, _: Link.Type, _ move: Move, beta: Double, claimed: Double, sweeps: Int,
    seed: Seed
  ) -> Estimate {
    let kernel = GaugeKernel<Link>(model, hasMomenta: true)
    defer { kernel.deallocate() }
    var rng = seed.makeStream()
    func sweep() {
      switch move {
      case .heatBath: kernel.heatBath(beta: beta, using: &rng)
      case .reflections:
        kernel.heatBath(beta: beta, using: &rng)
        kernel.reflect()
      case .metropolis:
        for _ in 0..<3 { _ = kernel.metropolis(beta: beta, step: 0.4, using: &rng) }
      case .trajectory:
        let path = TrajectoryPath(steps: 6, step: 0.12, integrator: .omelyan)
        _ = kernel.trajectory(path, beta: beta, using: &rng)
      }
    }
    for _ in 0..<60 { sweep() }
    kernel.unitarise()
    let values = (0..<sweeps).map { _ in
      sweep()
      return difference(kernel, beta: claimed)
    }
    return Series(values).estimate()
  }

  @Test(
    .slow, arguments: GaugeModel.Group.allCases,
    ["heatBath", "reflections", "metropolis", "trajectory"])
  func linksFulfilTheIdentityInFourDimensions(
    _ group: GaugeModel.Group, _ name: String
  ) throws {
    let move = try #require(Move(rawValue: name))
    // With even sides links are drawn eight at a time.
    let hasLanes = move == .heatBath || move == .reflections
    let (seed, fault) = (Seed.test(group, name), Seed.test(group, name, 2))
    let box = try HypercubicLattice(sides: [3, 3, 2, 3])
    Self.checkIdentity(try GaugeModel(group, lattice: box), move, seed: seed, fault: fault)
    guard hasLanes else { return }
    let even = try HypercubicLattice(sides: [4, 2, 2, 4])
    Self.checkIdentity(
      try GaugeModel(group, lattice: even), move, seed: seed.child("lanes"),
      fault: fault.child("lanes"))
  }

  private static func checkIdentity(_ model: GaugeModel, _ move: Move, seed: Seed, fault: Seed) {
    func run(_ seed: Seed, _ effort: Int, off: Double = 1) -> Estimate {
      switch model.group {
      case .u1:
        Self.estimate(
          model, CirclePhase.self, move, beta: 0.9, claimed: 0.9 * off, sweeps: 1500 * effort,
          seed: seed)
      case .su2:
        Self.estimate(
          model, Quaternion.self, move, beta: 2.3, claimed: 2.3 * off, sweeps: 1500 * effort,
          seed: seed)
      case .su3:
        Self.estimate(
          model, ThreeByThree.self, move, beta: 5.7, claimed: 5.7 * off, sweeps: 1500 * effort,
          seed: seed)
      }
    }
    // Each side is 3 to 15.
    expectAgreement(with: 0, seed: seed, minimalBias: 0.15) { run($0, $1) }
    // Injected fault: beta 6 per cent off.
    guard move == .heatBath else { return }
    expectDisagreement(with: 0, seed: fault) { run($0, $1, off: 1.06) }
  }
}
