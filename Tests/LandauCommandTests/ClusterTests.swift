import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct ClusterCommandTests {
  @Test func scriptsRunTheCommandOnRanks() {
    let run = CommandRun(
      "cluster ising --size 64 --temperature 2.2:2.4:8 --ranks 16 --cpus 4 --hours 1.51 --output x.h5"
    )
    #expect(run.status == 0, "\(run.error)")
    for line in [
      "#!/bin/bash", "#SBATCH --ntasks=16", "#SBATCH --cpus-per-task=4", "#SBATCH --time=1:31:00",
      "mpirun --map-by slot:PE=$SLURM_CPUS_PER_TASK landau sample ising --size 64 --temperature 2.2:2.4:8 --output x.h5 --quiet",
    ] { #expect(run.output.split(separator: "\n").map(String.init).contains(line), "\(line)") }
  }

  @Test func arraysHaveSeedsOfTheirOwn() {
    let run = CommandRun(
      "cluster ising --size 64 --temperature 2.2 --array 10 --output x.h5")
    #expect(run.output.contains("#SBATCH --array=1-10\n"))
    #expect(
      run.output.contains("--seed $SLURM_ARRAY_TASK_ID --output x-$SLURM_ARRAY_TASK_ID.h5"))
    #expect(run.output.contains("landau merge x-*.h5 --output x.h5"))
  }

  @Test(arguments: [
    (
      "cluster ising --size 8 --temperature 2 --output x.npz", "--output is x.npz; allowed: FILE.h5"
    ),
    ("cluster ising --size 0 --temperature 2 --output x.h5", "--size is 0"),
    (
      "cluster ising --size 8 --temperature 2 --seed 1 --array 2 --output x.h5",
      "--seed and --array"
    ),
    ("cluster tfim --size 8 --transverse-field 1 --output x.h5", "the model is quantum"),
  ])
  func whatCannotRunIsRefused(line: String, message: String) {
    let run = CommandRun(line)
    #expect(run.status == 2)
    #expect(run.error.contains(message), "\(run.error)")
  }
}

/// The program under mpirun, where Open MPI is installed.
@Suite(
  .serialized, .timeLimit(.minutes(5)),
  .enabled(
    if: access("/usr/bin/mpirun", X_OK) == 0 && access("/usr/bin/mpicc", X_OK) == 0,
    "needs Open MPI"))
struct RanksExecutableTests {
  /// Builds the plug-in beside the program once.
  private static let program: String? = {
    guard let program = ChildProcess.builtProgram("landau") else { return nil }
    let source = #filePath.replacing(
      "Tests/LandauCommandTests/ClusterTests.swift", with: "Plugins/MPI/landau_mpi.c")
    let folder = program.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
    let run = ChildProcess.run(
      "/usr/bin/mpicc",
      ["-O1", "-shared", "-fPIC", "-o", "\(folder)/liblandau-mpi.so", source])
    return run?.status == 0 ? program : nil
  }()

  private func mpirun(_ count: Int, _ line: String) throws -> ChildProcess {
    let program = try #require(Self.program, "the plug-in could not be built")
    let words =
      ["--allow-run-as-root", "--oversubscribe", "-n", "\(count)", program]
      + line.split(separator: " ").map(String.init)
    return try #require(ChildProcess.run("/usr/bin/mpirun", words))
  }

  @Test(arguments: [2, 3, 4])
  func ranksGiveTheNumbersOfOneProcess(count: Int) throws {
    let line =
      "sample potts --states 3 --size 8 --beta 0.8:1.2:6 --sweeps 500 --threads 1 --json --quiet"
    let program = try #require(Self.program)
    let alone = try #require(
      ChildProcess.run(program, line.split(separator: " ").map(String.init)))
    let together = try mpirun(count, line)
    #expect(together.status == 0, "\(together.standardError)")
    let numbers = try JSONReader.parse(alone.standardOutput).timeless["points"]
    #expect(try JSONReader.parse(together.standardOutput).timeless["points"] == numbers)
  }

  /// Eight replicas of one ladder, with spins enough for four ranks.
  private static let ladder =
    "sample potts --states 3 --size 64 --beta 0.97:1.04:8 --update tempering --chains 1 --threads 1 --json --quiet"

  @Test(arguments: [2, 3, 4])
  func oneLadderLeavesTheFileOfOneProcess(count: Int) throws {
    let program = try #require(Self.program)
    try withTemporaryFolder { folder in
      let line = Self.ladder + " --burn-in 100 --sweeps 400 --snapshots 4"
      let alone = try #require(
        ChildProcess.run(
          program, (line + " --output \(folder)/alone.h5").split(separator: " ").map(String.init)))
      #expect(alone.status == 0, "\(alone.standardError)")
      let together = try mpirun(
        count, line + " --commit-every 0.05 --output \(folder)/together.h5")
      #expect(together.status == 0, "\(together.standardError)")
      let numbers = try JSONReader.parse(alone.standardOutput).timeless["points"]
      #expect(try JSONReader.parse(together.standardOutput).timeless["points"] == numbers)
      #expect(
        try FileBytes.read("\(folder)/alone.h5") == FileBytes.read("\(folder)/together.h5"))
    }
  }

  @Test func ranksWithoutAReplicaDoNoHarm() throws {
    let line =
      "sample potts --states 3 --size 128 --beta 1,1.01 --update tempering --chains 1 --burn-in 20 --sweeps 100 --threads 1 --json --quiet"
    let program = try #require(Self.program)
    let alone = try #require(
      ChildProcess.run(program, line.split(separator: " ").map(String.init)))
    let together = try mpirun(4, line)
    #expect(together.status == 0, "\(together.standardError)")
    let numbers = try JSONReader.parse(alone.standardOutput).timeless["points"]
    #expect(try JSONReader.parse(together.standardOutput).timeless["points"] == numbers)
  }

  /// One rank is killed: the launcher ends the run, and it goes on from its last commit; values that are dealt out, and one ladder.
  @Test(arguments: [
    "sample potts --states 3 --size 16 --beta 0.8:1.2:6 --sweeps 20000 --threads 1 --json --quiet",
    ladder + " --burn-in 100 --sweeps 20000",
  ])
  func aKilledRankEndsTheRunWhichGoesOn(line: String) throws {
    let program = try #require(Self.program)
    try withTemporaryFolder { folder in
      let line = line + " --commit-every 0.05"
      let straight = try #require(
        ChildProcess.run(
          program,
          (line + " --output \(folder)/straight.h5").split(separator: " ").map(String.init)))
      #expect(straight.status == 0, "\(straight.standardError)")
      let command =
        "mpirun --allow-run-as-root --oversubscribe -n 3 sh -c "
        + "'if [ $OMPI_COMM_WORLD_RANK = 2 ]; then exec timeout -s KILL 0.6 \(program) \(line) --output \(folder)/killed.h5; fi; "
        + "exec \(program) \(line) --output \(folder)/killed.h5'"
      let killed = try #require(ChildProcess.run("/bin/sh", ["-c", command]))
      #expect(killed.status != 0)
      let rest = try mpirun(2, line + " --output \(folder)/killed.h5")
      #expect(rest.status == 0, "\(rest.standardError)")
      let numbers = try JSONReader.parse(straight.standardOutput).timeless["points"]
      #expect(try JSONReader.parse(rest.standardOutput).timeless["points"] == numbers)
      #expect(
        try FileBytes.read("\(folder)/straight.h5") == FileBytes.read("\(folder)/killed.h5"))
    }
  }

  @Test func badInputIsOneLineOfTheFirstRank() throws {
    let run = try mpirun(2, "sample ising --size 0 --temperature 2")
    let lines = run.standardError.split(separator: "\n").filter { $0.hasPrefix("landau: ") }
    #expect(lines.count == 1, "\(run.standardError)")
    let other = try mpirun(2, "exact ising --size 8 --temperature 2")
    #expect(other.standardError.contains("'exact' runs on one; allowed with several: sample"))
  }
}
