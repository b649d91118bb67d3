import LandauCore
import LandauLattice
import LandauStore
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Wilson's flow, cooling, the charge of four dimensions, smearing.
@Suite struct GaugeFlowTests {
  private static func kernel<Link: GaugeGroup>(
    _ group: GaugeModel.Group, _ sides: [Int], _: Link.Type
  ) throws -> GaugeKernel<Link> {
    GaugeKernel(try GaugeModel(group, lattice: HypercubicLattice(sides: sides)), hasMomenta: false)
  }

  /// Links diag(exp(i t), exp(-i t), 1 ...) with angles t that make the same flux f = 2 pi n/(L_a L_b) through every
  /// plaquette of planes (0, 1) and (2, 3).
  private static func layFluxes<Link: GaugeGroup>(
    _ kernel: GaugeKernel<Link>, _ fluxes: (Int, Int)
  ) -> (Double, Double) {
    let lattice = kernel.model.lattice
    let sides = lattice.sides
    var numbers: [Double] = []
    var found: [Double] = []
    for (plane, count) in [(0, fluxes.0), (2, fluxes.1)] {
      found.append(2 * Double.pi * Double(count) / Double(sides[plane] * sides[plane + 1]))
    }
    for site in 0..<kernel.siteCount {
      let x = lattice.coordinates(of: site)
      for axis in 0..<4 {
        let plane = axis / 2 * 2
        let flux = found[axis / 2]
        var angle = 0.0
        if axis == plane + 1 { angle = flux * Double(x[plane]) }
        if axis == plane, x[plane] == sides[plane] - 1 {
          angle = -flux * Double(sides[plane] * x[plane + 1])
        }
        for row in 0..<Link.rank {
          for column in 0..<Link.rank {
            let own = row == column
            let turn = row == 0 ? angle : row == 1 ? -angle : 0
            numbers += own ? [cos(turn), sin(turn)] : [0, 0]
          }
        }
      }
    }
    kernel.load(numbers)
    return (found[0], found[1])
  }

  /// Constant fields have Q = V sin f_01 sin f_23/(2 pi^2), nearly 2 n m, and E = 2 (sin^2 f_01 + sin^2 f_23); they are
  /// solutions, so the flow leaves them.
  @Test func constantFieldsHaveTheirCharge() throws {
    func check<Link: GaugeGroup>(_ group: GaugeModel.Group, _ type: Link.Type) throws {
      let kernel = try Self.kernel(group, [4, 6, 5, 4], type)
      defer { kernel.deallocate() }
      for fluxes in [(1, 1), (1, -1), (0, 2), (-1, -2)] {
        let (f, g) = Self.layFluxes(kernel, fluxes)
        let charge = Double(kernel.siteCount) * sin(f) * sin(g) / (2 * Double.pi * Double.pi)
        expectClose(kernel.cloverCharge(), charge, absolute: 1e-11)
        #expect(abs(charge - 2 * Double(fluxes.0 * fluxes.1)) < 0.15 * abs(charge) + 1e-9)
        let density = 2 * (sin(f) * sin(f) + sin(g) * sin(g))
        expectClose(kernel.actionDensity(), density, absolute: 1e-12)
        kernel.flow(time: 0.5, steps: 10)
        expectClose(kernel.cloverCharge(), charge, absolute: 1e-9)
        expectClose(kernel.actionDensity(), density, absolute: 1e-9)
      }
    }
    try check(.su2, Quaternion.self)
    try check(.su3, ThreeByThree.self)
  }

  /// A small transverse wave of U(1) decays as exp(-4 sin^2(k/2) t).
  @Test func wavesDecayAsInTheHeatEquation() throws {
    let kernel = try Self.kernel(.u1, [2, 8], CirclePhase.self)
    defer { kernel.deallocate() }
    let wave = 2 * Double.pi / 8
    for site in 0..<16 {
      let angle = 1e-5 * cos(wave * Double(site % 8))
      kernel.links[2 * site] = CirclePhase(SIMD2(cos(angle), sin(angle)))
    }
    kernel.flow(time: 2, steps: 40)
    let rate = 4 * pow(sin(wave / 2), 2)
    for site in 0..<16 {
      let expected = 1e-5 * cos(wave * Double(site % 8)) * exp(-2 * rate)
      let link = kernel.links[2 * site].value
      expectClose(atan2(link.y, link.x), expected, absolute: 1e-10)
    }
  }

  /// The flow lowers the action all the time, and its error falls by eight when steps are halved.
  @Test func theFlowIsOfThirdOrder() throws {
    func check<Link: GaugeGroup>(_ group: GaugeModel.Group, _ type: Link.Type) throws {
      let kernel = try Self.kernel(group, [4, 4, 4], type)
      defer { kernel.deallocate() }
      var rng = Seed.test(group.rawValue).makeStream()
      kernel.randomise(using: &rng)
      for _ in 0..<30 { kernel.heatBath(beta: 4, using: &rng) }
      let values = [20, 40, 80].map { steps in
        kernel.withCopy { copy in
          copy.flow(time: 1, steps: steps)
          return copy.energy()
        }
      }
      let ratio = (values[0] - values[1]) / (values[1] - values[2])
      #expect(ratio > 6 && ratio < 11, "\(values)")
      var last = kernel.energy()
      for _ in 0..<10 {
        kernel.flow(time: 0.1, steps: 2)
        let energy = kernel.energy()
        #expect(energy < last)
        last = energy
      }
    }
    try check(.u1, CirclePhase.self)
    try check(.su2, Quaternion.self)
    try check(.su3, ThreeByThree.self)
  }

  /// Cooled links have less action and a charge near a whole number.
  @Test func coolingFindsSectors() throws {
    let kernel = try Self.kernel(.su2, [8, 8, 8, 8], Quaternion.self)
    defer { kernel.deallocate() }
    var rng = Seed.test().makeStream()
    kernel.randomise(using: &rng)
    for _ in 0..<40 { kernel.heatBath(beta: 2.4, using: &rng) }
    var last = kernel.energy()
    for _ in 0..<40 {
      kernel.cool()
      let energy = kernel.energy()
      #expect(energy < last)
      last = energy
    }
    let charge = kernel.cloverCharge()
    #expect(abs(charge - charge.rounded()) < 0.2, "\(charge)")
    // The action of a sector is at least 8 pi^2 |Q|/g^2, beta = 4/g^2.
    #expect(last > 0.8 * 2 * Double.pi * Double.pi * abs(charge.rounded()))
  }

  /// Smearing moves links in space alone, keeps them in the group and makes their plaquettes larger.
  @Test func smearingSmoothsSpace() throws {
    func check<Link: GaugeGroup>(_ group: GaugeModel.Group, _ type: Link.Type) throws {
      let kernel = try Self.kernel(group, [3, 4, 4, 4], type)
      defer { kernel.deallocate() }
      var rng = Seed.test(group.rawValue).makeStream()
      kernel.randomise(using: &rng)
      for _ in 0..<20 { kernel.heatBath(beta: 3, using: &rng) }
      func spatial(_ kernel: GaugeKernel<Link>) -> Double {
        (0..<kernel.siteCount).reduce(0) { $0 + kernel.plaquette($1, 1, 2).realTrace }
      }
      let before = spatial(kernel)
      kernel.withCopy { copy in
        copy.smear(4)
        #expect(spatial(copy) > before + 1)
        for site in 0..<kernel.siteCount {
          let difference = copy.link(site, 0) - kernel.link(site, 0)
          #expect(difference.timesAdjoint(difference).trace.x == 0)
          let own = copy.link(site, 1)
          expectClose(own.timesAdjoint(own).realTrace, 1, absolute: 1e-12)
        }
      }
    }
    try check(.u1, CirclePhase.self)
    try check(.su2, Quaternion.self)
    try check(.su3, ThreeByThree.self)
  }

  /// Rectangles in space and time against the product of their links one after the other.
  @Test func timeLoopsAreProductsOfTheirLinks() throws {
    let kernel = try Self.kernel(.su3, [4, 3, 5], ThreeByThree.self)
    defer { kernel.deallocate() }
    var rng = Seed.test().makeStream()
    kernel.randomise(using: &rng)
    let lattice = kernel.model.lattice
    let loops = kernel.timeLoops(width: 2, height: 3)
    for (width, height) in [(1, 1), (2, 1), (1, 3), (2, 3)] {
      var sum = 0.0
      for start in 0..<kernel.siteCount {
        for axis in 1..<3 {
          var product = ThreeByThree.one
          var site = start
          func move(_ axis: Int, _ count: Int) {
            for _ in 0..<abs(count) {
              if count > 0 {
                product = product * kernel.link(site, axis)
                site = lattice.neighbour(of: site, axis: axis)
              } else {
                site = lattice.neighbour(of: site, axis: axis, step: -1)
                product = product.timesAdjoint(kernel.link(site, axis))
              }
            }
          }
          move(axis, width)
          move(0, height)
          move(axis, -width)
          move(0, -height)
          sum += product.realTrace
        }
      }
      expectClose(
        loops[width - 1][height - 1], sum / Double(2 * kernel.siteCount), absolute: 1e-13)
    }
  }

  /// Links that leave the room and come back are the same; a file's have the plaquette that its own page gives; all
  /// ways to smooth lower the action.
  @Test(.needsSharedData("su3_gauge/l4444.ildg"))
  func linksOfFilesCanBeSmoothed() throws {
    let links = try GaugeFile.read(try #require(sharedData("su3_gauge/l4444.ildg")))
    let model = try GaugeModel(.su3, lattice: HypercubicLattice(sides: links.sides))
    let chain = try GaugeChain(model: model, beta: 6, update: .heatBath, seed: Seed(1))
    chain.links = links
    #expect(chain.links == links)
    expectClose(chain.plaquette, links.plaquette, absolute: 1e-12)
    expectClose(3 * chain.plaquette, (1.79468 + 1.77443) / 2, absolute: 1e-5)
    let before = try links.actionDensity()
    for smoothing in [GaugeSmoothing.cooling(sweeps: 3), .flow(time: 0.3), .smearing(steps: 2)] {
      let smooth = try links.smoothed(by: smoothing)
      #expect(smooth.plaquette > links.plaquette + 0.01)
      #expect(smooth.unitarityError < 1e-6)
      #expect(try smooth.actionDensity() < before)
    }
    let charge = try links.smoothed(by: .cooling(sweeps: 30)).cloverCharge()
    #expect(abs(charge - charge.rounded()) < 0.3, "\(charge)")
    #expect(throws: InputError.self) { try links.smoothed(by: .flow(time: -1)) }
  }
}
