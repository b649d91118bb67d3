public import LandauCore

extension Discovery {
  /// What a network computes from named correlators, as a formula: a branch's activation, or the prediction.
  ///
  /// The values are those of a function, so residuals are what the formula misses and no noise: the chosen formula is the
  /// simplest that leaves no more than half a percent of the variance more than the best one does. Of more than so many samples every k-th is used.
  ///
  /// - Parameters:
  ///   - values: one for each snapshot.
  ///   - correlators: their names and values in the same snapshots.
  ///   - cycles: rounds of the search; half a second of processor time each.
  /// - Throws: `InputError` for columns of different lengths or numbers that are not finite; `Interrupted`.
  public static func formula(
    for values: [Double], named name: String, correlators: [(name: String, values: [Double])],
    grammar: SymbolicGrammar = .readOut,
    samples: Int = 600, cycles: Int = 8, seed: Seed, pool: WorkerPool,
    cancellation: Cancellation = .never
  ) throws -> ParetoFront {
    var effort = SymbolicRegression.Effort(islands: 4, cycles: cycles)
    // Half a percent of the variance.
    effort.indifference = 0.005
    let step = max(1, (values.count + samples - 1) / samples)
    func thinned(_ column: [Double]) -> [Double] {
      stride(from: 0, to: column.count, by: step).map { column[$0] }
    }
    let data = try SymbolicData(
      variables: correlators.map { .init($0.name, thinned($0.values)) }, target: thinned(values),
      name: name)
    return try SymbolicRegression(grammar: grammar, effort: effort).run(
      data, seed: seed, pool: pool, cancellation: cancellation)
  }
}
