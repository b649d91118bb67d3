import LandauCore
import LandauExact
import LandauLattice
import LandauTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct GaugeTorusTests {
  /// One plaquette on the infinite plane is an integral over the group.
  @Test(arguments: [0.1, 1, 2, 4, 6, 11])
  func largeToriArePlanes(_ beta: Double) throws {
    let circle = try GaugeTorus(.u1, plaquetteCount: 100_000, beta: beta)
    expectClose(circle.plaquette, GaugePlane.u1Plaquette(beta: beta), absolute: 1e-12)
    let sphere = try GaugeTorus(.su2, plaquetteCount: 100_000, beta: beta)
    expectClose(sphere.plaquette, GaugePlane.su2Plaquette(beta: beta), absolute: 1e-12)
    let third = try GaugeTorus(.su3, plaquetteCount: 100_000, beta: beta)
    expectClose(third.plaquette, Self.integrated(beta), absolute: 1e-12)
  }

  /// Mean of Re tr U / 3 with weight exp(beta Re tr U / 3) over SU(3): trapezoidal sums over two angles of the
  /// eigenvalues with Weyl's measure, exact to rounding for periodic functions.
  private static func integrated(_ beta: Double) -> Double {
    let count = 96
    var (sum, norm) = (0.0, 0.0)
    for i in 0..<count {
      for j in 0..<count {
        let (a, b) = (
          2 * Double.pi * Double(i) / Double(count), 2 * Double.pi * Double(j) / Double(count)
        )
        let c = -a - b
        let measure = pow(sin((a - b) / 2) * sin((b - c) / 2) * sin((c - a) / 2), 2)
        let trace = (cos(a) + cos(b) + cos(c)) / 3
        let weight = measure * exp(beta * (trace - 1))
        sum += weight * trace
        norm += weight
      }
    }
    return sum / norm
  }

  /// The numbers of the register: 8 x 8 and 16 x 16 at beta = 6, and 64 plaquettes at 7.
  @Test func finiteToriOfPhases() throws {
    expectClose(
      try GaugeTorus(.u1, plaquetteCount: 64, beta: 6).plaquette, 0.912455, absolute: 5e-7)
    expectClose(
      try GaugeTorus(.u1, plaquetteCount: 256, beta: 6).plaquette, 0.912359, absolute: 5e-7)
    expectClose(
      try GaugeTorus(.u1, plaquetteCount: 64, beta: 7).plaquette, 0.9257003643508, absolute: 1e-13)
    for (count, beta) in [(4, 0.3), (9, 2.0), (64, 6.0)] {
      expectClose(
        try GaugeTorus(.u1, plaquetteCount: count, beta: beta).plaquette,
        GaugePlane.u1Plaquette(beta: beta, plaquetteCount: count), absolute: 1e-13)
    }
  }

  /// Plaquette and specific heat are derivatives of ln Z; a loop round one plaquette is the plaquette, one round none
  /// is 1, and on large tori areas multiply.
  @Test(arguments: GaugeModel.Group.allCases, [4, 25])
  func quantitiesAgreeWithEachOther(_ group: GaugeModel.Group, _ count: Int) throws {
    for beta in [0.0, 0.4, 2, 5.5] {
      let torus = try GaugeTorus(group, plaquetteCount: count, beta: beta)
      expectClose(torus.wilsonLoop(area: 0), 1, absolute: 1e-12)
      expectClose(torus.wilsonLoop(area: 1), torus.plaquette, absolute: 1e-11)
      let large = try GaugeTorus(group, plaquetteCount: 1_000_000, beta: beta)
      expectClose(
        large.wilsonLoop(area: 3), pow(large.plaquette, 3), absolute: 1e-10)
      guard beta > 0 else {
        expectClose(torus.logPartition, 0, absolute: 1e-12)
        continue
      }
      let h = 1e-4
      let up = try GaugeTorus(group, plaquetteCount: count, beta: beta + h)
      let down = try GaugeTorus(group, plaquetteCount: count, beta: beta - h)
      let slope = (up.logPartition - down.logPartition) / (2 * h)
      expectClose(1 + slope / Double(count), torus.plaquette, absolute: 1e-7)
      let heat = beta * beta * (up.plaquette - down.plaquette) / (2 * h)
      expectClose(torus.specificHeatPerPlaquette, heat, absolute: 1e-6)
    }
  }

  /// SU(2) and SU(3) at weak coupling: (N^2 - 1)/2 normal modes per plaquette, 1 - plaquette = (N^2 - 1)/(2 beta) + ...
  @Test func weakCouplingCountsModes() throws {
    for (group, modes) in [(GaugeModel.Group.u1, 1.0), (.su2, 3), (.su3, 8)] {
      let torus = try GaugeTorus(group, plaquetteCount: 10_000, beta: 400)
      expectClose(400 * (1 - torus.plaquette), modes / 2, relative: 0.01)
    }
  }

  /// <Q^2>/V on large tori, and the plaquette from the same independent angles.
  @Test(
    arguments: [
      (1.0, 0.04063623611), (2, 0.01936404563), (5, 0.005755807264), (7, 0.003931306074),
    ])
  func largeToriHaveTheSusceptibilityOfThePlane(_ beta: Double, _ expected: Double) throws {
    let charge = try TopologicalCharge(plaquetteCount: 4096, beta: beta)
    expectClose(charge.susceptibility, expected, relative: 1e-9)
    expectClose(
      charge.susceptibility, GaugePlane.u1TopologicalSusceptibility(beta: beta), relative: 1e-10)
    let sum = charge.probability(0) + 2 * charge.probabilities.dropFirst().reduce(0, +)
    expectClose(sum, 1, absolute: 1e-13)
  }

  /// Four plaquettes by quadrature over three angles: the fourth is what makes the sum 2 pi Q.
  @Test(arguments: [0.0, 0.7, 3])
  func smallToriByQuadrature(_ beta: Double) throws {
    let charge = try TopologicalCharge(plaquetteCount: 4, beta: beta)
    let count = 160
    var counts: [Int: Double] = [:]
    let angle = { (i: Int) in -Double.pi + 2 * Double.pi * (Double(i) + 0.5) / Double(count) }
    for i in 0..<count {
      for j in 0..<count {
        for k in 0..<count {
          let (a, b, c) = (angle(i), angle(j), angle(k))
          let sum = a + b + c
          let last = -sum - 2 * Double.pi * (-sum / (2 * Double.pi)).rounded()
          let value = Int(((sum + last) / (2 * Double.pi)).rounded())
          counts[value, default: 0] += exp(beta * (cos(a) + cos(b) + cos(c) + cos(last) - 4))
        }
      }
    }
    let total = counts.values.reduce(0, +)
    // Cells cut by the edges of sectors: their share is about 1/count.
    for value in 0...1 {
      expectClose(charge.probability(value), counts[value, default: 0] / total, absolute: 2e-3)
    }
  }

  @Test func nonsenseIsRefused() {
    #expect(throws: InputError.self) { try GaugeTorus(.su3, plaquetteCount: 0, beta: 1) }
    #expect(throws: InputError.self) { try GaugeTorus(.su3, plaquetteCount: 4, beta: -1) }
    #expect(throws: InputError.self) { try TopologicalCharge(plaquetteCount: 4, beta: .nan) }
    #expect(throws: InputError.self) { try TopologicalCharge(plaquetteCount: 3, beta: 1) }
  }
}
