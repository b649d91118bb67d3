import LandauCore
import LandauNN
import LandauStatistics
import LandauTensor

extension Study {
  /// Which layers of two networks see the same, and where a network sees its class.
  static let kernelAlignmentAndClassMaps = Study(
    name: "cka-gradcam",
    title: "Kernel alignment and gradient class maps",
    source: """
      S. Kornblith et al., arXiv:1905.00414 (centred kernel alignment); R. R. Selvaraju et al., \
      arXiv:1610.02391 (Grad-CAM)
      """,
    claim: """
      The alignment is one for features that differ by a rotation and a scale, and zero for independent \
      ones; the class map lights up where the evidence was planted.
      """,
    run: { run in
      let alignment = AlignmentIdentities(run.seed)
      let networks = try run.pool.map(2) { try PlantedPatch(run, seed: run.seed.child("net", $0)) }
      let maps = ClassMaps(networks[0])
      return StudyResult(
        findings: alignment.findings + maps.findings,
        figure: Figure(
          title: "Kernel alignment and gradient class maps",
          panels: [
            AlignmentIdentities.panel(networks),
            networks[0].panel(
              "An image: noise with rows of stripes in the patch", networks[0].pixels(0), "pixel",
              image: 0),
            networks[0].panel("Its class map", maps.map(0), "evidence", image: 0),
            networks[0].panel("Class map of another class", maps.map(1), "evidence", image: 1),
          ], columnCount: 2),
        remarks: remarks)
    })

  private static let remarks = [
    "Alignment of independent features: the debiased estimate of Nguyen, Raghu and Kornblith (arXiv:2010.15327), mean of",
    "200 draws of 60 examples. Two networks of two convolutions each, trained on other images from another start.",
    "A class map counts as a hit where its largest value lies in the patch or one site beside it, which the second",
    "convolution sees. By chance that would happen in 25 per cent of the images.",
  ]
}

/// What alignment must be.
private struct AlignmentIdentities {
  let rotated: Double
  let independent: Estimate

  init(_ seed: Seed) {
    var rng = seed.child("alignment").makeStream()
    let x = Tensor.normal([80, 10], type: .double, using: &rng)
    // Reflections by Householder, one after the other, are a rotation; then a scale and a shift.
    var y = x
    for _ in 0..<6 {
      let v = Tensor.normal([10, 1], type: .double, using: &rng)
      y = y - matmul(matmul(y, v), v.transposed()) * (2 / (v * v).sum())
    }
    rotated = KernelAlignment.linear(x, y * 3.7 + 1.3)
    independent = .mean(
      of: (0..<200).map { _ in
        KernelAlignment.debiased(
          .normal([60, 10], type: .double, using: &rng),
          .normal([60, 16], type: .double, using: &rng))
      })
  }

  var findings: [StudyFinding] {
    [
      .bounded(
        "rotation", "1 - alignment after rotation, scale and shift", abs(1 - rotated), 1e-10,
        "exact up to rounding"),
      StudyFinding(
        "independent", "alignment of independent features", measured: independent,
        expected: .value(0, error: 0), reference: "exact: the estimate is unbiased"),
    ]
  }

  /// Layers of one network against those of another, on the first one's test images.
  static func panel(_ networks: [PlantedPatch]) -> Figure.Panel {
    let images = networks[0].test.images
    let layers = networks.map { patch in
      let features = patch.network.features(images)
      return [
        images, patch.network.hidden(images), features, features.mean(axes: [2, 3]),
        patch.network.classify(features),
      ]
    }
    let names = ["image", "first", "second", "mean", "logits"]
    return Figure.Panel(
      title: "Debiased alignment of two networks, layer by layer", xAxis: .init("layer"),
      yAxis: .init("alignment", range: -0.1...1.1),
      series: names.indices.map { row in
        Figure.Series(
          "\(names[row]) of the other", x: names.indices.map(Double.init),
          y: names.indices.map { KernelAlignment.debiased(layers[0][$0], layers[1][row]) },
          style: .linePoints, color: row)
      }, categories: names)
  }
}

/// Maps of evidence for all test images.
private struct ClassMaps {
  private let patch: PlantedPatch
  private let values: [Double]

  init(_ patch: PlantedPatch) {
    self.patch = patch
    let features = patch.network.features(patch.test.images)
    let labels = patch.test.labels.scalars(Int32.self).map(Int.init)
    values = gradientClassMap(features: features, classes: labels, head: patch.network.classify)
      .scalars(Double.self)
  }

  func map(_ image: Int) -> [Double] {
    let count = PlantedPatch.side * PlantedPatch.side
    return Array(values[(image * count)..<((image + 1) * count)])
  }

  private func isHit(_ image: Int) -> Bool {
    let map = map(image)
    guard let best = map.indices.max(by: { map[$0] < map[$1] }) else { return false }
    let (row, column) = (best / PlantedPatch.side, best % PlantedPatch.side)
    return (-1...1).contains { dr in
      (-1...1).contains { dc in patch.isPlanted(image, row: row + dr, column: column + dc) }
    }
  }

  var findings: [StudyFinding] {
    let hits = patch.test.corners.indices.map { isHit($0) ? 1.0 : 0 }
    return [
      StudyFinding(
        "accuracy", "accuracy of the network", measured: .fraction(patch.accuracy, of: hits.count),
        expected: .above(0.9), reference: "a network worth explaining"),
      StudyFinding(
        "hits", "class maps whose largest value is at the patch",
        measured: .fraction(hits.reduce(0, +) / Double(hits.count), of: hits.count),
        expected: .above(0.8), reference: "claimed: the map highlights the patch"),
    ]
  }
}
