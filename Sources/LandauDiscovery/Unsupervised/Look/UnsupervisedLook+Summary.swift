import LandauCore

extension UnsupervisedLook {
  /// What was found, a sentence each, for a report.
  public var summary: [String] {
    let shown = explainedVariance.prefix(3).map(\.description).joined(separator: ", ")
    var lines = [
      "Principal components of \(fittedCount) of \(sampleCount) snapshots explain \(shown) of the variance; "
        + "independent noise of this size would reach \(Estimate.fixed(noiseFloor, digits: 4)), "
        + "and \(componentsAboveNoise) stand above it."
    ]
    if componentsAboveNoise > 0 {
      lines.append(
        "The leading one overlaps with the uniform pattern by \(Estimate.fixed(uniformOverlap, digits: 3))."
      )
    }
    lines.append(
      clusterCount == 1
        ? "One cluster describes the snapshots best (Schwarz's criterion)."
        : "\(clusterCount) clusters describe the snapshots best (Schwarz's criterion).")
    if let change {
      switch change.kind {
      case .located:
        lines.append(
          "Along the scan clusters change fastest at \(parameterName) = \(change.location), on this lattice "
            + "and with errors by \(splitUnit.rawValue)s.")
      case .bracketed(let gap):
        lines.append(
          "Clusters change between \(parameterName) = \(gap.lowerBound) and \(gap.upperBound), where the scan "
            + "has no values.")
      case .atEdge:
        lines.append("Clusters change fastest at the edge of the scan: no place inside it.")
      }
    }
    return lines + warnings
  }
}
