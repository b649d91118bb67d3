public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension DiscreteModel {
  /// The Ising model: H = -sum J_b s_i s_j - sum h_i s_i, s = -1 (state 0) or +1 (state 1).
  ///
  /// - Throws: `InputError` as the initialisers do.
  public static func ising(
    _ lattice: Lattice, couplings: [Double], fields: [Double] = []
  ) throws(InputError) -> DiscreteModel {
    try DiscreteModel(
      name: "ising", lattice: lattice, couplings: couplings, fields: fields, spins: .ising)
  }

  /// The Ising model with one coupling, and one field.
  public static func ising(
    _ lattice: Lattice, coupling: Double = 1, field: Double = 0
  ) throws(InputError) -> DiscreteModel {
    try ising(
      lattice, couplings: lattice.bondSigns.map { coupling * Double($0) },
      fields: field == 0 ? [] : [Double](repeating: field, count: lattice.siteCount))
  }

  /// The Potts model: H = -J sum delta(s_i, s_j) - h sum delta(s_i, 0), s = 0 ... q - 1.
  ///
  /// The order vector of a state points to a corner of the regular simplex, of unit length, written
  /// in q components that sum to zero.
  ///
  /// - Parameter states: q, 2 to 127.
  /// - Throws: `InputError` for another q, or numbers that are not finite.
  public static func potts(
    _ lattice: Lattice, states: Int, coupling: Double = 1, field: Double = 0
  ) throws(InputError) -> DiscreteModel {
    guard (2...SpinSpace.maximumStateCount).contains(states) else {
      throw .notAllowed("states", states, allowed: "2 to \(SpinSpace.maximumStateCount)")
    }
    return try DiscreteModel(
      name: "potts", lattice: lattice, couplings: lattice.bondSigns.map { coupling * Double($0) },
      fields: field == 0 ? [] : [Double](repeating: field, count: lattice.siteCount),
      spins: .potts(states))
  }

  /// The clock model: H = -J sum cos(2 pi (s_i - s_j)/q), s = 0 ... q - 1, with a field along state 0.
  ///
  /// - Parameter states: q, 2 to 127.
  /// - Throws: `InputError` for another q, or numbers that are not finite.
  public static func clock(
    _ lattice: Lattice, states: Int, coupling: Double = 1, field: Double = 0
  ) throws(InputError) -> DiscreteModel {
    guard (2...SpinSpace.maximumStateCount).contains(states) else {
      throw .notAllowed("states", states, allowed: "2 to \(SpinSpace.maximumStateCount)")
    }
    return try DiscreteModel(
      name: "clock", lattice: lattice, couplings: lattice.bondSigns.map { coupling * Double($0) },
      fields: field == 0 ? [] : [Double](repeating: field, count: lattice.siteCount),
      spins: .clock(states))
  }

  /// The Blume-Capel model: H = -J sum s_i s_j + D sum s_i^2 - h sum s_i, s = -1, 0, +1.
  ///
  /// - Throws: `InputError` for numbers that are not finite.
  public static func blumeCapel(
    _ lattice: Lattice, coupling: Double = 1, crystalField: Double = 0, field: Double = 0
  ) throws(InputError) -> DiscreteModel {
    try DiscreteModel(
      name: "blume-capel", lattice: lattice,
      couplings: lattice.bondSigns.map { coupling * Double($0) },
      fields: field == 0 ? [] : [Double](repeating: field, count: lattice.siteCount),
      spins: .blumeCapel(crystalField: crystalField))
  }
}

extension DiscreteModel.SpinSpace {
  /// -1 and +1.
  public static let ising = DiscreteModel.SpinSpace(
    pairEnergies: [[-1, 1], [1, -1]], orderVectors: [[-1], [1]], charges: [-1, 1],
    reflections: [[1, 0]], values: [-1, 1])

  /// q equal states; every pair of them may be exchanged.
  public static func potts(_ states: Int) -> DiscreteModel.SpinSpace {
    let scale = (Double(states) / Double(states - 1)).squareRoot()
    let indices = 0..<states
    var swaps: [[UInt8]] = []
    for one in indices {
      for other in (one + 1)..<max(states, one + 1) {
        var swap = indices.map { UInt8($0) }
        swap.swapAt(one, other)
        swaps.append(swap)
      }
    }
    return DiscreteModel.SpinSpace(
      pairEnergies: indices.map { one in indices.map { $0 == one ? -1 : 0 } },
      orderVectors: indices.map { one in
        indices.map { scale * (($0 == one ? 1 : 0) - 1 / Double(states)) }
      },
      charges: indices.map { $0 == 0 ? 1 : 0 }, reflections: swaps)
  }

  /// q directions in the plane; mirrored at the axes through and between them.
  public static func clock(_ states: Int) -> DiscreteModel.SpinSpace {
    let indices = 0..<states
    func cosine(_ steps: Int) -> Double {
      // Whole symmetric table from one octant, so that equal angles have equal cosines to the last bit.
      let wrapped = min(steps % states, states - steps % states)
      if 4 * wrapped == states { return 0 }
      return cos(2 * Double.pi * Double(wrapped) / Double(states))
    }
    func sine(_ steps: Int) -> Double {
      if 2 * (steps % states) % states == 0 { return 0 }
      return sin(2 * Double.pi * Double(steps % states) / Double(states))
    }
    return DiscreteModel.SpinSpace(
      pairEnergies: indices.map { one in indices.map { -cosine((one - $0 + states) % states) } },
      orderVectors: indices.map { [cosine($0), sine($0)] },
      charges: indices.map { cosine($0) },
      reflections: indices.map { axis in indices.map { UInt8((axis - $0 + states) % states) } })
  }

  /// -1, 0 and +1 with the energy D of the two that are not 0.
  public static func blumeCapel(crystalField: Double) -> DiscreteModel.SpinSpace {
    DiscreteModel.SpinSpace(
      pairEnergies: [[-1, 0, 1], [0, 0, 0], [1, 0, -1]],
      siteEnergies: [crystalField, 0, crystalField], orderVectors: [[-1], [0], [1]],
      charges: [-1, 0, 1], reflections: [[2, 1, 0]], values: [-1, 0, 1])
  }
}
