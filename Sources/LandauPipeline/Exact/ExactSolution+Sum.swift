import LandauCore
import LandauExact
import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Sums over all configurations of narrow lattices, any couplings and fields.
extension ExactSolution {
  /// The sum, site by site, where the lattice is narrow enough for the effort.
  ///
  /// - Parameters:
  ///   - count: of temperatures, at each of which there is a sum.
  ///   - build: makes the model with its bonds, where it is worth the trouble.
  static func sum(
    _ model: ResolvedModel, states: Int, effort: Effort, count: Int,
    _ build: () throws(InputError) -> DiscreteModel?
  ) throws(InputError) -> Outcome {
    let reason =
      "\(model.name.rawValue) on \(model.latticeName) \(model.sizeText) has no closed form here, and the "
      + "lattice is too wide to be summed over (strips of up to about "
      + "\(Int(26 / log2(Double(max(2, states))))) sites across are, half as many where they are closed)"
    guard isWorthPlanning(model, states: states, effort: effort), let discrete = try build(),
      let sum = try? ExactSum(of: discrete)
    else { return .unknown(reason: reason) }
    let budget = effort.summedEntries / (sum.work * Double(max(1, count)))
    guard budget >= 1 else { return .unknown(reason: reason) }
    let sites = Double(discrete.siteCount)
    let isIsing = discrete.spins == .ising
    // The distribution of the magnetisation takes a sum for every second value that it has.
    let hasDistribution =
      isIsing && discrete.fields.allSatisfy { $0 == 0 }
      && min(budget, mostEntries / sum.work) >= 3 + sites / 2
    return .known(
      ExactSolution(method: "exact sum over all configurations, site by site") { beta in
        let point = sum.thermal(beta: beta)
        let values = thermal(
          beta: beta, siteCount: sites, logPartition: point.logPartition,
          energy: point.energyPerSite, heat: point.specificHeatPerSite)
        guard isIsing else { return values }
        return values
          + magnetic(sum, beta: beta, sites: sites, withDistribution: hasDistribution)
      })
  }

  /// More than this goes into no distribution of the magnetisation: some seconds.
  private static let mostEntries = 3e9

  private static func magnetic(
    _ sum: ExactSum, beta: Double, sites: Double, withDistribution: Bool
  ) -> [ExactValue] {
    guard let moments = try? sum.magnetizationMoments(beta: beta) else { return [] }
    var values = [ExactValue(name: "magnetizationPerSite", value: moments.mean)]
    let distribution = withDistribution ? try? sum.magnetizationDistribution(beta: beta) : nil
    let modulus = distribution?.absoluteMoment(1)
    if let modulus { values.append(ExactValue(name: "absMagnetizationPerSite", value: modulus)) }
    values.append(ExactValue(name: "magnetizationSquaredPerSite", value: moments.square))
    if let modulus {
      values.append(
        ExactValue(
          name: "susceptibilityPerSite",
          value: beta * sites * (moments.square - modulus * modulus)))
    }
    values.append(
      ExactValue(
        name: "susceptibilityDisorderedPerSite", value: beta * sites * moments.square))
    if let distribution {
      values.append(ExactValue(name: "binderCumulant", value: distribution.binderCumulant))
    }
    return values
  }

  /// Whether looking for an order of summation could pay, told from the sides alone: that of a large lattice takes
  /// longer than it may.
  ///
  /// A cut across the lattice meets at least one bond for each of its cells, twice where the axis is closed: the
  /// table over the values there has that many digits.
  private static func isWorthPlanning(
    _ model: ResolvedModel, states: Int, effort: Effort
  ) -> Bool {
    let sites = Double(model.siteCount)
    let isShort = effort == .full || sites <= 600
    guard model.lattice.isCrystal, let sides = model.sides else {
      // Of graphs only the number of sites is known.
      return model.lattice == .complete
        ? sites * log2(Double(states)) <= digits(effort)
        : effort == .full && sites <= 4096
    }
    let cells = Double(sides.reduce(1, *))
    let across = sides.indices.map { axis in
      let isClosed = model.boundary[axis] != .open && sides[axis] > 2
      return cells / Double(sides[axis]) * (isClosed ? 2 : 1)
    }
    return isShort && across.min()! * log2(Double(states)) <= digits(effort)
  }

  private static func digits(_ effort: Effort) -> Double { effort == .full ? 44 : 26 }
}
