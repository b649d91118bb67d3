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

  @Test(arguments: lengths) func equalPlaces(length: Int) {
    var rng = Seed.test(length).makeStream()
    for states in [1, 2, 3, 7] {
      // One byte after the other start: no alignment is asked for.
      let a = (0..<(length + 1)).map { _ in UInt8(rng.index(below: states)) }
      let b = (0..<(length + 1)).map { _ in UInt8(rng.index(below: states)) }
      let equal = (0..<length).count { a[$0 + 1] == b[$0] }
      let twos = (0..<length).count { a[$0 + 1] == 2 }
      for level in Self.levels {
        a.withUnsafeBufferPointer { a in
          b.withUnsafeBufferPointer { b in
            let own = a.baseAddress! + 1
            #expect(Int(level.kernels.equal(own, b.baseAddress!, length)) == equal)
            #expect(Int(level.kernels.equal_to(own, 2, length)) == twos)
          }
        }
      }
    }
  }

  @Test(arguments: lengths) func sumsWhereAStateIs(length: Int) throws {
    var rng = Seed.test(length).makeStream()
    let states = (0..<(length + 1)).map { _ in UInt8(rng.index(below: 3)) }
    let x = (0..<length).map { _ in rng.uniform() - 0.5 }
    let y = (0..<length).map { _ in rng.uniform() - 0.5 }
    let chosen = (0..<length).filter { states[$0 + 1] == 1 }
    let direct = [x, y].map { values in chosen.reduce(0.0) { $0 + values[$1] } }
    let found = Self.levels.map { level in
      var sums = [Double](repeating: .nan, count: 2)
      states.withUnsafeBufferPointer {
        level.kernels.masked_sums($0.baseAddress! + 1, 1, length, x, y, &sums)
      }
      return sums
    }
    for sums in found {
      // The order of the terms is another one than here, but the same at every level.
      #expect(sums == found[0])
      expectClose(sums[0], direct[0], absolute: 1e-12)
      expectClose(sums[1], direct[1], absolute: 1e-12)
    }
  }
}
