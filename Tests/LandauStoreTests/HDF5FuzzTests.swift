import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Damaged HDF5 files end in numbers or in one clear line.
@Suite struct HDF5FuzzTests {
  static let folder: String = {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return parts.dropLast(2).joined(separator: "/") + "/Fixtures"
  }()

  /// A file that h5py wrote in its oldest format, with all that may stand in one.
  @Test func whatOthersWrite() throws {
    let path = Self.folder + "/hdf5/h5py.h5"
    let contents = try SnapshotFile.open(path, options: .init(spins: "spins", parameter: "g"))
    #expect(contents.mapping == "booleans" || contents.shape == [3, 4, 3, 3])
    #expect(contents.snapshots.parameters == [0.1, 0.2, 0.3])
    let file = try ArrayFile.open(path, parameter: nil, layout: nil)
    #expect(try file.array("more/zipped").integers == Array(0..<60))
    #expect(try file.array("more/empty").count == 0)
    func obstacle(_ name: String) -> String { file.info(name)?.obstacle ?? "none" }
    #expect(obstacle("more/half").contains("numbers of an unusual width"))
    #expect(obstacle("more/complex").contains("structures"))
    #expect(obstacle("more/text").contains("holds text"))
    #expect(obstacle("more/sparse").contains("claims 800000000 bytes out of 0 stored ones"))
    #expect(refusal { _ = try file.array("more/sparse") }.contains("claims"))
    // Neither link is followed.
    #expect(!file.arrays.contains { $0.name == "link" || $0.name == "other" })
  }

  /// - Returns: how many damaged files were read and how many refused.
  private func damage(_ sound: [UInt8], _ name: String, count: Int) throws -> SIMD2<Int> {
    try withTemporaryFolder { folder in
      var tally = SIMD2(0, 0)
      let path = "\(folder)/x.h5"
      var rng = Seed.test(name).makeStream()
      for _ in 0..<count {
        let damaged = FuzzTests.mutate(sound, using: &rng)
        do throws(InputError) {
          let file = try ArrayFile.parse(damaged, path: name, parameter: nil)
          for array in file.arrays where array.obstacle == nil {
            #expect(try file.array(array.name).bytes.count <= 1032 * damaged.count + 5_000_000)
          }
          let contents = try SnapshotFile.open(file, options: .init())
          #expect(contents.snapshots.values.allSatisfy { $0 == 1 || $0 == -1 })
          tally[0] += 1
        } catch {
          #expect(!error.message.isEmpty && !error.message.contains("\n"), "\(error.message)")
          #expect(error.message.count < 3000)
          tally[1] += 1
        }
        guard name == "run" else { continue }
        try FileWriting.writeAtomically(damaged, to: path)
        do throws(InputError) {
          let run = try RunFile.read(path)
          // Whatever is read at all is what was written.
          #expect(run.contents.series == ScriptedRun.total(12).series)
          #expect(run.contents.checkpoint == ScriptedRun.total(12).checkpoint)
        } catch { #expect(!error.message.contains("\n"), "\(error.message)") }
      }
      return tally
    }
  }

  /// `LANDAU_FUZZ=3000` takes some minutes.
  static let count = getenv("LANDAU_FUZZ").flatMap { Int(String(cString: $0)) } ?? 120

  @Test func damagedFilesAreReadOrRefused() throws {
    let run = try #require(try MachineDisk().read(Self.folder + "/runs-1/finished.h5"))
    let foreign = try #require(try MachineDisk().read(Self.folder + "/hdf5/h5py.h5"))
    let first = try damage(run, "run", count: Self.count)
    let second = try damage(foreign, "foreign", count: Self.count)
    for tally in [first, second] {
      #expect(tally[0] > Self.count / 20 && tally[1] > Self.count / 8, "\(tally)")
    }
  }
}
