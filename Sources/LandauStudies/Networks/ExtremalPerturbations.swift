import LandauCore
import LandauNN
import LandauStatistics
import LandauTensor

extension Study {
  /// The smallest part of an image that keeps a network's answer.
  static let extremalPerturbations = Study(
    name: "extremal-perturbations",
    title: "Extremal perturbations and smooth masks",
    source: "R. Fong, M. Patrick, A. Vedaldi, arXiv:1910.08485",
    claim: """
      The smooth mask of a given area that keeps the network's score highest lies on the patch that was \
      planted: intersection over union above 0.7.
      """,
    run: { run in
      let patch = try PlantedPatch(run, seed: run.seed)
      let masks = try ExtremalMasks(patch, run)
      return StudyResult(findings: masks.findings, figure: masks.figure, remarks: remarks)
    })

  private static let remarks = [
    "Images of 24 x 24 sites, noise of deviation 0.3 with a striped patch of 10 x 10; the mask's area is that of the patch.",
    "A site is in the mask where it is above one half.",
  ]
}

/// Masks of some test images.
private struct ExtremalMasks {
  private let patch: PlantedPatch
  private let masks: [[Double]]
  private let overlaps: [Double]
  private let areas: [Double]

  init(_ patch: PlantedPatch, _ run: StudyRun) throws {
    self.patch = patch
    let count = run.isQuick ? 16 : 100
    let sites = PlantedPatch.side * PlantedPatch.side
    let area = Double(PlantedPatch.patch * PlantedPatch.patch) / Double(sites)
    let labels = patch.test.labels.scalars(Int32.self).map(Int.init)
    let network = patch.network
    run.progress.begin("masks", total: count)
    let results = try run.pool.map(count) { index in
      let image = patch.test.images.gathered(Tensor([Int32(index)]), axis: 0).squeezed(axis: 0)
      let label = labels[index]
      let result = ExtremalPerturbation(area: area, spacing: 2, penalty: 1...200)(image) { image in
        network(image).sliced(axis: 1, label..<(label + 1))
          - network(image).sliced(axis: 1, (1 - label)..<(2 - label))
      }
      run.progress.advance()
      try run.cancellation.check()
      return (mask: result.mask.scalars(Double.self), area: result.area)
    }
    run.progress.end()
    masks = results.map(\.mask)
    areas = results.map(\.area)
    overlaps = results.indices.map { index in
      var (both, either) = (0, 0)
      for site in 0..<sites {
        let isMasked = results[index].mask[site] > 0.5
        let isPlanted = patch.isPlanted(
          index, row: site / PlantedPatch.side, column: site % PlantedPatch.side)
        if isMasked && isPlanted { both += 1 }
        if isMasked || isPlanted { either += 1 }
      }
      return Double(both) / Double(max(1, either))
    }
  }

  var findings: [StudyFinding] {
    let sites = Double(PlantedPatch.side * PlantedPatch.side)
    let wanted = Double(PlantedPatch.patch * PlantedPatch.patch) / sites
    return [
      StudyFinding(
        "accuracy", "accuracy of the network", measured: .fraction(patch.accuracy, of: 200),
        expected: .above(0.9), reference: "a network worth explaining"),
      StudyFinding(
        "overlap", "intersection over union of mask and patch", measured: .mean(of: overlaps),
        expected: .above(0.7), reference: "claimed"),
      StudyFinding(
        "area", "area of the masks over the patch's",
        measured: .mean(of: areas.map { $0 / wanted }), systematicError: 0.03,
        expected: .value(1, error: 0), reference: "asked for"),
    ]
  }

  var figure: Figure {
    Figure(
      title: "Extremal perturbations",
      panels: (0..<2).flatMap { image in
        [
          patch.panel("Image \(image + 1)", patch.pixels(image), "pixel", image: image),
          patch.panel("Its mask", masks[image], "mask", image: image),
        ]
      }, columnCount: 2)
  }
}
