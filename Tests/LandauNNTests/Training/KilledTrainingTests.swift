import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A run in a process of its own that is killed outright.
struct KilledTrainingTests {
  /// Set for the child process alone: where it keeps its checkpoints.
  private static let variable = "LANDAU_TEST_KILLED_TRAINING"

  private static func train(
    _ checkpoint: String, afterEpoch: (TrainingReport) -> Void = { _ in }
  ) throws -> (report: TrainingReport, parameters: [[Float]]) {
    var rng = Seed(8).makeStream()
    var model = Sequential.perceptron(widths: [3, 12, 1], activation: .gelu, using: &rng)
    let x = Tensor.normal([90, 3], using: &rng)
    let y = sin(x.sum(axes: [1], keepingAxes: true))
    eval([x, y])
    var optimizer = AdamW(learningRate: 0.01)
    let report = try fit(
      &model, using: &optimizer,
      objective: TrainingObjective { model, batch in
        Loss.meanSquaredError(model(batch[0]), batch[1])
      }, training: [x, y], options: TrainingOptions(epochs: 40, batchSize: 16),
      checkpoint: TrainingCheckpoint(path: checkpoint, steps: 1), seed: Seed(8),
      afterEpoch: afterEpoch)
    return (report, model.tensors.map { $0.scalars() })
  }

  /// What the child does: it says when it has done ten epochs, and takes its time with the others.
  @Test(.enabled(if: getenv(variable) != nil, "runs in the child process of another test"))
  func child() throws {
    let path = String(cString: try #require(getenv(Self.variable)))
    _ = try Self.train(path) { report in
      if report.trainingLosses.count == 10 { _ = "ten epochs\n".withCString { write(2, $0, 11) } }
      if report.trainingLosses.count >= 10 { usleep(100_000) }
    }
  }

  /// Silent error 13, in training.
  @Test(
    .enabled(
      if: getenv(variable) == nil && access("/proc/self/exe", X_OK) == 0,
      "needs a system that tells a program its own path"))
  func aKilledRunEndsAsIfNothingHadHappened() throws {
    try withTemporaryFolder { folder in
      setenv(Self.variable, "\(folder)/run", 1)
      let child = ChildProcess.run(
        "/proc/self/exe",
        ["--testing-library", "swift-testing", "--filter", "KilledTrainingTests/child"],
        signal: (number: SIGKILL, after: "ten epochs"))
      unsetenv(Self.variable)
      #expect(try #require(child).status == 128 + SIGKILL)
      #expect(access("\(folder)/run", R_OK) == 0)
      var epochs = 0
      let resumed = try Self.train("\(folder)/run") { _ in epochs += 1 }
      let whole = try Self.train("\(folder)/other")
      #expect(resumed.parameters == whole.parameters)
      #expect(resumed.report == whole.report)
      #expect(epochs > 0 && epochs <= 30, "\(epochs) epochs were left to do")
    }
  }
}
