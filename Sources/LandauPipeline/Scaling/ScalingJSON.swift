import LandauCore
import LandauLattice
import LandauStatistics

/// The result of a finite-size study as the members of the JSON object.
enum ScalingJSON {
  static func members(_ findings: ScalingFindings, job: ScalingJob) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = [
      .init("lattice", .string(job.system.cell.name)),
      .init("sizes", .integers(ScalingText.sides(findings, job))),
      .init("coupling", .number(job.system.coupling)),
      .init("convention", .string(job.system.convention)),
      .init("effort", .number(job.options.effort)),
      .init("verdict", .string(findings.result.verdict)),
    ]
    if case .none(let reason) = findings.result {
      members.append(.init("reason", .string(reason)))
    }
    members.append(.init("transition", transition(findings)))
    members += findings.numbers.filter { !["temperature", "beta"].contains($0.name) }
      .map { .init($0.name, number($0.number)) }
    if case .continuous(let found) = findings.result {
      members.append(.init("fits", .object(found.fits.map { .init($0.name, fit($0.fit)) })))
      members.append(.init("hyperscaling", number(found.hyperscaling)))
      members.append(
        .init(
          "unseenLatentHeatPerSite", findings.unseenLatentHeat.map { .number($0) } ?? .null))
      let ends = found.slopeEnds.map { JSONValue.numbers([$0.lowerBound, $0.upperBound]) }
      members.append(
        .init(
          "slopeEnds", .pairs(["correlationLengthRatio": ends[0], "binderRatio": ends[1]])))
    }
    if case .kosterlitzThouless(let found) = findings.result {
      members.append(.init("fits", .array(found.fit.attempts.map { attempt($0, found.fit) })))
    }
    if case .firstOrder(let found) = findings.result {
      members.append(.init("fits", .object(found.fits.map { .init($0.name, limit($0.fit)) })))
      members.append(.init("peaks", .array(found.sizes.map(peaks))))
    }
    members += [
      .init("runs", .array(findings.sizes.map(run))),
      .init("search", .array(findings.steps.map(step))),
      .init("references", .array(ScalingReference.all(for: job.system).map(reference))),
      .init("warnings", .strings(findings.allWarnings)),
    ]
    return members
  }

  private static func transition(_ findings: ScalingFindings) -> JSONValue {
    func named(_ name: String) -> JSONValue {
      findings.numbers.first { $0.name == name }.map { number($0.number) } ?? .null
    }
    guard !findings.numbers.isEmpty else { return .null }
    return .pairs(["temperature": named("temperature"), "beta": named("beta")])
  }

  private static func number(_ number: ScalingNumber) -> JSONValue {
    .pairs([
      "value": .number(number.value), "error": .number(number.error),
      "statistical": .number(number.statistical), "systematic": .number(number.systematic),
    ])
  }

  private static func fit(_ fit: AveragedScalingFit) -> JSONValue {
    .pairs([
      "value": .number(fit.common.value), "statistical": .number(fit.common.error),
      "systematic": .number(fit.systematic),
      "correctionExponent": fit.correctionExponent.map { .estimate($0) } ?? .null,
      "candidates": .array(fit.candidates.filter { $0.weight > 0.01 }.map(candidate)),
    ])
  }

  private static func candidate(_ candidate: AveragedScalingFit.Candidate) -> JSONValue {
    .pairs([
      "smallestSide": .integer(candidate.smallestSide),
      "correctionExponent": candidate.correctionExponent.map { .number($0) } ?? .null,
      "value": .number(candidate.common.value), "error": .number(candidate.common.error),
      "chiSquare": .number(candidate.chiSquare),
      "degreesOfFreedom": .integer(candidate.degreesOfFreedom),
      "probability": .number(candidate.probability), "weight": .number(candidate.weight),
    ])
  }

  private static func attempt(_ attempt: ScalingFit.Attempt, _ fit: HelicityFit) -> JSONValue {
    .pairs([
      "smallestSide": .integer(Int(attempt.minimalSize)),
      "taken": .bool(attempt == fit.attempts[fit.chosen]),
      "temperature": .estimate(attempt.fit.parameter(0)),
      "constant": .estimate(attempt.fit.parameter(1)),
      "chiSquare": .number(attempt.fit.chiSquare),
      "degreesOfFreedom": .integer(attempt.fit.degreesOfFreedom),
      "probability": .number(attempt.fit.probability),
    ])
  }

  private static func limit(_ fit: ScalingFit) -> JSONValue {
    .pairs([
      "limit": .estimate(fit.parameter(0)), "smallestSide": .number(fit.sizes[0]),
      "systematic": .number(fit.rangeSpread), "chiSquare": .number(fit.fit.chiSquare),
      "degreesOfFreedom": .integer(fit.fit.degreesOfFreedom),
      "probability": .number(fit.fit.probability),
    ])
  }

  private static func peaks(_ size: FirstOrderScaling.Size) -> JSONValue {
    let scale = 1 / Double(size.siteCount)
    return .pairs([
      "side": .integer(size.side), "chains": .integer(size.plan.chains),
      "sweeps": .integer(size.plan.sweeps), "tunnellings": .integer(size.tunnellings),
      "equalHeightBeta": .estimate(size.peaks.equalHeightBeta),
      "orderedEnergyPerSite": .estimate(size.peaks.orderedEnergy.scaled(by: scale)),
      "disorderedEnergyPerSite": .estimate(size.peaks.disorderedEnergy.scaled(by: scale)),
      "latentHeatPerSite": .estimate(size.peaks.latentHeat.scaled(by: scale)),
      "equalWeightBeta": .estimate(size.peaks.equalWeightBeta),
      "orderedMeanPerSite": .estimate(size.peaks.orderedMean.scaled(by: scale)),
      "disorderedMeanPerSite": .estimate(size.peaks.disorderedMean.scaled(by: scale)),
      "meanLatentHeatPerSite": .estimate(size.peaks.meanLatentHeat.scaled(by: scale)),
      "barrier": .estimate(size.peaks.barrier),
    ])
  }

  private static func run(_ size: ScalingFindings.Size) -> JSONValue {
    .pairs([
      "side": .integer(size.plan.side), "beta": .number(size.plan.beta),
      "chains": .integer(size.plan.chains), "sweeps": .integer(size.plan.sweeps),
      "burnIn": .integer(size.plan.burnIn), "measureEvery": .integer(size.plan.measureEvery),
      "energyIntegratedTime": .number(size.energyTime),
      "orderSquaredIntegratedTime": .number(size.orderTime),
    ])
  }

  private static func step(_ step: ScalingSearch.Step) -> JSONValue {
    .pairs([
      "sides": .integers(step.sides), "beta": .number(step.beta),
      "crossing": step.crossing.map { .number($0) } ?? .null,
    ])
  }

  private static func reference(_ reference: ScalingReference) -> JSONValue {
    .pairs([
      "name": .string(reference.name), "value": .number(reference.value),
      "error": .number(reference.error), "source": .string(reference.source),
    ])
  }
}
