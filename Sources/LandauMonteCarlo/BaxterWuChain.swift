public import LandauCore
public import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A chain of the Baxter-Wu model.
///
/// Metropolis attempts every spin once in a sweep, row by row, with acceptance a min(1, exp(-beta dE)) and the factor
/// a < 1 of `MetropolisAcceptance`, so that every spin can flip and can stay. A sweep of clusters holds each of
/// the three sublattices fixed once, in turn, and so attempts every spin twice: at the transition it forgets within about as
/// many sweeps as the lattice has rows, where Metropolis needs their square. Starts with all spins up where
/// beta |J| is above the transition of mean-field theory, else at random.
public final class BaxterWuChain {
  public let model: BaxterWuModel
  public var beta: Double {
    didSet {
      precondition(beta >= 0 && beta.isFinite, "beta is \(beta)")
      (thresholds, _) = Self.thresholds(model, beta)
      joining = Self.joining(model, beta)
    }
  }
  public let update: BaxterWuUpdate
  public private(set) var spins: [Int8]
  private var rng: RandomStream
  /// By the sum of the six triangles at a spin, -6, -4 ... 6.
  private var thresholds: [UInt64]
  private var clusters: BaxterWuClusters
  /// Probability that a satisfied bond joins, times 2^64.
  private var joining: UInt64
  private var attempts = 0
  private var accepted = 0
  public let algorithm: String

  /// - Throws: `InputError` when beta is negative or not finite.
  public init(
    model: BaxterWuModel, beta: Double, update: BaxterWuUpdate = .swendsenWang, seed: Seed
  ) throws(InputError) {
    try InputError.check(beta: beta)
    self.model = model
    self.beta = beta
    self.update = update
    clusters = BaxterWuClusters(rows: model.rows, columns: model.columns)
    joining = Self.joining(model, beta)
    var start = seed.child("start").makeStream()
    let isOrdered = 3 * beta * abs(model.coupling) > 1
    let up: Int8 = model.coupling < 0 ? -1 : 1
    spins = (0..<model.variableCount).map { _ in
      isOrdered ? up : start.index(below: 2) == 0 ? -1 : 1
    }
    rng = seed.child("baxter-wu \(update.rawValue)").makeStream()
    let rule: MetropolisAcceptance
    (thresholds, rule) = Self.thresholds(model, beta)
    algorithm =
      update == .metropolis
      ? "metropolis, site by site, acceptance \(rule)"
      : "swendsen-wang on two of three sublattices"
  }

  private static func joining(_ model: BaxterWuModel, _ beta: Double) -> UInt64 {
    UInt64(min(-expm1(-4 * beta * abs(model.coupling)) * 0x1p64, 0x1p64 - 2048))
  }

  private static func thresholds(
    _ model: BaxterWuModel, _ beta: Double
  ) -> ([UInt64], MetropolisAcceptance) {
    let rule = MetropolisAcceptance(beta: beta, largestCost: 12 * abs(model.coupling))
    let costs = stride(from: -6, through: 6, by: 2).map { 2 * model.coupling * Double($0) }
    return (costs.map { rule.threshold(energyChange: $0) }, rule)
  }

  /// Makes `count` sweeps.
  public func sweep(_ count: Int = 1) {
    precondition(count >= 0, "\(count) sweeps")
    for _ in 0..<count {
      var stream = rng
      accepted += update == .metropolis ? sweep(using: &stream) : pass(using: &stream)
      rng = stream
      attempts += update == .metropolis ? spins.count : 2 * spins.count
    }
  }

  /// Each sublattice fixed once; returns the number of flips.
  private func pass(using rng: inout some RandomNumberGenerator) -> Int {
    let (sign, threshold): (Int8, UInt64) = (model.coupling < 0 ? -1 : 1, joining)
    return spins.withUnsafeMutableBufferPointer { spins in
      guard let base = spins.baseAddress else { return 0 }
      return (0..<3).reduce(0) {
        $0 + clusters.update(base, fixed: $1, sign: sign, threshold: threshold, using: &rng)
      }
    }
  }

  /// One sweep of single spins; returns how many flipped.
  func sweep(using rng: inout some RandomNumberGenerator) -> Int {
    let (rows, columns) = (model.rows, model.columns)
    var accepted = 0
    spins.withUnsafeMutableBufferPointer { spins in
      for row in 0..<rows {
        let below = (row + 1 < rows ? row + 1 : 0) * columns
        let above = (row > 0 ? row - 1 : rows - 1) * columns
        let here = row * columns
        for column in 0..<columns {
          let right = column + 1 < columns ? column + 1 : 0
          let left = column > 0 ? column - 1 : columns - 1
          // Round the ring of neighbours, each pair a triangle with the spin in the middle.
          let (a, b, c) = (spins[here + right], spins[below + column], spins[below + left])
          let (d, e, f) = (spins[here + left], spins[above + column], spins[above + right])
          let spin = spins[here + column]
          let sum = spin * (a * b + b * c + c * d + d * e + e * f + f * a)
          let flips = rng.next() < thresholds[(Int(sum) + 6) >> 1]
          spins[here + column] = flips ? -spin : spin
          accepted += flips ? 1 : 0
        }
      }
    }
    return accepted
  }

  /// Goes on from other spins.
  func load(_ values: [Int8]) {
    precondition(values.count == spins.count, "\(values.count) spins instead of \(spins.count)")
    spins = values
  }

  public var energy: Double {
    let present = spins
    return model.energy(of: present.span)
  }

  /// The fraction of attempts that flipped a spin; nil before the first sweep.
  public var acceptanceRate: Double? {
    attempts == 0 ? nil : Double(accepted) / Double(attempts)
  }
}

extension BaxterWuChain: TemperedChain, ReportingChain, SnapshotChain {
  public var observables: [Observable] { [.energyPerSite, .order(0), .absOrder, .orderSquared] }

  public func measure(into row: inout [Double]) {
    let sites = Double(spins.count)
    let order = Double(spins.reduce(0) { $0 + Int($1) }) / sites
    row += [energy / sites, order, abs(order), order * order]
  }

  public var updateCount: Int { attempts }

  public var snapshotWidth: Int { spins.count }
  public func appendSnapshot(to array: inout [Int8]) { array += spins }

  public func save(to writer: inout StateWriter) {
    writer.write(signed: spins)
    writer.write(rng)
    writer.write(beta)
    writer.write(attempts)
    writer.write(accepted)
  }

  public func restore(from reader: inout StateReader) throws(InputError) {
    let values = try reader.signed(count: spins.count)
    guard values.allSatisfy({ $0 == 1 || $0 == -1 }) else {
      throw InputError("the checkpoint holds values that are no spins")
    }
    spins = values
    rng = try reader.stream()
    beta = try reader.number()
    attempts = try reader.integer()
    accepted = try reader.integer()
  }
}
