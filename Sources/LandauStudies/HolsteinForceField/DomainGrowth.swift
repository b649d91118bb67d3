import LandauCore
import LandauStatistics

/// Trajectories after a quench from small random distortions: how domains of the charge-density wave grow.
struct DomainGrowth: Sendable {
  static let timeStep = 0.1
  /// Steps between what is kept.
  static let keptEvery = 10

  let lattice: HolsteinLattice
  /// `[trajectory][kept moment]`.
  private(set) var distortions: [[[Double]]]
  private(set) var densities: [[[Double]]]

  /// - Parameters:
  ///   - seed: of initial states and noise; runs of one seed differ in their forces alone.
  ///   - forces: electron densities of all trajectories at one moment.
  /// - Throws: what `forces` throws, `Interrupted` when cancelled.
  init(
    _ lattice: HolsteinLattice, trajectories: Int, steps: Int, seed: Seed,
    cancellation: Cancellation, progress: Progress,
    densities: ([[Double]]) throws -> [[Double]]
  ) throws {
    self.lattice = lattice
    distortions = [[[Double]]](repeating: [], count: trajectories)
    self.densities = distortions
    var streams = (0..<trajectories).map { seed.child("trajectory", $0).makeStream() }
    var states = streams.indices.map { index in
      (0..<lattice.siteCount).map { _ in 0.3 * streams[index].normal() }
    }
    progress.begin("dynamics, side \(lattice.side)", total: steps)
    for step in 0...steps {
      try cancellation.check()
      let felt = try densities(states)
      for index in states.indices {
        if step % Self.keptEvery == 0 {
          distortions[index].append(states[index])
          self.densities[index].append(felt[index])
        }
        lattice.step(
          &states[index], densities: felt[index], by: Self.timeStep, using: &streams[index])
      }
      progress.advance()
    }
    progress.end()
  }

  /// With forces from exact diagonalisation.
  static func exact(
    _ lattice: HolsteinLattice, trajectories: Int, steps: Int, seed: Seed, run: StudyRun
  ) throws -> DomainGrowth {
    try DomainGrowth(
      lattice, trajectories: trajectories, steps: steps, seed: seed,
      cancellation: run.cancellation, progress: run.progress
    ) { states in
      try run.pool.map(states.count) { try lattice.densities(states[$0]) }
    }
  }

  /// Half of the kept moments of all trajectories: neighbouring ones are much alike.
  func everySecond(_ fields: KeyPath<DomainGrowth, [[[Double]]]>) -> [[Double]] {
    self[keyPath: fields].flatMap { kept in
      stride(from: 0, to: kept.count, by: 2).map { kept[$0] }
    }
  }

  var times: [Double] {
    distortions[0].indices.map { Double($0 * Self.keptEvery) * Self.timeStep }
  }

  /// `[trajectory][kept moment]`: the share of neighbours whose distortions have the same sign, 1/2 without order and zero
  /// in a perfect charge-density wave; domains of length l have walls in proportion to 1/l.
  var walls: [[Double]] {
    distortions.map { $0.map { Self.walls($0, side: lattice.side) } }
  }

  /// `[trajectory][kept moment]`: (sum of alternating distortions)²/N.
  var structureFactors: [[Double]] {
    distortions.map { $0.map { Self.structureFactor($0, side: lattice.side) } }
  }

  static func walls(_ distortions: [Double], side: Int) -> Double {
    var count = 0
    for x in 0..<side {
      for y in 0..<side {
        let here = distortions[x * side + y]
        if here * distortions[(x + 1) % side * side + y] > 0 { count += 1 }
        if here * distortions[x * side + (y + 1) % side] > 0 { count += 1 }
      }
    }
    return Double(count) / Double(2 * side * side)
  }

  static func structureFactor(_ distortions: [Double], side: Int) -> Double {
    let sum = staggered(distortions, side: side).reduce(0, +)
    return sum * sum / Double(side * side)
  }

  /// Distortions with the sign of one of the two charge-density waves.
  static func staggered(_ distortions: [Double], side: Int) -> [Double] {
    distortions.enumerated().map { ($0 / side + $0 % side) % 2 == 0 ? $1 : -$1 }
  }

  /// Mean and standard error over trajectories at each moment.
  static func means(_ values: [[Double]]) -> [Estimate] {
    values[0].indices.map { moment in .mean(of: values.map { $0[moment] }) }
  }

  struct Shares {
    var forces: Double
    var densities: Double
  }

  /// The share of the variance of forces that a network explains, and of densities.
  ///
  /// - Parameters: exact configurations and densities, and the network's densities for them.
  static func explained(
    _ lattice: HolsteinLattice, _ distortions: [[Double]], exact: [[Double]], learned: [[Double]]
  ) -> Shares {
    func share(_ a: [Double], _ b: [Double]) -> Double {
      let mean = a.reduce(0, +) / Double(a.count)
      let total = a.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return 1 - zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / total
    }
    func forces(_ densities: [[Double]]) -> [Double] {
      zip(distortions, densities).flatMap { lattice.forces($0, densities: $1) }
    }
    return Shares(
      forces: share(forces(exact), forces(learned)),
      densities: share(exact.flatMap { $0 }, learned.flatMap { $0 }))
  }
}
