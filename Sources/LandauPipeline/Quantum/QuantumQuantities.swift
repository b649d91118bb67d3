import LandauCore
import LandauExact
import LandauLattice

/// Means of the ground state that reports show.
struct QuantumQuantities: Sendable {
  /// Name in JSON, head of the column, value; in the units of the convention.
  var values: [(name: String, head: String, value: Double)] = []

  /// - Parameter axes: of the means besides the energy.
  /// - Complexity: for each axis O(bonds 2^N), or O(N^4) of free fermions: determinants for all distances of a ring.
  init(_ model: ResolvedQuantumModel, _ ground: QuantumGroundState, axes: [SpinAxis]) {
    let n = model.lattice.siteCount
    let sites = Double(n)
    values.append(("energyPerSite", "energy", ground.energy / sites))
    if let gap = ground.gap { values.append(("gap", "gap", gap)) }
    let unit = model.units.single
    let bonds = model.lattice.bonds.map { (Int($0.source), Int($0.target)) }
    for axis in axes {
      let single = (0..<n).reduce(0.0) { $0 + Self.mean(ground, [$1], axis) } / sites
      values.append(("\(axis)PerSite", "<\(axis)>", unit * single))
      if model.name == .rydberg && axis == .z {
        values.append(("occupationPerSite", "<n>", (1 - single) / 2))
      }
      if !bonds.isEmpty {
        let pair = bonds.reduce(0.0) { $0 + Self.mean(ground, [$1.0, $1.1], axis) }
        values.append(
          (
            "\(axis)\(axis)PerBond", "<\(axis)\(axis)>", unit * unit * pair / Double(bonds.count)
          ))
      }
      values.append(
        (
          "\(axis)SquaredPerSite", "<m_\(axis)^2>",
          unit * unit * Self.meanSquare(model, ground, axis)
        ))
    }
  }

  /// The mean square of the average of a component over sites.
  private static func meanSquare(
    _ model: ResolvedQuantumModel, _ ground: QuantumGroundState, _ axis: SpinAxis
  ) -> Double {
    let n = model.lattice.siteCount
    var sum = Double(n)
    if case .amplitudes(let state, _, _) = ground {
      // One pass over the outcomes instead of one for each pair.
      let outcomes = state.probabilities(axes: [SpinAxis](repeating: axis, count: n))
      return outcomes.enumerated().reduce(0.0) {
        let m = Double(n - 2 * $1.offset.nonzeroBitCount) / Double(n)
        return $0 + $1.element * m * m
      }
    }
    // Pairs of a ring at one distance are alike.
    let starts = model.isPeriodic ? 1 : n
    for i in 0..<starts {
      for j in 0..<n where j != i {
        sum += mean(ground, [i, j], axis) * (model.isPeriodic ? Double(n) : 1)
      }
    }
    return sum / Double(n * n)
  }

  private static func mean(
    _ ground: QuantumGroundState, _ sites: [Int], _ axis: SpinAxis
  ) -> Double {
    switch ground {
    case .fermions(let chain):
      if sites.count == 2 { return chain.correlation(sites[0], sites[1], axis: axis) }
      // The ground state is even under the product of all x.
      return axis == .x ? chain.transverseMagnetization(site: sites[0]) : 0
    case .amplitudes(let state, _, _):
      var product = PauliSum(siteCount: state.siteCount)
      product.add(1, sites.map { PauliSum.Factor(axis, $0) })
      return state.expectation(product)
    }
  }
}
