import LandauLattice

/// What chains on a `DiscreteStorage` measure of a configuration.
final class DiscreteMeasurement {
  private let storage: DiscreteStorage
  private let structure: StructureFactor?
  /// Energy, order parameter, its modulus and square, and the structure factor where waves fit.
  let observables: [Observable]

  init(_ storage: DiscreteStorage) {
    self.storage = storage
    structure = StructureFactor(storage.model)
    observables =
      [.energyPerSite] + (0..<storage.model.orderComponents).map { .order($0) }
      + [.absOrder, .orderSquared] + (structure == nil ? [] : [.structureMinimal])
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
    return square
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
