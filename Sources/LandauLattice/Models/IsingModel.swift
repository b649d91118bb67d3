public import LandauCore

/// The Ising model on a periodic hypercubic lattice, with either sign of the coupling and a field.
///
/// H = -J sum over bonds of s_i s_j - h sum over sites of s_i, with s = -1 or +1 and one bond per site
/// and axis (see `HypercubicLattice` for sides 1 and 2). J > 0 is the ferromagnet.
public struct IsingModel: LatticeModel, Hashable {
  public let lattice: HypercubicLattice
  public let coupling: Double
  public let field: Double

  /// - Throws: `InputError` when the coupling or the field is not finite.
  public init(
    lattice: HypercubicLattice, coupling: Double = 1, field: Double = 0
  ) throws(InputError) {
    guard coupling.isFinite else {
      throw .notAllowed("coupling", coupling, allowed: "finite numbers")
    }
    guard field.isFinite else { throw .notAllowed("field", field, allowed: "finite numbers") }
    self.lattice = lattice
    self.coupling = coupling
    self.field = field
  }

  /// The largest number of sites: bits of a sweep that packs 64 spins into a word, 128 GiB of them.
  public static let maximumSiteCount = 1 << 40

  /// The model on a lattice with the given sides.
  ///
  /// - Throws: `InputError` as the lattice and the model do.
  public init(sides: [Int], coupling: Double = 1, field: Double = 0) throws(InputError) {
    self = try IsingModel(
      lattice: HypercubicLattice(sides: sides, limit: Self.maximumSiteCount), coupling: coupling,
      field: field)
  }

  public var siteCount: Int { lattice.siteCount }
  public var variableCount: Int { lattice.siteCount }
  public var states: [Int8] { [-1, 1] }

  /// Whether no arrangement satisfies all bonds: antiferromagnetic with an odd side above 1.
  public var isFrustrated: Bool { coupling < 0 && !lattice.isBipartite }

  public func energy(of spins: Span<Int8>) -> Double {
    -coupling * Double(bondSum(of: spins)) - field * Double(magnetization(of: spins))
  }

  /// Sum of s_i s_j over all bonds.
  public func bondSum(of spins: Span<Int8>) -> Int {
    precondition(
      spins.count == siteCount, "spins has \(spins.count) entries, the lattice \(siteCount) sites")
    var sum = 0
    for axis in lattice.sides.indices {
      let stride = lattice.strides[axis]
      let span = stride * lattice.sides[axis]
      for start in Swift.stride(from: 0, to: siteCount, by: span) {
        for site in start..<(start + span - stride) {
          sum += Int(spins[site] &* spins[site + stride])
        }
        for site in start..<(start + stride) {
          sum += Int(spins[site + span - stride] &* spins[site])
        }
      }
    }
    return sum
  }

  /// Sum of all spins.
  public func magnetization(of spins: Span<Int8>) -> Int {
    var sum = 0
    for site in spins.indices { sum += Int(spins[site]) }
    return sum
  }

  public func energyChange(at site: Int, to new: Int8, in spins: Span<Int8>) -> Double {
    let change = Int(new) - Int(spins[site])
    return -Double(change) * (coupling * Double(neighbourSum(at: site, in: spins)) + field)
  }

  /// Sum of the spins at the other ends of all bonds of a site; bonds with itself do not count,
  /// and a neighbour along an axis of side 2 counts twice.
  public func neighbourSum(at site: Int, in spins: Span<Int8>) -> Int {
    var sum = 0
    for axis in lattice.sides.indices where lattice.sides[axis] > 1 {
      sum += Int(spins[lattice.neighbour(of: site, axis: axis)])
      sum += Int(spins[lattice.neighbour(of: site, axis: axis, step: -1)])
    }
    return sum
  }
}
