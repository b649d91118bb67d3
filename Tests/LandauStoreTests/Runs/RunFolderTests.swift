import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStore

/// Commits are whole or not there, whatever happens to the process, the power or the disk.
@Suite struct RunFolderTests {
  typealias Run = ScriptedRun

  @Test func checksumOfTheCatalogue() {
    // The check value of CRC-64/XZ, and pieces against the whole.
    #expect(Checksum.of(Array("123456789".utf8)) == 0x995D_C9BB_DF19_39FA)
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    var sum = Checksum()
    for piece in [0..<1, 1..<12, 12..<12, 12..<503, 503..<1000] { sum.update(Array(bytes[piece])) }
    #expect(sum.value == Checksum.of(bytes) && sum.text.count == 16)
  }

  @Test(arguments: [1, 7, 8, 9, 64, 65])
  func bitsAreThoseOfNumPy(width: Int) {
    var rng = Seed.test("bits", width).makeStream()
    let spins = (0..<(5 * width)).map { _ in Int8(rng.next() & 1 == 0 ? 1 : -1) }
    let packed = RunBlock.pack(spins, width: width)
    #expect(packed.count == 5 * ((width + 7) / 8))
    #expect(RunBlock.unpack(packed, width: width) == spins)
    // numpy.packbits([1,0,0,0,0,0,0,0, 1]) is [128, 128].
    #expect(RunBlock.pack([1, -1, -1, -1, -1, -1, -1, -1, 1], width: 9) == [128, 128])
  }

  @Test func commitsAddUp() throws {
    let disk = MemoryDisk()
    var folder = try RunFolder(Run.folder, on: disk, fanIn: 3)
    #expect(try folder.contents() == nil)
    for step in 1...60 {
      try folder.commit(Run.commit(step), of: Run.job)
      #expect(try Run.total(of: folder) == Run.total(step))
      let again = try RunFolder(Run.folder, on: disk, fanIn: 3)
      #expect(try Run.total(of: again) == Run.total(step))
      #expect(again.notes.isEmpty)
    }
    // The number of files grows as a logarithm: two commits of at most three files a level.
    #expect(try #require(disk.names(in: Run.folder)).count < 40)
    #expect(try #require(folder.manifest).segments.count < 15)
    try RunFolder.removeAll(Run.folder, on: disk)
    #expect(disk.names(in: Run.folder) == [])
  }

  /// How many commits a process made before the disk stopped.
  private func write(_ disk: MemoryDisk, steps: Int, from start: Int = 0) throws -> Int {
    var done = start
    do throws(RunError) {
      var folder: RunFolder<MemoryDisk>
      do { folder = try RunFolder(Run.folder, on: disk, fanIn: 3) } catch {
        throw RunError(error.message)
      }
      while done < steps {
        try folder.commit(Run.commit(done + 1), of: Run.job)
        done += 1
      }
    } catch { #expect(error == MemoryDisk.stopped) }
    return done
  }

  /// Opens what a stop has left: it must be the last commit that returned or the one under way, and the run
  /// must go on from there to the same end.
  private func check(_ files: [String: [UInt8]], done: Int, last: Int, _ comment: String) throws {
    let disk = MemoryDisk(files)
    let folder = try RunFolder(Run.folder, on: disk, fanIn: 3)
    let found = folder.manifest?.status.done ?? 0
    #expect(found == done || found == done + 1, "\(comment): \(found) of \(done)")
    #expect(try Run.total(of: folder) == Run.total(found), "\(comment)")
    #expect(folder.notes.isEmpty, "\(comment): \(folder.notes)")
    // Leftovers must not get in the way of what follows.
    #expect(try write(disk, steps: last, from: found) == last)
    let end = try RunFolder(Run.folder, on: disk, fanIn: 3)
    #expect(try Run.total(of: end) == Run.total(last), "\(comment)")
  }

  /// Killed at every step of fourteen commits, with two levels of compaction among them.
  @Test func killedAnywhere() throws {
    let steps = try countSteps(14)
    #expect(steps > 100)
    for stop in 1...steps {
      let disk = MemoryDisk(stopAt: stop)
      let done = try write(disk, steps: 14)
      #expect(done < 14 || stop > steps - 12)
      try check(disk.afterKill, done: done, last: 16, "killed at step \(stop)")
    }
  }

  /// The power fails at every step: what was not flushed is lost in any combination.
  @Test func powerFailsAnywhere() throws {
    let steps = try countSteps(14)
    for stop in 1...steps {
      let disk = MemoryDisk(stopAt: stop)
      let done = try write(disk, steps: 14)
      var rng = Seed.test("power", stop).makeStream()
      for lost in MemoryDisk.Lost.allCases {
        for kept in 0...disk.pendingCount {
          try check(
            disk.afterPowerFailure(lost) { $0 < kept }, done: done, last: done + 2,
            "power lost at step \(stop), \(kept) names kept, contents: \(lost)")
        }
        for _ in 0..<3 {
          let word = rng.next()
          try check(
            disk.afterPowerFailure(lost) { word >> UInt64($0 & 63) & 1 == 1 }, done: done,
            last: done + 1, "power lost at step \(stop), names \(word), contents: \(lost)")
        }
      }
    }
  }

  /// On a disk that only says it had flushed, commits are lost: what the tests above look for can be found.
  @Test func flushingMatters() throws {
    for (lie, lost) in [
      (MemoryDisk.Lie.filesAreFlushed, MemoryDisk.Lost.half), (.namesAreFlushed, .all),
    ] {
      let disk = MemoryDisk(lies: [lie])
      #expect(try write(disk, steps: 5) == 5)
      for kept in [true, false] where kept || lie == .namesAreFlushed {
        let left = disk.afterPowerFailure(lost) { _ in kept }
        let folder = try RunFolder(Run.folder, on: MemoryDisk(left), fanIn: 3)
        let isLost = folder.manifest?.status.done != 5
        #expect(isLost == (lie == .filesAreFlushed || !kept))
      }
      #expect(
        try RunFolder(Run.folder, on: MemoryDisk(disk.afterKill)).manifest?.status.done == 5)
    }
  }

  private func countSteps(_ commits: Int) throws -> Int {
    let disk = MemoryDisk()
    _ = try write(disk, steps: commits)
    return disk.steps
  }

  /// A full disk at every step: an error, nothing lost, and the same commit goes through afterwards.
  @Test func fullDiskAnywhere() throws {
    let steps = try countSteps(10)
    for failing in 1...steps {
      let disk = MemoryDisk(failing: [failing])
      var folder = try RunFolder(Run.folder, on: disk, fanIn: 3)
      var (done, errors) = (0, 0)
      while done < 10 {
        do throws(RunError) {
          try folder.commit(Run.commit(done + 1), of: Run.job)
          done += 1
        } catch {
          errors += 1
          // Opened anew, or gone on with where that is allowed: both must hold the same.
          let reopened = try RunFolder(Run.folder, on: disk, fanIn: 3)
          let found = reopened.manifest?.status.done ?? 0
          #expect(found == done || found == done + 1)
          #expect(try Run.total(of: reopened) == Run.total(found))
          if errors > 1 {
            folder = reopened
            done = found
          }
        }
        if errors > 3 { break }
      }
      #expect(errors <= 2, "step \(failing)")
      #expect(try Run.total(of: folder) == Run.total(10), "step \(failing)")
    }
  }

  /// Any damage to any file is found: the commit before is taken, with a note, or the run is refused.
  @Test func damageIsFound() throws {
    let disk = MemoryDisk()
    #expect(try write(disk, steps: 11) == 11)
    let sound = disk.files
    var rng = Seed.test("damage").makeStream()
    var (fallbacks, refusals, harmless) = (0, 0, 0)
    for name in sound.keys.sorted() {
      for _ in 0..<24 {
        var files = sound
        switch rng.index(below: 4) {
        case 0: files[name] = nil
        case 1: files[name]!.removeLast(1 + rng.index(below: sound[name]!.count))
        case 2: files[name]!.append(UInt8(truncatingIfNeeded: rng.next()))
        default:
          files[name]![rng.index(below: sound[name]!.count)] ^= 1 << UInt8(rng.index(below: 8))
        }
        do throws(InputError) {
          let folder = try RunFolder(Run.folder, on: MemoryDisk(files), fanIn: 3)
          if let damage = folder.damage { throw damage }
          let found = folder.manifest?.status.done ?? 0
          #expect(found >= 10)
          #expect(try! Run.total(of: folder) == Run.total(found))
          if found == 10 && files[name] != nil {
            #expect(folder.notes.count == 2 && folder.notes[0].contains("commit 11 is left out"))
          }
          if found == 10 { fallbacks += 1 } else { harmless += 1 }
        } catch {
          #expect(error.message.contains("--restart"), "\(error.message)")
          refusals += 1
        }
      }
    }
    #expect(fallbacks > 40 && refusals > 20 && harmless > 20)
  }
}
