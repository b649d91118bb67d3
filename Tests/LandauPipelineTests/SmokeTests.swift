import LandauCore
import LandauTestSupport
import Testing

@testable import LandauPipeline

/// The first tests to run: one job from options to report, in a second.
@Suite struct PipelineSmokeTests {
  @Test func samplingAgreesWithKaufman() throws {
    var model = ModelOptions(name: .ising)
    model.size = [16]
    var options = SampleOptions(model: model, scan: .temperature([2.5]))
    options.length.sweeps = 4000
    let job = try SampleJob(options)
    let report = try job.run(
      pool: WorkerPool(threadCount: 2), progress: .silent, cancellation: .never)
    #expect(report.exitStatus == 0)
    let point = try #require(report.json.first { $0.key == "points" }?.value.items.first)
    let exact = try #require(point["exact"]?["energyPerSite"]?.number)
    expectClose(exact, -1.13131798441, absolute: 1e-11)
    let value = try #require(point["energyPerSite"]?["value"]?.number)
    let error = try #require(point["energyPerSite"]?["error"]?.number)
    #expect(error < 0.003)
    #expect(abs(value - exact) < 6 * error)
  }
}

extension JSONValue {
  var number: Double? { if case .number(let value) = self { value } else { nil } }
  var items: [JSONValue] { if case .array(let items) = self { items } else { [] } }
}
