import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a launcher (mpirun, srun) or a batch system (Slurm) says in the environment of a process.
public struct Launcher: Sendable {
  /// Number of this process among those that were started together, and how many there are.
  public let rank: Int
  public let count: Int
  /// Processes of them on this machine.
  public let localCount: Int
  /// Processors that belong to this process, where the batch system says so.
  public let processors: Int?
  /// Seconds until the job is ended, at the time of asking, where the environment says so.
  public let secondsLeft: Double?
  /// The job of the batch system that can be asked instead; of the first rank alone, so that few ask.
  let job: String?

  public static let current = Launcher(
    environment: { getenv($0).map { String(cString: $0) } }, now: Double(time(nil)))

  /// One process, started by a person.
  public static let alone = Launcher(environment: { _ in nil }, now: 0)

  /// Open MPI sets `OMPI_COMM_WORLD_*`, MPICH and PMI launchers `PMI_*`, srun `SLURM_PROCID` and `SLURM_STEP_NUM_TASKS`;
  /// Slurm `SLURM_CPUS_PER_TASK`, `SLURM_JOB_ID` and, from 23.02 on, `SLURM_JOB_END_TIME` (seconds since 1970).
  ///
  /// - Parameter now: seconds since 1970.
  init(environment: (String) -> String?, now: Double) {
    func number(_ names: String...) -> Int? {
      names.compactMap { environment($0).flatMap { Int($0) } }.first
    }
    let size = number("OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS") ?? 1
    count = max(1, size)
    rank = count > 1 ? number("OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID") ?? 0 : 0
    localCount = max(
      1, min(count, number("OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS") ?? 1))
    processors = number("SLURM_CPUS_PER_TASK").flatMap { $0 > 0 ? $0 : nil }
    secondsLeft = number("SLURM_JOB_END_TIME").map { Double($0) - now }
    let task = number("SLURM_ARRAY_JOB_ID").flatMap { array in
      number("SLURM_ARRAY_TASK_ID").map { "\(array)_\($0)" }
    }
    job = rank == 0 ? task ?? number("SLURM_JOB_ID").map(String.init) : nil
  }

  /// Threads of a process that was not told: its processors, or its part of the machine's.
  public var defaultThreadCount: Int {
    processors ?? max(1, WorkerPool.availableThreads / localCount)
  }

  /// Seconds of work for a run that is kept and can be resumed: what is left less a twentieth and half a minute for the last
  /// commit; nil without a batch system.
  ///
  /// - Complexity: some milliseconds where `squeue` has to be asked.
  public var workingSeconds: Double? {
    (secondsLeft ?? job.flatMap(SlurmTime.left)).map { max(1, 0.95 * $0 - 30) }
  }
}
