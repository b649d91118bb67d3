internal import CLandauKernels
import LandauCore
import LandauLattice
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct HamiltonianTests {
  /// Kicks are minus the gradient of the action, in every dimension and for sides from 1.
  @Test(arguments: [[1], [2], [7], [1, 6], [6, 1], [5, 3], [4, 13], [3, 4, 5], [2, 3, 1, 9]])
  func forcesAreGradients(_ sides: [Int]) throws {
    let model = try ScalarFieldModel(
      lattice: HypercubicLattice(sides: sides), massSquared: -0.7, lambda: 1.1, action: .albergo)
    let kernel = ScalarFieldKernel(model, hasMomenta: true)
    defer { kernel.deallocate() }
    var rng = Seed.test(sides).makeStream()
    let field = (0..<model.siteCount).map { _ in rng.normal() }
    kernel.load(field)
    let momenta = kernel.momenta!
    for site in 0..<model.siteCount { momenta[site] = 0 }
    kernel.motion().kick(0.5)
    let gradient = model.gradient(of: field.span)
    for site in 0..<model.siteCount {
      expectClose(momenta[site], -0.5 * gradient[site], absolute: 1e-13, relative: 1e-13)
    }
    // The gradient itself against a central difference of the action.
    for site in 0..<min(8, model.siteCount) {
      var (up, down) = (field, field)
      up[site] += 1e-4
      down[site] -= 1e-4
      let slope = (model.action(of: up.span) - model.action(of: down.span)) / 2e-4
      expectClose(gradient[site], slope, absolute: 2e-6, relative: 1e-6)
    }
  }

  /// Trajectories of every level against plain kicks and motions, bit for bit, and the total energies at both ends: rows
  /// shorter than a vector, fewer slices than parts, parts that follow one another two at a time or not at all.
  @Test(
    arguments: [
      [2, 2], [1, 6], [6, 1], [5, 3], [4, 13], [6, 32], [41, 16], [3, 4, 5], [9, 3, 8],
      [2, 3, 1, 19],
      [5, 4096], [3, 3, 1366], [3, 1, 12_000],
    ],
    HamiltonianSettings.Integrator.allCases)
  func levelsAgreeWithPlainSteps(
    _ sides: [Int], _ integrator: HamiltonianSettings.Integrator
  ) throws {
    let model = try ScalarFieldModel(
      lattice: HypercubicLattice(sides: sides), massSquared: -0.7, lambda: 1.1, action: .albergo)
    var rng = Seed.test(sides).makeStream()
    let field = (0..<model.siteCount).map { _ in rng.normal() }
    let plain = ScalarFieldKernel(model, hasMomenta: true)
    defer { plain.deallocate() }
    for steps in [1, 2, 5] {
      plain.load(field)
      let reference = plain.motion()
      var draws = Seed.test(sides).makeStream()
      reference.drawMomenta(using: &draws)
      let momenta = (0..<model.siteCount).map { reference.momenta[$0] }
      func total(_ momenta: [Double], _ field: [Double]) -> Double {
        momenta.reduce(0) { $0 + $1 * $1 } / 2 + model.action(of: field.span)
      }
      let before = total(momenta, field)
      reference.integrate(steps: steps, step: 0.07, by: integrator)
      let after = total(
        (0..<model.siteCount).map { reference.momenta[$0] },
        (0..<model.siteCount).map { plain.field[$0] })
      expectClose(reference.total(), after, absolute: 1e-13 * Double(model.siteCount))
      for level in KernelLevel.allCases.filter(\.isSupported) {
        let kernel = ScalarFieldKernel(model, hasMomenta: true, level: level)
        defer { kernel.deallocate() }
        kernel.load(field)
        let motion = kernel.motion()
        var draws = Seed.test(sides).makeStream()
        motion.drawMomenta(using: &draws)
        #expect((0..<model.siteCount).allSatisfy { motion.momenta[$0] == momenta[$0] })
        let found = kernel.moved(
          along: TrajectoryPath(steps: steps, step: 0.07, integrator: integrator))
        expectClose(found.before, before, absolute: 1e-13 * Double(model.siteCount))
        expectClose(found.after, after, absolute: 1e-13 * Double(model.siteCount))
        #expect((0..<model.siteCount).allSatisfy { found.end[$0] == plain.field[$0] })
        #expect((0..<model.siteCount).allSatisfy { motion.momenta[$0] == reference.momenta[$0] })
        #expect((0..<model.siteCount).allSatisfy { kernel.field[$0] == field[$0] })
      }
    }
  }

  /// Normal numbers in eight lanes: every level against the plain formula, and their distribution.
  @Test func lanesOfNormalNumbersFollowTheDensity() throws {
    let count = 160_000
    let words = (0..<32).map { Seed.test($0).value }
    var streams = LaneReference.streams(words)
    var expected = [Double](repeating: 0, count: count)
    for block in stride(from: 0, to: count, by: 16) {
      for lane in 0..<8 {
        let (x, y) = LaneReference.circle(streams[lane].next())
        let u = 1 - LaneReference.uniform(streams[lane].next())
        let radius = (-2 * LaneReference.logarithm(u)).squareRoot()
        (expected[block + lane], expected[block + 8 + lane]) = (radius * x, radius * y)
      }
    }
    for level in KernelLevel.allCases.filter(\.isSupported) {
      var (found, state) = ([Double](repeating: 0, count: count), words)
      level.kernels.vectors.pointee.normals(&found, count, &state)
      #expect(found == expected)
    }
    // Bins of equal probability; a standard deviation off by two per cent is seen.
    func plausibility(scale: Double) -> Double {
      var counts = [Double](repeating: 0, count: 40)
      for x in expected {
        let share = erfc(-scale * x / 2.0.squareRoot()) / 2
        counts[min(39, Int(share * 40))] += 1
      }
      return chiSquareProbability(
        counts, expected: [Double](repeating: Double(count) / 40, count: 40))
    }
    #expect(plausibility(scale: 1) > 5e-6)
    #expect(plausibility(scale: 1.02) < 1e-6)
  }

  /// Violations of energy at fixed length fall by four when the step is halved; Omelyan's scheme has the
  /// smaller ones at equal numbers of forces.
  @Test(arguments: HamiltonianSettings.Integrator.allCases)
  func violationsAreOfSecondOrder(_ integrator: HamiltonianSettings.Integrator) throws {
    let coarse = try Self.meanSquareViolation(integrator, steps: 40)
    let fine = try Self.meanSquareViolation(integrator, steps: 80)
    // Ratio of root mean squares: 4 up to terms of fourth order.
    let ratio = (coarse / fine).squareRoot()
    #expect(abs(ratio - 4) < 0.3, "\(integrator): \(ratio)")
  }

  @Test func omelyanBeatsLeapfrogAtEqualCost() throws {
    let leapfrog = try Self.meanSquareViolation(.leapfrog, steps: 32)
    let omelyan = try Self.meanSquareViolation(.omelyan, steps: 16)
    #expect(omelyan < leapfrog / 4)
  }

  /// Mean squared violation over trajectories of length 1 from the same starts.
  private static func meanSquareViolation(
    _ integrator: HamiltonianSettings.Integrator, steps: Int
  ) throws -> Double {
    let model = try ScalarFieldModel(
      lattice: HypercubicLattice(sides: [6, 6]), massSquared: -4, lambda: 6.975, action: .albergo)
    let kernel = ScalarFieldKernel(model, hasMomenta: true)
    defer { kernel.deallocate() }
    var rng = Seed(3).makeStream()
    var sum = 0.0
    for _ in 0..<20 {
      for site in 0..<model.siteCount { kernel.field[site] = 0.4 * rng.normal() }
      let path = TrajectoryPath(
        steps: steps, step: 1 / Double(steps), integrator: integrator, isTested: false)
      let result = kernel.trajectory(path, using: &rng)
      sum += result.violation * result.violation
    }
    return sum / 20
  }

  /// There and back with momenta turned round.
  @Test(arguments: HamiltonianSettings.Integrator.allCases)
  func trajectoriesAreReversible(_ integrator: HamiltonianSettings.Integrator) throws {
    let model = try ScalarFieldModel(
      lattice: HypercubicLattice(sides: [6, 6]), massSquared: -4, lambda: 6.975, action: .albergo)
    let kernel = ScalarFieldKernel(model, hasMomenta: true)
    defer { kernel.deallocate() }
    var rng = Seed.test().makeStream()
    let field = (0..<36).map { _ in 0.4 * rng.normal() }
    kernel.load(field)
    let motion = kernel.motion()
    motion.drawMomenta(using: &rng)
    let path = TrajectoryPath(steps: 20, step: 0.05, integrator: integrator)
    kernel.field.update(from: kernel.moved(along: path).end, count: 36)
    for site in 0..<36 { motion.momenta[site] = -motion.momenta[site] }
    let back = kernel.moved(along: path).end
    for site in 0..<36 { expectClose(back[site], field[site], absolute: 1e-12) }
  }

  /// The same on the sphere, where also lengths and tangents are kept.
  @Test(arguments: [2, 3, 4, 6, 9], HamiltonianSettings.Integrator.allCases)
  func spinsReturn(_ components: Int, _ integrator: HamiltonianSettings.Integrator) throws {
    let model = try VectorModel(
      Lattice(.triangular, sides: [4, 3]), components: components, coupling: 0.8, field: 0.3)
    switch components {
    case 2: try Self.checkReturn(model, integrator, SIMD2<Double>.self)
    case 3, 4: try Self.checkReturn(model, integrator, SIMD4<Double>.self)
    case 6: try Self.checkReturn(model, integrator, SIMD8<Double>.self)
    default: try Self.checkReturn(model, integrator, SIMD16<Double>.self)
    }
  }

  private static func checkReturn<V: SpinVector>(
    _ model: VectorModel, _ integrator: HamiltonianSettings.Integrator, _: V.Type
  ) throws {
    let kernel = VectorKernel<V>(model, links: VectorLinks(model), hasMomenta: true)
    defer { kernel.deallocate() }
    var rng = Seed(6).makeStream()
    kernel.randomise(using: &rng)
    let motion = kernel.motion(beta: 1.4)
    motion.drawMomenta(using: &rng)
    let start = (0..<model.siteCount).map { kernel.spins[$0] }
    let before = motion.total()
    motion.integrate(steps: 24, step: 0.04, by: integrator)
    let coarse = abs(motion.total() - before)
    #expect(coarse < 0.05)
    for site in 0..<model.siteCount {
      let (spin, momentum) = (kernel.spins[site], motion.momenta[site])
      expectClose(V.dot(spin, spin), 1, absolute: 1e-13)
      expectClose(V.dot(spin, momentum), 0, absolute: 1e-12)
      motion.momenta[site] = -momentum
    }
    motion.integrate(steps: 24, step: 0.04, by: integrator)
    for site in 0..<model.siteCount {
      let difference = kernel.spins[site] - start[site]
      expectClose(V.dot(difference, difference).squareRoot(), 0, absolute: 1e-12)
    }
  }

  /// <exp(-violation)> = 1 in equilibrium, also where many trajectories are rejected.
  @Test(arguments: HamiltonianSettings.Integrator.allCases)
  func violationsHaveMeanWeightOne(_ integrator: HamiltonianSettings.Integrator) throws {
    let model = try ScalarFieldModel(
      lattice: HypercubicLattice(sides: [6, 6]), massSquared: -4, lambda: 6.975, action: .albergo)
    let spins = try VectorModel(Lattice(.square, sides: [4, 4]), components: 3)
    let settings = HamiltonianSettings(integrator: integrator, length: 2, targetAcceptance: 0.7)
    try expectAgreement(with: 1, seed: .test("field", integrator), minimalBias: 0.2) {
      seed, effort in
      let weights = try (0..<16).map {
        let chain = try ScalarFieldChain(
          model: model, update: .hamiltonian(settings), seed: seed.child("chain", $0))
        chain.burnIn(200)
        chain.sweep(500 * effort)
        #expect((0.5...0.93).contains(chain.acceptanceRate!))
        return chain.meanViolationWeight!
      }
      return Self.mean(weights)
    }
    try expectAgreement(with: 1, seed: .test("spins", integrator), minimalBias: 0.2) {
      seed, effort in
      let weights = try (0..<16).map {
        let chain = try VectorChain(
          model: spins, beta: 1.5, update: .hamiltonian(settings), seed: seed.child("chain", $0))
        chain.burnIn(200)
        chain.sweep(300 * effort)
        return chain.meanViolationWeight!
      }
      return Self.mean(weights)
    }
  }

  private static func mean(_ values: [Double]) -> Estimate {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    return Estimate(
      mean, error: (variance / count).squareRoot(), degreesOfFreedom: count - 1)
  }

  /// Injected fault: without Metropolis' test a large step shifts <phi^2>; with it nothing is shifted.
  @Test func trajectoriesWithoutTestAreFoundOut() throws {
    let model = try ScalarFieldModel(
      lattice: HypercubicLattice(sides: [4, 4]), massSquared: 1, lambda: 0)
    // (1/V) sum over modes of 1/(p^2 + 1), p^2 = 4 sum sin^2(pi n/4).
    var exact = 0.0
    for x in 0..<4 {
      for y in 0..<4 {
        let sines = pow(sin(Double.pi * Double(x) / 4), 2) + pow(sin(Double.pi * Double(y) / 4), 2)
        exact += 1 / (1 + 4 * sines) / 16
      }
    }
    func measured(_ seed: Seed, _ effort: Int, isTested: Bool) -> Estimate {
      let kernel = ScalarFieldKernel(model, hasMomenta: true)
      defer { kernel.deallocate() }
      var rng = seed.makeStream()
      let path = TrajectoryPath(
        steps: 3, step: 0.45, integrator: .leapfrog, isTested: isTested)
      let values = (0..<(20_000 * effort)).map { _ in
        _ = kernel.trajectory(path, using: &rng)
        return kernel.totals().square / 16
      }
      return Series(Array(values.dropFirst(100))).estimate()
    }
    expectAgreement(with: exact, seed: .test(true), minimalBias: 0.02) {
      measured($0, $1, isTested: true)
    }
    expectDisagreement(with: exact, seed: .test(false)) { measured($0, $1, isTested: false) }
  }

  /// The layers close, and numbers fall into equally likely bins.
  @Test func zigguratIsNormal() {
    expectClose(NormalZiggurat.shared.closure, 0, absolute: 1e-12)
    // Quantiles of the normal distribution by bisection of its distribution function.
    let bins = 64
    let edges = (1..<bins).map { index -> Double in
      var (low, high) = (-10.0, 10.0)
      for _ in 0..<80 {
        let middle = (low + high) / 2
        if erfc(-middle / 2.squareRoot()) / 2 < Double(index) / Double(bins) {
          low = middle
        } else {
          high = middle
        }
      }
      return low
    }
    expectPlausible(seed: .test()) { seed, effort in
      var rng = seed.makeStream()
      let count = 1_000_000 * effort
      var counts = [Double](repeating: 0, count: bins)
      var beyond = 0.0
      for _ in 0..<count {
        let x = NormalZiggurat.shared.draw(using: &rng)
        var (low, high) = (0, bins - 1)
        while low < high {
          let middle = (low + high) / 2
          if x < edges[middle] { high = middle } else { low = middle + 1 }
        }
        counts[low] += 1
        if abs(x) > 3.6541528853610088 { beyond += 1 }
      }
      let expected = [Double](repeating: Double(count) / Double(bins), count: bins)
      let tail = Double(count) * erfc(3.6541528853610088 / 2.squareRoot())
      return min(
        1,
        2
          * min(
            chiSquareProbability(counts, expected: expected),
            chiSquareProbability(
              [beyond, Double(count) - beyond], expected: [tail, Double(count) - tail])
          ))
    }
  }
}
