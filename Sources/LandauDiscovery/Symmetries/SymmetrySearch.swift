public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Which transformations leave the distribution of snapshots invariant.
///
/// Every candidate g is tested by comparing snapshots x with g(x), at all values of the parameter together (`SymmetryRandomization`). Independent blocks
/// of data carry the test (`SymmetryBlocks`): where chains remember too long for enough of them, as when an ordered
/// system changes its sector now and then, nothing is said. What is called invariant showed no violation in means of products of up to four
/// neighbouring variables; it is no proof.
public struct SymmetrySearch: Sendable {
  /// The chance that any true symmetry is called broken.
  public var level = 0.01
  /// Reads of variables that may be spent on a candidate at one value of the parameter; samples are thinned to that.
  public var readsPerTest = 40_000_000
  /// Whether channel c is the link from a site to the next one along axis c.
  public var hasLinks = false
  public var seed: Seed

  public init(seed: Seed) { self.seed = seed }

  /// Tests all candidates.
  ///
  /// - Parameter candidates: those of `SnapshotTransformation.candidates` where nil.
  /// - Throws: `Interrupted`.
  public func run(
    _ snapshots: Snapshots, candidates: [SnapshotTransformation]? = nil, pool: WorkerPool,
    cancellation: Cancellation
  ) throws -> SymmetryFindings {
    precondition(level > 0 && level < 1, "a level of \(level)")
    let candidates =
      candidates
      ?? SnapshotTransformation.candidates(
        for: snapshots, hasLinks: hasLinks, seed: seed.child("candidates"))
    var numbers = [UInt8](repeating: 0, count: 256)
    for (number, level) in snapshots.levels.enumerated() {
      numbers[Int(UInt8(bitPattern: level))] = UInt8(number)
    }
    let levelNumbers = snapshots.values.map { numbers[Int(UInt8(bitPattern: $0))] }
    let findings = try pool.map(candidates.count) { index in
      try cancellation.check()
      return test(
        candidates[index], snapshots, levelNumbers, candidateCount: candidates.count)
    }
    return SymmetryFindings(
      parameterName: snapshots.parameterName, level: level, findings: findings)
  }

  private func test(
    _ transformation: SnapshotTransformation, _ snapshots: Snapshots, _ levelNumbers: [UInt8],
    candidateCount: Int
  ) -> SymmetryFinding {
    func untested(_ reason: String) -> SymmetryFinding {
      SymmetryFinding(
        name: transformation.name, kind: transformation.kind, deviation: .nan, observable: "",
        parameter: .nan, observableProbability: .nan, classifierProbability: .nan,
        probability: .nan, verdict: .notTestable, brokenAt: [], blockCount: 0, reason: reason)
    }
    guard let order = transformation.order(limit: 256, levelCount: snapshots.levels.count) else {
      return untested("it has more than 256 powers")
    }
    guard order > 1 else { return untested("it changes nothing on this lattice") }
    let places = LatticePlaces(snapshots, hasLinks: hasLinks)
    let observables = SnapshotObservables(snapshots, places: places, for: transformation)
    // Enough images of the data that one in so many can be told from the others.
    let draws = Int((8 * Double(candidateCount) / level).rounded(.up))
    let needed = Int((log(Double(draws)) / log(Double(order))).rounded(.up)) + 1
    var (blocks, parameters): ([SymmetryBlocks], [Int]) = ([], [])
    var largest = 0
    var isSeen = false
    for parameter in snapshots.parameters.indices {
      let samples = thinned(
        snapshots.parameterIndex.indices.filter { snapshots.parameterIndex[$0] == parameter },
        readsPerSample: order * (observables.cost + transformation.source.count))
      do {
        blocks.append(
          try SymmetryBlocks(
            snapshots, levelNumbers: levelNumbers, samples: samples,
            transformation: transformation, order: order, observables: observables,
            neededCount: needed))
        parameters.append(parameter)
        isSeen = true
      } catch {
        switch error {
        case .tooFew(let count):
          largest = max(largest, count)
          isSeen = true
        case .unseen: continue
        }
      }
    }
    guard isSeen else { return untested("no observable changes") }
    guard !blocks.isEmpty else {
      return untested("\(largest) independent blocks at most, \(needed) are needed")
    }
    var rng = seed.child("randomization").child(transformation.name).makeStream()
    let result = SymmetryRandomization(blocks, order: order).run(maximalCount: draws, using: &rng)
    let quantile = result.randomDeviations.sorted()
    let bound = quantile[
      min(quantile.count - 1, Int(Double(quantile.count) * (1 - level / Double(candidateCount))))]
    return SymmetryFinding(
      name: transformation.name, kind: transformation.kind, deviation: result.deviation,
      observable: observables.names[result.observable],
      parameter: snapshots.parameters[parameters[result.part]],
      observableProbability: result.observableProbability,
      classifierProbability: result.classifierProbability,
      probability: min(1, 2 * min(result.observableProbability, result.classifierProbability)),
      verdict: .invariant,
      brokenAt: result.deviations.indices.filter { result.deviations[$0] > bound }.map {
        snapshots.parameters[parameters[$0]]
      },
      blockCount: blocks.reduce(0) { $0 + $1.changes.count }, reason: nil)
  }

  /// Evenly spread samples, as many as can be paid for.
  private func thinned(_ samples: [Int], readsPerSample: Int) -> [Int] {
    let affordable = max(64, readsPerTest / max(1, readsPerSample))
    let step = (samples.count + affordable - 1) / affordable
    return step <= 1 ? samples : stride(from: 0, to: samples.count, by: step).map { samples[$0] }
  }
}
