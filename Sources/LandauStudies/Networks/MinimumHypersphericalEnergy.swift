import LandauCore
import LandauNN
import LandauStatistics
import LandauTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Study {
  /// Neurons that repel each other on the sphere of their directions.
  static let minimumHypersphericalEnergy = Study(
    name: "minimum-hyperspherical-energy",
    title: "Neurons that repel each other",
    source: "W. Liu et al., Learning towards minimum hyperspherical energy, arXiv:1805.09298",
    claim: """
      Directions of neurons under a Coulomb-like energy settle where Thomson's charges do; a layer that \
      is trained with this energy has larger angles between its neurons.
      """,
    run: { run in
      let charges = [4, 6, 12].map { ThomsonProblem($0, run) }
      let layers = try RepellingLayers(run)
      return StudyResult(
        findings: charges.map(\.finding) + layers.findings,
        figure: Figure(
          title: "Minimum hyperspherical energy",
          panels: [ThomsonProblem.panel(charges), layers.panel], columnCount: 2),
        remarks: remarks)
    })

  private static let remarks = [
    "Energies of Thomson's problem are sums over pairs of 1/distance, the smallest of 8 random starts.",
    "Angles: of the closest two of 24 neurons of 8 inputs, trained on a teacher of 4 neurons with normal inputs, with and",
    "without the energy of half-space directions at weight 0.1; means over independent trainings.",
  ]
}

/// N charges on the sphere, found by L-BFGS.
private struct ThomsonProblem {
  let count: Int
  let energy: Double
  /// Energies of the best start, step by step.
  let path: [Double]

  /// The minima: D. J. Wales and S. Ulker, Phys. Rev. B 74, 212101 (2006), and the Cambridge table.
  static let minima = [4: 3.674234614, 6: 9.985281374, 12: 49.165253058]

  init(_ count: Int, _ run: StudyRun) {
    self.count = count
    let pairs = Double(count * (count - 1) / 2)
    let energy = valueAndGradient { HypersphericalEnergy.mean(of: $0[0]) * pairs }
    var best: [Double] = [.infinity]
    for start in 0..<8 {
      var rng = run.seed.child("charges", count, start).makeStream()
      var charges = [Tensor.normal([3, count], type: .double, using: &rng)]
      var optimizer = LBFGS()
      var path: [Double] = []
      for _ in 0..<200 {
        path.append(
          optimizer.step(&charges) { charges in
            let (value, gradients) = energy(charges)
            return (value.item(), gradients)
          })
        if path.count > 20, abs(path[path.count - 1] - path[path.count - 20]) < 1e-13 { break }
      }
      if path[path.count - 1] < best[best.count - 1] { best = path }
    }
    path = best
    self.energy = best[best.count - 1]
  }

  var finding: StudyFinding {
    StudyFinding(
      "thomson\(count)", "Thomson's energy of \(count) charges",
      measured: Estimate(energy, error: 0),
      expected: .value(Self.minima[count] ?? .nan, error: 1e-9 * energy),
      reference: "the known minimum, digits as tabulated")
  }

  static func panel(_ charges: [ThomsonProblem]) -> Figure.Panel {
    Figure.Panel(
      title: "Charges on a sphere", xAxis: .init("step of L-BFGS"),
      yAxis: .init("energy above the known minimum", logarithmic: true),
      series: charges.enumerated().map { color, problem in
        let above = problem.path.map { $0 - (minima[problem.count] ?? .nan) }
        return Figure.Series(
          "\(problem.count) charges", x: above.indices.map(Double.init),
          y: above.map { max($0, 1e-10) }, color: color)
      })
  }
}

/// Two layers trained alike but for the energy.
private struct RepellingLayers {
  let plain: [[Double]]
  let repelling: [[Double]]
  private static let (inputs, neurons, teacher) = (8, 24, 4)

  init(_ run: StudyRun) throws {
    let count = run.isQuick ? 6 : 24
    run.progress.begin("layers", total: 2 * count)
    let angles = try run.pool.map(2 * count) { index in
      let angles = Self.angles(
        weight: index < count ? 0 : 0.1, run.seed.child("layer", index % count))
      run.progress.advance()
      try run.cancellation.check()
      return angles
    }
    run.progress.end()
    plain = Array(angles[..<count])
    repelling = Array(angles[count...])
  }

  /// Angles in degrees of all pairs of neurons after training, opposite directions counted as equal.
  private static func angles(weight: Double, _ seed: Seed) -> [Double] {
    var rng = seed.makeStream()
    var student = Sequential.perceptron(
      widths: [inputs, neurons, 1], activation: .tanh, using: &rng)
    let truth = Sequential.perceptron(widths: [inputs, teacher, 1], activation: .tanh, using: &rng)
    let x = Tensor.normal([512, inputs], using: &rng)
    let y = truth(x)
    y.eval()
    var optimizer = AdamW.adam(learningRate: 0.01)
    _ = fit(
      &student, using: &optimizer, training: [x, y],
      options: TrainingOptions(epochs: 60, batchSize: 64), seed: seed
    ) { student, batch in
      let loss = Loss.meanSquaredError(student(batch[0]), batch[1])
      guard weight > 0 else { return loss }
      return loss + HypersphericalEnergy.mean(of: student.tensors[0], isHalfSpace: true) * weight
    }
    let weights = student.tensors[0].scalars(Double.self)
    let columns = (0..<neurons).map { neuron in
      (0..<inputs).map { weights[$0 * neurons + neuron] }
    }
    var angles: [Double] = []
    for i in 0..<neurons {
      for j in (i + 1)..<max(i + 1, neurons) {
        let cosine =
          dot(columns[i], columns[j])
          / (dot(columns[i], columns[i]) * dot(columns[j], columns[j])).squareRoot()
        angles.append(acos(min(1, abs(cosine))) * 180 / Double.pi)
      }
    }
    return angles
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  var findings: [StudyFinding] {
    let gains = zip(plain, repelling).map { ($1.min() ?? 0) - ($0.min() ?? 0) }
    return [
      StudyFinding(
        "angleGain", "smallest angle gained by the energy (degrees)", measured: .mean(of: gains),
        expected: .above(0), reference: "claimed: larger angles")
    ]
  }

  var panel: Figure.Panel {
    let bins = (0..<18).map { 5 * Double($0) }
    func share(_ angles: [[Double]]) -> [Double] {
      let all = angles.flatMap(\.self)
      return bins.map { low in
        Double(all.count { $0 >= low && $0 < low + 5 }) / Double(all.count)
      }
    }
    return Figure.Panel(
      title: "Angles between neurons after training", xAxis: .init("angle (degrees)"),
      yAxis: .init("share of pairs"),
      series: [
        .init("without the energy", x: bins.map { $0 + 2.5 }, y: share(plain), style: .linePoints),
        .init(
          "with it", x: bins.map { $0 + 2.5 }, y: share(repelling), style: .linePoints, color: 1),
      ])
  }
}
