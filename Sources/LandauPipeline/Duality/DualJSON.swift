import LandauCore
import LandauDiscovery
import LandauLattice

/// The result of a search for a dual as members of the JSON object: those of the point where there is one beta, `points` of
/// such objects where there are more.
enum DualJSON {
  static func members(_ points: [DualPoint], job: DualJob) -> [JSONValue.Member] {
    let system = job.systems[0]
    let head: [JSONValue.Member] = [
      .init("lattice", .string(system.cell.name)), .init("size", .integers(system.sides)),
      .init("sectors", .string(job.options.boundaries.rawValue)),
    ]
    guard points.count > 1 else { return head + members(points[0], job: job) }
    return head + [.init("points", .array(points.map { .object(members($0, job: job)) }))]
  }

  private static func members(_ point: DualPoint, job: DualJob) -> [JSONValue.Member] {
    let system = point.system
    var members: [JSONValue.Member] = [
      .init("beta", .number(system.beta)), .init("verdict", .string(point.verdict.rawValue)),
    ]
    if let fit = point.result.fit {
      members += [
        .init("dual", couplings(point.couplings)), .init("map", map(fit, system.ansatz)),
        .init("agreement", agreement(fit)),
      ]
    } else {
      members += [.init("dual", .null), .init("map", .null)]
    }
    if let summed = point.result.summed, job.options.boundaries == .periodic {
      members.append(
        .init(
          "summed",
          .pairs([
            "dual": couplings(point.summedCouplings), "map": map(summed, system.ansatz),
            "agreement": agreement(summed),
          ])))
    }
    if !point.further.isEmpty {
      members.append(.init("leftOut", .array(point.further.map { .estimate($0) })))
    }
    members.append(
      .init(
        "search",
        .pairs([
          "starts": .integer(point.result.outcomes.count), "found": .integer(point.successes),
          "framesSeen": .integer(point.result.frameCount),
          "partsSeen": .integer(point.result.partCount),
          "frames": .integer(system.ansatz.allFrames.count),
        ])))
    if !job.options.isBlind {
      let infinite = DualReference.infinite(system)
      members.append(
        .init(
          "reference",
          .pairs([
            "finiteSize": DualReference.finiteSize(system).map { .number($0) } ?? .null,
            "infinite": infinite.map { $0.count == 1 ? .number($0[0]) : .numbers($0) } ?? .null,
          ])))
    }
    return members
  }

  /// `beta` of the first class of links, and all of them where they differ.
  private static func couplings(_ values: [Estimate]) -> JSONValue {
    var members: [JSONValue.Member] = [.init("beta", values.first.map { .estimate($0) } ?? .null)]
    if values.count > 1 {
      members.append(.init("couplings", .array(values.map { .estimate($0) })))
    }
    return .object(members)
  }

  private static func map(_ fit: DualFit, _ ansatz: DualAnsatz) -> JSONValue {
    func one(_ values: [Estimate]) -> JSONValue {
      values.count == 1 ? .estimate(values[0]) : .array(values.map { .estimate($0) })
    }
    return .pairs([
      "frame": .string(ansatz.words(fit.frame)), "slope": one(fit.slopes),
      "offset": one(fit.offsets), "loss": .number(fit.loss),
    ])
  }

  private static func agreement(_ fit: DualFit) -> JSONValue {
    .pairs([
      "noiseFloor": .number(fit.noiseFloor),
      "matchedProbability": .number(fit.matchedProbability),
      "heldOutProbability": .number(fit.heldOutProbability),
    ])
  }
}
