public import LandauCore

/// A model whose couplings, fields, sites or bonds are drawn at random and then stay: a spin glass, a magnet in
/// random fields, a diluted crystal.
///
/// A realisation is a function of one seed; realisation r of a run with root seed S is
/// `realisation(r, of: S)`. Sites, bonds, couplings and fields have streams of their own, so the same
/// couplings may be studied with and without fields, and with other boundaries: couplings across
/// antiperiodic ones are the same with the sign changed.
///
/// Averages over realisations are written [...], averages over spins < >: [<E>]. Only numbers from several
/// realisations give an error of [...].
public struct DisorderedModel: Sendable, Hashable {
  /// `edwards-anderson`, `sherrington-kirkpatrick`, ...
  public let name: String
  public let lattice: Lattice
  public let spins: DiscreteModel.SpinSpace
  public let couplings: QuenchedValues
  public let fields: QuenchedValues
  public let sites: Occupation
  public let bonds: Occupation

  /// - Throws: `InputError` for distributions that are not possible, and for fields on spins without charge.
  public init(
    name: String, lattice: Lattice, spins: DiscreteModel.SpinSpace = .ising,
    couplings: QuenchedValues = .constant(1), fields: QuenchedValues = .constant(0),
    sites: Occupation = .full, bonds: Occupation = .full
  ) throws(InputError) {
    try couplings.check("coupling")
    try fields.check("field")
    try sites.check("site-fraction", isZeroAllowed: false)
    try bonds.check("bond-fraction", isZeroAllowed: true)
    guard fields.isZero || spins.charges.contains(where: { $0 != 0 }) else {
      throw InputError("\(name): a field is given, but no state has a charge it could act on")
    }
    self.name = name
    self.lattice = lattice
    self.spins = spins
    self.couplings = couplings
    self.fields = fields
    self.sites = sites
    self.bonds = bonds
  }

  /// Realisation number `index` of a run.
  ///
  /// - Throws: `InputError` when the lattice is too large.
  public func realisation(_ index: Int, of root: Seed) throws(InputError) -> DiscreteModel {
    try realisation(seed: root.child("realisation", index))
  }

  /// The model with everything drawn from one seed.
  ///
  /// - Throws: `InputError` when the lattice is too large.
  public func realisation(seed: Seed) throws(InputError) -> DiscreteModel {
    let lattice = try self.lattice.diluted(sites: sites, bonds: bonds, seed: seed)
    var couplingStream = seed.child("couplings").makeStream()
    var drawn = couplings.draw(count: lattice.bondCount, using: &couplingStream)
    if lattice.boundary.contains(.antiperiodic) {
      for (bond, sign) in lattice.bondSigns.enumerated() { drawn[bond] *= Double(sign) }
    }
    var fieldStream = seed.child("fields").makeStream()
    return try DiscreteModel(
      name: name, lattice: lattice, couplings: drawn,
      fields: fields.isZero ? [] : fields.draw(count: lattice.siteCount, using: &fieldStream),
      spins: spins)
  }

  /// What the numbers mean, in one line; every report repeats it.
  public var convention: String {
    let ising = "H = -sum_<ij> J_ij s_i s_j - sum_i h_i s_i, s = +-1"
    return switch name {
    case "sherrington-kirkpatrick":
      "H = -sum_{i<j} J_ij s_i s_j - h sum_i s_i, s = +-1, J_ij normal, mean J_0/N, variance J^2/N; k_B = 1"
    case "edwards-anderson", "random-field-ising", "random-bond-ising": "\(ising); k_B = 1"
    case "diluted-ising": "\(ising), N = number of sites that are there; k_B = 1"
    default:
      "H = sum_<ij> J_ij pair(s_i, s_j) + sum_i [site(s_i) - h_i charge(s_i)] with the tables of \(name); k_B = 1"
    }
  }

  /// What is drawn, in one line: `J: 1.0, and -1.0 with probability 0.5`.
  public var disorder: String {
    var parts: [String] = []
    if couplings.variance > 0 { parts.append("J: \(couplings)") }
    if fields.variance > 0 { parts.append("h: \(fields)") }
    if sites != .full { parts.append("sites present: \(Self.text(sites))") }
    if bonds != .full { parts.append("bonds present: \(Self.text(bonds))") }
    return parts.isEmpty ? "none" : parts.joined(separator: "; ")
  }

  private static func text(_ occupation: Occupation) -> String {
    "\(occupation.isExact ? "exactly" : "each with probability") \(occupation.fraction)"
  }
}

extension DisorderedModel {
  /// The Edwards-Anderson spin glass: H = -sum J_b s_i s_j - h sum s_i with independent J_b of any sign, +-1 with
  /// equal probabilities where not given otherwise.
  ///
  /// - Throws: `InputError` as the initialiser does.
  public static func edwardsAnderson(
    _ lattice: Lattice, couplings: QuenchedValues = .bimodal(), field: Double = 0
  ) throws(InputError) -> DisorderedModel {
    try DisorderedModel(
      name: "edwards-anderson", lattice: lattice, couplings: couplings, fields: .constant(field))
  }

  /// The Sherrington-Kirkpatrick model: H = -sum over all pairs i < j of J_ij s_i s_j - h sum s_i, J_ij normal with
  /// mean J_0/N and variance J^2/N.
  ///
  /// With J_0 = 0 and J = 1 the glass temperature is 1 and the ground state energy per site tends to -0.7632.
  ///
  /// - Parameters:
  ///   - mean: J_0.
  ///   - width: J.
  /// - Throws: `InputError` as the initialiser and the complete graph do.
  public static func sherringtonKirkpatrick(
    siteCount: Int, mean: Double = 0, width: Double = 1, field: Double = 0
  ) throws(InputError) -> DisorderedModel {
    let lattice = try Lattice.complete(siteCount: siteCount)
    let count = Double(siteCount)
    return try DisorderedModel(
      name: "sherrington-kirkpatrick", lattice: lattice,
      couplings: .gaussian(mean: mean / count, width: width / count.squareRoot()),
      fields: .constant(field))
  }

  /// The Ising model in random fields: H = -J sum s_i s_j - sum h_i s_i.
  ///
  /// - Throws: `InputError` as the initialiser does.
  public static func randomField(
    _ lattice: Lattice, coupling: Double = 1, fields: QuenchedValues = .gaussian()
  ) throws(InputError) -> DisorderedModel {
    try DisorderedModel(
      name: "random-field-ising", lattice: lattice, couplings: .constant(coupling), fields: fields)
  }

  /// A ferromagnet with random couplings, none negative: Ising spins, or others by name.
  ///
  /// - Throws: `InputError` where a coupling could be negative, and as the initialiser does.
  public static func randomBond(
    _ lattice: Lattice, couplings: QuenchedValues, field: Double = 0,
    name: String = "random-bond-ising", spins: DiscreteModel.SpinSpace = .ising
  ) throws(InputError) -> DisorderedModel {
    guard couplings.isNonNegative else {
      throw .notAllowed(
        "coupling", couplings, allowed: "no negative values in a random-bond ferromagnet",
        hint: "edwards-anderson has both signs")
    }
    return try DisorderedModel(
      name: name, lattice: lattice, spins: spins, couplings: couplings, fields: .constant(field))
  }

  /// A model with one coupling on a lattice that lacks sites or bonds; see `Lattice.keeping` for what
  /// "per site" means then.
  ///
  /// - Throws: `InputError` as the initialiser does.
  public static func diluted(
    _ lattice: Lattice, sites: Occupation = .full, bonds: Occupation = .full, coupling: Double = 1,
    field: Double = 0, name: String = "diluted-ising", spins: DiscreteModel.SpinSpace = .ising
  ) throws(InputError) -> DisorderedModel {
    try DisorderedModel(
      name: name, lattice: lattice, spins: spins, couplings: .constant(coupling),
      fields: .constant(field), sites: sites, bonds: bonds)
  }
}
