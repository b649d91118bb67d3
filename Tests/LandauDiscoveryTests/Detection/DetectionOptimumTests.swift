import LandauCore
import LandauExact
import LandauLattice
import LandauStore
import LandauTestSupport
import Testing

@testable import LandauDiscovery

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

private func grid(_ low: Double, _ high: Double, _ count: Int) -> [Double] {
  (0..<count).map { low + (high - low) * Double($0) / Double(count - 1) }
}

/// Exact energy distributions of the square torus.
private func torus(_ side: Int, _ temperatures: [Double]) throws -> ScanDistributions {
  let torus = try KaufmanTorus(rows: side, columns: side)
  let all = temperatures.map { torus.energyDistribution(beta: 1 / $0) }
  return ScanDistributions(
    parameters: temperatures, statistic: all[0].energies, probabilities: all.map(\.probabilities))
}

/// The same distributions of every single configuration of the 4 x 4 torus, and the configurations' energies.
private func configurations(_ temperatures: [Double]) throws -> ScanDistributions {
  let model = try IsingModel(sides: [4, 4])
  let energies = (0..<1 << 16).map { word -> Double in
    let spins = (0..<16).map { Int8((word >> $0) & 1 == 1 ? 1 : -1) }
    return model.energy(of: spins.span)
  }
  let rows = temperatures.map { temperature -> [Double] in
    let weights = energies.map { exp(-($0 + 32) / temperature) }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }
  return ScanDistributions(parameters: temperatures, statistic: energies, probabilities: rows)
}

@Suite struct DetectionOptimumTests {
  @Test(arguments: DetectionMethod.allCases)
  func `The energy is all that a configuration tells`(method: DetectionMethod) throws {
    let temperatures = grid(1, 4, 11)
    let fromEnergies = DetectionOptimum(method, of: try torus(4, temperatures))
    let fromConfigurations = DetectionOptimum(method, of: try configurations(temperatures))
    #expect(fromEnergies.parameters == fromConfigurations.parameters)
    // Kaufman's probabilities are exact to 1e-15 sqrt(N) 32 each; variances weigh them with up to 64^2.
    let tolerance = method == .mean ? 1e-9 : 1e-11
    for (a, b) in zip(fromEnergies.values, fromConfigurations.values) {
      #expect(abs(a - b) < tolerance, "\(method): \(a), \(b)")
    }
    #expect((fromEnergies.location == nil) == (fromConfigurations.location == nil))
    if let a = fromEnergies.location, let b = fromConfigurations.location {
      #expect(abs(a - b) < 1e-7)
    }
  }

  /// The methods' definitions written out, one snapshot and one cut at a time.
  @Test func `The optimal curves are what the definitions say`() throws {
    let p = grid(1.5, 3.5, 9)
    let scan = try torus(4, p)
    let n = p.count
    let rows = scan.probabilities
    let accuracy = DetectionOptimum(.confusion, of: scan)
    for cut in 1..<n {
      var right = 0.0
      for x in scan.statistic.indices {
        let low = (0..<cut).reduce(0) { $0 + rows[$1][x] }
        let high = (cut..<n).reduce(0) { $0 + rows[$1][x] }
        let y = low + high > 0 ? low / (low + high) : 0
        for i in 0..<n { right += rows[i][x] / Double(n) * (1 - min(y, 1 - y)) }
      }
      #expect(abs(accuracy.values[cut - 1] - right) < 1e-12)
    }
    let supervised = DetectionOptimum(.supervised, of: scan)
    for i in 0..<n {
      let mean = scan.statistic.indices.reduce(0.0) { sum, x in
        let low = (0..<3).reduce(0) { $0 + rows[$1][x] }
        let high = (6..<9).reduce(0) { $0 + rows[$1][x] }
        return sum + (low + high > 0 ? rows[i][x] * high / (low + high) : rows[i][x] / 2)
      }
      #expect(abs(supervised.values[i] - mean) < 1e-12)
    }
    let prediction = DetectionOptimum(.prediction, of: scan)
    let known = PredictionOptimum(parameters: p, distributions: rows)
    #expect(prediction.values == known.means && prediction.location == known.peak)
  }

  /// Without a signal the best prediction is the middle of the range, wherever the grid is close.
  @Test func `Close values count for their share of the range`() {
    let p = (0..<5).map(Double.init) + (0...10).map { 5 + 0.5 * Double($0) }
    let optimum = PredictionOptimum(
      parameters: p, distributions: p.map { _ in [0.25, 0.75] })
    // The mean of the grid is 6.2.
    #expect(optimum.means.allSatisfy { abs($0 - 5) < 0.2 }, "\(optimum.means[0])")
  }

  @Test func `No signal gives a V and nothing else`() {
    let rows = [[Double]](repeating: [0.25, 0.5, 0.25], count: 12)
    let scan = ScanDistributions(
      parameters: grid(0, 1, 12), statistic: [0, 1, 2], probabilities: rows)
    let confusion = DetectionOptimum(.confusion, of: scan)
    for cut in 1..<12 {
      #expect(abs(confusion.values[cut - 1] - Double(max(cut, 12 - cut)) / 12) < 1e-12)
    }
    #expect(confusion.location == nil)
    let supervised = DetectionOptimum(.supervised, of: scan)
    #expect(supervised.values.allSatisfy { abs($0 - 0.5) < 1e-12 })
    #expect(DetectionOptimum(.mean, of: scan).values.allSatisfy { $0 == 0 })
    #expect(
      DetectionOptimum(.prediction, of: scan).values.allSatisfy { abs($0 - 0.5) < 1e-12 })
  }

  @Test func `Two phases told apart without fail give a W with its top at the boundary`() {
    // Seven values of one kind, then eight of another: at the true cut nothing is wrong.
    let rows = (0..<15).map { $0 < 7 ? [1.0, 0] : [0, 1.0] }
    let scan = ScanDistributions(
      parameters: (0..<15).map(Double.init), statistic: [0, 1], probabilities: rows)
    let confusion = DetectionOptimum(.confusion, of: scan)
    #expect(confusion.values[6] == 1)
    #expect(abs((confusion.location ?? 0) - 6.5) < 0.1)
    // At a cut k away from it the k values between are on the wrong side, or all of the smaller one.
    #expect(abs(confusion.values[8] - 13.0 / 15) < 1e-12)
    #expect(abs(confusion.values[0] - 14.0 / 15) < 1e-12)
  }

  /// Steps of the energy in units of its spread: the square root of the Fisher information, sqrt(Var E)/T^2.
  @Test func `The path of the means rises with the Fisher information`() throws {
    let temperatures = grid(2.2, 2.4, 41)
    let path = DetectionOptimum(.mean, of: try torus(16, temperatures))
    let torus = try KaufmanTorus(rows: 16, columns: 16)
    for i in [10, 20, 30] {
      let slope = (path.values[i + 1] - path.values[i - 1]) / 0.01
      let t = temperatures[i]
      let information = torus.energyVariance(beta: 1 / t).squareRoot() / (t * t)
      #expect(abs(slope / information - 1) < 1e-3)
    }
  }

  @Test func `Between training regions without a snapshot in common nothing is determined`() throws
  {
    let temperatures = grid(1.5, 3, 61)
    let small = DetectionOptimum(.supervised, of: try torus(8, temperatures), trainingCount: 300)
    #expect(small.isDetermined.allSatisfy { $0 })
    let large = DetectionOptimum(.supervised, of: try torus(32, temperatures), trainingCount: 300)
    let open = large.isDetermined.indices.filter { !large.isDetermined[$0] }
    // Around the 21 values between the regions (20 to 40), without a hole, and nowhere deep in a region.
    let (first, last) = (try #require(open.first), try #require(open.last))
    #expect(open == Array(first...last))
    #expect((15...25).contains(first) && (35...45).contains(last), "\(first), \(last)")
  }

  @Test(arguments: [(16, 2.45), (32, 2.36)])
  func `Confusion drifts towards the critical temperature`(side: Int, most: Double) throws {
    let optimum = DetectionOptimum(.confusion, of: try torus(side, grid(1.5, 3, 61)))
    let location = try #require(optimum.location)
    #expect(location > 2.269 && location < most, "\(location)")
    #expect(optimum.values[0] > 0.98 && optimum.values[59] > 0.98)
  }

  /// Published Monte Carlo histograms against Kaufman's distributions on the same grid.
  @Test(.needsSharedData("ising2d_energy_histograms/L10.npz"))
  func `Published histograms give the optimal curves of the exact distributions`() throws {
    let path = try #require(sharedData("ising2d_energy_histograms/L10.npz"))
    let arrays = try DataFile(path)
    func column(_ name: String) throws -> [Double] { try arrays.array(name).doubles }
    let (temperatures, index, energy, count) = (
      try column("T"), try column("T_index"), try column("energy"), try column("count")
    )
    // Every other value between 1 and 4, where the transition is.
    let chosen = stride(from: 19, to: 80, by: 2).map { $0 }
    let exact = try torus(10, chosen.map { temperatures[$0] })
    var rows = chosen.map { _ in [Double](repeating: 0, count: exact.statistic.count) }
    for i in index.indices {
      guard let row = chosen.firstIndex(of: Int(index[i])) else { continue }
      rows[row][Int((energy[i] + 200) / 4)] += count[i] / 100_000
    }
    let sampled = ScanDistributions(
      parameters: exact.parameters, statistic: exact.statistic, probabilities: rows)
    for method in DetectionMethod.allCases {
      let (a, b) = (DetectionOptimum(method, of: sampled), DetectionOptimum(method, of: exact))
      // 100 000 energies each; their autocorrelation is not published. A probability of one half then has an error of
      // 0.0016 sqrt(2 tau); the path adds up sixty steps with such errors at its ends.
      let tolerance = method == .mean ? 0.05 : 0.01
      for (x, y) in zip(a.values, b.values) { #expect(abs(x - y) < tolerance, "\(method)") }
      let (at, expected) = (try #require(a.location), try #require(b.location))
      #expect(abs(at - expected) < 0.05, "\(method): \(at), exact \(expected)")
    }
  }
}
