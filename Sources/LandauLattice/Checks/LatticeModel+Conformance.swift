public import LandauCore

extension LatticeModel {
  /// Whether the model keeps what `LatticeModel` promises and what its symmetries claim: problems in words, each
  /// with the first example found; empty for a good model. For the tests of a model of your own:
  ///
  ///     #expect(model.conformanceProblems(symmetries: [.map("the flip of all spins") { -$0 }]).isEmpty)
  ///
  /// Checked on all configurations where there are at most 32 for each random one asked for, else on random ones
  /// and those of equal variables: energies are finite and the same when asked twice; `energyChange` is the difference of the
  /// energies, and nothing where nothing changes; symmetries leave the energy as it is.
  ///
  /// - Parameters:
  ///   - configurations: how many random ones.
  ///   - tolerance: allowed differences, relative to the largest energy seen (or 1 where that is less).
  ///   - seed: of the random ones.
  /// - Complexity: an energy for each of up to 64 variables and 16 states per configuration.
  public func conformanceProblems(
    symmetries: [ModelSymmetry<Spin>] = [], configurations: Int = 30, tolerance: Double = 1e-10,
    seed: Seed = Seed(1)
  ) -> [String] {
    var problems = ProblemList()
    checkCounts(&problems)
    guard problems.isEmpty else { return problems.lines }
    var rng = seed.child("conformance").makeStream()
    let samples = sampleConfigurations(configurations, using: &rng)
    let energies = samples.map { energy(of: $0.span) }
    let scale = energies.reduce(1) { $1.isFinite ? max($0, abs($1)) : $0 }
    for (spins, energy) in zip(samples, energies) {
      guard energy.isFinite else {
        problems.add("finite", "the energy of \(describe(spins)) is \(energy)")
        continue
      }
      let again = self.energy(of: spins.span)
      if again != energy {
        problems.add(
          "repeat", "the energy of \(describe(spins)) is \(energy), and \(again) when asked again")
      }
      checkChanges(of: spins, energy, tolerance * scale, &problems, using: &rng)
      for symmetry in symmetries {
        check(symmetry, spins, energy, tolerance * scale, &problems)
      }
    }
    return problems.lines
  }

  private func checkCounts(_ problems: inout ProblemList) {
    if variableCount < 1 { problems.add("count", "variableCount is \(variableCount)") }
    if states.isEmpty { problems.add("states", "there are no states") }
    for (index, state) in states.enumerated() where states[..<index].contains(state) {
      problems.add("states", "the state \(state) is listed twice")
    }
  }

  private func sampleConfigurations(
    _ count: Int, using rng: inout RandomStream
  ) -> [[Spin]] {
    var total = 1
    let limit = 32 * count
    for _ in 0..<variableCount where total <= limit { total *= states.count }
    if total <= limit {
      return (0..<total).map { number in
        var rest = number
        return (0..<variableCount).map { _ in
          defer { rest /= states.count }
          return states[rest % states.count]
        }
      }
    }
    let equal = states.prefix(16).map { [Spin](repeating: $0, count: variableCount) }
    return equal
      + (0..<count).map { _ in
        (0..<variableCount).map { _ in states[rng.index(below: states.count)] }
      }
  }

  private func checkChanges(
    of spins: [Spin], _ energy: Double, _ tolerance: Double, _ problems: inout ProblemList,
    using rng: inout RandomStream
  ) {
    var sites = Array(0..<variableCount)
    if sites.count > 64 { rng.shuffle(&sites) }
    var spins = spins
    for site in sites.prefix(64) {
      let old = spins[site]
      let zero = energyChange(at: site, to: old, in: spins.span)
      if zero != 0 {
        problems.add(
          "no change",
          "energyChange at \(site) to the state \(old) it has already is \(zero) in \(describe(spins))"
        )
      }
      for state in states.prefix(16) where state != old {
        let change = energyChange(at: site, to: state, in: spins.span)
        spins[site] = state
        let after = self.energy(of: spins.span)
        spins[site] = old
        // Written so that NaN is a problem.
        if !(abs(change - (after - energy)) <= tolerance) {
          problems.add(
            "change",
            """
            energyChange at \(site) from \(old) to \(state) is \(change), but the energy goes from \
            \(energy) to \(after), by \(after - energy), in \(describe(spins))
            """)
        }
      }
    }
  }

  private func check(
    _ symmetry: ModelSymmetry<Spin>, _ spins: [Spin], _ energy: Double, _ tolerance: Double,
    _ problems: inout ProblemList
  ) {
    let image = symmetry.image(spins)
    guard image.count == spins.count else {
      problems.add(
        symmetry.name, "\(symmetry.name) makes \(image.count) variables of \(spins.count)")
      return
    }
    if let strange = image.first(where: { !states.contains($0) }) {
      problems.add(symmetry.name, "\(symmetry.name) makes \(strange), which is no state")
      return
    }
    let after = self.energy(of: image.span)
    if !(abs(after - energy) <= tolerance) {
      problems.add(
        symmetry.name,
        "\(symmetry.name) changes the energy from \(energy) to \(after), in \(describe(spins))")
    }
  }
}

/// Problems by kind: the first of each in words, the others counted.
struct ProblemList {
  private var kinds: [(kind: String, line: String, count: Int)] = []

  var isEmpty: Bool { kinds.isEmpty }

  mutating func add(_ kind: String, _ line: @autoclosure () -> String) {
    if let index = kinds.firstIndex(where: { $0.kind == kind }) {
      kinds[index].count += 1
    } else {
      kinds.append((kind, line(), 1))
    }
  }

  var lines: [String] {
    kinds.map { $0.count == 1 ? $0.line : "\($0.line) (and \($0.count - 1) more of the kind)" }
  }
}

/// A configuration in a message, the beginning of it where it is long.
func describe<Spin>(_ spins: [Spin]) -> String {
  let shown = spins.prefix(24).map { "\($0)" }.joined(separator: ", ")
  return "[\(shown)\(spins.count > 24 ? ", ... \(spins.count) in all" : "")]"
}
