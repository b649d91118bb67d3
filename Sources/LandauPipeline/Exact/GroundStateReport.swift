import LandauCore
import LandauExact
import LandauLattice

/// The lowest energy of an Ising system with any couplings, and a configuration that has it, by an exact method.
enum GroundStateReport {
  /// Degenerate configurations are counted up to this many sites: counting takes longer than finding one.
  private static let countedSites = 144

  /// - Throws: `InputError` for models that are not made of Ising spins, and for infinite lattices.
  static func check(_ model: ResolvedModel) throws(InputError) {
    guard [.ising, .edwardsAnderson, .sherringtonKirkpatrick].contains(model.name) else {
      throw InputError(
        "--ground-state is for Ising spins (ising, edwards-anderson, sherrington-kirkpatrick), not for "
          + model.name.rawValue)
    }
    guard model.sides != nil else {
      throw InputError("--ground-state and --infinite exclude each other: give --size")
    }
  }

  static func report(_ model: ResolvedModel, pool: WorkerPool) throws(InputError) -> Report {
    let heading = "\(model.heading)\n\(model.convention)\n"
    guard let discrete = try model.physical().fewValued else {
      preconditionFailure("\(model.name) was checked to be an Ising model")
    }
    let graph = try IsingGraph(discrete)
    let ground: IsingGroundState
    do throws(InputError) {
      ground = try IsingGroundState(of: graph, pool: pool)
    } catch {
      // Too wide is no mistake of whoever asks: nothing exact is known here.
      return Report(
        json: model.members + [.init("exact", .null), .init("reason", .string(error.message))],
        text: heading + "no exact ground state: \(error.message)\n")
    }
    let sites = Double(graph.siteCount)
    let count =
      graph.siteCount <= countedSites
      ? try? IsingGroundState.degeneracy(of: graph, pool: pool) : nil
    var text = heading + "ground state, max-plus elimination\n\n"
    text += "  energy per site  \(Estimate.fixed(ground.energy / sites, digits: 12))\n"
    text += "  energy           \(Estimate.fixed(ground.energy, digits: 12))\n"
    if let count { text += "  configurations   \(Estimate.fixed(count, digits: 0))\n" }
    text += configuration(ground.spins, model)
    let json: [JSONValue.Member] = [
      .init("method", .string("max-plus elimination")),
      .init("groundStateEnergy", .number(ground.energy)),
      .init("groundStateEnergyPerSite", .number(ground.energy / sites)),
      .init("groundStateCount", count.map { .number($0) } ?? .null),
      .init("spins", .integers(ground.spins.map { Int($0) })),
    ]
    return Report(json: model.members + json, text: text)
  }

  /// Rows of + and - where the lattice is a plane that fits the page.
  private static func configuration(_ spins: [Int8], _ model: ResolvedModel) -> String {
    guard let sides = model.sides, model.lattice == .square, sides.count == 2, sides[1] <= 64,
      sides[0] <= 64, spins.count == sides[0] * sides[1]
    else { return "" }
    return "\n"
      + (0..<sides[0]).map { row in
        "  " + spins[(row * sides[1])..<((row + 1) * sides[1])].map { $0 > 0 ? "+" : "-" }.joined()
          + "\n"
      }.joined()
  }
}
