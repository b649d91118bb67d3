internal import CLandauKernels
import LandauCore
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

/// The loops that count states, at every level the processor has, against one place after the other.
@Suite struct CountingKernelTests {
  /// Shorter than a vector, whole vectors, a rest, and more than bytes can count.
  private static let lengths = [
    0, 1, 7, 8, 31, 32, 33, 63, 64, 95, 127, 128, 1000, 255 * 32, 20_011,
  ]
  private static let levels = KernelLevel.allCases.filter(\.isSupported)

  /// Some that are counted state by state, and more.
  private static let stateCounts = [1, 2, 3, 7, 8, 9, 40]

  @Test(arguments: lengths, stateCounts) func equalPlacesAndCounts(length: Int, states: Int) {
    var rng = Seed.test(length, states).makeStream()
    // One byte after the other start: no alignment is asked for.
    let a = (0..<(length + 1)).map { _ in UInt8(rng.index(below: states)) }
    let b = (0..<(length + 1)).map { _ in UInt8(rng.index(below: states)) }
    let equal = (0..<length).count { a[$0 + 1] == b[$0] }
    let direct = (0..<states).map { state in (0..<length).count { Int(a[$0 + 1]) == state } }
    for level in Self.levels {
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          let own = a.baseAddress! + 1
          #expect(Int(level.kernels.equal(own, b.baseAddress!, length)) == equal)
          var counts = [Int](repeating: -1, count: states)
          level.kernels.state_counts(own, length, states, &counts)
          #expect(counts == direct)
        }
      }
    }
  }

  @Test(arguments: lengths, stateCounts) func sumsByState(length: Int, states: Int) {
    var rng = Seed.test(length, states).makeStream()
    let configuration = (0..<(length + 1)).map { _ in UInt8(rng.index(below: states)) }
    let x = (0..<length).map { _ in rng.uniform() - 0.5 }
    let y = (0..<length).map { _ in rng.uniform() - 0.5 }
    let totals = [x.reduce(0, +), y.reduce(0, +)]
    let direct = (0..<states).flatMap { state in
      let chosen = (0..<length).filter { Int(configuration[$0 + 1]) == state }
      return [x, y].map { values in chosen.reduce(0.0) { $0 + values[$1] } }
    }
    let found = Self.levels.map { level in
      var sums = [Double](repeating: .nan, count: 2 * states)
      configuration.withUnsafeBufferPointer {
        level.kernels.state_sums($0.baseAddress! + 1, length, states, x, y, totals, &sums)
      }
      return sums
    }
    for sums in found {
      // The order of the terms is another one than here, but the same at every level.
      #expect(sums == found[0])
      for (sum, expected) in zip(sums, direct) { expectClose(sum, expected, absolute: 1e-12) }
    }
  }
}
