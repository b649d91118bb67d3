import LandauCore
import LandauExact
import LandauLattice
import LandauStatistics
import LandauStore
import LandauTestSupport
import Testing

@testable import LandauQuantum

/// Others' DMRG snapshots of the open Ising chain of 150 spins (TetrisCNN_for_spin_systems, 250 shots per field and basis).
@Suite struct PublicSnapshotsTests {
  /// Distances over which pairs are compared.
  private static let distances = [1, 2, 4, 8, 16, 32]
  private static let n = 150

  /// Chi-square of the averages over pairs at each distance, with their covariance over shots; and its degrees of freedom.
  ///
  /// The mean of n shots with covariance S/n: n d S^-1 d, times (n - k)/(k (n - 1)), is F-distributed with (k, n - k) (Hotelling);
  /// for n = 250 close to chi-square with k degrees after the factor (n - k - 1)/(n - 1).
  private static func chiSquare(_ shots: [[Double]], _ exact: [Double]) -> (Double, Int) {
    let (count, k) = (shots.count, exact.count)
    let mean = (0..<k).map { a in shots.reduce(0.0) { $0 + $1[a] } / Double(count) }
    var matrix = [[Double]](repeating: [Double](repeating: 0, count: k + 1), count: k)
    for a in 0..<k {
      for b in 0..<k {
        matrix[a][b] =
          shots.reduce(0.0) { $0 + ($1[a] - mean[a]) * ($1[b] - mean[b]) } / Double(count - 1)
      }
      matrix[a][k] = mean[a] - exact[a]
    }
    // Distances at which every shot is alike say nothing.
    let kept = (0..<k).filter { matrix[$0][$0] > 1e-12 }
    var system = kept.map { a in kept.map { matrix[a][$0] } + [matrix[a][k]] }
    let size = kept.count
    for column in 0..<size {
      for row in column + 1..<max(column + 1, size) {
        let factor = system[row][column] / system[column][column]
        for c in column...size { system[row][c] -= factor * system[column][c] }
      }
    }
    // Pivots and reduced right sides of a symmetric elimination: d S^-1 d = sum of r^2 / p.
    let square = (0..<size).reduce(0.0) {
      $0 + system[$1][size] * system[$1][size] / system[$1][$1]
    }
    let correction = Double(count - size - 1) / Double(count - 1)
    return (square * Double(count) * correction, size)
  }

  private static func shots(_ snapshots: Snapshots, at field: Int) -> [[Double]] {
    (0..<snapshots.sampleCount).filter { snapshots.parameterIndex[$0] == Int32(field) }.map {
      let start = $0 * n
      return distances.map { r in
        let sum = (0..<n - r).reduce(0) {
          $0 + Int(snapshots.values[start + $1]) * Int(snapshots.values[start + $1 + r])
        }
        return Double(sum) / Double(n - r)
      }
    }
  }

  private static func averaged(_ correlation: (Int, Int) -> Double) -> [Double] {
    distances.map { r in
      (0..<n - r).reduce(0.0) { $0 + correlation($1, $1 + r) } / Double(n - r)
    }
  }

  /// Free fermions, matrix products and the public shots at fields on both sides of the transition, in both bases. Every chi-square has six degrees of
  /// freedom at most; a field that is off by 0.02 is seen (the test of the test at the end).
  @Test(
    .slow, .needsSharedData("tfim1d_N150_scan/snapshots_z.npz"),
    .needsSharedData("tfim1d_N150_scan/snapshots_y.npz"))
  func `Two-point functions of the public set`() throws {
    var total = (0.0, 0)
    var wrong = (0.0, 0)
    let lattice = try Lattice.named("chain", sides: [Self.n], boundary: [.open])
    let sets = try [SpinAxis.z, .y].map { axis in
      let path = try #require(sharedData("tfim1d_N150_scan/snapshots_\(axis).npz"))
      return (axis, try SnapshotFile.read(path))
    }
    let fields = sets[0].1.parameters
    for target in [0.2, 0.35, 0.45, 0.5, 0.55, 0.7, 1.0, 1.4] {
      let index = fields.indices.min { abs(fields[$0] - target) < abs(fields[$1] - target) }!
      // S = sigma/2: couplings a quarter, fields half.
      let ratio = 2 * fields[index]
      let fermions = try TransverseIsingChain(siteCount: Self.n, field: ratio, isPeriodic: false)
      let search = try DensityMatrixRenormalization<Double>(
        .transverseIsing(lattice, transverseField: ratio))
      let ground = try search.groundState(seed: .test(target))
      #expect(ground.status == .converged)
      #expect(abs(ground.energy - fermions.energy) < 1e-6)
      for (axis, snapshots) in sets {
        let exact = Self.averaged { fermions.correlation($0, $1, axis: axis) }
        let pairs = ground.state.correlations(axis).pairs
        let products = Self.averaged { pairs[$0 * Self.n + $1] }
        for (a, b) in zip(exact, products) { #expect(abs(a - b) < 1e-4, "\(axis) at \(target)") }
        let shots = Self.shots(snapshots, at: index)
        #expect(shots.count == 250)
        let (square, freedom) = Self.chiSquare(shots, products)
        print(
          "tfim1d_N150_scan g = \(fields[index]) \(axis): chi-square \(square) of \(freedom); energy \(ground.energy), bond dimension \(ground.bondDimension), variance \(ground.variance)"
        )
        let probability = chiSquareSurvival(square, degreesOfFreedom: Double(freedom))
        #expect(probability > 1e-5, "\(axis) at \(fields[index]): \(square) of \(freedom)")
        total = (total.0 + square, total.1 + freedom)
        let moved = try TransverseIsingChain(
          siteCount: Self.n, field: ratio + 0.04, isPeriodic: false)
        let other = Self.chiSquare(
          shots, Self.averaged { moved.correlation($0, $1, axis: axis) })
        wrong = (wrong.0 + other.0, wrong.1 + other.1)
      }
    }
    print("all: \(total.0) of \(total.1); fields moved by 0.02: \(wrong.0)")
    #expect(chiSquareSurvival(total.0, degreesOfFreedom: Double(total.1)) > 1e-4, "\(total)")
    #expect(chiSquareSurvival(wrong.0, degreesOfFreedom: Double(wrong.1)) < 1e-6, "\(wrong)")
  }
}
