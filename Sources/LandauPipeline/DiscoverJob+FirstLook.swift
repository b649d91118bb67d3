import LandauCore
import LandauDiscovery

extension DiscoverJob {
  /// What principal components and clusters say of the snapshots of a file, without training on its parameter.
  ///
  /// - Throws: `RunError` where LAPACK does not converge.
  func firstLook(at snapshots: Snapshots) throws -> [Document.Section] {
    let seed = Seed(options.seed).child("look")
    // Eigenvalues of larger matrices take minutes.
    guard snapshots.siteCount * snapshots.channels.count <= 2048 else { return [] }
    var blocks = try UnsupervisedLook(snapshots, seed: seed.child("clusters")).summary.map {
      Document.Block.paragraph($0)
    }
    if snapshots.channels.count == 1 && (snapshots.isBinary || snapshots.levels.contains(-1)) {
      blocks += Self.blocks(try CollectiveFluctuation(snapshots, seed: seed.child("fluctuation")))
    }
    return [.init("Without training", blocks)]
  }

  private static func blocks(_ found: CollectiveFluctuation) -> [Document.Block] {
    func digits(_ value: Double) -> String { Estimate.fixed(value, digits: 3) }
    let share =
      "About the means at each value, snapshots fluctuate together most in one pattern: it takes \(digits(found.share)) "
      + "of the variance (independent noise would reach \(digits(found.noiseShare))) and is \(found.waveDescription), "
      + "with an overlap of \(digits(found.nearestWave.overlap))."
    guard found.share > 1.5 * found.noiseShare else {
      return [
        .paragraph(
          "About the means at each value no pattern of fluctuations stands out from noise.")
      ]
    }
    let last = found.parameters.count - 1
    func size(_ p: Int) -> String {
      "\(found.magnitude[p]) at \(found.parameterName) = \(Estimate.fixed(found.parameters[p], digits: 3)) "
        + "(\(digits(found.floor[p])) if variables were independent)"
    }
    var text = "Its mean size goes from \(size(0)) to \(size(last))"
    text +=
      found.nearestWave.overlap > 0.8
      ? "; with signs that are exactly \(found.waveDescription), |m| = \(found.waveMagnitude[last]) there."
      : "."
    if let onset = found.onset, onset.kind == .located {
      text += " It grows fastest at \(found.parameterName) = \(onset.location)."
    }
    return [.paragraph(share), .paragraph(text)]
  }
}
