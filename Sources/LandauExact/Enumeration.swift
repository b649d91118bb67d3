public import LandauCore
public import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// All configurations of a small system, counted by energy and magnetisation: everything is exact.
///
///     let exact = try Enumeration(of: IsingModel(sides: [4, 4]))
///     print(exact.energyPerSite(beta: 0.44), exact.magnetizationMoment(2, beta: 0.44))
public struct Enumeration: Sendable, Hashable {
  /// The configurations of one energy and one magnetisation.
  public struct Level: Sendable, Hashable {
    /// Total energy.
    public let energy: Double
    /// Sum of the orders of all variables, e.g. of the spins.
    public let magnetization: Int
    /// Number of configurations.
    public let count: Int
  }

  /// The most configurations that are enumerated.
  public static let maximumConfigurationCount = 1 << 28

  /// By energy, then by magnetisation, in ascending order.
  public let levels: [Level]
  /// What "per site" divides by.
  public let siteCount: Int

  /// Enumerates a model, one variable change at a time (a reflected Gray code).
  ///
  /// - Parameters:
  ///   - model: With at most 2^28 configurations; cost about 0.3 microseconds each.
  ///   - siteCount: What "per site" divides by; the number of variables when nil.
  ///   - resolution: Energies closer than this are counted as one level.
  ///   - order: What a variable adds to the magnetisation; nothing by default.
  /// - Throws: `InputError` when there are too many configurations.
  public init<Model: LatticeModel>(
    of model: Model, siteCount: Int? = nil, resolution: Double = 1e-9,
    order: (Model.Spin) -> Int = { _ in 0 }
  ) throws(InputError) {
    let count = try Self.configurationCount(model)
    levels = Self.walk(model, count: count, resolution: resolution, order: order)
    self.siteCount = siteCount ?? model.variableCount
  }

  /// Enumerates an Ising model; the magnetisation is the sum of its spins.
  ///
  /// - Throws: `InputError` for more than 28 spins.
  public init(of model: IsingModel) throws(InputError) {
    self = try Enumeration(of: model, order: { Int($0) })
  }

  private static func configurationCount(_ model: some LatticeModel) throws(InputError) -> Int {
    var count = 1
    for _ in 0..<model.variableCount {
      count *= model.states.count
      guard count <= maximumConfigurationCount else {
        throw .notAllowed(
          "the number of variables", model.variableCount,
          allowed: "at most \(maximumConfigurationCount) configurations to enumerate")
      }
    }
    return count
  }

  /// Energy in units of the resolution, and magnetisation.
  private struct Key: Hashable {
    var energy: Int
    var magnetization: Int
  }

  private static func walk<Model: LatticeModel>(
    _ model: Model, count: Int, resolution: Double, order: (Model.Spin) -> Int
  ) -> [Level] {
    let states = model.states
    let variables = model.variableCount
    var spins = [Model.Spin](repeating: states[0], count: variables)
    // Reflected Gray code in any base: digit and direction of every variable.
    var digits = [Int](repeating: 0, count: variables)
    var directions = [Int](repeating: 1, count: variables)
    var energy = model.energy(of: spins.span)
    var magnetization = variables * order(states[0])
    var counts: [Key: Int] = [:]
    var energies: [Int: Double] = [:]
    for step in 0..<count {
      let key = Key(energy: Int((energy / resolution).rounded()), magnetization: magnetization)
      counts[key, default: 0] += 1
      if counts[key] == 1 && energies[key.energy] == nil { energies[key.energy] = energy }
      var site = 0
      while site < variables, !(0..<states.count).contains(digits[site] + directions[site]) {
        directions[site] = -directions[site]
        site += 1
      }
      guard site < variables else { break }
      digits[site] += directions[site]
      let new = states[digits[site]]
      // Rounding must not pile up where couplings are not whole numbers.
      let fresh = step % 1024 == 1023
      if !fresh { energy += model.energyChange(at: site, to: new, in: spins.span) }
      magnetization += order(new) - order(spins[site])
      spins[site] = new
      if fresh { energy = model.energy(of: spins.span) }
    }
    return counts.map {
      Level(
        energy: energies[$0.key.energy]!, magnetization: $0.key.magnetization, count: $0.value)
    }.sorted { ($0.energy, $0.magnetization) < ($1.energy, $1.magnetization) }
  }

  /// Number of configurations of each energy, ascending.
  public var densityOfStates: [(energy: Double, count: Int)] {
    var result: [(energy: Double, count: Int)] = []
    for level in levels {
      if result.last?.energy == level.energy {
        result[result.count - 1].count += level.count
      } else {
        result.append((level.energy, level.count))
      }
    }
    return result
  }

  /// ln Z of the whole system.
  public func logPartition(beta: Double) -> Double {
    let ground = extremeEnergy(beta)
    return log(levels.reduce(0) { $0 + Double($1.count) * exp(-beta * ($1.energy - ground)) })
      - beta * ground
  }

  /// The mean of any function of total energy and magnetisation.
  public func mean(beta: Double, of quantity: (_ energy: Double, _ magnetization: Int) -> Double)
    -> Double
  {
    let ground = extremeEnergy(beta)
    var (sum, total) = (0.0, 0.0)
    for level in levels {
      let weight = Double(level.count) * exp(-beta * (level.energy - ground))
      total += weight
      sum += weight * quantity(level.energy, level.magnetization)
    }
    return sum / total
  }

  public func energyPerSite(beta: Double) -> Double {
    mean(beta: beta) { energy, _ in energy } / Double(siteCount)
  }

  /// <E^2> - <E>^2 of the total energy.
  public func energyVariance(beta: Double) -> Double {
    let centre = mean(beta: beta) { energy, _ in energy }
    return mean(beta: beta) { energy, _ in (energy - centre) * (energy - centre) }
  }

  /// beta^2 (<E^2> - <E>^2) / N.
  public func specificHeatPerSite(beta: Double) -> Double {
    beta * beta * energyVariance(beta: beta) / Double(siteCount)
  }

  /// <m^k>, with m the magnetisation per site.
  public func magnetizationMoment(_ power: Int, beta: Double) -> Double {
    mean(beta: beta) { _, total in pow(Double(total) / Double(siteCount), Double(power)) }
  }

  /// <|m|>, with m the magnetisation per site.
  public func absoluteMagnetization(beta: Double) -> Double {
    mean(beta: beta) { _, total in abs(Double(total)) / Double(siteCount) }
  }

  /// 1 - <m^4> / (3 <m^2>^2).
  public func binderCumulant(beta: Double) -> Double {
    let square = magnetizationMoment(2, beta: beta)
    return 1 - magnetizationMoment(4, beta: beta) / (3 * square * square)
  }

  /// The probability of each total energy.
  public func energyDistribution(beta: Double) -> EnergyDistribution {
    let ground = extremeEnergy(beta)
    let states = densityOfStates
    return EnergyDistribution(
      energies: states.map(\.energy),
      probabilities: states.map { Double($0.count) * exp(-beta * ($0.energy - ground)) })
  }

  /// The energy of the largest Boltzmann factor.
  private func extremeEnergy(_ beta: Double) -> Double {
    precondition(beta.isFinite, "beta is \(beta)")
    return beta >= 0 ? levels.first!.energy : levels.last!.energy
  }
}
