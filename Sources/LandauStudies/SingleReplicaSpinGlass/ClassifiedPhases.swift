import LandauCore
import LandauDiscovery
import LandauStatistics

/// The phases that networks see in single configurations of one ensemble.
///
/// Networks are trained on points deep in the phases: at least `margin` from the lines T = 1 (bias up to 1/2) and T = J_0 (bias
/// from 3/2 on). Every network has its own random half of the realisations; the others judge.
struct ClassifiedPhases: Sendable {
  static let (paramagnet, ferromagnet, glass) = (0, 1, 2)
  static let margin = 0.45
  static let weak = GlassEnsemble.biases.indices.filter { GlassEnsemble.biases[$0] <= 0.5 }
  static let strong = GlassEnsemble.biases.indices.filter { GlassEnsemble.biases[$0] >= 1.5 }

  /// How a map is trained.
  struct Training: Sendable {
    /// Examples of every phase.
    var examples = 1500
    /// Added to the lines that are assumed.
    var shift = 0.0
    var isShuffled = false
  }

  /// One network and what it says of the realisations it has not seen.
  struct Member: Sendable {
    var classifier: FieldClassifier
    var judges: [Int]
    /// On deep points of the judges.
    var accuracy: Double
    /// `[bias]`: mean probabilities of phases by temperature, `3 * temperature + phase`.
    var probabilities: [Replicates]
  }

  let members: [Member]

  init(
    _ ensemble: GlassEnsemble, memberCount: Int, training: Training = Training(), seed: Seed,
    _ run: StudyRun
  ) throws {
    members = try run.pool.map(memberCount) { number in
      try run.cancellation.check()
      return try Self.member(ensemble, training, seed.child("network", number), run.cancellation)
    }
  }

  /// The phase that a point is taught as; nil for points that are too near to a line.
  static func phase(bias: Int, temperature: Double, shift: Double) -> Int? {
    let isWeak = weak.contains(bias)
    guard isWeak || strong.contains(bias) else { return nil }
    let line = (isWeak ? 1 : GlassEnsemble.biases[bias]) + shift
    // Half a step of rounding.
    if temperature >= line + margin - 1e-9 { return paramagnet }
    if temperature > line - margin + 1e-9 { return nil }
    return isWeak ? glass : ferromagnet
  }

  private static func member(
    _ ensemble: GlassEnsemble, _ training: Training, _ seed: Seed, _ cancellation: Cancellation
  ) throws -> Member {
    var rng = seed.child("halves").makeStream()
    var order = Array(0..<ensemble.plan.realisations)
    rng.shuffle(&order)
    let (teachers, judges) = (
      order.prefix(order.count / 2), Array(order.dropFirst(order.count / 2))
    )
    var taught = examples(ensemble, Array(teachers), training, seed.child("examples"))
    if training.isShuffled {
      var phases = taught.map(\.phase)
      rng.shuffle(&phases)
      taught = zip(taught, phases).map { .init($0.field, phase: $1) }
    }
    let classifier = FieldClassifier(
      training: taught, phaseCount: 3, seed: seed, cancellation: cancellation)
    let asked = examples(ensemble, judges, training, seed.child("judged"))
    return Member(
      classifier: classifier, judges: judges, accuracy: classifier.balancedAccuracy(on: asked),
      probabilities: try probabilities(classifier, ensemble, judges))
  }

  /// As many of every phase, drawn at random from all its points, realisations and times.
  private static func examples(
    _ ensemble: GlassEnsemble, _ realisations: [Int], _ training: Training, _ seed: Seed
  ) -> [FieldClassifier.Example] {
    var rng = seed.makeStream()
    var places = [[(bias: Int, temperature: Int)]](repeating: [], count: 3)
    for bias in GlassEnsemble.biases.indices {
      for (index, temperature) in GlassEnsemble.temperatures.enumerated() {
        let phase = phase(bias: bias, temperature: temperature, shift: training.shift)
        if let phase { places[phase].append((bias, index)) }
      }
    }
    return places.enumerated().flatMap { phase, places in
      (0..<training.examples).map { _ in
        let place = places[rng.index(below: places.count)]
        let realisation = realisations[rng.index(below: realisations.count)]
        let fields = ensemble.points[place.bias][realisation][place.temperature].fields[
          rng.index(below: 2)]
        return .init(fields[rng.index(below: fields.count)], phase: phase)
      }
    }
  }

  /// Mean probabilities over the measurements of every judge, then over the judges.
  static func probabilities(
    _ classifier: FieldClassifier, _ ensemble: GlassEnsemble, _ judges: [Int]
  ) throws(InputError) -> [Replicates] {
    var result: [Replicates] = []
    for own in ensemble.points {
      let realisations = judges.map { judge in
        own[judge].flatMap { point -> [Series] in
          let rows = point.fields.map { classifier.probabilities(of: $0) }
          return (0..<3).map { phase in Series(rows.map { $0.map { $0[phase] } }) }
        }
      }
      result.append(try DisorderAverage(realisations).averages)
    }
    return result
  }

  // MARK: - What all members say

  /// A number of every member: the mean, with the error that the judges' realisations give to one member and the spread
  /// of the members in quadrature (members share realisations, so averaging over them makes neither smaller).
  static func combined(_ estimates: [Estimate]) -> Estimate {
    let count = Double(estimates.count)
    let mean = estimates.reduce(0) { $0 + $1.value } / count
    let own = estimates.reduce(0) { $0 + $1.error * $1.error } / count
    let spread =
      estimates.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) } / max(1, count - 1)
    return Estimate(mean, error: (own + spread).squareRoot())
  }

  var accuracy: Estimate { Estimate.mean(of: members.map(\.accuracy)) }

  /// The mean probability of a phase.
  func probability(of phase: Int, bias: Int, temperature: Int) -> Estimate {
    Self.combined(members.map { $0.probabilities[bias][3 * temperature + phase] })
  }

  /// The temperature where the paramagnet becomes as probable as another phase (nil: as all others together), averaged over
  /// biases; divided by the bias where `isRelative`. One number per member, nil for a member that sees no boundary.
  func boundaries(to phase: Int?, biases: [Int], isRelative: Bool = false) -> [Replicates?] {
    members.map { member in
      let places = biases.compactMap { bias -> Replicates? in
        let curve = member.probabilities[bias].map { values in
          GlassEnsemble.temperatures.indices.map { index in
            let paramagnet = values[3 * index + Self.paramagnet]
            return (phase.map { values[3 * index + $0] } ?? 1 - paramagnet) - paramagnet
          }
        }
        return Curve(GlassEnsemble.temperatures, values: curve).location(of: 0)
      }
      guard places.count == biases.count else { return nil }
      let scales = biases.map { isRelative ? GlassEnsemble.biases[$0] : 1 }
      return Replicates(joining: places).map { values in
        [zip(values, scales).reduce(0) { $0 + $1.0 / $1.1 } / Double(values.count)]
      }
    }
  }

  func boundary(to phase: Int?, biases: [Int], isRelative: Bool = false) -> Estimate {
    Self.combined(boundaries(to: phase, biases: biases, isRelative: isRelative))
  }

  var glassBoundary: Estimate { boundary(to: Self.glass, biases: Self.weak) }
  /// T/J_0.
  var ferromagnetBoundary: Estimate {
    boundary(to: Self.ferromagnet, biases: Self.strong, isRelative: true)
  }

  /// How far a boundary is above that of another map with the same members: of equal halves of the realisations.
  func shift(from other: ClassifiedPhases, to phase: Int, biases: [Int]) -> Estimate {
    let pairs = zip(
      boundaries(to: phase, biases: biases), other.boundaries(to: phase, biases: biases))
    return Self.combined(
      pairs.map { own, its -> Replicates? in
        guard let own, let its else { return nil }
        return Replicates(joining: [own, its]).map { [$0[0] - $0[1]] }
      })
  }

  private static func combined(_ numbers: [Replicates?]) -> Estimate {
    let found = numbers.compactMap { $0?[0] }
    guard found.count == numbers.count else {
      return Estimate(.nan, error: .nan, warning: "a network sees no boundary")
    }
    return combined(found)
  }
}
