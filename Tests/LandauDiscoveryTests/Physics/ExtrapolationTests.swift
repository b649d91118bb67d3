import LandauCore
import LandauTestSupport
import Testing

@testable import LandauDiscovery

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct ExtrapolationTests {
  private func drift(_ locations: [(size: Double, value: Double, error: Double)]) throws
    -> Extrapolation
  {
    try #require(
      Extrapolation(
        locations.map {
          .init(
            linearSize: $0.size, location: Estimate($0.value, error: $0.error), spread: 0.02,
            distanceToEdge: 0.3)
        }))
  }

  /// Open transverse-field chains, 400 snapshots a value: a significant drift that slows down as one with a limit does.
  @Test func aDriftWithALimitMaySettle() throws {
    let found = try drift([(32, 0.471, 0.005), (64, 0.486, 0.004), (128, 0.4901, 0.002)])
    #expect(abs(found.driftPerDoubling.value) > 3 * found.driftPerDoubling.error)
    #expect(found.maySettle && !found.driftsWithoutLimit)
    expectClose(found.limit.value, 0.494, absolute: 0.004)
  }

  /// The Ising chain looks ordered below 2/ln L.
  @Test func theIsingChainDoesNotSettle() throws {
    let found = try drift(
      [16.0, 32, 64, 128].map { size in
        (size, 2 / log(size), 0.01)
      })
    #expect(!found.maySettle)
  }
}
