public import LandauCore

extension DiscreteModel.SpinSpace {
  /// The exchange of states that turns every pair energy, charge and order vector into its negative and leaves
  /// site energies as they are: s to -s; its own inverse. Nil where there is none (Potts, clock with odd q).
  public var reversal: [UInt8]? {
    func isNegative(_ one: [Double], _ other: [Double]) -> Bool {
      zip(one, other).allSatisfy { abs($0 + $1) <= 1e-12 }
    }
    let states = 0..<stateCount
    var partners: [UInt8] = []
    for state in states {
      let partner = states.first { other in
        isNegative(pairEnergies[state], pairEnergies[other])
          && isNegative(orderVectors[state], orderVectors[other])
          && isNegative([charges[state]], [charges[other]])
          && abs(siteEnergies[state] - siteEnergies[other]) <= 1e-12
      }
      guard let partner else { return nil }
      partners.append(UInt8(partner))
    }
    return states.allSatisfy { Int(partners[Int(partners[$0])]) == $0 } ? partners : nil
  }
}

extension DiscreteModel {
  /// The same model in spins that are turned over on some sites: s_i' = e_i s_i, J_ij' = e_i e_j J_ij, h_i' = e_i h_i.
  ///
  /// Every configuration has the energy of its image under `gauged(_:by:)`, so partition function and energies
  /// are the same; the order parameter of the new model is sum of e_i s_i of the old.
  ///
  /// - Parameter signs: +1 or -1 per site.
  /// - Throws: `InputError` where the spins cannot be turned over.
  public func gauged(by signs: [Int8]) throws(InputError) -> DiscreteModel {
    try requireReversal()
    requireSigns(signs)
    var couplings = self.couplings
    for (index, bond) in lattice.bonds.enumerated() {
      couplings[index] *= Double(signs[Int(bond.source)] * signs[Int(bond.target)])
    }
    return try DiscreteModel(
      name: name, lattice: lattice, couplings: couplings,
      fields: fields.isEmpty ? [] : zip(fields, signs).map { $0 * Double($1) }, spins: spins)
  }

  /// The image of a configuration: states on sites with sign -1 turned over. Its own inverse.
  ///
  /// - Throws: `InputError` where the spins cannot be turned over.
  public func gauged(_ configuration: [UInt8], by signs: [Int8]) throws(InputError) -> [UInt8] {
    let reversal = try requireReversal()
    requireSigns(signs)
    precondition(configuration.count == siteCount, "one state per site: \(siteCount)")
    return zip(configuration, signs).map { $1 < 0 ? reversal[Int($0)] : $0 }
  }

  /// The same model with the spins of every second sublattice turned over (`Lattice.sublatticeSigns`).
  ///
  /// An antiferromagnet on a bipartite lattice becomes a ferromagnet, whose order parameter is the staggered
  /// one of the antiferromagnet, and cluster updates work as they do there; a uniform field becomes a
  /// staggered one. Energies and temperatures stay. Configurations go back by
  /// `gauged(_:by: lattice.sublatticeSigns)`.
  ///
  /// - Throws: `InputError` where the lattice is not bipartite or the spins cannot be turned over.
  public func staggered() throws(InputError) -> DiscreteModel {
    guard let signs = lattice.sublatticeSigns else {
      throw InputError(
        "the lattice \(lattice) has no two sublattices: a staggered order needs them")
    }
    return try gauged(by: signs)
  }

  /// Whether no configuration of two opposite states satisfies all bonds (couplings of 0 left out): no choice of
  /// signs makes all couplings positive.
  public var isFrustrated: Bool { lattice.satisfyingSigns(couplings) == nil }

  @discardableResult
  private func requireReversal() throws(InputError) -> [UInt8] {
    guard let reversal = spins.reversal else {
      throw InputError(
        "the spins of \(name) have no opposite states, so they cannot be turned over")
    }
    return reversal
  }

  private func requireSigns(_ signs: [Int8]) {
    precondition(
      signs.count == siteCount && signs.allSatisfy { abs($0) == 1 },
      "one sign, +1 or -1, for each of \(siteCount) sites")
  }
}
