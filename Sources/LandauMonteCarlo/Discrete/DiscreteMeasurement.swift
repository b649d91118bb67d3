import LandauLattice

/// What chains on a `DiscreteStorage` measure of a configuration.
final class DiscreteMeasurement {
  private let storage: DiscreteStorage
  private let structure: StructureFactor?
  /// Sublattice signs of an antiferromagnet; empty elsewhere.
  private let signs: [Int8]
  /// Energy, order parameter, its modulus and square, and the structure factor where waves fit.
  let observables: [Observable]

  init(_ storage: DiscreteStorage) {
    self.storage = storage
    let model = storage.model
    structure = StructureFactor(model)
    signs = (model.uniformCoupling ?? 0) < 0 ? model.lattice.sublatticeSigns ?? [] : []
    var observables: [Observable] =
      [.energyPerSite] + (0..<model.orderComponents).map { .order($0) }
    observables += [.absOrder, .orderSquared]
    if structure != nil { observables.append(.structureMinimal) }
    if !signs.isEmpty {
      observables.append(model.orderComponents == 1 ? .staggeredOrder : .staggeredOrderSquared)
    }
    self.observables = observables
  }

  /// - Returns: the square of the order parameter per site.
  @discardableResult
  func append(energy: Double, to row: inout [Double]) -> Double {
    let sites = Double(storage.count)
    row.append(energy / sites)
    let counts = storage.stateCounts()
    let vectors = storage.model.spins.orderVectors
    var square = 0.0
    for component in vectors[0].indices {
      var sum = 0.0
      for state in counts.indices { sum += Double(counts[state]) * vectors[state][component] }
      row.append(sum / sites)
      square += sum * sum
    }
    square /= sites * sites
    row.append(square.squareRoot())
    row.append(square)
    if let structure { row.append(structure.value(storage.states)) }
    if !signs.isEmpty { row.append(staggered(vectors)) }
    return square
  }

  /// The difference of the sublattices' order parameters per site, or its square where it is a vector.
  private func staggered(_ vectors: [[Double]]) -> Double {
    var differences = [Int](repeating: 0, count: vectors.count)
    for (site, sign) in signs.enumerated() { differences[Int(storage.states[site])] += Int(sign) }
    let sites = Double(storage.count)
    let order = vectors[0].indices.map { component in
      differences.indices.reduce(0.0) { $0 + Double(differences[$1]) * vectors[$1][component] }
        / sites
    }
    return order.count == 1 ? order[0] : order.reduce(0) { $0 + $1 * $1 }
  }
}

extension DiscreteStorage {
  /// Appends the configuration in the `values` of its states.
  func appendSnapshot(to array: inout [Int8]) {
    array.reserveCapacity(array.count + count)
    let values = model.spins.values
    for site in 0..<count { array.append(values[Int(states[site])]) }
  }
}
