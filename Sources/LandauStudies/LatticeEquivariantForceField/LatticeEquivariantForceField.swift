import LandauCore
import LandauNN
import LandauTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Study {
  /// Forces of electrons on a lattice from convolutions that know its symmetries.
  static let latticeEquivariantForceField = Study(
    name: "lattice-equivariant-force-field",
    title: "Lattice-equivariant force fields",
    source: "Y. Fan and G.-W. Chern, arXiv:2601.04104",
    claim: """
      A network equivariant under the square lattice's translations, rotations and reflections predicts the forces that \
      electrons exert on distortions (Holstein model), and domains of the charge-density wave grow as with exact forces.
      """,
    run: { run in
      let study = try LearnedForces(run)
      return StudyResult(
        findings: study.findings, figure: study.figure, remarks: remarks + study.remarks)
    })

  private static let remarks = [
    "H = -t sum c†c - g sum (n - 1/2) Q + (kappa/2) sum Q^2, t = g = 1, kappa = 1/3, T = 0.05, half filled; dQ/dt = F + noise, step 1/4.",
    "Taught: frames of three quenches and random distortions, with electrons by exact diagonalisation. Judged: the quenches of the",
    "exact dynamics and random distortions, none of them taught. Errors: networks (weights and batches), quenches.",
    "The network learns the electrons' part of the force; -kappa Q is known. Compared quenches share start and noise.",
  ]
}

/// Networks, controls, and quenches with exact and learned forces.
struct LearnedForces {
  let lattice: HolsteinLattice
  let steps: Int
  /// What networks of different seeds explain of held-out data.
  let networks: [(electrons: Double, forces: Double)]
  /// The same network without its non-linear functions.
  let linear: (electrons: Double, forces: Double)
  /// Taught with the electrons of other samples.
  let shuffled: (electrons: Double, forces: Double)
  /// Of the first network in double precision.
  let symmetry: ForceSymmetry
  let exact: Quenches
  /// `[network]`.
  let learned: [Quenches]
  let sample: (exact: [Double], predicted: [Double])

  init(_ run: StudyRun) throws {
    let lattice = HolsteinLattice(side: run.isQuick ? 12 : 16)
    let side = lattice.side
    let (quenchCount, networkCount) = run.isQuick ? (8, 3) : (32, 5)
    steps = run.isQuick ? 240 : 480
    self.lattice = lattice
    let training = try Self.trainingData(lattice, steps, run)
    let test = try Self.exactQuenches(lattice, steps, quenchCount, run)
    exact = Quenches(lattice, test.map { $0.map(\.distortions) })
    let held = try Self.heldOut(test, lattice, run)
    let fields = try Self.train(training, side, networkCount, run)
    networks = fields.map { held.determination(by: $0.field, side: side) }.dropLast(2)
    linear = held.determination(by: fields[networkCount].field, side: side)
    shuffled = held.determination(by: fields[networkCount + 1].field, side: side)
    symmetry = ForceSymmetry(fields[0].field, lattice, seed: run.seed.child("symmetry"))
    let steps = steps
    learned = try run.pool.map(networkCount) { number in
      try Self.quenches(fields[number].field, lattice, steps, quenchCount, run)
    }
    let predicted = fields[0].field.electrons(held.distortions, side: side)
    func forces(_ electrons: [[Double]]) -> [Double] {
      zip(electrons, held.distortions).flatMap { electrons, distortions in
        zip(electrons, distortions).map { HolsteinLattice.force(electrons: $0, distortion: $1) }
      }
    }
    sample = (forces(held.electrons), forces(predicted))
  }

  private static func trainingData(
    _ lattice: HolsteinLattice, _ steps: Int, _ run: StudyRun
  ) throws -> ForceData {
    let quenches = 3
    run.progress.begin("exact forces for training", total: quenches)
    let frames = try run.pool.map(quenches) { number in
      try run.cancellation.check()
      defer { run.progress.advance() }
      return try LangevinRun.exact(
        lattice, steps: steps, seed: run.seed.child("training", number))
    }
    var data = ForceData()
    for frame in frames.flatMap({ own in stride(from: 0, to: own.count, by: 6).map { own[$0] } }) {
      data.append(frame.distortions, frame.electrons)
    }
    try data.appendRandom(120, lattice, seed: run.seed.child("random", 0))
    return data
  }

  private static func exactQuenches(
    _ lattice: HolsteinLattice, _ steps: Int, _ count: Int, _ run: StudyRun
  ) throws -> [[(distortions: [Double], electrons: [Double])]] {
    run.progress.begin("quenches with exact forces", total: count)
    return try run.pool.map(count) { number in
      try run.cancellation.check()
      defer { run.progress.advance() }
      return try LangevinRun.exact(lattice, steps: steps, seed: run.seed.child("quench", number))
    }
  }

  private static func heldOut(
    _ quenches: [[(distortions: [Double], electrons: [Double])]], _ lattice: HolsteinLattice,
    _ run: StudyRun
  ) throws -> ForceData {
    var data = ForceData()
    for quench in quenches {
      for index in stride(from: 0, to: quench.count, by: 24) {
        data.append(quench[index].distortions, quench[index].electrons)
      }
    }
    try data.appendRandom(40, lattice, seed: run.seed.child("random", 1))
    return data
  }

  /// The networks, then a linear one and one that is taught with shuffled samples.
  private static func train(
    _ data: ForceData, _ side: Int, _ count: Int, _ run: StudyRun
  ) throws -> [(field: ForceField, report: TrainingReport)] {
    let epochs = run.isQuick ? 40 : 120
    run.progress.begin("training", total: count + 2)
    return try run.pool.map(count + 2) { number in
      try run.cancellation.check()
      var rng = run.seed.child("network", number).makeStream()
      var own = data
      if number == count + 1 { rng.shuffle(&own.electrons) }
      var field = ForceField(
        channels: run.isQuick ? 3 : 6, activation: number == count ? .identity : .tanh, using: &rng)
      var optimizer = AdamW.adam(learningRate: 5e-3)
      let report = fit(
        &field, using: &optimizer, training: own.tensors(side: side),
        options: TrainingOptions(
          epochs: epochs, batchSize: 8, schedule: .cosine(warmUp: 20)),
        seed: run.seed.child("fit", number), cancellation: run.cancellation
      ) { field, batch in Loss.meanSquaredError(field(batch[0]), batch[1]) }
      run.progress.advance()
      return (field, report)
    }
  }

  /// The starts and the noise of the exact quenches, with learned forces.
  private static func quenches(
    _ field: ForceField, _ lattice: HolsteinLattice, _ steps: Int, _ count: Int, _ run: StudyRun
  ) throws -> Quenches {
    var runs = (0..<count).map {
      LangevinRun(lattice, seed: run.seed.child("quench", $0))
    }
    var frames = [[[Double]]](repeating: [], count: count)
    for _ in 0...steps {
      try run.cancellation.check()
      let distortions = runs.map(\.distortions)
      let electrons = field.electrons(distortions, side: lattice.side)
      for index in runs.indices {
        frames[index].append(distortions[index])
        runs[index].step(
          forces: zip(electrons[index], distortions[index]).map {
            HolsteinLattice.force(electrons: $0, distortion: $1)
          })
      }
    }
    return Quenches(lattice, frames)
  }
}

/// How domains grow in several quenches.
struct Quenches: Sendable {
  /// `[quench][time]`.
  let structureFactors: [[Double]]
  let wallDensities: [[Double]]
  /// Staggered distortions of the first quench at a quarter of the time.
  let picture: [Double]

  /// - Parameter frames: `[quench][time][site]`.
  init(_ lattice: HolsteinLattice, _ frames: [[[Double]]]) {
    structureFactors = frames.map { $0.map { lattice.structureFactor($0) } }
    wallDensities = frames.map { $0.map { lattice.wallDensity($0) } }
    picture = lattice.staggered(frames[0][frames[0].count / 4])
  }
}

/// What is left of the symmetries after rounding, in double precision.
struct ForceSymmetry: Sendable {
  /// The largest difference between transforming before and after, over the eight elements and a translation, relative to the
  /// largest output.
  let equivariance: Double
  /// |f(-Q) + f(Q)|, relative too.
  let oddness: Double

  init(_ field: ForceField, _ lattice: HolsteinLattice, seed: Seed) {
    let field = field.replacing(field.tensors.map { $0.asType(.double) })
    var rng = seed.makeStream()
    let side = lattice.side
    let distortions = (0..<lattice.siteCount).map { _ in rng.normal() }
    func output(_ values: [Double]) -> [Double] {
      field(Tensor(values, shape: [1, 1, side, side])).scalars(Double.self)
    }
    let plain = output(distortions)
    let size = plain.reduce(0) { max($0, abs($1)) }
    func difference(_ one: [Double], _ other: [Double]) -> Double {
      zip(one, other).reduce(0) { max($0, abs($1.0 - $1.1)) } / size
    }
    var worst = 0.0
    for element in 0..<PointGroup.p4m.order {
      let sites = Self.sites(side, element)
      func moved(_ values: [Double]) -> [Double] {
        var result = values
        for (site, target) in sites.enumerated() { result[target] = values[site] }
        return result
      }
      worst = max(worst, difference(output(moved(distortions)), moved(plain)))
    }
    equivariance = worst
    oddness = difference(output(distortions.map { -$0 }), plain.map { -$0 })
  }

  /// Where an element, followed by a translation by (2, 5), takes every site.
  private static func sites(_ side: Int, _ element: Int) -> [Int] {
    (0..<side * side).map { site in
      let place = PointGroup.p4m.apply(element, to: (x: site / side, y: site % side))
      let (x, y) = (place.x + 2 + 2 * side, place.y + 5 + 2 * side)
      return x % side * side + y % side
    }
  }
}
