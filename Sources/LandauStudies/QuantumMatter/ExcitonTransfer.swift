import LandauCore
import LandauNN
import LandauTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Study {
  /// Transfer of an excitation, optimised through its equation of motion.
  static let excitonTransfer = Study(
    name: "exciton-transfer-autodiff",
    title: "Exciton transfer optimised by automatic differentiation",
    source:
      "Driving enhanced exciton transfer by automatic differentiation, abstract (networks of this study: a row and a star)",
    claim: """
      Of three ways to bring an off-resonant excitation to the sink in a given time, energies of the network, couplings, and fields that drive both \
      ends, the drive is the most effective, with few parameters.
      """,
    run: { run in
      let networks = [
        ExcitonNetwork.row(3, rate: 0.5), .star(4, rate: 0.5),
      ]
      let chosen = networks.flatMap { network in
        ExcitonStrategy.allCases.map { (network, $0) }
      }
      run.progress.begin("optimising", total: chosen.count)
      let found = try run.pool.map(chosen.count) { index in
        defer { run.progress.advance() }
        return try ExcitonOptimum(chosen[index].0, chosen[index].1, run)
      }
      run.progress.end()
      return StudyResult(
        findings: ExcitonChecks.findings(run.seed.child("checks")) + ExcitonOptimum.findings(found),
        figure: Figure(
          title: "Exciton transfer", panels: ExcitonOptimum.panels(found), columnCount: 2),
        remarks: remarks)
    })

  private static let remarks = [
    "The mode is 2 below all else, couplings are 0.3 (mode to antenna) and 0.5, the sink empties at 0.5; time 20. Energies of the network may move by 2,",
    "couplings of mode and antenna up to twice their value, drives up to an amplitude and a frequency of 4. Eight starts each, Adam; the best counts, so errors are not of statistics:",
    "a finding asks that the best drive beats the best of the others. Not shown: the network of the Fenna-Matthews-Olson complex, and dephasing.",
  ]
}

/// What may change.
enum ExcitonStrategy: String, CaseIterable, Sendable {
  case energies, couplings, drive
}

/// The best of several starts of one strategy.
private struct ExcitonOptimum: Sendable {
  private static let (time, steps, batch) = (20.0, 200, 8)
  private static let detuning = 2.0

  let network: ExcitonNetwork
  let strategy: ExcitonStrategy
  /// What has left through the sink after each update, of the start that ends best.
  private let curve: [Double]
  private let undriven: Double

  init(_ network: ExcitonNetwork, _ strategy: ExcitonStrategy, _ run: StudyRun) throws {
    self.network = network
    self.strategy = strategy
    let width =
      switch strategy {
      case .energies: network.siteCount - 3
      case .couplings: 2
      case .drive: 6
      }
    var rng = run.seed.child(network.name).child(strategy.rawValue).makeStream()
    // The first start is the network as it is.
    var parameters = [
      Tensor(
        (0..<Self.batch * width).map { $0 < width && strategy != .drive ? 0 : rng.normal() },
        shape: [Self.batch, width])
    ]
    let improve = compile { arguments in
      let both = valueAndGradient { (p: [Tensor]) in
        -Self.transferred(network, strategy, p[0]).sum()
      }(arguments)
      return [Self.transferred(network, strategy, arguments[0])] + both.gradients
    }
    var optimizer = AdamW.adam(learningRate: 0.05)
    var curves = [[Double]](repeating: [], count: Self.batch)
    for _ in 0...(run.isQuick ? 150 : 600) {
      try run.cancellation.check()
      let results = improve(parameters)
      for (index, value) in results[0].scalars(Double.self).enumerated() {
        curves[index].append(value)
      }
      optimizer.step(&parameters, gradients: [results[1]])
    }
    curve = curves.max { $0.max()! < $1.max()! }!
    undriven = Self.transferred(
      network, .energies, .zeros([1, network.siteCount - 3], type: .double)
    ).item()
  }

  /// `[batch]`, from free parameters `[batch, width]` that are brought into their bounds.
  private static func transferred(
    _ network: ExcitonNetwork, _ strategy: ExcitonStrategy, _ parameters: Tensor
  ) -> Tensor {
    let (batch, n) = (parameters.shape[0], network.siteCount)
    var energies = Tensor((0..<batch * n).map { $0 % n == 0 ? -detuning : 0 }, shape: [batch, n])
    var couplings = Tensor(
      (0..<batch * network.pairs.count).map { $0 % network.pairs.count == 0 ? 0.3 : 0.5 },
      shape: [batch, network.pairs.count])
    var drive: Tensor?
    switch strategy {
    case .energies:
      energies = energies + (tanh(parameters) * 2).padded(low: [0, 2], high: [0, 1])
    case .couplings:
      // Those of the mode and of the antenna alone.
      let rest = Tensor.ones([batch, network.pairs.count - 2], type: .double)
      couplings = couplings * concatenated([sigmoid(parameters) * 2, rest], axis: 1)
    case .drive:
      let raw = parameters.reshaped([batch, 2, 3])
      let bounded = concatenated(
        [
          tanh(raw.sliced(axis: 2, 0..<1)) * 4, sigmoid(raw.sliced(axis: 2, 1..<2)) * 4,
          raw.sliced(axis: 2, 2..<3),
        ], axis: 2)
      drive = ExcitonNetwork.drive(bounded, time: time, steps: steps)
    }
    return network.transferred(
      network.amplitudes(
        energies: energies, couplings: couplings, drive: drive, time: time, steps: steps))
  }

  private var best: Double { curve.max()! }

  static func findings(_ optima: [ExcitonOptimum]) -> [StudyFinding] {
    Dictionary(grouping: optima) { $0.network.name }.sorted { $0.key < $1.key }.map { name, group in
      let drive = group.first { $0.strategy == .drive }!.best
      let others = group.filter { $0.strategy != .drive }.map(\.best).max()!
      return StudyFinding(
        "\(name)Drive", "\(name): transfer with the best drive less the best without",
        measured: Estimate(drive - others, error: 0), expected: .above(0),
        reference: "claimed: driving is most effective")
    }
  }

  static func panels(_ optima: [ExcitonOptimum]) -> [Figure.Panel] {
    Dictionary(grouping: optima) { $0.network.name }.sorted { $0.key < $1.key }.map { name, group in
      let count = Double(group[0].curve.count - 1)
      return Figure.Panel(
        title: name, xAxis: .init("update"), yAxis: .init("population transferred", range: 0...1),
        series: group.enumerated().map { color, optimum in
          Figure.Series(
            optimum.strategy.rawValue, x: optimum.curve.indices.map(Double.init),
            y: optimum.curve, color: color)
        } + [
          Figure.Series(
            "as it is", x: [0, count], y: [group[0].undriven, group[0].undriven],
            style: .dashedLine, color: -1)
        ])
    }
  }
}

/// What is known of the equations of motion.
private enum ExcitonChecks {
  static func findings(_ seed: Seed) -> [StudyFinding] {
    [
      .bounded(
        "perfect", "couplings (n(N-n))^(1/2)/2, N = 8: what is not at the end after t = pi",
        missing, 1e-8, "a spin of (N-1)/2 turned by pi"),
      .bounded(
        "gradient", "derivatives by six drive parameters less finite differences, relative",
        gradientError(seed), 1e-6, "central differences of fourth order"),
      .bounded(
        "trapped", "1 - |psi|^2 less the integral of what flows into the sink", balance(seed), 1e-6,
        "Lindblad's equation"),
    ]
  }

  /// A row without trap whose mode and sink are its ends.
  private static var missing: Double {
    let n = 8
    let row = ExcitonNetwork.row(n - 3, rate: 0)
    let couplings = (1..<n).map { (Double($0 * (n - $0))).squareRoot() / 2 }
    let psi = row.amplitudes(
      energies: .zeros([1, n], type: .double), couplings: Tensor(couplings, shape: [1, n - 1]),
      drive: nil, time: Double.pi, steps: 1000
    ).scalars(Double.self)
    return abs(1 - psi[2 * n - 2] * psi[2 * n - 2] - psi[2 * n - 1] * psi[2 * n - 1])
  }

  private static func driven(_ drive: Tensor, time: Double, steps: Int) -> Tensor {
    let network = ExcitonNetwork.star(4, rate: 0.5)
    return network.amplitudes(
      energies: Tensor([-2.0, 0, 0.1, 0.2, 0.3, 0.4, 0], shape: [1, 7]),
      couplings: Tensor([0.3, 0.5, 0.4, 0.5, 0.6, 0.5], shape: [1, 6]),
      drive: ExcitonNetwork.drive(drive, time: time, steps: steps), time: time, steps: steps)
  }

  private static func gradientError(_ seed: Seed) -> Double {
    var rng = seed.makeStream()
    let start = (0..<6).map { $0 % 3 == 2 ? rng.normal() : 1 + rng.uniform() }
    let network = ExcitonNetwork.star(4, rate: 0.5)
    let value: @Sendable ([Tensor]) -> Tensor = {
      network.transferred(driven($0[0], time: 10, steps: 100)).sum()
    }
    func at(_ parameters: [Double]) -> Double {
      value([Tensor(parameters, shape: [1, 2, 3])]).item()
    }
    let gradient = valueAndGradient(of: value)([Tensor(start, shape: [1, 2, 3])]).gradients[0]
      .scalars(Double.self)
    let scale = gradient.map(abs).max()!
    return start.indices.map { index in
      let h = 1e-3
      func moved(_ steps: Double) -> Double {
        var parameters = start
        parameters[index] += steps * h
        return at(parameters)
      }
      let difference = (8 * (moved(1) - moved(-1)) - moved(2) + moved(-2)) / (12 * h)
      return abs(difference - gradient[index]) / scale
    }.max()!
  }

  /// The integral by Simpson's rule over 200 intervals.
  private static func balance(_ seed: Seed) -> Double {
    var rng = seed.child("balance").makeStream()
    let drive = Tensor(
      (0..<6).map { $0 % 3 == 2 ? rng.normal() : 1 + rng.uniform() }, shape: [1, 2, 3])
    let (time, count) = (10.0, 200)
    let populations = (0...count).map { index -> (sink: Double, left: Double) in
      if index == 0 { return (0, 0) }
      let psi = driven(drive, time: time * Double(index) / Double(count), steps: 10 * index)
        .scalars(Double.self)
      return (
        psi[12] * psi[12] + psi[13] * psi[13], 1 - psi.reduce(0) { $0 + $1 * $1 }
      )
    }
    let integral =
      populations.indices.reduce(0.0) { sum, index in
        let weight = index == 0 || index == count ? 1.0 : index % 2 == 1 ? 4 : 2
        return sum + weight * 0.5 * populations[index].sink
      } * time / Double(count) / 3
    return abs(integral - populations[count].left)
  }
}
