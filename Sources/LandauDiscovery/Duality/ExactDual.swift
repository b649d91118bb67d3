/// Duals without sampling: both sides enumerated, every frame looked at, no chance.
///
/// With the twists of the dual summed over, a torus of any size has an exact dual, and the loss of the right frame vanishes; without, the
/// least loss is that of the finite size.
public struct ExactDual: Sendable {
  public let ansatz: DualAnsatz
  private let couplings: [Double]
  private let targets: MomentTable

  /// - Parameters:
  ///   - couplings: K of the original model, by class.
  ///   - original: The values of all terms, `[kind, cell]`, of every configuration of the original model.
  public init(ansatz: DualAnsatz, couplings: [Double], original: [[Int8]]) {
    self.ansatz = ansatz
    self.couplings = couplings
    targets = Self.table(
      ansatz.features.matched + ansatz.features.heldOut, ansatz.original, original)
  }

  /// The couplings and the map that are best for a frame, without errors; nil where no search converged.
  ///
  /// - Parameters:
  ///   - dual: The values of all terms of every configuration of the dual; of all twists, where those are summed over.
  ///   - starts: Couplings from which the search begins, each with slopes of either sign.
  public func fit(
    _ frame: DualFrame, dual: [[Int8]], starts: [Double] = [0.15, 0.35, 0.6, 0.9]
  ) -> DualFit? {
    let fitter = DualFitter(ansatz, frame)
    let table = Self.table(fitter.map.moments, ansatz.dual, dual)
    return fitter.fit(
      targets: [targets], at: couplings, dual: [table],
      starts: starts.flatMap { coupling in
        ansatz.firstMaps.map { [Double](repeating: coupling, count: ansatz.couplingCount) + $0 }
      })
  }

  /// The frame of least loss among all but the identity.
  public func result(dual: [[Int8]], summed: [[Int8]]) -> DualSearch.Result {
    var result = DualSearch.Result(outcomes: [])
    for frame in ansatz.allFrames where !ansatz.isTrivial(frame) {
      result.frameCount += 1
      guard let fit = fit(frame, dual: dual), fit.loss < result.fit?.loss ?? .infinity else {
        continue
      }
      result.fit = fit
    }
    result.summed = result.fit.flatMap { fit($0.frame, dual: summed) }
    return result
  }

  private static func table(
    _ clusters: [TermCluster], _ terms: LocalTerms, _ configurations: [[Int8]]
  ) -> MomentTable {
    var number = 0
    return MomentRecorder(
      clusters, on: terms, couplings: [Double](repeating: 0, count: terms.classCount)
    ).record(configurations.count) { values in
      for (index, value) in configurations[number].enumerated() { values[index] = value }
      number += 1
    }.table
  }
}
