internal import CLandauKernels
import LandauCore
import LandauLattice

/// The links of a gauge theory in plain memory, and the loops over them.
///
/// Links are stored site by site, the axes of a site next to each other. Loops go through the axes and, for each,
/// through the sites in order, on one thread: any sides from 2 will do. Where all sides are even, heat baths and
/// reflections take one colour of the sites and then the other. A view: copies share the memory, which
/// `deallocate` frees.
struct GaugeKernel<Link: GaugeGroup> {
  let model: GaugeModel
  let siteCount: Int
  let dimension: Int
  let linkCount: Int
  var links: UnsafeMutablePointer<Link>
  /// Sites after and before each site along each axis, `dimension` per site.
  let after: UnsafeMutablePointer<Int32>
  let before: UnsafeMutablePointer<Int32>
  let momenta: UnsafeMutablePointer<Link>?
  let backup: UnsafeMutablePointer<Link>?
  /// Sites of even and then of odd parity, half of all each; nil where a side is odd, and neighbours could be alike.
  let colours: UnsafeMutablePointer<Int32>?
  /// The loops over links that this processor runs best, all with the same results.
  let level: lk_kernels

  init(
    _ model: GaugeModel, hasMomenta: Bool, level: KernelLevel = KernelLevel.current
  ) {
    precondition(model.group.rank == Link.rank, "links of another group than \(model.group)")
    self.model = model
    self.level = level.kernels
    siteCount = model.siteCount
    dimension = model.dimension
    linkCount = model.linkCount
    links = .allocate(capacity: linkCount)
    links.initialize(repeating: .one, count: linkCount)
    momenta = hasMomenta ? .allocate(capacity: linkCount) : nil
    momenta?.initialize(repeating: .zero, count: linkCount)
    backup = hasMomenta ? .allocate(capacity: linkCount) : nil
    backup?.initialize(repeating: .one, count: linkCount)
    after = .allocate(capacity: linkCount)
    before = .allocate(capacity: linkCount)
    let lattice = model.lattice
    colours = lattice.sides.allSatisfy { $0 % 2 == 0 } ? .allocate(capacity: siteCount) : nil
    if let colours {
      var places = [0, siteCount / 2]
      for site in 0..<siteCount {
        let parity = lattice.sublatticeSign(of: site) > 0 ? 0 : 1
        colours[places[parity]] = Int32(site)
        places[parity] += 1
      }
    }
    for site in 0..<siteCount {
      for axis in 0..<dimension {
        let place = site * dimension + axis
        after[place] = Int32(model.lattice.neighbour(of: site, axis: axis))
        before[place] = Int32(model.lattice.neighbour(of: site, axis: axis, step: -1))
      }
    }
  }

  func deallocate() {
    links.deallocate()
    after.deallocate()
    before.deallocate()
    colours?.deallocate()
    momenta?.deallocate()
    backup?.deallocate()
  }

  // MARK: Loops of the lattice

  @inline(__always)
  func link(_ site: Int, _ axis: Int) -> Link { links[site &* dimension &+ axis] }

  @inline(__always)
  func next(_ site: Int, _ axis: Int) -> Int { Int(after[site &* dimension &+ axis]) }

  @inline(__always)
  func previous(_ site: Int, _ axis: Int) -> Int { Int(before[site &* dimension &+ axis]) }

  /// Sum A of the staples of a link: Re tr(U A) is the sum of its plaquettes.
  ///
  /// In each plane U_b(x + a) U_a(x + b)^dagger U_b(x)^dagger and, on the other side,
  /// U_b(x + a - b)^dagger U_a(x - b)^dagger U_b(x - b).
  @inline(__always)
  func staples(_ site: Int, _ axis: Int) -> Link { Link.staples(self, site, axis) }

  /// The same for any group, over the planes with axes from `first` on: all, or from 1 those in space.
  @inline(__always)
  func plainStaples(_ site: Int, _ axis: Int, from first: Int = 0) -> Link {
    var sum = Link.zero
    let ahead = next(site, axis)
    for other in first..<dimension where other != axis {
      let beside = next(site, other)
      sum += link(ahead, other).timesAdjoint(link(beside, axis)).timesAdjoint(link(site, other))
      let behind = previous(site, other)
      let corner = next(behind, axis)
      sum += (link(behind, axis) * link(corner, other)).adjointTimes(link(behind, other))
    }
    return sum
  }

  /// U_a(x) U_b(x + a) U_a(x + b)^dagger U_b(x)^dagger.
  @inline(__always)
  func plaquette(_ site: Int, _ a: Int, _ b: Int) -> Link {
    (link(site, a) * link(next(site, a), b)).timesAdjoint(link(next(site, b), a))
      .timesAdjoint(link(site, b))
  }

  /// Sum over plaquettes of Re tr U_p / N, site by site, so that the sum hardly rounds.
  func plaquetteSum() -> Double {
    var total = 0.0
    for site in 0..<siteCount {
      var sum = 0.0
      for a in 0..<dimension {
        for b in (a + 1)..<max(a + 1, dimension) { sum += plaquette(site, a, b).realTrace }
      }
      total += sum
    }
    return total
  }

  /// H = sum over plaquettes of (1 - Re tr U_p / N).
  func energy() -> Double { Double(model.plaquetteCount) - plaquetteSum() }

  // MARK: Configurations

  /// Every link uniform in the group.
  func randomise(using generator: inout RandomStream) {
    var rng = generator
    for index in 0..<linkCount { links[index] = Link.gaussian(using: &rng).unitarised }
    generator = rng
  }

  /// Brings links back into the group, from which products drift by rounding.
  func unitarise() { for index in 0..<linkCount { links[index] = links[index].unitarised } }

  func append(to array: inout [Double]) {
    for index in 0..<linkCount { links[index].append(to: &array) }
  }

  func load(_ numbers: [Double]) {
    let width = 2 * Link.rank * Link.rank
    precondition(numbers.count == width * linkCount, "\(numbers.count) numbers")
    numbers.withUnsafeBufferPointer { numbers in
      for index in 0..<linkCount { links[index] = Link(numbers.baseAddress! + width * index) }
    }
  }

  /// U_a(x) -> g(x) U_a(x) g(x + a)^dagger with random g: nothing that can be measured changes.
  func transformAtRandom(using rng: inout RandomStream) {
    let turns = (0..<siteCount).map { _ in Link.gaussian(using: &rng).unitarised }
    for site in 0..<siteCount {
      for axis in 0..<dimension {
        let turned = turns[site] * link(site, axis)
        links[site * dimension + axis] = turned.timesAdjoint(turns[next(site, axis)])
      }
    }
  }
}
