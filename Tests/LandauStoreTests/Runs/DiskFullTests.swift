import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStore

#if canImport(Glibc)
  import Glibc

  /// A real full disk: a file system in memory of a few pages, which only root may make.
  @Suite(.enabled(if: TinyDisk.isAllowed, "needs the right to mount a file system"))
  struct DiskFullTests {
    typealias Run = ScriptedRun

    private func commit(_ step: Int) -> ArchiveCommit {
      var commit = Run.commit(step)
      commit.checkpoint = [UInt8](repeating: UInt8(step), count: 6000)
      return commit
    }

    /// The disk fills up during a run: an error that says so, and all that was committed is there.
    @Test func duringTheRun() throws {
      try TinyDisk.with(pages: 24) { folder in
        let path = "\(folder)/x.h5"
        let archive = try RunArchive.open(path, job: Run.job, target: 100)
        var done = 0
        var problem = ""
        while done < 60 && problem.isEmpty {
          do throws(RunError) {
            try archive.commit(commit(done + 1))
            done += 1
          } catch { problem = error.message }
        }
        #expect(done > 2 && problem.hasSuffix("(No space left on device)"), "\(done) \(problem)")
        archive.close()
        let contents = try RunFile.read(path).contents
        #expect(contents.status.done == done && contents.series == Run.total(done).series)
        #expect(contents.notes.isEmpty)
      }
    }

    /// The disk is full when the file is to be assembled: the commits stay, and later it succeeds.
    @Test func atTheEnd() throws {
      try TinyDisk.with(pages: 80) { folder in
        let path = "\(folder)/x.h5"
        try RunArchiveTests.run(path, target: 30, stop: 29)
        for free in 0..<4 {
          try ballast("\(folder)/ballast", leaving: free * 4096, in: folder)
          let archive = try RunArchive.open(path, job: Run.job, target: 30)
          do throws(RunError) {
            if archive.stored?.status.done == 29 { try archive.commit(Run.commit(30)) }
            try archive.finish(RunArchiveTests.result)
            Issue.record("\(free) free pages were enough")
          } catch {
            #expect(error.message.contains("cannot be written"), "\(error.message)")
            #expect(!error.message.contains("\n"))
          }
          archive.close()
          unlink("\(folder)/ballast")
          let found = try RunFile.read(path)
          let done = found.contents.status.done
          #expect(done == 29 || done == 30)
          #expect(found.contents.series == Run.total(done).series)
          #expect(folderListing(folder) == ["x.h5.run"])
        }
        try RunArchiveTests.run(path, target: 30)
        #expect(try RunArchiveTests.total(path) == Run.total(30))
        #expect(folderListing(folder) == ["x.h5"])
      }
    }

    private func ballast(_ path: String, leaving: Int, in folder: String) throws {
      var status = statvfs()
      #expect(statvfs(folder, &status) == 0)
      let free = Int(status.f_bavail) * Int(status.f_frsize)
      let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
      var bytes = [UInt8](repeating: 1, count: 4096)
      for _ in 0..<max(0, (free - leaving) / 4096) { _ = write(descriptor, &bytes, 4096) }
      close(descriptor)
    }
  }

  enum TinyDisk {
    /// Makes the disk, hands over its folder, and takes it away again.
    static func with(pages: Int, _ body: (String) throws -> Void) throws {
      try withTemporaryFolder { folder in
        #expect(mount("tmpfs", folder, "tmpfs", 0, "size=\(pages * 4096)") == 0)
        defer { umount2(folder, Int32(MNT_DETACH)) }
        try body(folder)
      }
    }

    static let isAllowed: Bool = {
      let allowed = try? withTemporaryFolder { folder in
        guard mount("tmpfs", folder, "tmpfs", 0, "size=65536") == 0 else { return false }
        umount2(folder, Int32(MNT_DETACH))
        return true
      }
      return allowed ?? false
    }()
  }
#endif
