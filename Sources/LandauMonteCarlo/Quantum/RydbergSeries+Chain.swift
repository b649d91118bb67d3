public import LandauCore
import LandauLattice

extension RydbergSeries: SeriesExpansion {
  /// <n> averaged over atoms, the square of that average; <x> averaged over atoms, with the sign of H.
  public static let density: Observable = "densityPerSite"
  public static let densitySquared: Observable = "densitySquaredPerSite"
  public static let transverseOrder: Observable = "xPerSite"
  /// Sum of V n n' per atom.
  public static let interaction: Observable = "interactionEnergyPerSite"

  public var observables: [Observable] {
    let list: [Observable] = [
      .energyPerSite, Self.density, Self.densitySquared, Self.transverseOrder, Self.interaction,
    ]
    // With z = 1 - 2 n.
    return array.sublattices.isEmpty ? list : list + [.staggeredOrderSquared]
  }

  /// Diagonal quantities are averaged over all propagated states.
  public func measure(into row: inout [Double]) {
    let n = state.count
    let signs = array.sublattices
    let state = state.pointer
    var total = (0..<n).reduce(0) { $0 + Int(state[$1]) }
    var staggered = signs.indices.reduce(0) { $0 + Int(signs[$1]) * (1 - 2 * Int(state[$1])) }
    var (first, square, staggeredSquare, flips) = (0, 0, 0, 0)
    for code in operators.elements where code >= 0 {
      first += total
      square += total * total
      staggeredSquare += staggered * staggered
      guard code < 2 * n, code & 1 == 1 else { continue }
      flips += 1
      let site = Int(code >> 1)
      // After all of them every atom is as it was.
      state[site] ^= 1
      total += 2 * Int(state[site]) - 1
      if !signs.isEmpty { staggered += 2 * Int(signs[site]) * (1 - 2 * Int(state[site])) }
    }
    var slices = Double(operatorCount)
    if operatorCount == 0 {
      (first, square, staggeredSquare) = (total, total * total, staggered * staggered)
      slices = 1
    }
    let sites = Double(n)
    let energy = (constant - Double(operatorCount) / beta) / sites
    let density = Double(first) / (slices * sites)
    let drive = -Double(flips) / (beta * sites)
    row += [
      energy, density, Double(square) / (slices * sites * sites), drive / (array.rabi / 2),
      energy - drive + array.detuning * density,
    ]
    if !signs.isEmpty { row.append(Double(staggeredSquare) / (slices * sites * sites)) }
  }

  public var algorithm: String {
    update == .lines
      ? "stochastic series expansion, lines"
      : "stochastic series expansion, lines and clusters"
  }
  public var updateCount: Int { visits }
  public var acceptanceRate: Double? { nil }

  public var snapshotWidth: Int { state.count }
  public func appendSnapshot(to array: inout [Int8]) { array += spins }

  public func save(to writer: inout StateWriter) {
    writer.write(bytes: state.elements)
    writer.write(operators: operators)
    writer.write(rng)
    writer.write(visits)
  }

  public func restore(from reader: inout StateReader) throws(InputError) {
    let values = try reader.bytes(count: state.count)
    let codes = try reader.operators(below: 3 * state.count + array.pairs.count)
    guard let codes, values.allSatisfy({ $0 <= 1 }), array.allows({ values[$0] == 1 })
    else { throw InputError("the checkpoint holds no series of this array") }
    state.replace(with: values)
    operators.replace(with: codes)
    operatorCount = operators.elements.count { $0 >= 0 }
    rng = try reader.stream()
    visits = try reader.integer()
  }
}
