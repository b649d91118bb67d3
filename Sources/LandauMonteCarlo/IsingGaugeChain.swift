public import LandauCore
public import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A way to take the links of the Z2 gauge theory to the next configuration.
public enum IsingGaugeUpdate: String, Sendable, Hashable, CaseIterable {
  /// Acceptance a min(1, exp(-beta dE)) with the factor a < 1 of `MetropolisAcceptance`, so that every link can
  /// flip and can stay.
  case metropolis
  /// Every link is drawn anew beside its plaquettes: it flips with probability 1/(1 + exp(beta dE)).
  case heatBath = "heat-bath"
}

/// Local updates of the links of the Z2 gauge theory in two to four dimensions, beside the direct sampler of two.
///
/// A sweep visits every link once, in order of storage. Starts with all links 1.
public final class IsingGaugeChain {
  public let model: IsingGaugeModel
  public let beta: Double
  public private(set) var links: [Int8]
  private var rng: RandomStream
  /// Thresholds to flip for a sum of the touched plaquettes of -2 (d - 1), ..., -2, 0, 2, ..., 2 (d - 1).
  let thresholds: [UInt64]
  /// Sites before and after each site along each axis, `2 d` per site; empty in two dimensions, which need none.
  private let neighbours: [Int32]
  private var attempts = 0
  private var accepted = 0

  public let update: IsingGaugeUpdate
  public let algorithm: String

  /// - Throws: `InputError` when beta is negative or not finite.
  public init(
    model: IsingGaugeModel, beta: Double, update: IsingGaugeUpdate = .metropolis, seed: Seed
  ) throws(InputError) {
    try InputError.check(beta: beta)
    self.model = model
    self.beta = beta
    self.update = update
    links = [Int8](repeating: 1, count: model.variableCount)
    rng = seed.child("gauge metropolis").makeStream()
    let largest = 4 * (model.dimension - 1)
    let costs = stride(from: -largest, through: largest, by: 4).map { Double($0) }
    switch update {
    case .metropolis:
      let rule = MetropolisAcceptance(beta: beta, largestCost: Double(largest))
      thresholds = costs.map { rule.threshold(energyChange: $0) }
      algorithm = "metropolis, link by link, acceptance \(rule)"
    case .heatBath:
      // Never quite 2^64: exp(-beta dE) is at least 2^-54 of the sum or nothing is lost.
      thresholds = costs.map {
        UInt64(min(1 / (1 + exp(beta * $0)), 1 - 0x1p-53) * 0x1p64)
      }
      algorithm = "heat bath, link by link"
    }
    let lattice = model.lattice
    neighbours =
      model.dimension == 2
      ? []
      : (0..<model.siteCount).flatMap { site in
        (0..<model.dimension).flatMap { axis in
          [-1, 1].map { Int32(lattice.neighbour(of: site, axis: axis, step: $0)) }
        }
      }
  }

  /// Makes `count` sweeps.
  public func sweep(_ count: Int = 1) {
    precondition(count >= 0, "\(count) sweeps")
    for _ in 0..<count {
      var stream = rng
      accepted += sweep(using: &stream)
      rng = stream
      attempts += links.count
    }
  }

  /// One sweep; returns the number of flipped links.
  func sweep(using rng: inout some RandomNumberGenerator) -> Int {
    links.withUnsafeMutableBufferPointer { links in
      guard model.dimension > 2 else {
        return sweep(0, links, using: &rng) + sweep(1, links, using: &rng)
      }
      return (0..<model.dimension).reduce(0) { $0 + sweepInSpace($1, links, using: &rng) }
    }
  }

  /// Continues from other links.
  func load(_ values: [Int8]) {
    precondition(values.count == links.count, "\(values.count) links instead of \(links.count)")
    links = values
  }

  private func sweep(
    _ axis: Int, _ links: UnsafeMutableBufferPointer<Int8>,
    using rng: inout some RandomNumberGenerator
  ) -> Int {
    let (rows, columns, sites) = (model.rows, model.columns, model.siteCount)
    let sides = [rows, columns]
    let isFree = sides[1 - axis] == 1
    var accepted = 0
    for row in 0..<rows {
      let below = (row + 1 < rows ? row + 1 : 0) * columns
      let above = (row > 0 ? row - 1 : rows - 1) * columns
      for column in 0..<columns {
        let site = row * columns + column
        let next = column + 1 < columns ? column + 1 : 0
        let before = column > 0 ? column - 1 : columns - 1
        // The plaquette at (row, column) and the one on the link's other side.
        let here =
          links[site] * links[row * columns + next] * links[sites + site]
          * links[sites + below + column]
        let otherRow = axis == 0 ? row * columns : above
        let otherBelow = axis == 0 ? below : row * columns
        let otherColumn = axis == 0 ? before : column
        let otherNext = axis == 0 ? column : next
        let other =
          links[otherRow + otherColumn] * links[otherRow + otherNext]
          * links[sites + otherRow + otherColumn] * links[sites + otherBelow + otherColumn]
        let sum = isFree ? 0 : Int(here + other)
        let flips = rng.next() < thresholds[sum / 2 + 1]
        let link = axis * sites + site
        links[link] = flips ? -links[link] : links[link]
        accepted += flips ? 1 : 0
      }
    }
    return accepted
  }

  /// All links along an axis in three dimensions or four.
  private func sweepInSpace(
    _ axis: Int, _ links: UnsafeMutableBufferPointer<Int8>,
    using rng: inout some RandomNumberGenerator
  ) -> Int {
    let (dimension, sites) = (model.dimension, model.siteCount)
    let own = axis * sites
    let middle = dimension - 1
    // Where a side is 1 the plaquettes across it contain the link twice.
    let others = (0..<dimension).filter { $0 != axis && model.lattice.sides[$0] > 1 }
    return neighbours.withUnsafeBufferPointer { neighbours in
      thresholds.withUnsafeBufferPointer { thresholds in
        var accepted = 0
        for site in 0..<sites {
          let ahead = Int(neighbours[2 * (site * dimension + axis) + 1])
          var sum = 0
          for other in others {
            let place = 2 * (site * dimension + other)
            let (before, after) = (Int(neighbours[place]), Int(neighbours[place + 1]))
            let corner = Int(neighbours[2 * (before * dimension + axis) + 1])
            let across = other * sites
            sum += Int(links[own + after] &* links[across + site] &* links[across + ahead])
            sum += Int(links[own + before] &* links[across + before] &* links[across + corner])
          }
          let link = own + site
          let flips = rng.next() < thresholds[sum * Int(links[link]) / 2 + middle]
          links[link] = flips ? -links[link] : links[link]
          accepted += flips ? 1 : 0
        }
        return accepted
      }
    }
  }

  /// Mean of the plaquettes, which is minus the energy per plaquette.
  public var plaquette: Double {
    Double(model.plaquetteSum(of: links.span)) / Double(model.plaquetteCount)
  }

  /// The fraction of attempts that flipped a link; nil before the first sweep.
  public var acceptanceRate: Double? {
    attempts == 0 ? nil : Double(accepted) / Double(attempts)
  }
}

extension IsingGaugeChain: ReportingChain, SnapshotChain {
  public var observables: [Observable] { [.energyPerSite] }

  public func measure(into row: inout [Double]) {
    row.append(-plaquette * Double(model.plaquettesPerSite))
  }

  public var updateCount: Int { attempts }

  public var snapshotWidth: Int { links.count }
  public func appendSnapshot(to array: inout [Int8]) { array += links }

  public func save(to writer: inout StateWriter) {
    writer.write(signed: links)
    writer.write(rng)
    writer.write(attempts)
    writer.write(accepted)
  }

  public func restore(from reader: inout StateReader) throws(InputError) {
    links = try reader.signed(count: links.count)
    rng = try reader.stream()
    attempts = try reader.integer()
    accepted = try reader.integer()
  }
}
