import LandauCore
import LandauLattice
import LandauDiscovery
import LandauExact
import LandauPipeline
import LandauTestSupport
import Testing

@testable import LandauStudies

@Suite struct TetrisScanTests {
  /// The binomial distribution with an even number of -1 has the mean of the closed form.
  @Test func `Plaquettes have the exact mean`() throws {
    let scan = GaugeScan()
    let torus = try IsingGaugeTorus(rows: 4, columns: 4)
    let distributions = scan.distributions(side: 4)
    for (beta, row) in zip(scan.values, distributions.probabilities) {
      let mean = zip(row, distributions.statistic).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(mean - torus.plaquette(beta: beta)) < 1e-12)
    }
  }

  /// Of the windows beside the square one holds a plaquette: the corner that is named so.
  @Test func `Links close in one corner`() {
    func holdsPlaquette(_ window: Window) -> Bool {
      let variables = 2 * window.area
      return (1..<1 << variables).contains {
        Term(mask: $0, window: window, channelCount: 2) == .plaquette
      }
    }
    #expect(GaugeScan.openWindows.allSatisfy { !holdsPlaquette($0) })
    #expect(GaugeScan.windows.filter(holdsPlaquette).count == 2)
    #expect(holdsPlaquette(GaugeScan.plaquetteCorner))
  }

  /// A statistic that names its parameter explains all of it; one that does not depend on it nothing.
  @Test func `The explained share of two extremes`() {
    let told = ScanDistributions(
      parameters: [0, 1, 2], statistic: [0, 1, 2],
      probabilities: [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    #expect(abs(told.explainedShare - 1) < 1e-15)
    let silent = ScanDistributions(
      parameters: [0, 1, 2], statistic: [0, 1],
      probabilities: [[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]])
    #expect(abs(silent.explainedShare) < 1e-15)
  }

  /// On a ring of two sites two bonds are one: whole snapshots tell what the number of signs tells.
  @Test func `Whole snapshots of a short ring tell what their bonds tell`() throws {
    let scan = ChainScan(basis: .z)
    let exact = try scan.distributions(side: 2).explainedShare
    try expectAgreement(with: exact, seed: .test("posterior"), minimalBias: 0.05) { seed, effort in
      try scan.explainedShare(side: 2, shots: 200 * effort, seed: seed, pool: WorkerPool())
    }
  }
}

@Suite struct TetrisCNNTests {
  @Test(.long) func `Windows that survive hold the decisive correlators`() throws {
    let report = try quickStudy("tetris-cnn")
    #expect(report.exitStatus == 0, "\(report.text)")
  }
}
