import LandauCore
import LandauLattice
import LandauMonteCarlo

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Finds a range of temperatures for a model of which nothing is known: around the largest specific heat of a
/// small lattice.
///
/// The ladder of temperatures begins at the energy scale, above which mean-field theory has no order: half the
/// difference between the best and the worst energy a site's bonds can have, each bond counted for both of its
/// ends. It falls by a tenth per step to a fifteenth of that. The specific heat of a lattice of about a hundred
/// sites has its top within a few tenths of where a transition is, if there is one; the range goes from 0.65 to
/// 1.3 times the temperature of the top.
struct TemperatureSearch: Sendable {
  let model: ResolvedModel
  let seed: Seed

  struct Result: Sendable {
    var top: Double
    var range: ClosedRange<Double>
  }

  static let steps = 26
  static let ratio = 0.9

  /// - Throws: `InputError` for a model without an energy scale: no coupling; `Interrupted`.
  func run(
    pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> Result {
    let physical = try model.sized(smallSides).physical()
    let scale = physical.energyScale
    guard scale > 0 else {
      throw InputError(
        "the couplings are all zero, so nothing says where to look: give --temperature")
    }
    let factory = try ChainFactory(model: physical, update: "auto")
    progress.begin("looking for a range", total: Self.steps)
    let heats = try pool.map(Self.steps) { step -> Double in
      try cancellation.check()
      defer { progress.advance() }
      let temperature = scale * pow(Self.ratio, Double(step))
      return try heat(factory, physical.siteCount, beta: 1 / temperature, step: step)
    }
    progress.end()
    let best = heats.indices.max { heats[$0] < heats[$1] }!
    let top = scale * pow(Self.ratio, Double(best))
    return Result(top: top, range: Self.rounded(0.65 * top)...Self.rounded(1.3 * top))
  }

  /// Beta^2 N var(e) from two chains, each with its own mean: one that stays in another phase adds nothing.
  private func heat(
    _ factory: ChainFactory, _ siteCount: Int, beta: Double, step: Int
  ) throws -> Double {
    var total = 0.0
    for number in 0..<2 {
      let chain = try factory.chain(
        beta: beta, seed: seed.child("range", step).child("chain", number), pool: nil)
      guard let column = chain.observables.firstIndex(of: .energyPerSite) else { return 0 }
      chain.burnIn(300)
      var (sum, squares, count) = (0.0, 0.0, 0.0)
      var row: [Double] = []
      for _ in 0..<1000 {
        chain.sweep(1)
        row.removeAll(keepingCapacity: true)
        chain.measure(into: &row)
        sum += row[column]
        squares += row[column] * row[column]
        count += 1
      }
      total += max(0, squares / count - sum / count * (sum / count))
    }
    return beta * beta * Double(siteCount) * total / 2
  }

  /// About a hundred sites, in sides that close an order of two or three sublattices.
  private var smallSides: [Int] {
    switch model.dimension {
    case 1: [48]
    case 2: model.unitCell.basis.count == 1 ? [12, 12] : [6, 6]
    default: [6, 6, 6]
    }
  }

  /// Two significant digits.
  private static func rounded(_ value: Double) -> Double {
    // Divided at the end, so that 0.69 is the number that is written 0.69.
    let inverse = pow(10, 1 - floor(log10(value)))
    return (value * inverse).rounded() / inverse
  }
}

extension PhysicalModel {
  /// Half the range of the energies of all bonds at a site, on average over sites; 0 for models without bonds.
  var energyScale: Double {
    func scale(_ couplings: [Double], _ siteCount: Int, range: Double) -> Double {
      couplings.reduce(0) { $0 + abs($1) } / Double(siteCount) * range
    }
    switch self {
    case .ising(let model): return 2 * Double(model.lattice.dimension) * abs(model.coupling)
    case .discrete(let model):
      let pairs = model.spins.pairEnergies.joined()
      return scale(model.couplings, model.siteCount, range: pairs.max()! - pairs.min()!)
    case .vector(let model):
      return scale(model.couplings, model.siteCount, range: 2)
    case .baxterWu(let model): return 6 * abs(model.coupling)
    case .scalar, .gauge, .links, .dipolar: return 0
    }
  }
}
