public import LandauCore

extension Lattice {
  /// The lattice without some of its sites and bonds.
  ///
  /// What is missing is gone: sites are numbered anew without gaps, in the old order, so that `siteCount` and
  /// every quantity per site count the sites that are left. `places` says where they stand; positions,
  /// displacements and wave vectors are those of the full crystal, while `cell` is nil where sites are missing. A bond stays when it and both its ends do.
  ///
  /// - Parameters:
  ///   - sites: one per site; nil keeps all.
  ///   - keptBonds: one per bond; nil keeps all.
  /// - Throws: `InputError` when no site is left.
  public func keeping(sites: [Bool]? = nil, bonds keptBonds: [Bool]? = nil) throws(InputError)
    -> Lattice
  {
    precondition(
      sites == nil || sites!.count == siteCount, "one entry per site: \(siteCount)")
    precondition(
      keptBonds == nil || keptBonds!.count == bondCount, "one entry per bond: \(bondCount)")
    var numbers = [Int32](repeating: -1, count: siteCount)
    var left: [Int32] = []
    for site in 0..<siteCount where sites?[site] ?? true {
      numbers[site] = Int32(left.count)
      left.append(places.isEmpty ? Int32(site) : places[site])
    }
    guard !left.isEmpty else { throw InputError("no site of the lattice \(self) is left") }
    let axes = boundary.count
    var bonds: [Bond] = []
    var crossings: [Int8] = []
    for index in self.bonds.indices where keptBonds?[index] ?? true {
      let (source, target) = (
        numbers[Int(self.bonds[index].source)], numbers[Int(self.bonds[index].target)]
      )
      if source < 0 || target < 0 { continue }
      bonds.append(Bond(source: Int(source), target: Int(target)))
      crossings += self.crossings[(index * axes)..<((index + 1) * axes)]
    }
    if left.count == siteCount && bonds.count == bondCount { return self }
    return Lattice(
      name: name, sides: crystal == nil ? [left.count] : sides, boundary: boundary,
      cell: crystal,
      siteCount: left.count, bonds: bonds, crossings: crossings,
      places: left.count == siteCount ? places : left, isDiluted: true)
  }

  /// The lattice with sites and bonds left out at random.
  ///
  /// Sites are drawn first; bonds are then drawn among those whose ends are left. Should no site be left, one
  /// chosen at random is kept.
  ///
  /// - Throws: `InputError` for fractions that are not allowed.
  public func diluted(
    sites: Occupation = .full, bonds: Occupation = .full, seed: Seed
  ) throws(InputError) -> Lattice {
    try sites.check("site-fraction", isZeroAllowed: false)
    try bonds.check("bond-fraction", isZeroAllowed: true)
    var diluted = self
    if sites != .full {
      var rng = seed.child("sites").makeStream()
      var kept = sites.draw(count: siteCount, using: &rng)
      if !kept.contains(true) { kept[rng.index(below: siteCount)] = true }
      diluted = try diluted.keeping(sites: kept)
    }
    if bonds != .full {
      var rng = seed.child("bonds").makeStream()
      diluted = try diluted.keeping(bonds: bonds.draw(count: diluted.bondCount, using: &rng))
    }
    return diluted
  }
}

/// How many of the sites or bonds of a lattice are there.
public struct Occupation: Sendable, Hashable {
  /// Fraction that stays, 0 to 1.
  public var fraction: Double
  /// Whether that fraction of them stays in every draw, rounded to whole numbers; else each one stays with this
  /// probability, independently.
  public var isExact: Bool

  public init(_ fraction: Double, isExact: Bool = false) {
    self.fraction = fraction
    self.isExact = isExact
  }

  /// Nothing missing.
  public static let full = Occupation(1)

  func check(_ name: String, isZeroAllowed: Bool) throws(InputError) {
    guard fraction <= 1, isZeroAllowed ? fraction >= 0 : fraction > 0 else {
      throw .notAllowed(
        name, fraction, allowed: isZeroAllowed ? "0 to 1" : "above 0 and at most 1")
    }
  }

  func draw(count: Int, using rng: inout some RandomNumberGenerator) -> [Bool] {
    guard isExact else { return (0..<count).map { _ in rng.uniform() < fraction } }
    return chosen(Int((fraction * Double(count)).rounded()), of: count, using: &rng)
  }
}

/// Marks `wanted` of `count` things, every set equally likely (Knuth's selection sampling).
func chosen(_ wanted: Int, of count: Int, using rng: inout some RandomNumberGenerator) -> [Bool] {
  var left = wanted
  return (0..<count).map { index in
    guard rng.index(below: count - index) < left else { return false }
    left -= 1
    return true
  }
}
