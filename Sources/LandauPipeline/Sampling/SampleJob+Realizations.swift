import LandauCore
import LandauLattice
import LandauMonteCarlo

// Averages over realisations of the disorder.
extension SampleJob {
  var realizationCount: Int { options.realizations ?? 1 }
  var firstRealization: Int { Int(model.parameters[.realization] ?? 0) }

  /// - Throws: `InputError` where nothing is random, for fewer than two realisations or chains, and for a cluster
  ///   update that some realisation does not allow.
  func checkRealizations() throws(InputError) {
    guard let count = options.realizations else { return }
    guard model.words[.instance] == nil else {
      throw InputError("--realizations is \(count), but --instance is one realisation of its own")
    }
    guard model.parameters[.realization] != nil else {
      throw InputError(
        "--realizations is not an option of \(model.name.rawValue), where nothing is random; "
          + "edwards-anderson and sherrington-kirkpatrick have it")
    }
    guard model.isRandom else {
      throw InputError(
        "--realizations is \(count), but nothing is random: all realisations are the same")
    }
    guard count >= 2, count <= Int(Int32.max) - firstRealization else {
      throw .notAllowed(
        "--realizations", count,
        allowed: "whole numbers from 2 (one realisation is no average), with --realization up to "
          + "\(Int32.max)")
    }
    guard plan.chainCount >= 2 else {
      throw .notAllowed(
        "--chains", plan.chainCount,
        allowed: "2 or more with --realizations: products of thermal averages take two independent "
          + "chains, one chain's square is biased")
    }
    if let snapshots = options.length.snapshots, snapshots > 0 {
      throw InputError(
        "--snapshots is \(snapshots), but configurations are kept of one realisation at a time: "
          + "leave out --realizations and give --realization")
    }
    if let output = options.output, !output.hasSuffix(".h5") {
      throw .notAllowed("--output", output, allowed: "a path that ends in .h5 with --realizations")
    }
    // With local updates every realisation can be sampled.
    guard ["wolff", "swendsen-wang"].contains(options.update) else { return }
    for number in firstRealization..<(firstRealization + count) {
      do throws(InputError) {
        _ = try realizationFactory(number)
      } catch {
        throw InputError("\(error.message) (realisation \(number))")
      }
    }
  }

  /// How chains of one realisation are made.
  func realizationFactory(_ number: Int) throws(InputError) -> ChainFactory {
    try ChainFactory(
      model: try model.realization(number).physical(), update: options.update,
      replicas: model.hasRandomCouplings ? .twoWithWaves : .one)
  }

  /// Averages at every temperature over the realisations that are complete; none where fewer than two are.
  func disorderPoints(_ records: SampleRecords) -> [SamplePoint] {
    let wanted = plan.chainCount * (plan.sweeps / plan.measureEvery)
    var siteCounts: [Int: Int] = [:]
    return options.scan.betas.indices.compactMap { point in
      var realizations: [DisorderQuantities.Realization] = []
      for realization in 0..<realizationCount {
        let recording = records.recording(point: point, plan: plan, realization: realization)
        guard recording.count >= wanted else { continue }
        let sites = siteCounts[realization] ?? siteCount(firstRealization + realization)
        siteCounts[realization] = sites
        realizations.append(.init(recording: recording, siteCount: sites))
      }
      guard realizations.count >= 2 else { return nil }
      let beta = options.scan.betas[point]
      let quantities = DisorderQuantities(
        realizations: realizations, first: firstRealization, beta: beta,
        disorder: model.disorder(physical), momentumSquared: physical.momentumSquared)
      guard let works = records.works[point], !works.isEmpty,
        let result = try? quantities.result()
      else { return nil }
      var work = SamplePoint.Work(joining: works, firstRealization: firstRealization)
      // Half a realisation does not enter the average: what counts are whole ones.
      work.sweepsMade = work.sweeps * work.chains
      if realizations.count < realizationCount {
        work.warnings.insert(
          "stopped early: \(realizations.count) of \(realizationCount) realisations are complete",
          at: 0)
      }
      return SamplePoint(
        index: point, beta: beta, temperature: options.scan.temperatures[point], work: work,
        recording: realizations[0].recording, quantities: result.quantities, exact: [],
        disorder: result, realizationsMade: realizations.count)
    }
  }

  /// Sites that are there in a realisation.
  private func siteCount(_ number: Int) -> Int {
    guard (model.parameters[.siteFraction] ?? 1) < 1 else { return physical.siteCount }
    // It could be made before any work, and so it can now.
    return (try? model.realization(number).physical().siteCount) ?? physical.siteCount
  }
}

extension ResolvedModel {
  /// The same model with another drawing of its disorder.
  func realization(_ number: Int) -> ResolvedModel {
    var model = self
    model.parameters[.realization] = Double(number)
    return model
  }

  var hasRandomCouplings: Bool {
    guard coupling != 0 else { return false }
    if name == .sherringtonKirkpatrick || words[.disorder] == "gaussian" { return true }
    let probability = parameters[.probability] ?? 0
    return name == .edwardsAnderson && probability > 0 && probability < 1
  }

  private var isDiluted: Bool {
    (parameters[.siteFraction] ?? 1) < 1 || (parameters[.bondFraction] ?? 1) < 1
  }

  private var hasRandomFields: Bool { (parameters[.randomField] ?? 0) != 0 }

  /// Whether realisations differ.
  var isRandom: Bool { hasRandomCouplings || isDiluted || hasRandomFields }

  /// - Parameter physical: any realisation.
  func disorder(_ physical: PhysicalModel) -> DisorderQuantities.Disorder {
    var variance: Double?
    if hasRandomCouplings, (parameters[.mean] ?? 0) == 0, field == 0, !hasRandomFields, !isDiluted,
      case .discrete(let model) = physical
    {
      let perSite = Double(model.lattice.bondCount) / Double(model.siteCount)
      if name == .sherringtonKirkpatrick {
        variance = coupling * coupling * perSite / Double(model.siteCount)
      } else if words[.disorder] == "gaussian" {
        variance = coupling * coupling * perSite
      }
    }
    return DisorderQuantities.Disorder(
      hasFields: field != 0 || hasRandomFields, hasRandomFields: hasRandomFields,
      couplingVariancePerSite: variance)
  }
}
