import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauStatistics

// Runs that give all temperatures of a scan in one go.
extension SampleJob {
  /// - Throws: `InputError` where the method does not fit the model, the scan or the other options.
  func checkMethod() throws(InputError) {
    if options.length.population != nil, factory.method != .populationAnnealing {
      throw InputError("--population is an option of --update population-annealing")
    }
    if options.magnetization != nil, factory.particular != .kawasaki {
      throw InputError("--magnetization is an option of --update kawasaki, which keeps it")
    }
    if let particular = factory.particular {
      if options.realizations != nil {
        throw InputError(
          "--update \(particular.rawValue) samples one realisation; leave out --realizations")
      }
      if let snapshots = options.length.snapshots, snapshots > 0, !particular.hasSnapshots {
        throw InputError(
          "--snapshots is \(snapshots), but \(particular.rawValue) has no configurations of spins")
      }
    }
    guard let method = factory.method else { return }
    let name = "--update \(method.rawValue)"
    if options.realizations != nil {
      throw InputError("\(name) samples one realisation; leave out --realizations")
    }
    if let snapshots = options.length.snapshots, snapshots > 0 {
      throw InputError(
        "--snapshots is \(snapshots), but configurations of \(method.rawValue) belong to no temperature"
      )
    }
    if let output = options.output, !output.hasSuffix(".h5") {
      throw .notAllowed("--output", output, allowed: "a path that ends in .h5 with \(name)")
    }
    if method != .multicanonical, options.length.measureEvery != nil {
      throw InputError("--measure-every has no meaning with \(name)")
    }
    if method != .multicanonical, options.length.burnIn != nil {
      throw InputError("--burn-in has no meaning with \(name)")
    }
    guard case .discrete(let model) = factory.model else { return }
    switch method {
    case .wangLandau:
      do throws(InputError) { _ = try EnergyBins(of: model) } catch {
        throw InputError(
          "\(name): \(error.message.prefix { $0 != ";" }); multicanonical takes intervals of energy"
        )
      }
    case .multicanonical: _ = try ScanEnergies(of: model).bins(of: model)
    case .populationAnnealing:
      guard options.scan.betas.contains(where: { $0 > 0 }) else {
        throw InputError("\(name) cools from infinite temperature: give a temperature below it")
      }
      guard (2...1_000_000).contains(population) else {
        throw .notAllowed("--population", population, allowed: "whole numbers from 2 to 1000000")
      }
      let bytes = 60 * Double(model.siteCount) * Double(population * plan.chainCount)
      try MemoryBudget.require(bytes, for: "--population", "\(population)")
    }
  }

  var population: Int { options.length.population ?? 1000 }

  func makeWholeScan(_ method: ScanMethod, pool: WorkerPool) throws(InputError) -> any SampleUnit {
    guard case .discrete(let model) = factory.model else {
      throw InputError("--update \(method.rawValue): the model's spins have more than a few values")
    }
    let seed = Seed(options.seed).child(method.rawValue)
    let count = options.scan.betas.count
    return switch method {
    case .wangLandau:
      try WangLandauUnit(model: model, plan: plan, pointCount: count, seed: seed, pool: pool)
    case .multicanonical:
      try MulticanonicalUnit(model: model, plan: plan, pointCount: count, seed: seed, pool: pool)
    case .populationAnnealing:
      try PopulationUnit(
        model: model, betas: options.scan.betas, plan: plan, population: population, seed: seed,
        pool: pool)
    }
  }

  /// What the records say about every temperature of the scan.
  func wholeScanPoints(
    _ method: ScanMethod, _ records: SampleRecords, exact: ExactSolution?
  ) -> [SamplePoint] {
    guard case .discrete(let model) = factory.model else { return [] }
    let scan: [ScanQuantities.Point]? =
      switch method {
      case .wangLandau: ScanQuantities.wangLandau(records.contents, model, options.scan.betas)
      case .multicanonical:
        ScanQuantities.multicanonical(
          records.recording(point: 0, plan: plan), records.contents, model, options.scan.betas)
      case .populationAnnealing:
        ScanQuantities.population(records.contents, model, options.scan.betas, population)
      }
    guard let scan else { return [] }
    return options.scan.betas.indices.compactMap { index in
      let found = scan[index]
      guard var work = records.works[index]?.first, !found.quantities.isEmpty else { return nil }
      work.warnings += found.warnings
      let beta = options.scan.betas[index]
      return SamplePoint(
        index: index, beta: beta, temperature: options.scan.temperatures[index], work: work,
        recording: records.recording(point: index, plan: plan), quantities: found.quantities,
        exact: exact?.values(beta) ?? [], journeys: found.journeys)
    }
  }
}
