import LandauCore
import LandauDiscovery

/// The report of a search for a dual, for people.
enum DualText {
  static func page(_ points: [DualPoint], job: DualJob) -> String {
    var text = """
      \(job.title); duals looked for: \(job.dualTitle), \(job.options.boundaries.rawValue) boundaries
      \(job.options.isExact ? "all configurations, all frames" : "\(job.options.starts) random starts, seed \(job.options.seed)")

      """
    for point in points { text += "\n" + section(point, job: job) }
    return text
  }

  private static func section(_ point: DualPoint, job: DualJob) -> String {
    let system = point.system
    let ansatz = system.ansatz
    var text = "beta = \(SampleJob.short(system.beta)): \(verdict(point))\n"
    guard let fit = point.result.fit else { return text }
    text += "  Frame: \(ansatz.words(fit.frame))\n"
    text +=
      job.options.isExact
      ? "    the least loss of \(point.result.frameCount) frames, the identity left out\n"
      : "    found by \(point.successes) of \(point.result.outcomes.count) random starts, "
        + "\(point.result.frameCount) of \(ansatz.allFrames.count) frames looked at"
        + (point.result.partCount > 0 ? " and \(point.result.partCount) parts of frames\n" : "\n")
    var table = TextTable(
      ["original links", "dual beta", "slope", "offset", "with twists summed"]
        + (job.options.isBlind ? [] : ["finite size", "infinite"]))
    for k in point.couplings.indices {
      let finite = DualReference.finiteSize(system).map { Estimate.fixed($0, digits: 5) } ?? "-"
      let infinite = DualReference.infinite(system).map { Estimate.fixed($0[k], digits: 5) } ?? "-"
      table.append(
        [
          system.couplingName(k), point.couplings[k].description,
          ansatz.dual.linkTerms == 1 ? fit.slopes[k].description : "-",
          ansatz.dual.linkTerms == 1 ? fit.offsets[k].description : "-",
          point.summedCouplings.isEmpty ? "-" : point.summedCouplings[k].description,
        ] + (job.options.isBlind ? [] : [finite, infinite]))
    }
    text += table.text(leftColumns: 1)
    if ansatz.dual.linkTerms > 1 {
      text +=
        "  map: \(fit.offsets[0]), and for differences 0, 1, ... in addition "
        + fit.slopes.map(\.description).joined(separator: ", ") + "\n"
    }
    if job.options.isExact {
      return text + "  loss \(SampleJob.short(fit.loss))"
        + (point.result.summed.map { ", with twists summed \(SampleJob.short($0.loss))" } ?? "")
        + "\n"
    }
    for (index, coupling) in point.further.enumerated() {
      text +=
        "  left out: \(system.couplingName(point.couplings.count + index)) \(coupling), in a fit with all\n"
    }
    text += agreement("periodic or as asked", fit, ansatz)
    if let summed = point.result.summed, job.options.boundaries == .periodic {
      text += agreement("twists summed", summed, ansatz)
    }
    return text
  }

  private static func reason(_ point: DualPoint) -> String {
    guard point.result.fit != nil, point.result.summed != nil else {
      return "frames were found, but no fit of their couplings converged: try --effort"
    }
    if point.system.withAllCosines != nil, point.result.extended == nil {
      return "no fit of the couplings that the ansatz leaves out converged: try --effort"
    }
    return point.further.isEmpty
      ? "features agree within noise that leaves the couplings open: try --effort"
      : "features agree, but couplings that the ansatz leaves out may be there: try --effort"
  }

  private static func agreement(_ name: String, _ fit: DualFit, _ ansatz: DualAnsatz) -> String {
    "  \(name): loss \(SampleJob.short(fit.loss)) (noise alone \(SampleJob.short(fit.noiseFloor))); "
      + "\(fit.matched.count) matched features p = \(probability(fit.matchedProbability)), "
      + "\(fit.heldOut.count) held out p = \(probability(fit.heldOutProbability))\n"
  }

  private static func probability(_ p: Double) -> String {
    p < 0.001 ? "below 0.001" : Estimate.fixed(p, digits: 3)
  }

  private static func verdict(_ point: DualPoint) -> String {
    switch point.verdict {
    case .dual: "a dual; all features agree within the noise"
    case .dualUpToFiniteSize:
      "a dual up to finite size; features agree within the noise once the twists of the dual are summed over"
    case .undetermined: "undetermined; " + reason(point)
    case .none:
      point.result.fit == nil
        ? "no dual found but the identity"
        : point.result.summed?.agrees(level: DualPoint.level) == true
          ? "no exact dual in the ansatz: it leaves out couplings that are there"
          : "no exact dual in the ansatz: features differ beyond the noise"
    }
  }
}
