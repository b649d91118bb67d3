public import LandauCore
public import LandauLattice

/// Local Metropolis on the links of the two-dimensional Z2 gauge theory, beside the direct sampler.
///
/// A sweep attempts every link once, in order of storage, with acceptance a min(1, exp(-beta dE)) and
/// the factor a < 1 of `MetropolisAcceptance`, so that every link can flip and can stay. Starts with
/// all links 1.
public final class IsingGaugeChain {
  public let model: IsingGaugeModel
  public let beta: Double
  public private(set) var links: [Int8]
  private var rng: RandomStream
  /// Thresholds for a sum of the touched plaquettes of -2, 0 and 2.
  private let thresholds: [UInt64]
  private var attempts = 0
  private var accepted = 0

  public let algorithm: String

  /// - Throws: `InputError` when beta is negative or not finite.
  public init(model: IsingGaugeModel, beta: Double, seed: Seed) throws(InputError) {
    try InputError.check(beta: beta)
    self.model = model
    self.beta = beta
    links = [Int8](repeating: 1, count: model.variableCount)
    rng = seed.child("gauge metropolis").makeStream()
    let rule = MetropolisAcceptance(beta: beta, largestCost: 4)
    thresholds = [-4.0, 0, 4].map { rule.threshold(energyChange: $0) }
    algorithm = "metropolis, link by link, acceptance \(rule)"
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
      sweep(0, links, using: &rng) + sweep(1, links, using: &rng)
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

  public func measure(into row: inout [Double]) { row.append(-plaquette) }

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
