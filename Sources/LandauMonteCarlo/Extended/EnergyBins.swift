public import LandauCore
public import LandauLattice

/// Which energies are told apart: the levels of a model one by one, or intervals of equal width.
public struct EnergyBins: Sendable, Hashable {
  /// Energy of the first level, or the lower end of the first interval.
  public let lowest: Double
  /// Distance of levels, or width of the intervals.
  public let width: Double
  public let count: Int
  /// Whether a bin is one level.
  public let isExact: Bool

  /// More bins than this are refused.
  public static let maximumCount = 1 << 22

  /// Energy of a level, or the middle of an interval.
  public func energy(of bin: Int) -> Double {
    lowest + width * (Double(bin) + (isExact ? 0 : 0.5))
  }

  /// The bin of an energy; nil outside.
  public func bin(of energy: Double) -> Int? {
    let place =
      isExact ? ((energy - lowest) / width).rounded() : (energy - lowest) * (1 / width)
    return place >= 0 && place < Double(count) ? Int(place) : nil
  }

  /// All bins of a model, or those within a range; intervals begin at an odd fraction of their width below it, so
  /// that levels do not lie on edges where rounding would decide.
  ///
  /// - Parameters:
  ///   - range: total energies; all that the bonds allow when nil.
  ///   - width: of intervals; exact levels when nil, where energies have a common unit.
  /// - Throws: `InputError` where energies have no unit and no width is given, the range is empty, or there
  ///   are too many bins.
  public init(
    of model: DiscreteModel, within range: ClosedRange<Double>? = nil, width: Double? = nil
  ) throws(InputError) {
    try self.init(
      storage: DiscreteStorage(model: model, start: model.states(0)), within: range, width: width)
  }

  init(
    storage: DiscreteStorage, within range: ClosedRange<Double>?, width: Double?
  ) throws(InputError) {
    let bounds = storage.energyBounds
    let low = max(bounds.lowerBound, range?.lowerBound ?? -.infinity)
    let high = min(bounds.upperBound, range?.upperBound ?? .infinity)
    guard low <= high else {
      throw .notAllowed(
        "the energy range", range.map { "\($0)" } ?? "", allowed: "a part of \(bounds)")
    }
    let size: Double
    if let width {
      guard width > 0, width.isFinite else {
        throw .notAllowed("the width of energy bins", width, allowed: "numbers above 0")
      }
      (lowest, self.width, isExact) = (low - 0.381_966_011_250_105_1 * width, width, false)
      size = ((high - lowest) / width).rounded(.down) + 1
    } else {
      guard let whole = storage.whole else {
        throw InputError(
          "energies of \(storage.model.name) with these couplings have no common unit; "
            + "give the width of energy bins")
      }
      // Levels are counted from the lower bound, which is one.
      let unit = whole.units.unit
      let first = ((low - bounds.lowerBound) / unit - 1e-6).rounded(.up)
      let last = ((high - bounds.lowerBound) / unit + 1e-6).rounded(.down)
      guard last >= first else {
        throw .notAllowed(
          "the energy range", "\(low)...\(high)", allowed: "ranges with at least one level")
      }
      (lowest, self.width, isExact) = (bounds.lowerBound + first * unit, unit, true)
      size = last - first + 1
    }
    guard size <= Double(Self.maximumCount) else {
      throw .notAllowed(
        "the number of energy bins", size, allowed: "at most \(Self.maximumCount)",
        hint: "give a range or wider bins")
    }
    count = Int(size)
  }
}

extension DiscreteModel {
  /// All sites in one state.
  func states(_ state: UInt8) -> [UInt8] { [UInt8](repeating: state, count: siteCount) }
}

extension DiscreteStorage {
  /// The energies that bonds and sites could have at most if each had its own way.
  var energyBounds: ClosedRange<Double> {
    let constant = SiteEnergies(model).constant
    if let whole {
      let bounds = wholeBounds(whole)
      let unit = whole.units.unit
      return
        (Double(bounds.lowerBound) * unit + constant)...(Double(bounds.upperBound) * unit
        + constant)
    }
    let energies = model.spins.pairEnergies.joined()
    let (low, high) = (energies.min()!, energies.max()!)
    var bounds = (constant, constant)
    for bond in 0..<bondCount {
      let ends = [bondCouplings[bond] * low, bondCouplings[bond] * high]
      bounds.0 += ends.min()!
      bounds.1 += ends.max()!
    }
    for site in 0..<count {
      let row = UnsafeBufferPointer(start: siteRow(site), count: stateCount)
      bounds.0 += row.min()!
      bounds.1 += row.max()!
    }
    return bounds.0...bounds.1
  }

  /// The same in units, without the constant.
  func wholeBounds(_ whole: WholeEnergies) -> ClosedRange<Int> {
    let size = stateCount * stateCount
    func ends(_ table: UnsafeMutablePointer<Int32>, _ count: Int) -> (Int, Int) {
      let values = UnsafeBufferPointer(start: table, count: count)
      return (Int(values.min()!), Int(values.max()!))
    }
    var (low, high) = (0, 0)
    for bond in 0..<bondCount {
      let range = ends(whole.pairs + Int(whole.bondClasses?[bond] ?? 0), size)
      low += range.0
      high += range.1
    }
    for site in 0..<count {
      let row = rowOfSite.map { Int($0[site]) } ?? 0
      let range = ends(whole.sites + row * stateCount, stateCount)
      low += range.0
      high += range.1
    }
    return low...high
  }
}
