import LandauCore
import LandauLattice
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

@Suite struct GaugeKernelTests {
  private static let sizes = [[2, 2], [5, 3], [3, 2, 4], [2, 3, 2, 3]]

  /// Runs a check for each of the groups on a random configuration.
  private static func withKernels(
    _ sides: [Int], _ u1: (GaugeKernel<CirclePhase>) throws -> Void,
    _ su2: (GaugeKernel<Quaternion>) throws -> Void,
    _ su3: (GaugeKernel<ThreeByThree>) throws -> Void
  ) throws {
    let lattice = try HypercubicLattice(sides: sides)
    var rng = Seed.test(sides).makeStream()
    let first = GaugeKernel<CirclePhase>(try GaugeModel(.u1, lattice: lattice), hasMomenta: true)
    let second = GaugeKernel<Quaternion>(try GaugeModel(.su2, lattice: lattice), hasMomenta: true)
    let third = GaugeKernel<ThreeByThree>(try GaugeModel(.su3, lattice: lattice), hasMomenta: true)
    defer {
      first.deallocate()
      second.deallocate()
      third.deallocate()
    }
    first.randomise(using: &rng)
    second.randomise(using: &rng)
    third.randomise(using: &rng)
    try u1(first)
    try su2(second)
    try su3(third)
  }

  /// Every plaquette is seen from its four links.
  @Test(arguments: sizes)
  func staplesAddUpToPlaquettes(_ sides: [Int]) throws {
    func check<Link: GaugeGroup>(_ kernel: GaugeKernel<Link>) {
      var sum = 0.0
      for site in 0..<kernel.siteCount {
        for axis in 0..<kernel.dimension {
          sum += (kernel.link(site, axis) * kernel.staples(site, axis)).realTrace
        }
      }
      expectClose(sum, 4 * kernel.plaquetteSum(), absolute: 1e-10)
    }
    try Self.withKernels(sides, check, check, check)
  }

  /// The loops of every level against the plain ones, number for number.
  @Test(arguments: sizes)
  func levelsGiveTheSameNumbers(_ sides: [Int]) throws {
    let model = try GaugeModel(.su3, lattice: HypercubicLattice(sides: sides))
    for level in KernelLevel.allCases.filter(\.isSupported) {
      let kernel = GaugeKernel<ThreeByThree>(model, hasMomenta: false, level: level)
      defer { kernel.deallocate() }
      var rng = Seed.test(sides).makeStream()
      kernel.randomise(using: &rng)
      for site in 0..<kernel.siteCount {
        for axis in 0..<kernel.dimension {
          let (fast, plain) = (kernel.staples(site, axis), kernel.plainStaples(site, axis))
          var numbers: [[Double]] = [[], []]
          fast.append(to: &numbers[0])
          plain.append(to: &numbers[1])
          #expect(numbers[0] == numbers[1], "\(level)")
        }
      }
    }
  }

  /// Eight links at once: mirrored ones against the plain move in the same order, drawn ones level by level, bit for
  /// bit; both stay in the group.
  @Test(arguments: [[2, 2], [6, 4], [2, 4, 2], [4, 2, 2, 6]])
  func lanesFollowThePlainMoves(_ sides: [Int]) throws {
    let lattice = try HypercubicLattice(sides: sides)
    // Quaternions are multiplied in the same order, bit for bit; phases and matrices are not.
    try Self.checkLanes(GaugeModel(.u1, lattice: lattice), CirclePhase.self, tolerance: 1e-13)
    try Self.checkLanes(GaugeModel(.su2, lattice: lattice), Quaternion.self, tolerance: 1e-15)
    try Self.checkLanes(GaugeModel(.su3, lattice: lattice), ThreeByThree.self, tolerance: 1e-11)
  }

  private static func checkLanes<Link: GaugeGroup>(
    _ model: GaugeModel, _: Link.Type, tolerance: Double
  ) throws {
    var drawn: [[Double]] = []
    for level in KernelLevel.allCases.filter(\.isSupported) {
      let kernel = GaugeKernel<Link>(model, hasMomenta: false, level: level)
      let plain = GaugeKernel<Link>(model, hasMomenta: false, level: level)
      defer {
        kernel.deallocate()
        plain.deallocate()
      }
      var rng = Seed.test(model.lattice.sides).makeStream()
      kernel.randomise(using: &rng)
      var numbers: [Double] = []
      kernel.append(to: &numbers)
      plain.load(numbers)
      #expect(kernel.reflectInLanes())
      for axis in 0..<plain.dimension {
        for index in 0..<plain.siteCount {
          let site = Int(plain.colours![index])
          plain.links[site * plain.dimension + axis] =
            plain.link(site, axis).reflected(plain.plainStaples(site, axis))
        }
      }
      func expectEqual(_ a: Link, _ b: Link, within tolerance: Double) {
        var (one, other): ([Double], [Double]) = ([], [])
        a.append(to: &one)
        b.append(to: &other)
        for (x, y) in zip(one, other) { expectClose(x, y, absolute: tolerance) }
      }
      for index in 0..<kernel.linkCount {
        expectEqual(kernel.links[index], plain.links[index], within: tolerance)
      }
      // Weak and strong fields, so that both ways to draw and both in one vector are met.
      for beta in [0, 0.5, 2, 6, 300] { kernel.heatBath(beta: beta, using: &rng) }
      for index in 0..<kernel.linkCount {
        let link = kernel.links[index]
        expectEqual(link.timesAdjoint(link), .one, within: 1e-13)
      }
      var after: [Double] = []
      kernel.append(to: &after)
      drawn.append(after)
    }
    #expect(drawn.allSatisfy { $0 == drawn[0] })
  }

  /// A link changed changes the energy by what its staples say.
  @Test(arguments: sizes)
  func staplesAreDerivatives(_ sides: [Int]) throws {
    func check<Link: GaugeGroup>(_ kernel: GaugeKernel<Link>) {
      var rng = Seed(5).makeStream()
      for site in 0..<kernel.siteCount {
        let axis = site % kernel.dimension
        let old = kernel.link(site, axis)
        let new = Link.gaussian(using: &rng).unitarised
        let before = kernel.energy()
        let expected = -((new - old) * kernel.staples(site, axis)).realTrace
        kernel.links[site * kernel.dimension + axis] = new
        expectClose(kernel.energy() - before, expected, absolute: 1e-10)
      }
    }
    try Self.withKernels(sides, check, check, check)
  }

  /// What can be measured does not change when every site is turned.
  @Test(arguments: sizes)
  func measurementsAreGaugeInvariant(_ sides: [Int]) throws {
    func check<Link: GaugeGroup>(_ kernel: GaugeKernel<Link>) throws {
      let plan = try GaugeMeasurements(
        kernel.model, loops: [WilsonLoop(1, 1), WilsonLoop(1, 2)],
        smearing: kernel.dimension > 2 ? 3 : nil, flowTime: 0.2)
      var (before, after): ([Double], [Double]) = ([], [])
      plan.measure(kernel, into: &before)
      var rng = Seed(6).makeStream()
      kernel.transformAtRandom(using: &rng)
      plan.measure(kernel, into: &after)
      #expect(before.count == plan.observables.count)
      for (a, b) in zip(before, after) { expectClose(a, b, absolute: 1e-9) }
      // The smallest loop is the plaquette.
      if sides.min()! > 1, let place = plan.observables.firstIndex(of: "wilsonLoop1x1") {
        expectClose(before[place], before[0], absolute: 1e-13)
      }
    }
    try Self.withKernels(sides, check, check, check)
  }

  /// A rectangle against the product of its links one after the other.
  @Test func wilsonLoopsAreProductsOfTheirLinks() throws {
    func check<Link: GaugeGroup>(_ kernel: GaugeKernel<Link>) {
      let shape = WilsonLoop(2, 3)
      let (lattice, dimension) = (kernel.model.lattice, kernel.dimension)
      var sum = 0.0
      for start in 0..<kernel.siteCount {
        for a in 0..<dimension {
          for b in 0..<dimension where b != a {
            var product = Link.one
            var site = start
            for _ in 0..<shape.width {
              product = product * kernel.link(site, a)
              site = lattice.neighbour(of: site, axis: a)
            }
            for _ in 0..<shape.height {
              product = product * kernel.link(site, b)
              site = lattice.neighbour(of: site, axis: b)
            }
            for _ in 0..<shape.width {
              site = lattice.neighbour(of: site, axis: a, step: -1)
              product = product.timesAdjoint(kernel.link(site, a))
            }
            for _ in 0..<shape.height {
              site = lattice.neighbour(of: site, axis: b, step: -1)
              product = product.timesAdjoint(kernel.link(site, b))
            }
            #expect(site == start)
            sum += product.realTrace
          }
        }
      }
      let count = Double(2 * kernel.model.plaquetteCount)
      expectClose(kernel.wilsonLoops([shape])[0], sum / count, absolute: 1e-13)
    }
    try Self.withKernels([4, 5, 4], check, check, check)
  }

  @Test(arguments: sizes)
  func reflectionsKeepTheEnergyAndMoveEverything(_ sides: [Int]) throws {
    func check<Link: GaugeGroup>(_ kernel: GaugeKernel<Link>) {
      let before = kernel.energy()
      var (old, new): ([Double], [Double]) = ([], [])
      kernel.append(to: &old)
      for _ in 0..<10 { kernel.reflect() }
      expectClose(kernel.energy(), before, absolute: 1e-9)
      kernel.append(to: &new)
      #expect(zip(old, new).contains { abs($0 - $1) > 0.1 })
    }
    try Self.withKernels(sides, check, check, check)
  }

  /// Momenta change by minus the derivative of beta H along each generator.
  @Test(arguments: sizes)
  func kicksAreGradients(_ sides: [Int]) throws {
    func check<Link: GaugeGroup>(_ kernel: GaugeKernel<Link>) {
      let motion = kernel.motion(beta: 1.7)
      var rng = Seed(7).makeStream()
      motion.drawMomenta(using: &rng)
      // d(K + S)/dt = 0 along the motion: S by a central difference along P, K by the kick.
      let momenta = (0..<kernel.linkCount).map { motion.momenta[$0] }
      let kinetic = { (0..<kernel.linkCount).reduce(0) { $0 + motion.momenta[$1].kinetic } }
      let h = 1e-4
      motion.drift(h)
      let up = 1.7 * kernel.energy()
      motion.drift(-2 * h)
      let down = 1.7 * kernel.energy()
      motion.drift(h)
      motion.kick(h)
      let more = kinetic()
      for place in 0..<kernel.linkCount { motion.momenta[place] = momenta[place] }
      motion.kick(-h)
      let less = kinetic()
      expectClose(more - less, down - up, absolute: 1e-7 * Double(kernel.linkCount))
      #expect(abs(more - less) > 1e-5)
    }
    try Self.withKernels(sides, check, check, check)
  }

  /// There and back with momenta turned round; violations of second order in the step.
  @Test(arguments: HamiltonianSettings.Integrator.allCases)
  func trajectoriesAreReversibleAndOfSecondOrder(
    _ integrator: HamiltonianSettings.Integrator
  ) throws {
    func check<Link: GaugeGroup>(_ kernel: GaugeKernel<Link>) {
      let motion = kernel.motion(beta: 2.3)
      var rng = Seed(8).makeStream()
      for _ in 0..<20 { kernel.heatBath(beta: 2.3, using: &rng) }
      var start: [Double] = []
      kernel.append(to: &start)
      /// Violation of a trajectory from the start, and the momenta it began with.
      func violation(_ steps: Int, _ rng: inout RandomStream) -> Double {
        kernel.load(start)
        motion.drawMomenta(using: &rng)
        let before = motion.total()
        motion.integrate(steps: steps, step: 1 / Double(steps), by: integrator)
        return motion.total() - before
      }
      var squares = [0.0, 0.0]
      for _ in 0..<20 {
        let stream = rng
        for (index, steps) in [30, 60].enumerated() {
          rng = stream
          let value = violation(steps, &rng)
          squares[index] += value * value
        }
      }
      let ratio = (squares[0] / squares[1]).squareRoot()
      #expect(abs(ratio - 4) < 0.4, "\(integrator) \(Link.self): \(ratio)")
      // Back from the end of the last one.
      for place in 0..<kernel.linkCount { motion.momenta[place] = .zero - motion.momenta[place] }
      motion.integrate(steps: 60, step: 1.0 / 60, by: integrator)
      var end: [Double] = []
      kernel.append(to: &end)
      for (a, b) in zip(start, end) { expectClose(a, b, absolute: 1e-11) }
    }
    try Self.withKernels([3, 2, 3], check, check, check)
  }

  /// Q is a whole number, and changes its sign with the orientation of the plaquettes.
  @Test func windingNumbersAreWhole() throws {
    let model = try GaugeModel(.u1, lattice: HypercubicLattice(sides: [6, 6]))
    let kernel = GaugeKernel<CirclePhase>(model, hasMomenta: false)
    defer { kernel.deallocate() }
    var rng = Seed.test().makeStream()
    var found: Set<Double> = []
    for _ in 0..<50 {
      kernel.randomise(using: &rng)
      let charge = kernel.windingNumber()
      found.insert(charge)
      var numbers: [Double] = []
      kernel.append(to: &numbers)
      // Complex conjugation turns all angles round.
      for index in stride(from: 1, to: numbers.count, by: 2) { numbers[index] = -numbers[index] }
      kernel.load(numbers)
      #expect(kernel.windingNumber() == -charge)
    }
    #expect(found.count > 2)
  }
}
