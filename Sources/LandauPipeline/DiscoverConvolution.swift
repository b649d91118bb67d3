import LandauCore
import LandauDiscovery

/// What networks that convolve continuous spins say, in words and in JSON.
enum DiscoverConvolution {
  static func section(_ found: AngleConvolution) -> Document.Section {
    var blocks: [Document.Block] = [
      .paragraph(
        "Windows of unit vectors have no finite set of functions; above, cosines of once and twice the differences of angles "
          + "were counted. Networks that convolve the vectors themselves, with no symmetry built in, explain R^2 = \(found.r2) "
          + "of \(found.sampleCount) snapshots of \(DiscoveryStory.text(found.siteShape)) that they have not seen; "
          + "those with counted cosines of the same windows R^2 = \(found.countedR2). What the windows compute, in standard deviations:"
      )
    ]
    for branch in found.branches {
      guard let formula = branch.formula else { continue }
      let used = formula.front.chosen.expression.variables.map { formula.variables[$0] }
      let names = used.map { ", \($0.name) = \($0.correlator)" }.joined()
      blocks.append(.formula("\(branch.window.name): f = \(formula.text)\(names)"))
      blocks.append(
        .paragraph(
          "It explains \(percent(formula.explained)) % of the function of a network; turning all vectors of a window together changes \(percent(branch.turned)) % of it."
        ))
    }
    return .init("By convolution", blocks)
  }

  private static func percent(_ share: Estimate) -> Estimate {
    Estimate(100 * share.value, error: 100 * share.error)
  }

  static func json(_ found: AngleConvolution) -> JSONValue {
    .pairs([
      "size": .integers(found.siteShape), "samples": .integer(found.sampleCount),
      "r2": .estimate(found.r2), "countedR2": .estimate(found.countedR2),
      "branches": .array(
        found.branches.map { branch in
          .pairs([
            "window": .string(branch.window.name), "turned": .estimate(branch.turned),
            "formula": branch.formula.map(DiscoverFormula.json) ?? .null,
          ])
        }),
    ])
  }
}
