import LandauCore
import LandauLattice
import LandauMonteCarlo

/// How chains of a model are made: with which update, after how long a burn-in.
struct ChainFactory: Sendable {
  let model: PhysicalModel
  /// `auto`, or the name of an update; for tempering that of its chains.
  let update: String
  let isTempering: Bool
  /// Where all temperatures come of one run without exchange; nil for chains.
  let method: ScanMethod?
  /// An update with a purpose of its own; nil for the usual ones.
  let particular: ParticularUpdate?
  /// The order that exchanges keep, per site; nil for none.
  private let magnetization: Double?
  /// Whether chains are pairs of replicas, and whether the overlap is measured at wave vectors, too.
  let replicas: Replicas

  /// Whether a chain is one system or two with the same couplings.
  enum Replicas: Sendable { case one, two, twoWithWaves }

  /// - Parameters:
  ///   - replicas: where the model alone does not decide, as one realisation of many.
  ///   - magnetization: of exchange dynamics.
  /// - Throws: `InputError` when the model has no such update, or refuses it with a reason.
  init(
    model: PhysicalModel, update: String, replicas: Replicas? = nil, magnetization: Double? = nil
  ) throws(InputError) {
    let allowed = Self.updates(of: model)
    guard update == "auto" || allowed.contains(update) else {
      throw .notAllowed(
        "--update", update, allowed: (["auto"] + allowed).joined(separator: ", "))
    }
    isTempering = update == "tempering"
    method = ScanMethod(rawValue: update)
    particular = ParticularUpdate(rawValue: update)
    self.magnetization = magnetization
    if case .ising(let ising) = model, Self.needsBonds(update: update, field: ising.field),
      let fewValued = try model.fewValued
    {
      self.model = .discrete(fewValued)
    } else {
      self.model = model
    }
    self.update = isTempering || method != nil ? "auto" : update
    if case .discrete(let model) = model {
      self.replicas = replicas ?? (model.isGlassy ? .two : .one)
    } else {
      self.replicas = .one
    }
    do throws(InputError) {
      try check()
    } catch {
      throw InputError("--\(error.message)")
    }
  }

  /// Whether the update works on a lattice with bonds, where the Ising model on a periodic hypercubic one also has
  /// kernels of its own.
  ///
  /// Those are made for one temperature and for single spins that Metropolis turns, or clusters without a field.
  /// Chains that change temperature or weights, heat bath, and clusters with a ghost spin are the ones of any
  /// lattice; what they measure has the same names.
  static func needsBonds(update: String, field: Double) -> Bool {
    guard update != "auto" else { return false }
    guard let kernel = IsingUpdate(rawValue: update) else { return true }
    return kernel != .metropolis && field != 0
  }

  static func updates(of model: PhysicalModel) -> [String] {
    let scans =
      ["tempering"] + ScanMethod.allCases.map(\.rawValue)
      + ParticularUpdate.allCases.map(\.rawValue)
    return switch model {
    case .ising, .discrete: DiscreteUpdate.allCases.map(\.rawValue) + scans
    case .vector: VectorUpdate.standard.map(\.name) + ["tempering"]
    case .scalar: ScalarFieldUpdate.standard.map(\.name)
    case .gauge: IsingGaugeUpdate.allCases.map(\.rawValue)
    case .links: GaugeUpdate.standard.map(\.name) + ["tempering"]
    case .dipolar: ["metropolis", "tempering"]
    case .baxterWu: BaxterWuUpdate.allCases.map(\.rawValue)
    }
  }

  /// The update at a temperature: the one asked for, or the one a function of the job chooses.
  func name(beta: Double) -> String {
    if isTempering { return "tempering" }
    if let method { return method.rawValue }
    guard update == "auto" else { return update }
    return switch model {
    case .ising(let model): IsingUpdate.automatic(for: model, beta: beta).rawValue
    case .discrete(let model): DiscreteUpdate.automatic(for: model, beta: beta).rawValue
    case .vector(let model): VectorUpdate.automatic(for: model).name
    case .scalar: "hmc"
    case .baxterWu: BaxterWuUpdate.swendsenWang.rawValue
    case .links: GaugeUpdate.automatic.name
    case .gauge, .dipolar: "metropolis"
    }
  }

  /// What a chain takes of memory while it runs.
  func workingBytesPerSite(beta: Double) -> Double {
    if case .ising(let ising) = model, let update = IsingUpdate(rawValue: name(beta: beta)),
      update.packsBits(of: ising)
    {
      return 0.2
    }
    return Double(model.workingBytesPerSite)
  }

  /// Whether chains can be made, found out before any work.
  private func check() throws(InputError) {
    let refusal: String?
    switch model {
    case .ising(let model):
      let update = IsingUpdate(rawValue: update) ?? .automatic(for: model, beta: 0)
      return try IsingChain.check(model: model, beta: 0, update: update)
    case .discrete(let model):
      if let particular {
        refusal = particular.refusal(of: model, magnetization: magnetization)
      } else {
        refusal = DiscreteUpdate(rawValue: update)?.isCluster == true ? model.clusterRefusal : nil
      }
    case .vector(let model):
      refusal = VectorUpdate(name: update).flatMap { $0.refusal(for: model) }
    case .scalar, .gauge, .links, .dipolar, .baxterWu: refusal = nil
    }
    if let refusal { throw InputError("update \(update): \(refusal)") }
  }

  /// How many chains each lane of `chains` holds.
  func laneSizes(beta: Double, count: Int) throws(InputError) -> [Int] {
    try packedModel(beta: beta, chainCount: count) != nil
      ? Self.packedSizes(count) : [Int](repeating: 1, count: count)
  }

  private static func packedSizes(_ count: Int) -> [Int] {
    stride(from: 0, to: count, by: PackedChains.maximumCount).map {
      min(PackedChains.maximumCount, count - $0)
    }
  }

  /// Independent chains, in lanes of one or of several that are swept together.
  ///
  /// - Parameters:
  ///   - count: of all chains, wanted or not.
  ///   - lanes: those that are wanted; all where it is nil.
  ///   - pool: shares the work of a sweep where there is one chain and it can.
  func chains(
    beta: Double, count: Int, lanes: Range<Int>? = nil, seed: Seed, pool: WorkerPool
  ) throws(InputError) -> [any ReportingChain] {
    var chains: [any ReportingChain] = []
    if let model = try packedModel(beta: beta, chainCount: count) {
      let sizes = Self.packedSizes(count)
      for lane in lanes ?? sizes.indices {
        chains.append(
          try PackedChains(
            model: model, count: sizes[lane], beta: beta,
            seed: seed.child("chains", lane * PackedChains.maximumCount)))
      }
      return chains
    }
    for index in lanes ?? 0..<count {
      // Several chains run side by side; a single one may use all threads within its sweeps.
      chains.append(
        try chain(beta: beta, seed: seed.child("chain", index), pool: count == 1 ? pool : nil))
    }
    return chains
  }

  private func packedModel(beta: Double, chainCount: Int) throws(InputError) -> DiscreteModel? {
    guard chainCount >= PackedChains.fewestWorthwhile, particular == nil, replicas == .one,
      name(beta: beta) == IsingUpdate.metropolis.rawValue
    else { return nil }
    let fewValued: DiscreteModel?
    switch model {
    case .ising(let ising):
      // A chain that packs its own spins is as fast.
      fewValued = IsingUpdate.metropolis.packsBits(of: ising) ? nil : try model.fewValued
    case .discrete(let discrete): fewValued = discrete
    default: fewValued = nil
    }
    guard let fewValued, PackedChains.refusal(of: fewValued) == nil,
      chainCount >= PackedChains.fewestWorthwhile(of: fewValued)
    else { return nil }
    return fewValued
  }

  /// - Parameter pool: shares the work of one sweep where a chain can.
  func chain(beta: Double, seed: Seed, pool: WorkerPool?) throws(InputError) -> any ReportingChain {
    switch model {
    case .ising(let model):
      return try IsingChain(
        model: model, beta: beta, update: IsingUpdate(rawValue: update), seed: seed, pool: pool)
    case .discrete(let model):
      if let particular {
        return try particular.chain(model, beta: beta, magnetization: magnetization, seed: seed)
      }
      return try tempered(beta: beta, seed: seed)
    case .vector, .dipolar, .links: return try tempered(beta: beta, seed: seed)
    case .scalar(let model):
      return try ScalarFieldChain(
        model: model, update: ScalarFieldUpdate(name: name(beta: beta)) ?? .metropolis, seed: seed)
    case .gauge(let model):
      return try IsingGaugeChain(
        model: model, beta: beta, update: IsingGaugeUpdate(rawValue: update) ?? .metropolis,
        seed: seed)
    case .baxterWu(let model):
      return try BaxterWuChain(
        model: model, beta: beta, update: BaxterWuUpdate(rawValue: update) ?? .swendsenWang,
        seed: seed)
    }
  }

  /// Sweeps before the first measurement, fixed by model, size and update.
  func defaultBurnIn(beta: Double) -> Int {
    if isTempering { return 2000 }
    if let method { return method.defaultBurnIn }
    switch model {
    case .ising(let model):
      return (IsingUpdate(rawValue: name(beta: beta)) ?? .metropolis).defaultBurnIn(for: model)
    case .discrete(let model):
      return (DiscreteUpdate(rawValue: name(beta: beta)) ?? .metropolis).defaultBurnIn(for: model)
    case .vector(let model):
      // Local updates need about L^2 sweeps to carry news across; clusters hardly notice the size.
      let side = model.lattice.cell == nil ? 16 : model.lattice.sides.max() ?? 1
      return ["wolff", "swendsen-wang"].contains(name(beta: beta))
        ? 200 + side : 300 + min(side, 64) * min(side, 64)
    case .dipolar(let model):
      let side = min(64, model.lattice.sides.max() ?? 1)
      return 500 + side * side
    case .scalar: return 500
    case .baxterWu(let model):
      return (BaxterWuUpdate(rawValue: name(beta: beta)) ?? .swendsenWang).defaultBurnIn(
        rows: model.rows, columns: model.columns)
    case .gauge(let model):
      // A link follows its two plaquettes within a few sweeps except deep in the frozen range.
      return 200 + (model.dimension == 2 ? model.siteCount / 16 : 800)
    case .links(let plan, _):
      // About the square of the side until links of all distances know of each other.
      let side = min(32, plan.model.lattice.sides.max() ?? 2)
      return 200 + side * side
    }
  }
}

extension DiscreteModel {
  /// Whether its couplings or fields differ from place to place, so that overlaps of replicas are of interest.
  var isGlassy: Bool {
    uniformCoupling == nil && name == "edwards-anderson" || name == "sherrington-kirkpatrick"
  }
}
