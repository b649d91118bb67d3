import LandauCore
import LandauLattice
import LandauMonteCarlo

/// Updates of few-valued spins that serve a purpose of their own and are taken only when asked for.
enum ParticularUpdate: String, Sendable, CaseIterable {
  /// Exchanges of neighbours: the order parameter never changes.
  case kawasaki
  /// Metropolis rates in continuous time, without rejections; a sweep is a unit of time.
  case rejectionFree = "rejection-free"
  /// Graphs of the high-temperature expansion of Ising ferromagnets; no configurations of spins.
  case worm

  /// Why there is no such chain of the model; nil where there is one.
  func refusal(of model: DiscreteModel, magnetization: Double?) -> String? {
    do throws(InputError) {
      switch self {
      case .kawasaki: _ = try Self.composition(of: model, magnetization: magnetization)
      case .rejectionFree: break
      case .worm: _ = try WormChain(model: model, beta: 0, seed: Seed(0))
      }
      return nil
    } catch {
      return error.message
    }
  }

  func chain(
    _ model: DiscreteModel, beta: Double, magnetization: Double?, seed: Seed
  ) throws(InputError) -> any ReportingChain {
    switch self {
    case .kawasaki:
      try KawasakiChain(
        model: model, beta: beta,
        composition: Self.composition(of: model, magnetization: magnetization), seed: seed)
    case .rejectionFree: try RejectionFreeChain(model: model, beta: beta, seed: seed)
    case .worm: try WormChain(model: model, beta: beta, seed: seed)
    }
  }

  /// Sites in each state for a magnetisation per site; nil for numbers as equal as can be.
  ///
  /// - Throws: `InputError` where spins are not Ising's, or no whole number of them makes it.
  private static func composition(
    of model: DiscreteModel, magnetization: Double?
  ) throws(InputError) -> [Int]? {
    guard let magnetization else { return nil }
    guard model.spins == .ising else {
      throw InputError("a magnetisation is chosen for Ising spins, not for \(model.name)")
    }
    let sites = Double(model.siteCount)
    let up = sites * (1 + magnetization) / 2
    guard (-1...1).contains(magnetization), abs(up - up.rounded()) < 1e-6 else {
      let nearest = 2 * min(sites, max(0, up.rounded())) / sites - 1
      throw InputError(
        "--magnetization is \(magnetization), which no whole number of \(model.siteCount) spins makes; the "
          + "nearest is \(nearest)")
    }
    return [model.siteCount - Int(up.rounded()), Int(up.rounded())]
  }

  /// Whether configurations are those of the canonical ensemble, whose exact values may stand beside.
  var isCanonical: Bool { self != .kawasaki }

  /// Whether there are configurations of spins to keep.
  var hasSnapshots: Bool { self != .worm }
}
