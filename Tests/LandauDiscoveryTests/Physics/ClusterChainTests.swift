import LandauCore
import LandauExact
import LandauLattice
import LandauTestSupport
import Testing

@testable import LandauDiscovery
@testable import LandauStore

/// Ground states of an open cluster-Ising chain of seven spins by others, measured along Z, X, Z, X, ... and all along X. What learns
/// sees outcomes only.
@Suite struct ClusterChainTests {
  private static let file = "cluster_ising_L7/wavefunctions.npz"
  private static let shots = 400

  private func array(_ name: String) throws -> NumericArray {
    let path = try #require(sharedData(Self.file))
    let archive = try ZipArchive(try FileBytes.read(path), path: path)
    let entry = try #require(archive.entries.first { $0.name == "\(name).npy" })
    return try NPY.parse(try archive.read(entry), name: name, complexAsPairs: true)
  }

  /// The couplings of XX, and outcomes with one value per channel and site.
  private func snapshots(_ channels: [(name: String, axes: [SpinAxis])]) throws -> Snapshots {
    let scan = try array("gamma2").doubles
    let stored = try array("psi").doubles
    let n = 7
    var values: [Int8] = []
    for point in scan.indices {
      var amplitudes = [Complex<Double>](repeating: .zero, count: 1 << n)
      for index in 0..<1 << n {
        // The first spin is the highest bit of the file's index.
        let own = (0..<n).reduce(0) { index >> (n - 1 - $1) & 1 == 1 ? $0 | 1 << $1 : $0 }
        let place = 2 * (point << n + index)
        amplitudes[own] = Complex(stored[place], stored[place + 1])
      }
      let state = QuantumState(siteCount: n, amplitudes: amplitudes)
      let measured = channels.map {
        state.snapshots(
          Self.shots, axes: $0.axes, seed: Seed.test("outcomes").child($0.name, point))
      }
      for shot in 0..<Self.shots {
        for channel in measured { values += channel[shot * n..<(shot + 1) * n] }
      }
    }
    return Snapshots(
      siteShape: [n], channels: channels.map(\.name), values: values, parameterName: "gamma2",
      parameters: scan,
      parameterIndex: scan.indices.flatMap { [Int32](repeating: Int32($0), count: Self.shots) },
      chain: scan.indices.flatMap { _ in (0..<Self.shots).map(Int32.init) },
      isSequential: false, boundary: .open)
  }

  private static let alternating = (0..<7).map { $0 % 2 == 0 ? SpinAxis.z : .x }

  /// Two changes, at the extrema of the energy's second derivative; <X X> outside, the cluster term Z X Z between.
  @Test(.slow, .needsSharedData(Self.file))
  func threePhasesFromOutcomes() throws {
    let data = try snapshots([
      ("zxz", Self.alternating), ("x", [SpinAxis](repeating: .x, count: 7)),
    ])
    let pool = WorkerPool()
    let windows = Window.standard(siteShape: [7], channelCount: 2)
    let findings = try Discovery(windows: windows, seed: .test(), effort: .quick).run(
      [Ensemble(data, windows: windows, pool: pool)], pool: pool, progress: .silent,
      cancellation: .never)
    #expect(findings.verdict.kind == .undecided, "one size")
    try #require(findings.changes.count == 2, "\(findings.changes)")
    for (change, literature) in zip(findings.changes, [-0.99, 0.66]) {
      #expect(abs(change.location.value - literature) < 0.15, "\(change.location)")
    }
    try #require(findings.parts.count == 3)
    func formulas(_ part: Int) -> [String] {
      findings.parts[part].correlators.map {
        $0.term.formula(siteDimension: 1, channels: findings.channels)
      }
    }
    #expect(formulas(0).contains("<x(0) x(1)>") && formulas(2).contains("<x(0) x(1)>"))
    #expect(formulas(1) == ["<zxz(0) zxz(1) zxz(2)>"])
    #expect(findings.parts[0].correlators[0].mean.value < -0.5)

    // All products of the alternating outcomes: between the changes those of Z0 X1 Z2, Z2 X3 Z4 and Z4 X5 Z6 stand out,
    // the string of all three among them.
    let whole = [Window(rows: 1, columns: 7)]
    let parts = ScanPart.parts(
      of: Ensemble(
        try snapshots([("zxz", Self.alternating)]), windows: whole, pool: pool),
      cuts: findings.changes.map(\.location.value), share: 0.8)
    let string = Term([0, 1, 3, 5, 6].map { Term.Factor(row: 0, column: $0, channel: 0) })
    let found = try #require(parts[1].correlators.first { $0.term == string })
    #expect(found.mean.value > 0.75 && found.mean.error < 0.01, "\(found.mean)")
    #expect(!parts[0].correlators.contains { $0.term == string })
  }
}
