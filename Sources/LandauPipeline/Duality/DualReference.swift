import LandauExact
import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the dual of a model is known to be, looked up after the search.
enum DualReference {
  /// The dual coupling of each kind of original link in the infinite lattice; nil with plaquettes, where no exact dual is known.
  ///
  /// Ising: exp(-2 K~) = tanh K, on the square lattice sinh 2K sinh 2K~ = 1 (Kramers and Wannier 1941), from the triangular to the
  /// honeycomb lattice, and from three dimensions to the gauge theory (Wegner 1971). Potts: (e^K - 1)(e^K~ - 1) = q. Clocks:
  /// `ClockDuality`; nil where the dual has more cosines than are looked for.
  static func infinite(_ system: DualSystem) -> [Double]? {
    if system.plaquette != nil { return nil }
    if case .clock(let states, let harmonics) = system.spins {
      let dual = ClockDuality.dual(system.couplings, states: states)
      return dual[harmonics...].allSatisfy { abs($0) < 1e-12 } ? Array(dual[..<harmonics]) : nil
    }
    return system.couplings.map { coupling in
      switch system.spins {
      case .ising: dualOfIsing(coupling)
      case .potts(let states): log1p(Double(states) / expm1(coupling))
      case .clock: Double.nan
      }
    }
  }

  /// exp(-2 K~) = tanh K.
  static func dualOfIsing(_ coupling: Double) -> Double { -0.5 * log(tanh(coupling)) }

  /// The coupling at which one link alone agrees on the periodic L x L torus, with the map of the infinite lattice:
  /// <s s>_K = cosh 2K~ - sinh 2K~ <s s>_K~, from Kaufman's solution. Nil where that is not known.
  static func finiteSize(_ system: DualSystem) -> Double? {
    guard system.spins == .ising, system.partner == .spins(.square), !system.isAnisotropic,
      system.plaquette == nil,
      let torus = try? KaufmanTorus(rows: system.side, columns: system.side)
    else { return nil }
    func link(_ beta: Double) -> Double { -0.5 * torus.energyPerSite(beta: beta) }
    let wanted = link(system.couplings[0])
    var (low, high) = (0.0, 5.0)
    for _ in 0..<60 {
      let middle = 0.5 * (low + high)
      // Falling: 1 at zero coupling, exp(-2 K~) at strong coupling.
      if cosh(2 * middle) - sinh(2 * middle) * link(middle) > wanted {
        low = middle
      } else {
        high = middle
      }
    }
    return 0.5 * (low + high)
  }
}
