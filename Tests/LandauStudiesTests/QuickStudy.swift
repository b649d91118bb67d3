import LandauCore
import LandauPipeline
import LandauTestSupport
import Testing

@testable import LandauStudies

/// Runs a study with `--quick` in a folder that is removed; it leaves a figure and a result.
func quickStudy(_ name: String, data: String? = nil) throws -> Report {
  try withTemporaryFolder { folder in
    var options = StudyOptions(name: name)
    options.isQuick = true
    options.dataFolder = data
    options.output = folder + "/study"
    let report = try StudyJob(options).run(
      pool: WorkerPool(), progress: .silent, cancellation: .never)
    #expect(report.files.contains(folder + "/study/figure.png"), "\(name)")
    #expect(report.files.contains(folder + "/study/result.json"), "\(name)")
    return report
  }
}
