import LandauCore
import Testing

@Suite struct ArchiveJobTests {
  static func job(
    temperature: Double = 2.5, seed: UInt64 = 7, kernels: String = "v4"
  ) -> ArchiveJob {
    ArchiveJob(
      command: "sample",
      arguments: .pairs([
        "model": .string("ising"), "size": .integers([8, 8]),
        "couplings": .pairs(["J": .number(1), "h": .number(0.5)]),
      ]), seed: seed, kernelLevel: kernels, parameterName: "temperature",
      parameters: [2, temperature], spacing: 2,
      snapshots: .init(siteShape: [8, 8]), revision: "abc")
  }

  @Test func survivesItsText() throws {
    let job = Self.job(seed: .max)
    let again = try #require(ArchiveJob(json: job.json))
    #expect(again.json == job.json)
    #expect(again.seed == .max && again.snapshots == job.snapshots && again.revision == "abc")
    try again.requireSame(as: job, path: "x.h5")
    var bare = job
    bare.snapshots = nil
    bare.revision = nil
    let second = try #require(ArchiveJob(json: bare.json))
    #expect(second.json == bare.json && second.snapshots == nil)
  }

  /// Every member that is taken away is missed.
  @Test func textWithoutAMemberIsRefused() {
    guard case .object(let members) = Self.job().json else { return }
    for index in members.indices where members[index].key != "revision" {
      var less = members
      less.remove(at: index)
      #expect(ArchiveJob(json: .object(less)) == nil, "\(members[index].key)")
    }
    let huge = JSONValue.integers([1 << 30, 1 << 30, 1 << 30])
    var form = Self.job().snapshots!.json
    if case .object(var fields) = form {
      fields[0].value = huge
      form = .object(fields)
    }
    #expect(ArchiveJob.Snapshots(json: form) == nil)
  }

  private func refusal(_ asked: ArchiveJob, _ stored: ArchiveJob, portable: Bool = false)
    -> String
  {
    do throws(InputError) {
      try asked.requireSame(as: stored, path: "x.h5", portable: portable)
      return ""
    } catch { return error.message }
  }

  @Test func differencesAreNamed() {
    #expect(
      refusal(Self.job(temperature: 2.25), Self.job())
        == "x.h5 holds another job: 'temperature' is [2, 2.5] there and [2, 2.25] here; "
        + "choose another --output, or begin anew with --restart")
    #expect(refusal(Self.job(seed: 8), Self.job()).contains("'seed' is 7 there and 8 here"))
    var other = Self.job()
    other.arguments = .pairs([
      "couplings": .pairs(["h": .number(0.25), "J": .integer(1)]),
      "size": .integers([8, 8]), "model": .string("ising"),
    ])
    #expect(
      refusal(other, Self.job()).contains("'couplings.h' is 0.5 there and 0.25 here"))
    other.arguments = .pairs(["model": .string("ising"), "size": .integers([8, 8])])
    #expect(refusal(other, Self.job()).contains(#"'couplings' is {"J": 1, "h": 0.5} there"#))
    #expect(refusal(other, Self.job()).contains("and not given here"))
    var spaced = Self.job()
    spaced.spacing = 1
    #expect(refusal(spaced, Self.job()).contains("'measure-every' is 2 there and 1 here"))
    var bare = Self.job()
    bare.snapshots = nil
    #expect(refusal(bare, Self.job()).contains("'snapshots' is {"))
  }

  /// Order of keys and 1 instead of 1.0 make no other job; program versions neither.
  @Test func meaningDecides() {
    var other = Self.job()
    other.arguments = .pairs([
      "couplings": .pairs(["h": .number(0.5), "J": .integer(1)]),
      "size": .integers([8, 8]), "model": .string("ising"),
    ])
    other.version = "9.9.9"
    other.revision = nil
    #expect(refusal(other, Self.job()).isEmpty)
  }

  @Test func kernelsAndStates() {
    let asked = Self.job(kernels: "v3")
    #expect(refusal(asked, Self.job()).contains("--portable"))
    #expect(refusal(asked, Self.job(), portable: true).isEmpty)
    var later = Self.job()
    later.stateVersion += 1
    #expect(refusal(Self.job(), later, portable: true).contains("finish it there"))
  }

  @Test func memoryAddsUp() throws {
    let archive = ArchiveInMemory()
    #expect(archive.stored == nil && archive.contents == nil)
    let key = ArchiveKey(point: 0, chain: 1, name: "e")
    for step in 1...3 {
      try archive.commit(
        ArchiveCommit(
          checkpoint: [UInt8(step)], series: [key: [Double(step)]],
          snapshots: [ArchiveChain(point: 0, chain: 1): [1, -1]],
          status: ArchiveStatus(done: step, target: 3)))
    }
    let contents = try #require(archive.contents)
    #expect(contents.chains(of: "e", point: 0) == [[], [1, 2, 3]])
    #expect(contents.chains(of: "e", point: 1).isEmpty)
    #expect(contents.prefix(measurements: 2).series[key] == [1, 2])
    #expect(contents.checkpoint == [3] && contents.status.isComplete && !contents.isFinished)
    #expect(archive.snapshots.values.first == [1, -1, 1, -1, 1, -1])
    try archive.finish(ArchiveResult(report: .bool(true)))
    #expect(archive.contents?.isFinished == true && archive.contents?.report == .bool(true))
    #expect(throws: RunError.self) {
      try archive.commit(
        ArchiveCommit(checkpoint: [], status: ArchiveStatus(done: 0, target: 0)))
    }
  }
}
