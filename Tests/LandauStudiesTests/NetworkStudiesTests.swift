import LandauCore
import LandauPipeline
import LandauTestSupport
import Testing

@testable import LandauStudies

@Suite struct NetworkStudiesTests {
  @Test(arguments: [
    "dense-sigmoid-layer", "mini-batch-gradient-descent", "minimum-hyperspherical-energy",
    "loss-landscape-slices", "cka-gradcam",
  ])
  func `Quick studies agree with their references`(name: String) throws {
    #expect(try quickStudy(name).exitStatus == 0, "\(name)")
  }

  @Test(.slow, arguments: ["deep-sets", "extremal-perturbations"])
  func `Studies of some seconds agree with their references`(name: String) throws {
    #expect(try quickStudy(name).exitStatus == 0, "\(name)")
  }

  @Test(.long, arguments: ["planted-correlators", "ml-symmetry-detection"])
  func `Studies of discovery agree with their references`(name: String) throws {
    #expect(try quickStudy(name).exitStatus == 0, "\(name)")
  }

  @Test(.long) func `Attention with an added one has fewer outliers`() throws {
    #expect(try quickStudy("outlier-efficient-hopfield").exitStatus == 0)
  }

  @Test(
    .long,
    arguments: ["single-replica-spin-glass", "factored-attention-potts"])
  func `Studies of models and networks agree with their references`(name: String) throws {
    #expect(try quickStudy(name).exitStatus == 0, "\(name)")
  }

  @Test(.needsSharedData(DigitImages.file), arguments: ["nn-components", "common-optimisers"])
  func `Studies of digits agree with their references`(name: String) throws {
    let path = try #require(sharedData(DigitImages.file))
    let folder = String(path.dropLast(DigitImages.file.count + 1))
    #expect(try quickStudy(name, data: folder).exitStatus == 0, "\(name)")
  }

  @Test func `Missing data are named before any work`() {
    let missing = #expect(throws: InputError.self) {
      try StudyJob(StudyOptions(name: "nn-components"))
    }
    #expect(missing?.message.contains("--data FOLDER is missing") == true)
    var options = StudyOptions(name: "nn-components")
    options.dataFolder = "/nonexistent"
    let absent = #expect(throws: InputError.self) { try StudyJob(options) }
    #expect(absent?.message.contains("digits_8x8/digits.csv.gz is not there") == true)
  }
}
