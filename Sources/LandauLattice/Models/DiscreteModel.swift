public import LandauCore

/// Spins with few states each, an energy for every bond and one for every site.
///
/// H = sum over bonds b = (i, j) of J_b pair(s_i, s_j) + sum over sites of (site(s_i) - h_i charge(s_i)). Which
/// model that is stands in the tables: see the makers `ising`, `potts`, `clock`, `blumeCapel`. A model of your
/// own is two tables:
///
///     // A lattice gas: neighbours repel when both sites are occupied.
///     let gas = try DiscreteModel(
///       name: "lattice-gas", lattice: lattice, coupling: 1,
///       spins: .init(pairEnergies: [[0, 0], [0, 1]], siteEnergies: [0, -mu], orderVectors: [[0], [1]]))
///
/// Configurations are arrays of state numbers, one byte per site.
public struct DiscreteModel: LatticeModel, Hashable {
  /// What one spin is: its states and their energies.
  public struct SpinSpace: Sendable, Hashable {
    /// Energy of a bond of coupling 1 by the two states at its ends; symmetric.
    public var pairEnergies: [[Double]]
    /// Energy of a site by its state, the same for all sites.
    public var siteEnergies: [Double]
    /// What a site adds to the order parameter, by its state; all of one length.
    public var orderVectors: [[Double]]
    /// What the field of a site couples to, by state.
    public var charges: [Double]
    /// Exchanges of states under which no pair energy changes, each its own inverse; clusters are
    /// mirrored by them. `reflections[r][s]` is the state that s becomes.
    public var reflections: [[UInt8]]
    /// How states are written in files.
    public var values: [Int8]

    public init(
      pairEnergies: [[Double]], siteEnergies: [Double]? = nil, orderVectors: [[Double]],
      charges: [Double]? = nil, reflections: [[UInt8]] = [], values: [Int8]? = nil
    ) {
      let states = pairEnergies.count
      self.pairEnergies = pairEnergies
      self.siteEnergies = siteEnergies ?? [Double](repeating: 0, count: states)
      self.orderVectors = orderVectors
      self.charges = charges ?? [Double](repeating: 0, count: states)
      self.reflections = reflections
      self.values = values ?? (0..<states).map { Int8(truncatingIfNeeded: $0) }
    }

    public var stateCount: Int { pairEnergies.count }
  }

  /// `ising`, `potts`, ... or the name of a model of your own.
  public let name: String
  public let lattice: Lattice
  public let spins: SpinSpace
  /// J of every bond.
  public let couplings: [Double]
  /// h of every site; empty where there is none.
  public let fields: [Double]
  /// J where all bonds have the same.
  public let uniformCoupling: Double?
  /// Sum of the couplings of a site's bonds with itself; empty where their energy depends on no state.
  public let selfCouplings: [Double]

  /// - Parameters:
  ///   - couplings: one per bond of the lattice.
  ///   - fields: one per site, or none.
  /// - Throws: `InputError` when a number is not finite or counts do not fit, when the pair energies are
  ///   not symmetric, or a reflection changes one or is not its own inverse.
  public init(
    name: String, lattice: Lattice, couplings: [Double], fields: [Double] = [], spins: SpinSpace
  ) throws(InputError) {
    try spins.check(name)
    guard couplings.count == lattice.bondCount else {
      throw .notAllowed(
        "the number of couplings", couplings.count,
        allowed: "\(lattice.bondCount), the number of bonds")
    }
    guard fields.isEmpty || fields.count == lattice.siteCount else {
      throw .notAllowed(
        "the number of fields", fields.count, allowed: "\(lattice.siteCount), the number of sites")
    }
    guard fields.allSatisfy({ $0 == 0 }) || spins.charges.contains(where: { $0 != 0 }) else {
      throw InputError("\(name): a field is given, but no state has a charge it could act on")
    }
    for coupling in couplings where !coupling.isFinite {
      throw .notAllowed("coupling", coupling, allowed: "finite numbers")
    }
    for field in fields where !field.isFinite {
      throw .notAllowed("field", field, allowed: "finite numbers")
    }
    self.name = name
    self.lattice = lattice
    self.couplings = couplings
    self.fields = fields
    self.spins = spins
    let first = couplings.first ?? 0
    uniformCoupling = couplings.allSatisfy { $0 == first } ? first : nil
    selfCouplings = Self.selfCouplings(lattice, couplings, spins)
  }

  /// The same coupling on every bond (its sign changed where a bond crosses an odd number of antiperiodic
  /// boundaries).
  ///
  /// - Throws: `InputError` as the other initialiser does.
  public init(
    name: String, lattice: Lattice, coupling: Double, spins: SpinSpace
  ) throws(InputError) {
    self = try DiscreteModel(
      name: name, lattice: lattice, couplings: lattice.bondSigns.map { coupling * Double($0) },
      spins: spins)
  }

  public var siteCount: Int { lattice.siteCount }
  public var variableCount: Int { lattice.siteCount }
  public var stateCount: Int { spins.stateCount }
  public var states: [UInt8] { (0..<stateCount).map { UInt8($0) } }
  /// Number of components of the order parameter.
  public var orderComponents: Int { spins.orderVectors[0].count }

  public func energy(of configuration: Span<UInt8>) -> Double {
    requireShape(configuration)
    var energy = 0.0
    for (bond, coupling) in zip(lattice.bonds, couplings) {
      let (one, other) = (configuration[Int(bond.source)], configuration[Int(bond.target)])
      energy += coupling * spins.pairEnergies[Int(one)][Int(other)]
    }
    for site in 0..<siteCount { energy += siteEnergy(of: configuration[site], at: site) }
    return energy
  }

  /// Energy of a state at a site apart from its bonds.
  public func siteEnergy(of state: UInt8, at site: Int) -> Double {
    let energy = spins.siteEnergies[Int(state)]
    return fields.isEmpty ? energy : energy - fields[site] * spins.charges[Int(state)]
  }

  public func energyChange(
    at site: Int, to new: UInt8, in configuration: Span<UInt8>
  ) -> Double {
    let old = configuration[site]
    if new == old { return 0 }
    var change = siteEnergy(of: new, at: site) - siteEnergy(of: old, at: site)
    for place in lattice.neighbourRange(of: site) {
      let other = Int(configuration[Int(lattice.neighbours[place])])
      let coupling = couplings[Int(lattice.neighbourBonds[place])]
      change +=
        coupling
        * (spins.pairEnergies[Int(new)][other] - spins.pairEnergies[Int(old)][other])
    }
    if !selfCouplings.isEmpty {
      change +=
        selfCouplings[site]
        * (spins.pairEnergies[Int(new)][Int(new)] - spins.pairEnergies[Int(old)][Int(old)])
    }
    return change
  }

  /// Sum over sites of the order vectors of their states.
  public func order(of configuration: Span<UInt8>) -> [Double] {
    requireShape(configuration)
    var sum = [Double](repeating: 0, count: orderComponents)
    var counts = [Int](repeating: 0, count: stateCount)
    for site in 0..<siteCount { counts[Int(configuration[site])] += 1 }
    for state in 0..<stateCount {
      for k in sum.indices { sum[k] += Double(counts[state]) * spins.orderVectors[state][k] }
    }
    return sum
  }

  private static func selfCouplings(
    _ lattice: Lattice, _ couplings: [Double], _ spins: SpinSpace
  ) -> [Double] {
    let diagonal = spins.pairEnergies.indices.map { spins.pairEnergies[$0][$0] }
    if diagonal.allSatisfy({ $0 == diagonal[0] }) { return [] }
    guard lattice.bonds.contains(where: \.isSelfBond) else { return [] }
    var sums = [Double](repeating: 0, count: lattice.siteCount)
    for (bond, coupling) in zip(lattice.bonds, couplings) where bond.isSelfBond {
      sums[Int(bond.source)] += coupling
    }
    return sums
  }

  private func requireShape(_ configuration: Span<UInt8>) {
    precondition(
      configuration.count == siteCount,
      "the configuration has \(configuration.count) entries, the lattice \(siteCount) sites")
  }
}

extension DiscreteModel.SpinSpace {
  /// The most states a spin may have.
  public static let maximumStateCount = 127

  fileprivate func check(_ name: String) throws(InputError) {
    let count = stateCount
    guard (1...Self.maximumStateCount).contains(count) else {
      throw .notAllowed("the number of states", count, allowed: "1 to \(Self.maximumStateCount)")
    }
    guard siteEnergies.count == count, orderVectors.count == count, charges.count == count,
      values.count == count, pairEnergies.allSatisfy({ $0.count == count }),
      orderVectors.allSatisfy({ $0.count == orderVectors[0].count && !$0.isEmpty })
    else { throw InputError("\(name): the tables of its \(count) states differ in length") }
    guard Set(values).count == count else {
      throw InputError("\(name): two of its \(count) states are written alike")
    }
    let numbers = pairEnergies.joined() + siteEnergies + charges + orderVectors.joined()
    for number in numbers where !number.isFinite {
      throw .notAllowed("an energy of \(name)", number, allowed: "finite numbers")
    }
    for one in 0..<count {
      for other in 0..<count where pairEnergies[one][other] != pairEnergies[other][one] {
        throw InputError("\(name): the energy of states \(one), \(other) is not symmetric")
      }
    }
    for reflection in reflections { try check(reflection, name) }
  }

  private func check(_ reflection: [UInt8], _ name: String) throws(InputError) {
    let count = stateCount
    guard reflection.count == count,
      reflection.enumerated().allSatisfy({ $1 < count && Int(reflection[Int($1)]) == $0 })
    else { throw InputError("\(name): a reflection of states is not its own inverse") }
    // Pairs of which neither state moves are mirrored on themselves; a table of 127 Potts states has 8001 swaps.
    for one in 0..<count where Int(reflection[one]) != one {
      for other in 0..<count {
        let mirrored = pairEnergies[Int(reflection[one])][Int(reflection[other])]
        guard abs(mirrored - pairEnergies[one][other]) <= 1e-12 else {
          throw InputError("\(name): a reflection changes the energy of states \(one), \(other)")
        }
      }
    }
  }
}
