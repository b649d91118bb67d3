import LandauCore
import LandauLattice
import LandauMonteCarlo

/// Ways to sample that give all temperatures of a scan in one go.
enum ScanMethod: String, Sendable, CaseIterable {
  /// The number of configurations by energy, by walks that make their histogram flat.
  case wangLandau = "wang-landau"
  /// Chains with frozen weights under which all energies are alike, reweighted to each temperature.
  case multicanonical
  /// Many replicas cooled together.
  case populationAnnealing = "population-annealing"

  /// Sweeps where none are asked for: of a walk in its last stage, measured ones of a chain, of a replica at each
  /// temperature.
  var defaultSweeps: Int {
    switch self {
    case .wangLandau, .multicanonical: 100_000
    case .populationAnnealing: 10
    }
  }

  /// Where none are asked for, the sweeps of Wang-Landau that find the weights of multicanonical chains; the other
  /// methods measure from the beginning.
  var defaultBurnIn: Int { self == .multicanonical ? 5000 : 0 }

  /// Whether more sweeps go on with what there is, rather than making another job.
  var isExtendable: Bool { self == .multicanonical }
}

extension PhysicalModel {
  /// The same as a model of few-valued spins with all its bonds; nil where it is none.
  var fewValued: DiscreteModel? {
    get throws(InputError) {
      switch self {
      case .ising(let ising):
        try .ising(Lattice(ising.lattice), coupling: ising.coupling, field: ising.field)
      case .discrete(let model): model
      default: nil
      }
    }
  }
}

/// Energies that a scan needs: from the lowest there may be to well above the mean of random configurations,
/// which infinite temperature is made of.
///
/// Configurations of higher energy are fewer than exp(-50) of all, so leaving them out changes no ln Z.
struct ScanEnergies: Sendable, Hashable {
  /// Total energies; all when nil.
  var range: ClosedRange<Double>?
  /// Of intervals, as many as sites, between 100 and 2000; nil where levels are taken one by one.
  var width: Double?

  /// - Throws: `InputError` as `EnergyBins` does.
  init(of model: DiscreteModel) throws(InputError) {
    var rng = Seed(0).child("random energies").makeStream()
    let energies = (0..<200).map { _ in
      let states = (0..<model.siteCount).map { _ in UInt8(rng.index(below: model.stateCount)) }
      return model.energy(of: states.span)
    }
    let mean = energies.reduce(0, +) / Double(energies.count)
    let squares = energies.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let highest = mean + 11 * (squares / Double(energies.count - 1)).squareRoot()
    if let levels = try? EnergyBins(of: model) {
      let top = levels.energy(of: levels.count - 1)
      if highest > mean, highest < top { range = levels.lowest...highest }
      return
    }
    let reach = Self.reach(of: model)
    let top = highest > mean ? min(reach, highest) : reach
    let count = Double(min(2000, max(100, model.siteCount)))
    range = -reach...top
    width = (top + reach) / count
  }

  /// A bound on energies: every bond and every field satisfied.
  private static func reach(of model: DiscreteModel) -> Double {
    let pair = model.spins.pairEnergies.joined().map(abs).max() ?? 0
    let charge = model.spins.charges.map(abs).max() ?? 0
    let site = model.spins.siteEnergies.map(abs).max() ?? 0
    return model.couplings.reduce(0) { $0 + abs($1) * pair }
      + model.fields.reduce(0) { $0 + abs($1) * charge } + Double(model.siteCount) * site
  }

  func bins(of model: DiscreteModel) throws(InputError) -> EnergyBins {
    try EnergyBins(of: model, within: range, width: width)
  }
}
