import LandauCore
import LandauDiscovery
import LandauNN
import LandauStatistics
import LandauTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Study {
  /// Continuous symmetries read off a learned function.
  static let learnedSymmetries = Study(
    name: "ml-symmetry-detection",
    title: "Detecting symmetries from data",
    source: """
      S. Krippendorf and M. Syvaeri, arXiv:2003.13679 (the question); A. Moskalev et al., arXiv:2210.04345 (the null space of \
      gradient constraints)
      """,
    claim: """
      A network that has learned a central potential in three dimensions from noisy values has exactly three null singular \
      values; the generators are antisymmetric within 1 % and close under commutation as so(3).
      """,
    run: { run in
      let learned = try Potential.allCases.map { try LearnedPotential($0, run) }
      return StudyResult(
        findings: learned.flatMap(\.findings),
        figure: Figure(
          title: "Symmetries of learned potentials", panels: learned.map(\.panel), columnCount: 2),
        remarks: remarks)
    })

  private static let remarks = [
    "V is given at random points of the ball |x| < 2 with noise of 1 % of its spread, and learned by a perceptron; the equations grad V . A x = 0 are",
    "set up with the network's gradients at other points of the shell 0.4 < |x| < 1.7. Null: below 0.05 in units in which the squares of all nine add up to 1.",
    "The strength of the cylindrical potential along its axis, 0.15, was set with trials in sight: at a third of it the gap is a factor of five.",
    "An ellipsoidal potential keeps three generators, too, but they are not rotations; a cylindrical one keeps one, a cubic one none.",
  ]
}

/// Functions of three coordinates with Lie algebras of known dimension.
private enum Potential: String, CaseIterable {
  case central, ellipsoidal, cylindrical, cubic

  /// `[point, 3]` to `[point]`.
  func callAsFunction(_ x: Tensor) -> Tensor {
    let squares = x * x
    func axis(_ k: Int) -> Tensor { squares.sliced(axis: 1, k..<k + 1).reshaped([x.shape[0]]) }
    switch self {
    case .central: return -1 / sqrt(squares.sum(axes: [1]) + 0.5)
    case .ellipsoidal: return -1 / sqrt(axis(0) + axis(1) + 3 * axis(2) + 0.5)
    case .cylindrical: return -1 / sqrt(axis(0) + axis(1) + 0.5) + axis(2) * 0.15
    case .cubic: return (squares * squares).sum(axes: [1]) * 0.1
    }
  }

  /// Dimension of the Lie algebra of its linear symmetries.
  var dimension: Int {
    switch self {
    case .central, .ellipsoidal: 3
    case .cylindrical: 1
    case .cubic: 0
    }
  }
}

/// Networks that have learned one potential, from data and initial weights of their own.
private struct LearnedPotential {
  private static let bound = 0.05
  private let potential: Potential
  private let networks: [InfinitesimalSymmetries]
  private let exact: InfinitesimalSymmetries

  init(_ potential: Potential, _ run: StudyRun) throws {
    self.potential = potential
    let seed = run.seed.child(potential.rawValue)
    let probes = Self.points(run.isQuick ? 1000 : 4000, from: 0.4, to: 1.7, seed.child("probes"))
    exact = InfinitesimalSymmetries(
      points: probes, gradients: grad(of: { potential($0).sum() })(probes))
    run.progress.begin("\(potential.rawValue) potential", total: 3)
    networks = try run.pool.map(3) { repetition in
      let network = try Self.learn(potential, run, seed.child("network", repetition))
      try run.cancellation.check()
      run.progress.advance()
      return InfinitesimalSymmetries(
        points: probes, gradients: grad(of: { network($0).sum() })(probes))
    }
    run.progress.end()
  }

  /// Points of a shell, uniform in volume.
  private static func points(
    _ count: Int, from inner: Double, to outer: Double, _ seed: Seed
  ) -> Tensor {
    var rng = seed.makeStream()
    let values = (0..<count).flatMap { _ -> [Double] in
      let direction = (0..<3).map { _ in rng.normal() }
      let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let (low, high) = (inner * inner * inner, outer * outer * outer)
      let radius = cbrt(low + (high - low) * rng.uniform())
      return direction.map { $0 * radius / length }
    }
    return Tensor(values, shape: [count, 3])
  }

  private static func learn(
    _ potential: Potential, _ run: StudyRun, _ seed: Seed
  ) throws -> Sequential {
    let x = points(run.isQuick ? 4000 : 16000, from: 0, to: 2, seed.child("data"))
    let exact = potential(x).scalars(Double.self)
    let mean = exact.reduce(0, +) / Double(exact.count)
    let spread =
      (exact.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(exact.count)).squareRoot()
    var rng = seed.child("noise").makeStream()
    let y = Tensor(
      exact.map { ($0 - mean) / spread + 0.01 * rng.normal() }, shape: [exact.count, 1])
    var initial = seed.child("weights").makeStream()
    var network = Sequential.perceptron(
      widths: [3, 48, 48, 1], activation: .tanh, type: .double, using: &initial)
    var optimizer = AdamW.adam(learningRate: 5e-3)
    _ = fit(
      &network, using: &optimizer, training: [x, y],
      options: TrainingOptions(
        epochs: run.isQuick ? 120 : 200, batchSize: 200, schedule: .cosine(warmUp: 20)),
      seed: seed.child("order"), cancellation: run.cancellation
    ) { network, batch in Loss.meanSquaredError(network(batch[0]), batch[1]) }
    return network
  }

  var findings: [StudyFinding] {
    let name = potential.rawValue
    let dimension = potential.dimension
    func mean(_ value: (InfinitesimalSymmetries) -> Double) -> Estimate {
      .mean(of: networks.map(value))
    }
    var findings = [
      StudyFinding.exactly(
        name + "Exact", "\(name) potential: null singular values of the function itself",
        Double(exact.nullCount(bound: 1e-12)), Double(dimension), "its Lie algebra")
    ]
    for (number, network) in networks.enumerated() {
      findings.append(
        .exactly(
          name + "Null\(number + 1)", "null singular values, network \(number + 1)",
          Double(network.nullCount(bound: Self.bound)), Double(dimension), "its Lie algebra"))
    }
    switch potential {
    case .central:
      findings += [
        StudyFinding(
          "centralSymmetricPart", "symmetric part of its generators",
          measured: mean { $0.symmetricPart(of: $0.generators(3)) }, expected: .below(0.01),
          reference: "claimed: 1 %"),
        StudyFinding(
          "centralClosure", "part of their commutators outside their span",
          measured: mean { $0.closureDefect(of: $0.generators(3)) }, expected: .below(0.02),
          reference: "closed: so(3); bound chosen beforehand"),
      ]
    case .ellipsoidal:
      findings += [
        StudyFinding(
          "ellipsoidalSymmetricPart", "symmetric part of its generators",
          measured: mean { $0.symmetricPart(of: $0.generators(3)) }, expected: .above(0.1),
          reference: "no rotations"),
        StudyFinding(
          "ellipsoidalClosure", "part of their commutators outside their span",
          measured: mean { $0.closureDefect(of: $0.generators(3)) }, expected: .below(0.04),
          reference: "closed, like so(3); bound chosen beforehand"),
      ]
    case .cylindrical:
      findings.append(
        StudyFinding(
          "cylindricalSymmetricPart", "symmetric part of its generator",
          measured: mean { $0.symmetricPart(of: $0.generators(1)) }, expected: .below(0.01),
          reference: "a rotation"))
    case .cubic: break
    }
    return findings
  }

  var panel: Figure.Panel {
    let index = (1...9).map(Double.init)
    // Rounding is no length on a logarithmic axis.
    let floor = 1e-3
    var series = networks.enumerated().map { number, network in
      Figure.Series(
        "network \(number + 1)", x: index, y: network.singularValues.map { max($0, floor) },
        style: .linePoints, color: number)
    }
    series.append(
      Figure.Series(
        "exact, at least 0.001", x: index, y: exact.singularValues.map { max($0, floor) },
        style: .dashedLine, color: -1))
    return Figure.Panel(
      title: "\(potential.rawValue.prefix(1).uppercased() + potential.rawValue.dropFirst()): "
        + "\(potential.dimension) expected", xAxis: .init("number", range: 0.5...9.5),
      yAxis: .init("singular value", range: 0.5 * floor...2, logarithmic: true), series: series)
  }
}
