import LandauCore
import LandauLattice
import LandauMonteCarlo

/// Independent configurations of the gauge theory, drawn batch by batch.
final class DirectGaugeUnit: SampleUnit {
  /// Configurations drawn at a time, so that memory does not grow with their number.
  static let batchSize = 256

  private let model: IsingGaugeModel
  private let beta: Double
  private let seed: Seed
  private let point: Int
  private let wanted: Int
  private let snapshotEvery: Int
  private var drawn = 0
  private var seconds = 0.0
  private var energies: [Double] = []
  private var kept: [Int8] = []

  init(
    model: IsingGaugeModel, beta: Double, seed: Seed, point: Int, count: Int, snapshotEvery: Int
  ) {
    self.model = model
    self.beta = beta
    self.seed = seed
    self.point = point
    wanted = count
    self.snapshotEvery = snapshotEvery
  }

  let observables: [Observable] = [.energyPerSite]
  var isComplete: Bool { drawn >= wanted }
  var sweepsMade: Int { drawn }

  func advance(
    for seconds: Double, pool: WorkerPool, cancellation: Cancellation, progress: Progress
  ) {
    let start = Progress.now()
    repeat {
      if isComplete || cancellation.isRequested { break }
      let count = drawBatch(pool)
      progress.advance(count)
    } while Progress.now() - start < seconds
    self.seconds += Progress.now() - start
  }

  /// A batch begins at a multiple of its size and has a seed of its own; what was drawn of it before is
  /// drawn again and left out.
  private func drawBatch(_ pool: WorkerPool) -> Int {
    let width = model.variableCount
    let batch = drawn / Self.batchSize
    let first = batch * Self.batchSize
    let count = min(Self.batchSize, wanted - first)
    let before = drawn
    // Beta has been checked by whoever made the job.
    guard
      let links = try? IsingGaugeSampler.sample(
        model: model, beta: beta, count: count, seed: seed.child("batch", batch), pool: pool)
    else { preconditionFailure("beta \(beta) was checked before") }
    while drawn < first + count {
      let start = (drawn - first) * width
      let one = links.span.extracting(start..<start + width)
      energies.append(model.energy(of: one) / Double(model.siteCount))
      drawn += 1
      if snapshotEvery > 0, drawn % snapshotEvery == 0 { kept += links[start..<start + width] }
    }
    return drawn - before
  }

  func takeRecords() -> (series: [ArchiveKey: [Double]], snapshots: [ArchiveChain: [Int8]]) {
    defer {
      energies = []
      kept = []
    }
    return (
      [ArchiveKey(point: point, chain: 0, name: Observable.energyPerSite.name): energies],
      kept.isEmpty ? [:] : [ArchiveChain(point: point, chain: 0): kept]
    )
  }

  var works: [Int: SamplePoint.Work] {
    [
      point: SamplePoint.Work(
        update: "direct", algorithm: "direct, independent plaquettes, winding loops and gauge",
        sweeps: wanted, sweepsMade: drawn, burnIn: 0, measureEvery: 1, chains: 1, seconds: seconds)
    ]
  }

  func save(to writer: inout StateWriter) {
    writer.write(drawn)
    writer.writeFormerTime()
  }

  func restore(from reader: inout StateReader) throws(InputError) {
    drawn = try reader.integer()
    try reader.skipFormerTime()
    energies = []
    kept = []
  }
}
