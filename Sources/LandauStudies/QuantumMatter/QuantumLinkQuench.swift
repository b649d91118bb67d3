import LandauCore
import LandauExact
import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Study {
  /// Quenches of quantum link chains as their spins grow.
  static let quantumLinkQuench = Study(
    name: "quantum-link-quench",
    title: "Quenches of quantum link models",
    source: "J. C. Halimeh et al., arXiv:2112.04501 (infinite matrix products there, rings here)",
    claim: """
      Far from equilibrium, too, quantum link models approach the gauge theory as their spins grow; half-integer and integer spins \
      differ in a strong electric field.
      """,
    run: { run in
      let comparison = try LinkComparison(run)
      return StudyResult(
        findings: comparison.findings,
        figure: Figure(
          title: "Quantum link chains after a quench from the vacuum",
          panels: comparison.panels, columnCount: 2), remarks: remarks)
    })

  private static let remarks = [
    "H = J/(2 sqrt(S(S+1))) sum of pairs made and links turned + mu sum n + (g^2/2) sum (s^z)^2 on a ring, J = 1, mu = 0.25; the start is the empty ring with",
    "the weakest field. The blockaded chain is built apart, from products of Pauli matrices on all 2^L states.",
    "Spins S = 1 to 3 and 1/2 to 5/2; distances are the largest up to the end of the times drawn. Rings are short: their size, not the spin,",
    "limits late times. What is new in the limit of infinite rings (cusps of the return rate) is not shown.",
  ]
}

/// Return rates and condensates of several spins.
private struct LinkComparison {
  private static let mass = 0.25
  private static let (weak, strong) = (0.25, 4.0)
  private static let end = 6.0
  private static let steps = 120

  private let length: Int
  private var quenches: [Double: [Int: LinkChain.Quench]] = [:]
  private let blockaded: [Double]

  init(_ run: StudyRun) throws {
    length = run.isQuick ? 8 : 12
    let spins = Array(1...6)
    run.progress.begin("quenches", total: 2 * spins.count + 1)
    for field in [Self.weak, Self.strong] {
      for spin in spins {
        let chain = LinkChain(
          length: length, twiceSpin: spin, mass: Self.mass, fieldEnergy: field, pool: run.pool)
        quenches[field, default: [:]][spin] = try chain.quench(
          until: Self.end, steps: Self.steps, cancellation: run.cancellation)
        run.progress.advance()
      }
    }
    blockaded = try Self.blockadedReturnRate(length: length, run)
    run.progress.advance()
    run.progress.end()
  }

  /// S = 1/2: no two neighbouring links are up, so that P X P acts with J/(2 sqrt(3/4)), P = (1 - z)/2; particles are
  /// -2 sum s^z = L - 2 (ups).
  private static func blockadedReturnRate(length: Int, _ run: StudyRun) throws -> [Double] {
    var model = PauliSum(siteCount: length)
    for site in 0..<length {
      let (left, right) = ((site + length - 1) % length, (site + 1) % length)
      let strength = 1 / 3.0.squareRoot() / 4
      model.add(strength, [.x(site)])
      model.add(-strength, [.z(left), .x(site)])
      model.add(-strength, [.x(site), .z(right)])
      model.add(strength, [.z(left), .x(site), .z(right)])
      model.add(-mass, [.z(site)])
    }
    let diagonalization = try SpinDiagonalization(model, pool: run.pool)
    // Links 0, 2, ... are down: their bits are set.
    let start = (0..<length).reduce(0) { $1 % 2 == 0 ? $0 | 1 << $1 : $0 }
    var amplitudes = [LandauCore.Complex<Double>](repeating: Complex(0), count: 1 << length)
    amplitudes[start] = Complex(1)
    var state = QuantumState(siteCount: length, amplitudes: amplitudes)
    var rates: [Double] = []
    for step in 0...steps {
      if step > 0 {
        state = try diagonalization.evolved(
          state, by: end / Double(steps), cancellation: run.cancellation)
      }
      rates.append(-log(state.amplitudes[start].squaredMagnitude) / Double(length))
    }
    return rates
  }

  private func distance(
    _ field: Double, _ a: Int, _ b: Int, _ curve: KeyPath<LinkChain.Quench, [Double]>
  ) -> Double {
    let pair = quenches[field]!
    return zip(pair[a]![keyPath: curve], pair[b]![keyPath: curve]).reduce(0) {
      max($0, abs($1.0 - $1.1))
    }
  }

  private static func name(_ spin: Int) -> String {
    spin % 2 == 0 ? "\(spin / 2)" : "\(spin)/2"
  }

  var findings: [StudyFinding] {
    var findings = [
      StudyFinding.bounded(
        "blockaded", "S = 1/2: largest distance of the return rate from the blockaded chain",
        zip(blockaded, quenches[Self.weak]![1]!.returnRate).reduce(0) {
          max($0, abs($1.0 - $1.1))
        }, 1e-8, "the same operator; the energy of the links is a constant")
    ]
    for (key, field) in [("weak", Self.weak), ("strong", Self.strong)] {
      for (word, curve) in [("Condensate", \LinkChain.Quench.condensate), ("Rate", \.returnRate)] {
        for first in [1, 2] {
          let ratio =
            distance(field, first + 2, first + 4, curve) / distance(field, first, first + 2, curve)
          findings.append(
            .bounded(
              "\(key)\(word)\(first == 1 ? "Half" : "Integer")",
              "g^2 = \(field), \(word == "Rate" ? "return rate" : "condensate"): distance of S = \(Self.name(first + 2)) and "
                + "\(Self.name(first + 4)) over that of \(Self.name(first)) and \(Self.name(first + 2))",
              ratio, 1, "claimed: curves approach one another"))
        }
      }
    }
    findings.append(
      .bounded(
        "parity",
        "distance of S = 5/2 and 3 in a weak field over that in a strong one, condensate",
        distance(Self.weak, 5, 6, \.condensate) / distance(Self.strong, 5, 6, \.condensate), 1,
        "claimed: half-integer and integer spins differ where the field is strong"))
    return findings
  }

  var panels: [Figure.Panel] {
    [Self.weak, Self.strong].flatMap { field in
      [("particles per site", \LinkChain.Quench.condensate), ("return rate", \.returnRate)].map {
        label, curve in
        Figure.Panel(
          title: "g^2 = \(field)", xAxis: .init("J t"), yAxis: .init(label),
          series: (1...6).map { spin in
            let quench = quenches[field]![spin]!
            return Figure.Series(
              "S = \(Self.name(spin))", x: quench.times, y: quench[keyPath: curve],
              style: spin % 2 == 0 ? .line : .dashedLine, color: (spin - 1) / 2)
          })
      }
    }
  }
}
