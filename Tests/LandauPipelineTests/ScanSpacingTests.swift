import LandauCore
import LandauTestSupport
import Testing

@testable import LandauPipeline

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// 25 temperatures from 1 to 2 with the energies of a function of them.
private func spread(count: Int, _ energy: (Double) -> Double) -> [Double] {
  let temperatures = (0..<25).map { 1 + Double($0) / 24 }
  return ScanSpacing.spread(
    1...2, count: count, temperatures: temperatures, energies: temperatures.map(energy))
}

@Test func valuesWithoutEnergiesAreSpacedEvenly() {
  let even = (0..<31).map { 1 + Double($0) / 30 }
  #expect(spread(count: 31) { _ in -7 } == even)
  // A chain that cools as it is heated is noise: it counts as nothing.
  #expect(spread(count: 31) { -$0 } == even)
}

/// Of a constant heat capacity C the length is sqrt(C) ln T, so the measure of both halves is
/// (T - 1)/2 + ln T/(2 ln 2).
@Test func stepsAreEqualInBothMeasures() {
  let values = spread(count: 41) { 300 * $0 }
  #expect(values.first == 1 && values.last == 2)
  for (index, value) in values.enumerated() {
    let measure = (value - 1) / 2 + log(value) / (2 * log(2.0))
    // Straight pieces between 25 values of a curve that bends by less than one.
    #expect(abs(measure - Double(index) / 40) < 5e-4)
  }
}

@Test func aLatentHeatDrawsValues() {
  // The jump lies between two of the values looked at, 1.458 and 1.5.
  let values = spread(count: 41) { 100 * $0 + ($0 > 1.48 ? 700 : 0) }
  let near = values.count { (1.458...1.5001).contains($0) }
  #expect(near >= 8, "\(near) values where even spacing has 2")
  let widest = zip(values, values.dropFirst()).map { $1 - $0 }.max()!
  #expect(widest < 2.0001 / 40)
}

/// The energies of ten-state Potts spins jump at 0.70: values are closer there than at the ends.
@Test func aLookAtTheModelFindsWhereToLook() throws {
  var options = DiscoverOptions(source: .model("potts"))
  options.parameters[.states] = 10
  let values = try ScanSpacing(
    model: options.resolvedModel(.potts), seed: .test("look")
  ).grid(
    over: 0.45...0.91, count: 31, shape: [16, 16], pool: WorkerPool(threadCount: 2),
    progress: .silent, cancellation: .never)
  let near = values.count { (0.68...0.74).contains($0) }
  #expect(values.count == 31 && near >= 6, "\(near) values where even spacing has 4")
}
