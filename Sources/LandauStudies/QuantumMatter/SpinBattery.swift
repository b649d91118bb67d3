import LandauCore
import LandauExact
import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A few spins in local fields, whose energy is what a battery stores, coupled to one another in thermal equilibrium.
///
/// H = H_B + sum over neighbours (J (x x' + y y' + Delta z z') + D (x y' - y x') + G (x y' + y x')), H_B = sum B_i z_i: Dzyaloshinskii-Moriya and
/// Kaplan-Shekhtman-Entin-Wohlman-Aharony exchange along z.
struct SpinBattery {
  var fields: [Double]
  var coupling = 1.0
  var anisotropy = 1.0
  var antisymmetric = 0.0
  var symmetric = 0.0

  var stored: PauliSum {
    var sum = PauliSum(siteCount: fields.count)
    for (site, field) in fields.enumerated() { sum.add(field, [.z(site)]) }
    return sum
  }

  var hamiltonian: PauliSum {
    var sum = stored
    for i in 0..<fields.count - 1 {
      let j = i + 1
      sum.add(coupling, [.x(i), .x(j)])
      sum.add(coupling, [.y(i), .y(j)])
      sum.add(coupling * anisotropy, [.z(i), .z(j)])
      sum.add(antisymmetric + symmetric, [.x(i), .y(j)])
      sum.add(symmetric - antisymmetric, [.y(i), .x(j)])
    }
    return sum
  }

  /// What can be taken out by unitary transformations, and put in.
  struct Work {
    /// tr(rho H_B).
    var energy: Double
    /// Energy less that of the passive state: the largest populations in the lowest levels.
    var ergotropy: Double
    /// Energy of the most active state less energy.
    var antiErgotropy: Double
    /// sum r_i (e_i - e'_i), populations falling, levels e' rising and e falling: what both ends are apart.
    var capacity: Double
  }

  /// Of exp(-H/T)/Z with respect to `energy`, H_B if nothing else is said.
  ///
  /// - Throws: `LinearAlgebraError`.
  func work(temperature: Double, of energy: PauliSum? = nil) throws -> Work {
    let energy = energy ?? stored
    let states = try SpinDiagonalization(hamiltonian).spectrum()
    let levels = try SpinDiagonalization(energy).spectrum().map(\.energy)
    // Energies rise, so populations fall.
    let weights = states.map { exp(-($0.energy - states[0].energy) / temperature) }
    let total = weights.reduce(0, +)
    let populations = weights.map { $0 / total }
    let mean = zip(populations, states).reduce(0.0) {
      $0 + $1.0 * $1.1.state.expectation(energy)
    }
    let passive = zip(populations, levels).reduce(0.0) { $0 + $1.0 * $1.1 }
    let active = zip(populations, levels.reversed()).reduce(0.0) { $0 + $1.0 * $1.1 }
    return Work(
      energy: mean, ergotropy: mean - passive, antiErgotropy: active - mean,
      capacity: zip(populations, zip(levels.reversed(), levels)).reduce(0.0) {
        $0 + $1.0 * ($1.1.0 - $1.1.1)
      })
  }

  /// Ergotropy of two spins in closed form.
  ///
  /// Parallel and antiparallel spins do not mix: two blocks s J Delta + (b, a; a*, -b), s = 1 with b = B_1 + B_2, |a| = 2 |G|, and s = -1 with b = B_1 - B_2,
  /// |a| = 2 (J^2 + D^2)^(1/2), of energies s J Delta +- R, R = (b^2 + |a|^2)^(1/2). In either state of a block H_B is +-b^2/R.
  func closedForm(temperature: Double) -> Double {
    precondition(fields.count == 2)
    var states: [(energy: Double, stored: Double)] = []
    for (sign, b, a) in [
      (1.0, fields[0] + fields[1], 2 * abs(symmetric)),
      (
        -1.0, fields[0] - fields[1],
        2 * (coupling * coupling + antisymmetric * antisymmetric).squareRoot()
      ),
    ] {
      let r = (b * b + a * a).squareRoot()
      for branch in [1.0, -1] {
        states.append(
          (sign * coupling * anisotropy + branch * r, r > 0 ? branch * b * b / r : 0))
      }
    }
    let lowest = states.map(\.energy).min()!
    let weights = states.map { exp(-($0.energy - lowest) / temperature) }
    let total = weights.reduce(0, +)
    let energy = zip(weights, states).reduce(0.0) { $0 + $1.0 / total * $1.1.stored }
    let levels = [
      fields[0] + fields[1], fields[0] - fields[1], fields[1] - fields[0], -fields[0] - fields[1],
    ].sorted()
    return energy
      - zip(weights.sorted(by: >), levels).reduce(0.0) { $0 + $1.0 / total * $1.1 }
  }
}
