import LandauCore

extension Recording {
  /// Writes what was measured; names and shape belong to the job.
  func save(to writer: inout StateWriter) {
    for chains in values {
      for chain in chains { writer.write(numbers: chain) }
    }
  }

  /// Takes up what another recording of the same shape wrote.
  mutating func restore(from reader: inout StateReader) throws(InputError) {
    var stored: [[[Double]]] = []
    for _ in observables {
      var chains: [[Double]] = []
      for _ in 0..<chainCount { chains.append(try reader.numbers()) }
      stored.append(chains)
    }
    self = Recording(observables: observables, values: stored, spacing: spacing)
  }
}
