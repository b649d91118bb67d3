import LandauCore
import LandauTestSupport
import Testing

@testable import LandauExact

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct ClosedFormTests {
  /// A quadrature must not know its integrals: polynomials, roots and logarithms at the ends.
  @Test func quadrature() {
    let cubic = Quadrature.integrate(from: -1, to: 2) { a, _ in pow(a - 1, 3) }
    expectClose(cubic, 3.75, ulps: 8)
    expectClose(Quadrature.integrate(from: 0, to: 1) { a, _ in a.squareRoot() }, 2.0 / 3, ulps: 8)
    expectClose(Quadrature.integrate(from: 0, to: 1) { _, b in log(b) }, -1, ulps: 8)
    expectClose(
      Quadrature.integrate(from: 0, to: Double.pi) { a, _ in sin(a) }, 2, ulps: 8)
  }

  @Test func constants() {
    expectClose(LatticeConstants.catalan, 0.915965594177219015, ulps: 4)
    expectClose(LatticeConstants.squareIceEntropy, 0.431523108677671, absolute: 1e-15)
    expectClose(LatticeConstants.dimerEntropy, 0.291560904030819, absolute: 1e-15)
    expectClose(LatticeConstants.spanningTreeEntropy, 1.166243616123275, absolute: 1e-15)
    expectClose(LatticeConstants.honeycombConnectiveConstant, 1.847759065022574, absolute: 1e-15)
    expectClose(LatticeConstants.triangularBondPercolation, 0.347296355333861, absolute: 1e-15)
    expectClose(LatticeConstants.honeycombBondPercolation, 0.652703644666139, absolute: 1e-15)
    // 1 - 3 p + p^3 = 0 on the triangular lattice.
    let p = LatticeConstants.triangularBondPercolation
    expectClose(1 - 3 * p + p * p * p, 0, absolute: 1e-15)
    expectClose(
      Onsager().logPartitionPerSite(beta: Onsager.criticalReducedCoupling),
      log(2.0) / 2 + 2 * LatticeConstants.catalan / Double.pi, ulps: 8)
  }

  @Test(arguments: [
    (2, 1.13459265711, -1.70710678119), (3, 0.994972861072, -1.57735026919),
    (4, 0.910239226627, -1.5), (5, 0.851528361612, -1.4472135955),
    (6, 0.807606803605, -1.40824829046), (7, 0.773058918206, -1.37796447301),
    (8, 0.744904455122, -1.35355339059), (10, 0.70123156793, -1.31622776602),
    (20, 0.588349840436, -1.22360679775),
  ])
  func pottsTransitions(states: Int, temperature: Double, energy: Double) throws {
    let model = try SquarePotts(states: states)
    expectClose(model.criticalTemperature, temperature, absolute: 6e-12)
    expectClose(model.meanEnergyPerSite, energy, absolute: 6e-12)
    if states <= 4 {
      #expect(model.latentHeatPerSite == 0 && model.disorderedCorrelationLength == .infinity)
    }
  }

  @Test(arguments: [
    (5, 0.05291875791, -1.473672974, -1.420754217, 2512.24682),
    (6, 0.20146414, -1.50898036, -1.30751622, 158.8926958),
    (7, 0.3532767795, -1.554602863, -1.201326083, 48.09590658),
    (8, 0.4863580795, -1.59673243, -1.110374351, 23.87820395),
    (10, 0.6960494315, -1.664252482, -0.9682030503, 10.55951942),
    (20, 1.194155255, -1.820684425, -0.6265291704, 2.695501743),
  ])
  func pottsFirstOrder(
    states: Int, latentHeat: Double, ordered: Double, disordered: Double, length: Double
  ) throws {
    let model = try SquarePotts(states: states)
    // Ten and eight digits are known.
    expectClose(model.latentHeatPerSite, latentHeat, absolute: states == 6 ? 6e-9 : 6e-10)
    expectClose(model.orderedEnergyPerSite, ordered, absolute: states == 6 ? 6e-9 : 1e-9)
    expectClose(model.disorderedEnergyPerSite, disordered, absolute: states == 6 ? 6e-9 : 1e-9)
    expectClose(model.disorderedCorrelationLength, length, relative: 1e-9)
  }

  @Test func exponents() {
    let ising = CriticalExponents.potts(states: 2)
    for (value, expected) in [
      (ising.nu, 1), (ising.beta, 0.125), (ising.gamma, 1.75), (ising.eta, 0.25),
      (ising.delta, 15), (ising.alpha, 0),
    ] { expectClose(value, expected, absolute: 1e-13) }
    let three = CriticalExponents.potts(states: 3)
    for (value, expected) in [
      (three.nu, 5.0 / 6), (three.beta, 1.0 / 9), (three.gamma, 13.0 / 9), (three.eta, 4.0 / 15),
    ] { expectClose(value, expected, absolute: 1e-14) }
    let four = CriticalExponents.potts(states: 4)
    expectClose(four.nu, 2.0 / 3, absolute: 1e-14)
    expectClose(four.beta, 1.0 / 12, absolute: 1e-14)
    let percolation = CriticalExponents.potts(states: 1)
    expectClose(percolation.nu, 4.0 / 3, absolute: 1e-13)
    expectClose(percolation.beta, 5.0 / 36, absolute: 1e-13)
    expectClose(percolation.magnetic, 91.0 / 48, absolute: 1e-14)
  }

  @Test func nishimori() {
    let line = NishimoriLine(antiferromagneticFraction: 0.1)
    expectClose(line.temperature, 0.910239226627, absolute: 6e-13)
    expectClose(2 * line.energyPerBond, -1.6, ulps: 4)
  }

  /// All disorder, one small lattice: the average energy per bond is the closed form.
  @Test func nishimoriByEnumeration() throws {
    let line = NishimoriLine(antiferromagneticFraction: 0.2)
    let bonds = Tori.bonds([2, 3])
    var mean = 0.0
    for disorder in 0..<(1 << bonds.count) {
      let signs = bonds.indices.map { (disorder >> $0) & 1 == 1 ? -1.0 : 1 }
      let weight = signs.reduce(1.0) { $0 * ($1 < 0 ? 0.2 : 0.8) }
      let graph = try IsingGraph(
        siteCount: 6, bonds: zip(bonds, signs).map { .init($0.first, $0.second, $1) })
      let sum = try ExactSum(of: StateGraph(graph), pool: WorkerPool(threadCount: 1))
      mean += weight * sum.thermal(beta: line.beta).energy / Double(bonds.count)
    }
    expectClose(mean, line.energyPerBond, absolute: 1e-13)
  }

  @Test func gaugeTheories() throws {
    for (beta, plaquette, susceptibility) in [
      (1.0, 0.446389965897, 0.04063623611), (2, 0.697774657964, 0.01936404563),
      (5, 0.893383137044, 0.005755807264),
    ] {
      expectClose(GaugePlane.u1Plaquette(beta: beta), plaquette, absolute: 6e-13)
      expectClose(
        GaugePlane.u1TopologicalSusceptibility(beta: beta), susceptibility, absolute: 6e-12)
    }
    expectClose(GaugePlane.u1TopologicalSusceptibility(beta: 7), 0.003931306074, absolute: 6e-13)
    expectClose(
      GaugePlane.u1Plaquette(beta: 7, plaquetteCount: 64), 0.9257003643508, absolute: 6e-14)
    for (beta, plaquette) in [(1.0, 0.24019372387), (2, 0.433127426722), (4, 0.658047267359)] {
      expectClose(GaugePlane.su2Plaquette(beta: beta), plaquette, absolute: 6e-12)
    }
    expectClose(GaugePlane.isingDual(0.221654626), 0.761413292, absolute: 6e-10)
    let critical = Onsager.criticalReducedCoupling
    expectClose(GaugePlane.isingDual(critical), critical, ulps: 2)
    expectClose(
      try IsingGaugeTorus(rows: 20, columns: 20).plaquette(beta: 0.7), 0.604367777117163, ulps: 4)
  }

  @Test(arguments: [
    (8, 1.0, 0.254173997690350, 10.557824520585617, 1.0),
    (16, 0.25, 0.376958111158131, 71.237260340473, 4),
    (32, 0.1, 0.454362537267272, 316.432743014583, 10),
  ])
  func freeField(side: Int, mass: Double, square: Double, logPartition: Double, chi: Double) throws
  {
    let field = try FreeScalarField(sides: [side, side], massSquared: mass)
    expectClose(field.squaredField, square, absolute: 1e-15)
    expectClose(field.logPartition, logPartition, absolute: 1e-12, relative: 1e-14)
    expectClose(field.susceptibility, chi, ulps: 1)
    let sum = (0..<side * side).reduce(0.0) {
      $0 + field.correlation(displacement: [$1 / side, $1 % side])
    }
    expectClose(sum, chi, relative: 1e-12)
    expectClose(field.correlation(displacement: [0, 0]), square, absolute: 1e-14)
  }

  /// One site is a Gaussian of variance 1 / m^2, and a chain of two has the modes m^2 and m^2 + 4.
  @Test func smallFreeFields() throws {
    let one = try FreeScalarField(sides: [1, 1], massSquared: 0.3)
    expectClose(one.squaredField, 1 / 0.3, ulps: 2)
    let two = try FreeScalarField(sides: [2], massSquared: 0.5)
    expectClose(two.squaredField, (1 / 0.5 + 1 / 4.5) / 2, ulps: 4)
    expectClose(two.logPartition, log(2 * Double.pi) - log(0.5 * 4.5) / 2, ulps: 8)
    #expect(throws: InputError.self) { try FreeScalarField(sides: [4], massSquared: 0) }
    #expect(throws: InputError.self) { try FreeScalarField(sides: [], massSquared: 1) }
  }

  @Test func oscillators() throws {
    for (quadratic, quartic, first, second) in [
      (0.0, 1.0, 0.66798626, 2.39364402), (0.5, 1, 0.80377065, 2.73789227),
      (0.5, 0.1, 0.55914633, 1.76950264),
    ] {
      let oscillator = try AnharmonicOscillator(quadratic: quadratic, quartic: quartic)
      let levels = try oscillator.levels(2)
      expectClose(levels[0], first, absolute: 6e-9)
      expectClose(levels[1], second, absolute: 6e-9)
      let larger = try oscillator.levels(2, basisSize: 260)
      expectClose(levels[1], larger[1], absolute: 1e-11)
    }
    let harmonic = try AnharmonicOscillator(quadratic: 2, quartic: 0).levels(3)
    for (n, level) in harmonic.enumerated() {
      expectClose(level, 2 * (Double(n) + 0.5), ulps: 4000)
    }
    #expect(throws: InputError.self) { try AnharmonicOscillator(quadratic: 1, quartic: -1) }
  }
}
