public import LandauCore

/// A model of real variables as the checker sees it: an energy (or action), its gradient where there is one, and how
/// to draw configurations to look at.
public struct ContinuousConformance: Sendable {
  public var energy: @Sendable (Span<Double>) -> Double
  /// Derivative of the energy by each variable.
  public var gradient: (@Sendable (Span<Double>) -> [Double])?
  /// Symmetries that the energy has.
  public var symmetries: [ModelSymmetry<Double>]
  /// A random configuration; its length is the number of variables.
  public var draw: @Sendable (inout RandomStream) -> [Double]

  public init(
    energy: @escaping @Sendable (Span<Double>) -> Double,
    gradient: (@Sendable (Span<Double>) -> [Double])? = nil,
    symmetries: [ModelSymmetry<Double>] = [],
    draw: @escaping @Sendable (inout RandomStream) -> [Double]
  ) {
    self.energy = energy
    self.gradient = gradient
    self.symmetries = symmetries
    self.draw = draw
  }

  /// Problems in words, each with the first example found; empty for a good model.
  ///
  /// Checked on random configurations: the energy is finite and the same when asked twice, symmetries leave it as it
  /// is, and the gradient is its derivative by single variables (up to 32 of them) and along a random
  /// direction. Derivatives are differences over 0.02 and 0.01, extrapolated; they are right to 1e-7
  /// for energies that vary over distances of 1.
  ///
  /// - Parameter tolerance: allowed differences of energies relative to the largest seen (or 1 where that is
  ///   less); gradients are allowed 1e-6 of the sum of their terms and of that energy.
  public func problems(
    configurations: Int = 10, tolerance: Double = 1e-10, seed: Seed = Seed(1)
  ) -> [String] {
    var problems = ProblemList()
    var rng = seed.child("conformance").makeStream()
    let samples = (0..<configurations).map { _ in draw(&rng) }
    let energies = samples.map { energy($0.span) }
    let scale = energies.reduce(1) { $1.isFinite ? max($0, abs($1)) : $0 }
    for (values, energy) in zip(samples, energies) {
      guard energy.isFinite else {
        problems.add("finite", "the energy of \(describe(values)) is \(energy)")
        continue
      }
      let again = self.energy(values.span)
      if again != energy {
        problems.add(
          "repeat", "the energy of \(describe(values)) is \(energy), and \(again) when asked again")
      }
      for symmetry in symmetries {
        check(symmetry, values, energy, tolerance * scale, &problems)
      }
      if let gradient {
        check(gradient(values.span), at: values, scale, &problems, using: &rng)
      }
    }
    return problems.lines
  }

  private func check(
    _ symmetry: ModelSymmetry<Double>, _ values: [Double], _ energy: Double, _ tolerance: Double,
    _ problems: inout ProblemList
  ) {
    let image = symmetry.image(values)
    guard image.count == values.count else {
      problems.add(
        symmetry.name, "\(symmetry.name) makes \(image.count) variables of \(values.count)")
      return
    }
    let after = self.energy(image.span)
    if !(abs(after - energy) <= tolerance) {
      problems.add(
        symmetry.name,
        "\(symmetry.name) changes the energy from \(energy) to \(after), in \(describe(values))")
    }
  }

  private func check(
    _ gradient: [Double], at values: [Double], _ scale: Double, _ problems: inout ProblemList,
    using rng: inout RandomStream
  ) {
    guard gradient.count == values.count else {
      problems.add(
        "length", "the gradient has \(gradient.count) entries for \(values.count) variables")
      return
    }
    var variables = Array(values.indices)
    if variables.count > 32 { rng.shuffle(&variables) }
    for variable in variables.prefix(32) {
      var direction = [Double](repeating: 0, count: values.count)
      direction[variable] = 1
      let slope = slope(at: values, along: direction)
      if !(abs(slope - gradient[variable]) <= 1e-6 * (abs(gradient[variable]) + scale)) {
        problems.add(
          "gradient",
          """
          the gradient by variable \(variable) is \(gradient[variable]), but the energy grows by \
          \(slope) per step, in \(describe(values))
          """)
      }
    }
    let direction = values.map { _ in rng.normal() }
    let slope = slope(at: values, along: direction)
    let terms = zip(gradient, direction).map { $0 * $1 }
    let size = terms.reduce(0) { $0 + abs($1) }
    let expected = terms.reduce(0, +)
    if !(abs(slope - expected) <= 1e-6 * (size + scale)) {
      problems.add(
        "direction",
        """
        along a random direction the gradient is \(expected), but the energy grows by \(slope) per \
        step, in \(describe(values))
        """)
    }
  }

  /// Derivative along a direction, from central differences of two widths.
  private func slope(at values: [Double], along direction: [Double]) -> Double {
    func difference(_ step: Double) -> Double {
      let forward = zip(values, direction).map { $0 + step * $1 }
      let backward = zip(values, direction).map { $0 - step * $1 }
      return (energy(forward.span) - energy(backward.span)) / (2 * step)
    }
    return (4 * difference(0.01) - difference(0.02)) / 3
  }
}

extension ScalarFieldModel {
  /// Problems of the action, its gradient, and its symmetries (the other sign everywhere, shifts); see
  /// `ContinuousConformance.problems`.
  public func conformanceProblems(configurations: Int = 10, seed: Seed = Seed(1)) -> [String] {
    let count = siteCount
    let shifts: [ModelSymmetry<Double>] = lattice.sides.indices.map { axis in
      .move(
        "a shift along axis \(axis)",
        to: (0..<count).map { lattice.neighbour(of: $0, axis: axis) })
    }
    return ContinuousConformance(
      energy: { action(of: $0) }, gradient: { gradient(of: $0) },
      symmetries: [.map("the other sign everywhere") { -$0 }] + shifts,
      draw: { rng in (0..<count).map { _ in rng.normal() } }
    ).problems(configurations: configurations, seed: seed)
  }
}

extension VectorModel {
  /// Problems of the energy and its symmetries: rotations and mirrors of all spins that keep the field and the plane of
  /// the twist, shifts where couplings are the same everywhere; see `ContinuousConformance.problems`.
  public func conformanceProblems(configurations: Int = 10, seed: Seed = Seed(1)) -> [String] {
    var rng = seed.child("rotations").makeStream()
    // The components that may turn into one another.
    var blocks = twist.isEmpty ? [Array(0..<components)] : [[0, 1], Array(2..<components)]
    if field != 0 {
      blocks = blocks.flatMap { $0.first == 0 ? [[0], Array($0.dropFirst())] : [$0] }
    }
    var symmetries: [ModelSymmetry<Double>] = []
    for block in blocks where !block.isEmpty && !(block == [0] && field != 0) {
      // A mirror reverses the sense of the twist.
      let isPlane = !twist.isEmpty && block.first! < 2
      if isPlane && block.count == 1 { continue }
      let name = "a rotation of the components \(block)"
      symmetries.append(rotation(name, of: block, isProper: isPlane, using: &rng))
    }
    if uniformCoupling != nil && twist.isEmpty {
      symmetries += lattice.shifts(width: components)
    }
    let (siteCount, components) = (siteCount, components)
    return ContinuousConformance(
      energy: { energy(of: $0) }, symmetries: symmetries,
      draw: { rng in
        (0..<siteCount).flatMap { _ in randomUnitVector(components, using: &rng) }
      }
    ).problems(configurations: configurations, seed: seed)
  }

  private func rotation(
    _ name: String, of block: [Int], isProper: Bool, using rng: inout RandomStream
  ) -> ModelSymmetry<Double> {
    // Mirrors at random planes, an even number of them for a proper rotation.
    let mirrors = (0..<(isProper ? 2 : 3)).map { _ in randomUnitVector(block.count, using: &rng) }
    let width = components
    return ModelSymmetry(name) { old in
      var new = old
      for start in stride(from: 0, to: new.count, by: width) {
        for mirror in mirrors {
          var product = 0.0
          for (k, component) in block.enumerated() { product += new[start + component] * mirror[k] }
          for (k, component) in block.enumerated() {
            new[start + component] -= 2 * product * mirror[k]
          }
        }
      }
      return new
    }
  }
}

/// A point of the unit sphere, uniformly.
private func randomUnitVector(_ components: Int, using rng: inout RandomStream) -> [Double] {
  while true {
    let vector = (0..<components).map { _ in rng.normal() }
    let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    if norm > 1e-6 { return vector.map { $0 / norm } }
  }
}
