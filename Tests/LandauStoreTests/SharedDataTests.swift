import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStore

/// Files made by others, as they are.
@Suite struct SharedDataTests {
  /// Mean nearest-neighbour product at the parameter nearest to a value.
  static func neighbourCorrelation(_ snapshots: Snapshots, at value: Double) -> Double {
    let nearest = snapshots.parameters.indices.min {
      abs(snapshots.parameters[$0] - value) < abs(snapshots.parameters[$1] - value)
    }!
    let sites = snapshots.siteCount
    var sum = 0
    var count = 0
    for sample in 0..<snapshots.sampleCount where snapshots.parameterIndex[sample] == Int32(nearest)
    {
      for site in 0..<(sites - 1) {
        let at = sample * sites + site
        sum += Int(snapshots.values[at]) * Int(snapshots.values[at + 1])
        count += 1
      }
    }
    return Double(sum) / Double(count)
  }

  static func widestStep(_ snapshots: Snapshots) -> Double {
    zip(snapshots.parameters, snapshots.parameters.dropFirst()).map { $1 - $0 }.max() ?? .nan
  }

  @Test(.needsSharedData("tfim1d_N150_scan/snapshots_z.npz"))
  func transverseFieldScan() throws {
    let path = try #require(sharedData("tfim1d_N150_scan/snapshots_z.npz"))
    let contents = try SnapshotFile.open(path)
    let snapshots = contents.snapshots
    #expect(contents.layout.description == "parameter,shot,site")
    #expect(snapshots.parameterName == "g")
    #expect(snapshots.parameters.count == 99)
    #expect(snapshots.sampleCount == 99 * 250)
    #expect(snapshots.siteShape == [150])
    // The published facts: 1 at g = 0; the infinite chain has 2/pi at g = 0.5 and 0.2675 at 0.969.
    // 250 shots of 149 correlated bonds: 0.02 is four standard errors and more.
    #expect(Self.neighbourCorrelation(snapshots, at: 0) == 1)
    expectClose(Self.neighbourCorrelation(snapshots, at: 0.5), 0.6366, absolute: 0.02)
    expectClose(Self.neighbourCorrelation(snapshots, at: 0.969), 0.2675, absolute: 0.02)
    #expect(Self.widestStep(snapshots) < 0.0205)
  }

  @Test(.needsSharedData("tfim1d_N150/snapshots_z.npz"))
  func transverseFieldWithGap() throws {
    let path = try #require(sharedData("tfim1d_N150/snapshots_z.npz"))
    // No field between 0.3 and 0.7.
    expectClose(Self.widestStep(try SnapshotFile.read(path)), 0.4, absolute: 1e-12)
    let other = try #require(sharedData("tfim1d_N150/snapshots_y.npz"))
    let joined = try SnapshotFile.read(channels: [("z", path), ("y", other)])
    #expect(joined.channels == ["z", "y"])
    #expect(joined.values.count == 100 * 100 * 2 * 150)
  }

  @Test(.needsSharedData("rydberg_kz_16x16/KZ_data_16x16_21_MHz_per_us.npz"))
  func rydbergExperiment() throws {
    let path = try #require(sharedData("rydberg_kz_16x16/KZ_data_16x16_21_MHz_per_us.npz"))
    #expect(refusal { _ = try SnapshotFile.read(path) }.contains("choose with --spins"))
    #expect(
      refusal { _ = try SnapshotFile.read(path, options: .init(spins: "rydberg_data")) }
        .hasSuffix("--layout x,y,parameter,shot"))
    let layout = try SnapshotLayout("x,y,parameter,shot")
    let contents = try SnapshotFile.open(
      path, options: .init(spins: "rydberg_data", layout: layout))
    let snapshots = contents.snapshots
    #expect(snapshots.siteShape == [16, 16])
    #expect(snapshots.parameters.count == 24)
    // Densities stated beside the data: 0.061 0.181 0.410 0.488 at detunings 0, 8, 16, 23.
    for (index, density) in [(0, 0.061), (8, 0.181), (16, 0.410), (23, 0.488)] {
      let values = snapshots.values[(index * 500 * 256)..<((index + 1) * 500 * 256)]
      let up = values.count { $0 == 1 }
      expectClose(Double(up) / Double(values.count), density, absolute: 0.0005)
    }
  }

  @Test(.needsSharedData("rydberg_qmc_16x16/samples.npz"))
  func rydbergMonteCarlo() throws {
    let path = try #require(sharedData("rydberg_qmc_16x16/samples.npz"))
    let contents = try SnapshotFile.open(path, options: .init(siteShape: [16, 16]))
    #expect(contents.snapshots.siteShape == [16, 16])
    #expect(contents.mapping.hasPrefix("occupations"))
    for (index, density) in [0.125, 0.273, 0.304, 0.477].enumerated() {
      let values = contents.snapshots.values[(index * 256_000)..<((index + 1) * 256_000)]
      expectClose(Double(values.count { $0 == 1 }) / 256_000, density, absolute: 0.0005)
    }
  }

  @Test(.needsSharedData("ising2d_energy_histograms/L10.npz"))
  func histogramsAreNotSnapshots() throws {
    let path = try #require(sharedData("ising2d_energy_histograms/L10.npz"))
    #expect(try SnapshotFile.list(path).arrays.map(\.name) == ["T", "T_index", "energy", "count"])
    #expect(refusal { _ = try SnapshotFile.read(path) }.contains("holds no array of snapshots"))
    let file = try ArrayFile.open(path, parameter: nil, layout: nil)
    let count = try #require(try file.array("count").integers)
    #expect(count.reduce(0, +) == 200 * 100_000)
  }
}
