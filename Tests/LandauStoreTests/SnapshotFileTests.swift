import LandauCore
import Testing

@testable import LandauStore

@Suite struct SmokeTests {
  @Test func realFile() throws {
    let c = try SnapshotFile.open("/work/shared/data/tfim1d_N150_scan/snapshots_z.npz")
    print(c.layout, c.shape, c.mapping, c.upFraction, c.snapshots.parameters.prefix(3), c.snapshots.notes)
    var zz = 0.0
    let s = c.snapshots
    for k in 0..<250 { for i in 0..<149 { zz += Double(s.values[k * 150 + i] * s.values[k * 150 + i + 1]) } }
    print(zz / 250 / 149)
    let path = "/tmp/w/rt.npz"
    try SnapshotFile.write(s, to: path, seed: Seed(3))
    let b = try SnapshotFile.read(path)
    #expect(b.values == s.values)
    #expect(b.chain == s.chain)
    #expect(b.isSequential == s.isSequential)
    for f in ["rydberg_kz_16x16/KZ_data_16x16_21_MHz_per_us.npz", "rydberg_qmc_16x16/samples.npz", "rydberg_qmc_8x8/samples.npz", "heisenberg2d_shadows/heisenberg_4x5.npz", "ising2d_energy_histograms/L10.npz", "su3_gauge/l4444.npz", "cluster_ising_L7/wavefunctions.npz", "curie_temperatures/curie_temperatures.csv", "digits_8x8/digits.csv.gz", "collider_zmumu", "mira_titan_emulator/mira_titan_iv_ptot.npz"] {
      do { let c = try SnapshotFile.open("/work/shared/data/" + f); print(f, c.layout, c.mapping, c.snapshots.siteShape) } catch { print(error) }
    }
    do { let c = try SnapshotFile.open("/work/shared/data/rydberg_kz_16x16/KZ_data_16x16_21_MHz_per_us.npz", options: .init(spins: "rydberg_data")); print(c) } catch { print(error) }
    do { let c = try SnapshotFile.open("/work/shared/data/rydberg_kz_16x16/KZ_data_16x16_21_MHz_per_us.npz", options: .init(spins: "rydberg_data", layout: SnapshotLayout("x,y,parameter,shot"))); print(c.upFraction, c.mapping) } catch { print(error) }
  }
}
