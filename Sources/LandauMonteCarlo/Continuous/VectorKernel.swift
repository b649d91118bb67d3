import LandauCore
import LandauLattice

/// The spins of a chain and the loops over them, for one width of vectors.
///
/// A view: copies share the memory, which `deallocate` frees.
struct VectorKernel<V: SpinVector> {
  let links: VectorLinks
  let components: Int
  let siteCount: Int
  let spins: UnsafeMutablePointer<V>
  /// The field along the first component.
  let field: V
  /// Momenta, and the spins at the start of a trajectory.
  let momenta: UnsafeMutablePointer<V>?
  let backup: UnsafeMutablePointer<V>?
  let waves: MinimalWaves?

  init(_ model: VectorModel, links: VectorLinks, hasMomenta: Bool) {
    self.links = links
    components = model.components
    siteCount = model.siteCount
    var first = V.zero
    first[0] = 1
    field = first * model.field
    spins = .allocate(capacity: siteCount)
    spins.initialize(repeating: first, count: siteCount)
    momenta = hasMomenta ? .allocate(capacity: siteCount) : nil
    backup = hasMomenta ? .allocate(capacity: siteCount) : nil
    waves = MinimalWaves(model.lattice)
  }

  func deallocate() {
    spins.deallocate()
    momenta?.deallocate()
    backup?.deallocate()
  }

  /// J_ij s_j summed over the neighbours, plus the field: the energy of a spin is minus its product with it.
  @inline(__always)
  func localField(at site: Int) -> V {
    let (neighbours, spins) = (links.neighbours, spins)
    var sum = V.zero
    var place = Int(links.start[site])
    let end = Int(links.start[site &+ 1])
    if let turns = links.turns {
      while place < end {
        let turn = turns[place]
        let coupling = links.couplings.map { $0[place] } ?? links.uniform
        sum +=
          coupling * spins[Int(neighbours[place])].turned(cosine: turn.x, sine: turn.y)
        place &+= 1
      }
      return sum + field
    }
    if let couplings = links.couplings {
      while place < end {
        sum += couplings[place] * spins[Int(neighbours[place])]
        place &+= 1
      }
      return sum + field
    }
    while place < end {
      sum += spins[Int(neighbours[place])]
      place &+= 1
    }
    return sum * links.uniform + field
  }

  func randomise(using rng: inout RandomStream) {
    for site in 0..<siteCount { spins[site] = V.direction(components, using: &rng) }
  }

  /// Brings all spins back to length 1, which rounding takes them from.
  func renormalise() {
    for site in 0..<siteCount { spins[site] = spins[site].unit }
  }

  func load(_ configuration: [Double]) {
    for site in 0..<siteCount {
      var spin = V.zero
      for k in 0..<components { spin[k] = configuration[site * components + k] }
      spins[site] = spin
    }
  }

  func append(to array: inout [Double]) {
    for site in 0..<siteCount {
      for k in 0..<components { array.append(spins[site][k]) }
    }
  }
}
