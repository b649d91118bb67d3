import LandauCore
import LandauLattice
import LandauPipeline
import LandauTestSupport
import Testing

@testable import LandauStudies

@Suite struct DipolarSixStateClockTests {
  /// Rows of equal state, `width` at a time, along each of the three directions.
  private func stripes(_ side: Int, width: Int, axis: Int) -> [Int8] {
    (0..<side * side).map { site in
      let (row, column) = (site / side, site % side)
      let steps = [row, column, row + column][axis]
      return steps / width % 2 == 0 ? 0 : 1
    }
  }

  /// Energies per site of the infinite plane from the reciprocal sums of the pattern over 1/r^3 within 300
  /// spacings, computed independently: -3 + 1/w of exchange and D times these.
  @Test(arguments: [(1, -0.919515), (2, 0.653639), (3, 1.584322)])
  func `Stripes have the energy of their sums in three directions`(width: Int, sum: Double) throws {
    let model = try DipolarClockModel(.named("triangular", sides: [12]), dipolarCoupling: 0.2)
    for axis in 0..<3 {
      let energy = model.energy(of: stripes(12, width: width, axis: axis).span) / 144
      expectClose(energy, -3 + 1 / Double(width) + 0.2 * sum, absolute: 2e-6)
    }
  }

  @Test func `Directions of stripes are told apart`() {
    for axis in 0..<3 {
      #expect(
        DipolarStripeOrder.direction(stripes(12, width: 2, axis: axis), side: 12) == axis)
    }
  }

  @Test(.slow) func `The quick study agrees with what was published`() throws {
    let report = try quickStudy("dipolar-six-state-clock")
    #expect(report.exitStatus == 0, "\(report.text)")
  }

  @Test func `A study is refused before any work where it cannot be`() throws {
    #expect(throws: InputError.self) { try StudyJob(StudyOptions(name: "dipolar")) }
    var options = StudyOptions(name: "dipolar-six-state-clock")
    options.output = "/dev/null"
    #expect(throws: InputError.self) { try StudyJob(options) }
  }

  @Test func `Without a name all studies are listed`() throws {
    let report = try StudyJob(StudyOptions()).run(
      pool: WorkerPool(threadCount: 1), progress: .silent, cancellation: .never)
    #expect(report.text.contains("dipolar-six-state-clock"))
    #expect(report.exitStatus == 0)
  }
}
