public import LandauCore
import LandauDiscovery
import LandauLattice
import LandauPlot

/// Learns the dual of a model: which local map of which coupling has the same correlation functions.
///
/// The result depends on the options and the seed, not on threads or time; what the dual is known to be is looked up afterwards.
public struct DualJob: Sendable {
  let options: DualOptions
  let systems: [DualSystem]
  let folder: String

  /// - Throws: `InputError` naming the option, its value and what is allowed.
  public init(_ options: DualOptions, writesFiles: Bool = true) throws(InputError) {
    self.options = options
    systems = try options.systems()
    folder = options.output ?? "landau-dual-\(options.model)-\(systems[0].cell.name)"
    if writesFiles { try OutputPath.makeFolder(folder) }
  }

  /// Configurations of each of the 64 chains at effort 1.
  private static let samples = 4000.0

  /// The search at every beta, each with a seed of its own.
  ///
  /// - Throws: `Interrupted`.
  public func points(
    seed: Seed, pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> [DualPoint] {
    try systems.enumerated().map { number, system in
      if systems.count > 1 { progress.note("beta = \(SampleJob.short(system.beta))") }
      if options.isExact {
        try cancellation.check()
        return DualPoint(system: system, result: system.exactResult(options.boundaries == .summed))
      }
      let seed = seed.child("point", number)
      var point = DualPoint(
        system: system,
        result: try search(system).run(
          isSummed: options.boundaries == .summed, seed: seed, pool: pool, progress: progress,
          cancellation: cancellation))
      if let wider = system.withAllCosines, let fit = point.result.summed {
        let missing = wider.firstCouplings.count - fit.couplings.count
        let start =
          fit.couplings.map(\.value) + [Double](repeating: 0, count: missing)
          + (fit.slopes + fit.offsets).map(\.value)
        point.result.extended = try search(wider).fit(
          fit.frame, from: start, seed: seed.child("extended"), pool: pool, progress: progress,
          cancellation: cancellation)
      }
      return point
    }
  }

  private func search(_ system: DualSystem) -> DualSearch {
    let ansatz = system.ansatz
    var search = DualSearch(
      ansatz: ansatz, couplings: system.couplings, firstCouplings: system.firstCouplings
    ) { system.sampler($0, isSummed: $1, couplings: $2, seed: $3) }
    search.starts = options.starts
    search.samples = max(100, Int(Self.samples / system.sampleCost * options.effort))
    return search
  }

  /// - Throws: `Interrupted` when stopped, `RunError` when files cannot be written.
  public func run(
    pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> Report {
    let points = try points(
      seed: Seed(options.seed).child("dual"), pool: pool, progress: progress,
      cancellation: cancellation)
    let text = DualText.page(points, job: self)
    let json = DualJSON.members(points, job: self)
    var files = try Plot.draw(DualFigure.figure(points, job: self), to: folder + "/figure")
    for (name, content) in [
      ("report.txt", text), ("result.json", JSONValue.object(json).text() + "\n"),
    ] {
      try FileWriting.writeAtomically(content, to: folder + "/" + name)
      files.append(folder + "/" + name)
    }
    return Report(
      json: json, text: text + "\nFigure and result: \(folder)/\n", files: files)
  }

  /// As in `Ising model, square lattice 8x8`.
  var title: String {
    let system = systems[0]
    let name =
      switch system.spins {
      case .ising: "Ising model"
      case .potts(let states): "\(states)-state Potts model"
      case .clock(let states, _): "\(states)-state clock model"
      }
    let size = system.sides.map(String.init).joined(separator: "x")
    return "\(name), \(system.cell.name) lattice \(size)"
  }

  var dualTitle: String {
    switch systems[0].partner {
    case .spins(let cell):
      if case .clock(_, let harmonics) = systems[0].spins {
        "clocks on the \(cell.name) lattice with \(harmonics) cosine\(harmonics > 1 ? "s" : "")"
      } else {
        "spins on the \(cell.name) lattice"
      }
    case .gauge: "the Z2 gauge theory on the cubic lattice"
    }
  }
}
