import LandauCore
import LandauStore

extension SampleJob {
  func openArchive() throws -> (any Archive)? { nil }
}
