import LandauCore
import LandauLattice

/// What one look at the spins finds; extensive.
struct VectorTotals {
  var energy = 0.0
  var order: [Double] = []
  /// Sum over directions of sum J cos d^2, and of (sum J sin d)^2, both divided by the number of directions.
  var helicityCosine = 0.0
  var helicitySineSquared = 0.0
}

extension VectorKernel {
  func energy() -> Double {
    var energy = 0.0
    for group in links.groups { energy -= bondSums(of: group).dot }
    return energy - V.dot(field, order())
  }

  /// Sum of all spins.
  func order() -> V {
    var sum = V.zero
    for site in 0..<siteCount { sum += spins[site] }
    return sum
  }

  func totals() -> VectorTotals {
    var totals = VectorTotals()
    let directions = links.directionCount
    var sines = [Double](repeating: 0, count: directions)
    for group in links.groups {
      let sums = bondSums(of: group)
      totals.energy -= sums.dot
      for axis in 0..<directions {
        let step = group.displacement[axis]
        totals.helicityCosine += step * step * sums.cosine
        sines[axis] += step * sums.sine
      }
    }
    if directions > 0 {
      totals.helicityCosine /= Double(directions)
      totals.helicitySineSquared = sines.reduce(0) { $0 + $1 * $1 } / Double(directions)
    }
    let order = order()
    totals.energy -= V.dot(field, order)
    totals.order = (0..<components).map { order[$0] }
    return totals
  }

  /// Sums over the bonds of a group: of J s_i . s_j; and of the parts of that product which follow the
  /// cosine and the sine of a turn in the plane of the first two components.
  private func bondSums(of group: VectorLinks.Group) -> (dot: Double, cosine: Double, sine: Double)
  {
    let (spins, bonds) = (spins, links.bonds)
    var (dot, cosine, sine) = (0.0, 0.0, 0.0)
    let isPlane = components == 2
    if group.turn == nil && links.bondCouplings == nil {
      for index in group.range {
        let bond = bonds[index]
        let (one, other) = (spins[Int(bond.source)], spins[Int(bond.target)])
        dot += V.dot(one, other)
        sine -= V.cross(one, other)
        if !isPlane { cosine += one[0] * other[0] + one[1] * other[1] }
      }
      let coupling = links.uniform
      return (coupling * dot, coupling * (isPlane ? dot : cosine), coupling * sine)
    }
    for index in group.range {
      let bond = bonds[index]
      let coupling = links.bondCouplings.map { $0[index] } ?? links.uniform
      let one = spins[Int(bond.source)]
      var other = spins[Int(bond.target)]
      if let turn = group.turn { other = other.turned(cosine: turn.x, sine: turn.y) }
      dot += coupling * V.dot(one, other)
      sine -= coupling * V.cross(one, other)
      cosine += coupling * (one[0] * other[0] + one[1] * other[1])
    }
    return (dot, cosine, sine)
  }
}
