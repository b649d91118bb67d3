import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauStatistics

/// From what chains measured to the quantities of reports, each with its error, in the order of reports.
struct Quantities {
  let recording: Recording
  let beta: Double
  let siteCount: Int
  let model: PhysicalModel
  /// Whether the update keeps the order parameter, which then says nothing.
  var isOrderConserved = false

  typealias Named = (name: String, estimate: Estimate)

  var sites: Double { Double(siteCount) }

  func all() -> [Named] {
    if case .links(let plan, _) = model { return links(plan.model) }
    guard let energy = recording[.energyPerSite] else {
      return recording[.wormClosed] == nil ? scalarField() : worm()
    }
    if isOrderConserved { return thermal(energy) + conserved() }
    if case .gauge(let gauge) = model {
      let count = Double(gauge.plaquettesPerSite)
      let plaquette = energy.map { -$0 / count }.estimate()
      return [("plaquette", plaquette), ("actionPerPlaquette", plaquette.scaled(by: -beta))]
        + thermal(energy)
    }
    return thermal(energy) + magnetic() + staggered() + overlaps() + dipoles() + structure()
      + helicity()
  }

  private func thermal(_ energy: Series) -> [Named] {
    let heat =
      beta == 0
      ? Estimate(0, error: 0)
      : Estimate.jackknife(energy) { beta * beta * sites * $0.variance }
    return [("energyPerSite", energy.estimate()), ("specificHeatPerSite", heat)]
  }

  /// The order parameter: a number with a sign, or a vector with a modulus.
  private func magnetic() -> [Named] {
    guard let first = recording[.order(0)] else { return [] }
    let isScalar = recording[.order(1)] == nil
    let square = isScalar ? first.map { $0 * $0 } : recording[.orderSquared] ?? first
    let modulus = isScalar ? first.map { abs($0) } : square.map { $0.squareRoot() }
    let fourth = square.map { $0 * $0 }
    let squareEstimate = square.estimate()
    let zero = Estimate(0, error: 0)
    let susceptibility = Estimate.jackknife([square, modulus]) {
      beta * sites * ($0[0] - $0[1] * $0[1])
    }
    var quantities: [Named] = []
    if isScalar { quantities.append(("magnetizationPerSite", first.estimate())) }
    quantities += [
      ("absMagnetizationPerSite", modulus.estimate()),
      ("magnetizationSquaredPerSite", squareEstimate),
      ("susceptibilityPerSite", beta == 0 ? zero : susceptibility),
      (
        "susceptibilityDisorderedPerSite",
        beta == 0 ? zero : squareEstimate.scaled(by: beta * sites)
      ),
      isScalar
        ? (
          "binderCumulant",
          Estimate.jackknife([square, fourth]) { 1 - $0[1] / (3 * $0[0] * $0[0]) }
        ) : ("binderRatio", Estimate.jackknife([square, fourth]) { $0[1] / ($0[0] * $0[0]) }),
    ]
    return quantities
  }

  /// Where exchanges keep the order parameter: its value, and how far regions have separated at the smallest wave
  /// vectors, N <|m(k)|^2>.
  private func conserved() -> [Named] {
    var quantities: [Named] = []
    if let order = recording[.order(0)], recording[.order(1)] == nil, order.isConstant {
      quantities.append(("magnetizationPerSite", Estimate(order.mean, error: 0)))
    }
    if let minimal = recording[.structureMinimal] {
      quantities.append(("structureFactorMinimal", minimal.estimate().scaled(by: sites)))
    }
    return quantities
  }

  /// What closed worms tell: energies and squares of the order parameter, ratios of what was counted.
  private func worm() -> [Named] {
    guard let energy = WormChain.energyPerSite(of: recording),
      let square = WormChain.orderSquared(of: recording, siteCount: siteCount)
    else { return [] }
    return [
      ("energyPerSite", energy), ("magnetizationSquaredPerSite", square),
      (
        "susceptibilityDisorderedPerSite",
        beta == 0 ? Estimate(0, error: 0) : square.scaled(by: beta * sites)
      ),
    ]
  }

  /// The order of the two sublattices of an antiferromagnet, under the names of the uniform one.
  private func staggered() -> [Named] {
    let first = recording[.staggeredOrder]
    guard let square = first.map({ $0.map { $0 * $0 } }) ?? recording[.staggeredOrderSquared] else {
      return []
    }
    let isScalar = first != nil
    let modulus = first.map { $0.map { abs($0) } } ?? square.map { $0.squareRoot() }
    let fourth = square.map { $0 * $0 }
    let zero = Estimate(0, error: 0)
    let squareEstimate = square.estimate()
    var quantities: [Named] = []
    if let first { quantities.append(("staggeredMagnetizationPerSite", first.estimate())) }
    quantities += [
      ("absStaggeredMagnetizationPerSite", modulus.estimate()),
      ("staggeredMagnetizationSquaredPerSite", squareEstimate),
      (
        "staggeredSusceptibilityPerSite",
        beta == 0
          ? zero
          : Estimate.jackknife([square, modulus]) { beta * sites * ($0[0] - $0[1] * $0[1]) }
      ),
      (
        "staggeredSusceptibilityDisorderedPerSite",
        beta == 0 ? zero : squareEstimate.scaled(by: beta * sites)
      ),
      isScalar
        ? (
          "staggeredBinderCumulant",
          Estimate.jackknife([square, fourth]) { 1 - $0[1] / (3 * $0[0] * $0[0]) }
        )
        : (
          "staggeredBinderRatio",
          Estimate.jackknife([square, fourth]) { $0[1] / ($0[0] * $0[0]) }
        ),
    ]
    return quantities
  }

  /// How alike two replicas are: the order parameter of a spin glass, of this realisation.
  private func overlaps() -> [Named] {
    guard let overlap = recording[.overlap], let links = recording[.linkOverlap] else { return [] }
    let square = overlap.map { $0 * $0 }
    let fourth = square.map { $0 * $0 }
    return [
      ("absOverlapPerSite", overlap.map { abs($0) }.estimate()),
      ("overlapSquaredPerSite", square.estimate()),
      (
        "overlapBinder",
        Estimate.jackknife([square, fourth]) { (3 - $0[1] / ($0[0] * $0[0])) / 2 }
      ), ("linkOverlap", links.estimate()),
    ]
  }

  /// Order of the dipoles that come with clock spins: uniform, and in stripes.
  private func dipoles() -> [Named] {
    let direct: [(String, Observable)] = [
      ("clockAnisotropyPerSite", .clockAnisotropy), ("absDipoleOrderPerSite", .absDipoleOrder),
      ("stripeSquaredPerSite", .stripeSquared), ("stripePeakPerSite", .stripePeak),
    ]
    return direct.compactMap { name, observable in
      recording[observable].map { (name, $0.estimate()) }
    }
  }

  /// Second-moment correlation length, from the structure factor at 0 and at the smallest wave vectors:
  /// xi^2 = (S(0)/S(k) - 1)/k^2, with the k^2 of the lattice (`Lattice.momentumSquared`).
  private func structure() -> [Named] {
    guard let minimal = recording[.structureMinimal], let momentum = model.momentumSquared,
      let square = recording[.orderSquared] ?? recording[.order(0)]?.map({ $0 * $0 })
    else { return [] }
    let excess = Estimate.jackknife([square, minimal]) { $0[0] / $0[1] - 1 }
    // Without order at wave vector 0 there is nothing whose length could be told.
    guard excess.value > 2 * excess.error else { return [] }
    let length = Estimate.jackknife([square, minimal]) {
      (max(0, $0[0] / $0[1] - 1) / momentum).squareRoot()
    }
    return [("correlationLength", length)]
  }

  /// The scalar field: its action, moments and susceptibility V <m^2>, m the mean of the field.
  private func scalarField() -> [Named] {
    guard let action = recording[.actionPerSite], let mean = recording[.order(0)],
      let square = recording[.orderSquared], let modulus = recording[.absOrder]
    else { return [] }
    let fourth = square.map { $0 * $0 }
    let direct: [(String, Observable)] = [
      ("fieldSquaredPerSite", .fieldSquared), ("fieldFourthPerSite", .fieldFourth),
      ("neighbourProductPerBond", .neighbourProduct), ("virialPerSite", .virial),
    ]
    return [("actionPerSite", action.estimate()), ("fieldPerSite", mean.estimate())]
      + [("absMagnetizationPerSite", modulus.estimate())]
      + direct.compactMap { name, observable in recording[observable].map { (name, $0.estimate()) }
      }
      + [
        ("susceptibilityDisorderedPerSite", square.estimate().scaled(by: sites)),
        (
          "binderCumulant",
          Estimate.jackknife([square, fourth]) { 1 - $0[1] / (3 * $0[0] * $0[0]) }
        ),
      ] + structure()
  }

  private func helicity() -> [Named] {
    guard let cosine = recording[.helicityCosine], let sine = recording[.helicitySineSquared]
    else { return [] }
    return [("helicityModulus", Estimate.jackknife([cosine, sine]) { $0[0] - beta * $0[1] })]
  }
}

extension Estimate {
  /// The estimate of a constant multiple.
  func scaled(by factor: Double) -> Estimate {
    var result = self
    result.value *= factor
    result.error *= abs(factor)
    return result
  }
}
