import LandauCore
import LandauDiscovery
import LandauExact
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Study {
  /// Phases of spin glasses from the local fields of single configurations.
  static let singleReplicaSpinGlass = Study(
    name: "single-replica-spin-glass",
    title: "Spin-glass phases from one replica",
    source: "A. Talebi et al., arXiv:2411.04567",
    claim: """
      Mean and variance of the local fields of one configuration tell paramagnet, ferromagnet and glass of the \
      Sherrington-Kirkpatrick model apart: boundaries near T = 1 at weak bias and T = J_0 at strong bias.
      """,
    run: { run in
      let glass = try SingleReplicaGlass(run)
      return StudyResult(
        findings: glass.findings, figure: glass.figure, remarks: remarks + glass.remarks)
    })

  private static let remarks = [
    "J = 1. Networks are taught points at least 0.45 from the lines T = 1 (J_0 to 0.5) and T = J_0 (from 1.5 on) and judged on",
    "realisations they have not seen. Errors: realisations (jackknife, chains inside) and networks in quadrature.",
    "The fields' variance is smooth at the glass transition, and at these sizes the onset of magnetisation is round, too: the networks'",
    "boundaries lie where the taught windows meet and move with them (control). Two replicas find T = 1 untaught.",
    "In two dimensions there is no glass at T > 0: what networks taught on the complete graph call a glass there is cold paramagnet.",
    "The line of de Almeida and Thouless is where replica symmetry breaks within the ferromagnet; the features do not see it.",
  ]
}

/// All ensembles, the networks' maps, and what two replicas say.
struct SingleReplicaGlass {
  /// In ascending size.
  let complete: [GlassEnsemble]
  let square: [GlassEnsemble]
  /// One per ensemble of the complete graph.
  let maps: [ClassifiedPhases]
  let shuffled: ClassifiedPhases
  /// Taught as if both lines were higher by `shift`.
  let shifted: ClassifiedPhases
  let overlapCrossings: CrossingSequence
  static let shift = 0.3

  init(_ run: StudyRun) throws {
    let sizes = run.isQuick ? [32, 64, 128] : [32, 64, 128, 256]
    let members = run.isQuick ? 4 : 8
    complete = try sizes.map { size in
      let realisations = run.isQuick ? max(12, 1024 / size) : max(16, 4096 / size)
      return try GlassEnsemble(
        .complete, siteCount: size, plan: Self.plan(run, realisations), run)
    }
    square = try [64, 256].map { size in
      try GlassEnsemble(
        .square, siteCount: size, plan: Self.plan(run, run.isQuick ? 12 : 32), run)
    }
    maps = try complete.map { ensemble in
      try ClassifiedPhases(
        ensemble, memberCount: members, seed: run.seed.child("map", ensemble.siteCount), run)
    }
    let largest = complete[complete.count - 1]
    let seed = run.seed.child("map", largest.siteCount)
    shuffled = try ClassifiedPhases(
      largest, memberCount: members, training: .init(isShuffled: true), seed: seed, run)
    shifted = try ClassifiedPhases(
      largest, memberCount: members, training: .init(shift: Self.shift), seed: seed, run)
    overlapCrossings = try CrossingSequence(
      complete.map { ensemble in
        // q is of the order N^(-1/3) at the transition.
        let scale = pow(Double(ensemble.siteCount), 2.0 / 3)
        let values = try ensemble.overlapSquared().map { $0.map { scale * $0 } }
        return (Double(ensemble.siteCount), Curve(GlassEnsemble.temperatures, values: values))
      }, ratio: 4, near: 1)
  }

  private static func plan(_ run: StudyRun, _ realisations: Int) -> GlassEnsemble.Plan {
    .init(
      realisations: realisations, burnIn: run.isQuick ? 128 : 2048,
      measurements: run.isQuick ? 64 : 256)
  }

  var largest: ClassifiedPhases { maps[maps.count - 1] }
  var largestEnsemble: GlassEnsemble { complete[complete.count - 1] }

  /// What networks of the largest complete graph see in a planar ensemble without bias at the lowest temperature.
  func planarGlass(_ ensemble: GlassEnsemble) throws(InputError) -> Estimate {
    let judges = Array(0..<ensemble.plan.realisations)
    var estimates: [Estimate] = []
    for member in largest.members {
      let values = try ClassifiedPhases.probabilities(member.classifier, ensemble, judges)
      estimates.append(values[0][ClassifiedPhases.glass])
    }
    return ClassifiedPhases.combined(estimates)
  }

  /// <q^2> of the largest over that of the smallest size at the lowest temperature.
  func overlapRatio(_ ensembles: [GlassEnsemble]) throws(InputError) -> Estimate {
    let (small, large) = (
      try ensembles[0].overlapSquared(), try ensembles[ensembles.count - 1].overlapSquared()
    )
    return Replicates(independent: [large.selecting([0]), small.selecting([0])]).map {
      [$0[0] / $0[1]]
    }[0]
  }
}
