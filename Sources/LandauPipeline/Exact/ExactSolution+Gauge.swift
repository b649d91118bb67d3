import LandauCore
import LandauExact
import LandauLattice
import LandauMonteCarlo

// Gauge theories on a torus of two axes.
extension ExactSolution {
  static func gauge(
    _ model: ResolvedModel, _ physical: PhysicalModel
  ) throws(InputError) -> ExactSolution {
    if case .links(let plan, _) = physical { return try links(plan) }
    let sides = model.sides ?? []
    let torus = try IsingGaugeTorus(rows: sides[0], columns: sides[1])
    return ExactSolution(method: "independent plaquettes with one constraint") { beta in
      let plaquette = torus.plaquette(beta: beta)
      return [
        ExactValue(name: "plaquette", value: plaquette),
        ExactValue(name: "actionPerPlaquette", value: 0 - beta * plaquette),
      ]
        + thermal(
          beta: beta, siteCount: Double(torus.plaquetteCount),
          logPartition: torus.logPartition(beta: beta),
          energy: torus.energyPerPlaquette(beta: beta),
          heat: torus.specificHeatPerPlaquette(beta: beta))
    }
  }

  /// U(1), SU(2), SU(3), by the expansion in characters.
  private static func links(_ plan: GaugeMeasurements) throws(InputError) -> ExactSolution {
    let (group, count) = (plan.model.group, plan.model.plaquetteCount)
    // Betas are checked before the work; large ones would need more terms than are taken.
    return ExactSolution(method: "characters of the group on the torus") { beta in
      guard let torus = try? GaugeTorus(group, plaquetteCount: count, beta: beta) else { return [] }
      var values = [
        ExactValue(name: "plaquette", value: torus.plaquette),
        ExactValue(name: "actionPerPlaquette", value: beta * (1 - torus.plaquette)),
        ExactValue(name: "specificHeatPerPlaquette", value: torus.specificHeatPerPlaquette),
        ExactValue(name: "logPartition", value: torus.logPartition),
        ExactValue(name: "logPartitionPerSite", value: torus.logPartition / Double(count)),
      ]
      values += plan.loops.map {
        ExactValue(
          name: $0.observable.name, value: torus.wilsonLoop(area: $0.width * $0.height))
      }
      if plan.model.hasWindingNumber,
        let charge = try? TopologicalCharge(plaquetteCount: count, beta: beta)
      {
        values += [
          ExactValue(name: "topologicalCharge", value: 0),
          ExactValue(name: "topologicalSusceptibility", value: charge.susceptibility),
        ]
        // As many as can be told from nothing in a run.
        for (value, probability) in charge.probabilities.enumerated().prefix(while: { $1 > 1e-6 }) {
          values.append(
            ExactValue(name: "topologicalChargeProbability\(value)", value: probability))
        }
      }
      return values
    }
  }
}
