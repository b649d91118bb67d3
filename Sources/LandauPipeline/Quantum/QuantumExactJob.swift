public import LandauCore
import LandauExact
import LandauLattice

/// Exact ground states of quantum spins along a scan, or the reason why there are none.
public struct QuantumExactJob: Sendable {
  private let model: ResolvedQuantumModel
  /// nil where there is none, for a reason.
  private let method: QuantumMethod?
  private let reason: String
  /// Of the vectors that recurrences begin with; nothing that is printed depends on it.
  private static let seed = Seed(1)

  /// - Throws: `InputError` for options that do not fit the model, or more memory than there is.
  public init(_ options: QuantumModelOptions) throws(InputError) {
    model = try ResolvedQuantumModel(options)
    (method, reason) = QuantumMethod.choose(model, isMixed: false)
    if method == nil, let asked = model.method {
      throw .notAllowed("--method", asked.rawValue, allowed: "other methods or sizes: \(reason)")
    }
    try QuantumMemory.require(model, method)
  }

  /// - Throws: `Interrupted`; `LinearAlgebraError`.
  public func run(
    pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> Report {
    let heading = "\(model.heading)\n\(model.convention)\n"
    guard let method else {
      return Report(
        json: model.members + [.init("exact", .null), .init("reason", .string(reason))],
        text: heading + "no exact value: \(reason)\n")
    }
    var points: [JSONValue] = []
    var table: TextTable?
    var name = ""
    var remarks: [String] = []
    var warnings: [String] = []
    let sectors = QuantumSectors(model, method: method)
    progress.begin("ground states", total: model.values.count)
    for (point, value) in model.values.enumerated() {
      let ground = try QuantumGroundState(
        model, point: point, method: method, sectors: sectors, needsGap: true,
        seed: Self.seed.child("point", point), pool: pool, cancellation: cancellation)
      name = ground.method
      let warning = ground.warnings(at: value, of: model.scanned.rawValue)
      warnings += warning
      remarks += ground.remark(at: value, of: model.scanned.rawValue).map { [$0] } ?? []
      let quantities = QuantumQuantities(model, ground, axes: SpinAxis.allCases).values
      points.append(
        .object(
          [.init(model.scanned.jsonName, .number(value))] + model.members
            + [
              .init("method", .string(name)), .init("warnings", .strings(warning)),
            ] + ground.members
            + quantities.map { .init($0.name, .number($0.value)) }))
      if table == nil {
        table = TextTable([model.scanned.rawValue, "size"] + quantities.map(\.head))
      }
      table?.append(
        [SampleJob.short(value), model.sizeText]
          + quantities.map { Estimate.fixed($0.value, digits: 10) })
      progress.advance()
    }
    progress.end()
    return Report(
      json: [.init("points", .array(points))],
      text: heading + "\(name)\n\n" + (table?.text() ?? "")
        + (remarks.isEmpty ? "" : "\n" + remarks.map { "\($0)\n" }.joined())
        + warnings.map { "warning: \($0)\n" }.joined())
  }
}

/// What diagonalisation needs of memory.
enum QuantumMemory {
  /// - Throws: `InputError` naming the size.
  static func require(
    _ model: ResolvedQuantumModel, _ method: QuantumMethod?
  ) throws(InputError) {
    guard method == .diagonalization else { return }
    let states = Double(1 << model.lattice.siteCount)
    let terms = Double(model.hamiltonian(at: 0).coefficients.count)
    // Vectors of the recurrence, elements of a sector's matrix, amplitudes.
    let vectors = min(states * 8 * 100, 2e9)
    try MemoryBudget.require(
      vectors + states / 2 * 12 * terms + 64 * states, for: "--size", model.sizeText)
  }
}
