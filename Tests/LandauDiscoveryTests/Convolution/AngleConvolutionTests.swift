import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

@testable import LandauDiscovery

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct AngleConvolutionTests {
  /// Unit vectors whose neighbours differ by independent angles d with density exp(K cos(n d)), on open chains.
  static func chains(multiple n: Double, seed: Seed) -> AngleSnapshots {
    let couplings = (0..<12).map { 0.2 + 0.2 * Double($0) }
    let (shots, length) = (80, 40)
    var rng = seed.makeStream()
    var angles: [Float] = []
    for coupling in couplings {
      for _ in 0..<shots {
        var angle = 2 * Double.pi * rng.uniform()
        for _ in 0..<length {
          angles.append(Float(remainder(angle, 2 * Double.pi)))
          var difference: Double
          repeat {
            difference = 2 * Double.pi * rng.uniform()
          } while rng.uniform() > exp(coupling * (cos(n * difference) - 1))
          angle += difference
        }
      }
    }
    return AngleSnapshots(
      siteShape: [length], angles: angles, parameterName: "coupling", parameters: couplings,
      parameterIndex: couplings.indices.flatMap { [Int32](repeating: Int32($0), count: shots) },
      chain: couplings.indices.flatMap { _ in (0..<shots).map(Int32.init) }, isSequential: false,
      boundary: .open)
  }

  private static func convolved(multiple n: Double, steps: Int) throws -> AngleConvolution {
    let seed = Seed.test("chains \(n)")
    let snapshots = chains(multiple: n, seed: seed)
    var effort = Discovery.Effort.quick
    effort.convolutionSteps = steps
    return try Discovery(
      windows: [Window(rows: 1, columns: 2)], seed: seed, effort: effort
    ).convolve(
      snapshots, pool: WorkerPool(threadCount: 2), progress: .silent, cancellation: .never)
  }

  @Test(.slow)
  func `A convolution finds the cosine of the difference, and counting loses nothing`() throws {
    let found = try Self.convolved(multiple: 1, steps: 400)
    let branch = found.branches[0]
    let formula = try #require(branch.formula)
    #expect(formula.explained.value > 0.95)
    #expect(formula.front.chosen.expression.variables == [0], "\(formula.text)")
    #expect(branch.turned.value < 0.05)
    #expect(found.r2.value > found.countedR2.value - 0.05)
    #expect(found.countedR2.value > 0.5)
  }

  @Test(.slow)
  func `A convolution sees the cosine of three times the difference, which is not counted`() throws
  {
    let found = try Self.convolved(multiple: 3, steps: 1200)
    #expect(found.countedR2.value < 0.2)
    #expect(found.r2.value > 0.4)
  }

  @Test func `A component of one vector turns with the vectors`() {
    // (1 + c)^2 - (1 - c)^2 = 4 c of the first component: its mean over rotations vanishes for every window.
    let branch = AngleNetwork.Branch(
      forms: .init(
        weight: Tensor([Float(1), -1, 0, 0, 0, 0, 0, 0], shape: [4, 2]),
        bias: Tensor([Float(1), 1], shape: [2])),
      bends: .init(weight: Tensor([Float(0), 0], shape: [2, 1]), bias: nil),
      last: .init(weight: Tensor([Float(1), -1, 0], shape: [3, 1]), bias: nil))
    let windows: [[Float]] = (0..<20).map { k in
      let angle = 0.3 * Float(k)
      return [cosf(angle), sinf(angle), 1, 0]
    }
    #expect(abs(Discovery.turnedShare(branch, windows) - 1) < 1e-5)
  }

  @Test func `Windows and averages are those of a loop over the lattice`() throws {
    let (rows, columns) = (3, 4)
    let angles = (0..<2 * rows * columns).map { Float($0) * 0.7 }
    let snapshots = AngleSnapshots(
      siteShape: [rows, columns], angles: angles, parameterName: "T", parameters: [1],
      parameterIndex: [0, 0], chain: [0, 1], isSequential: false, boundary: .periodic)
    let window = Window(rows: 2, columns: 2)
    let part = AngleWindows(snapshots, window: window, positions: 100)
    #expect(part.positionCount == rows * columns && part.componentCount == 8)
    var expected: [Float] = []
    for sample in 0..<2 {
      for r in 0..<rows {
        for c in 0..<columns {
          for offset in window.offsets {
            let site = (r + offset.row) % rows * columns + (c + offset.column) % columns
            let angle = angles[sample * rows * columns + site]
            expected += [cosf(angle), sinf(angle)]
          }
        }
      }
    }
    #expect(part.components == expected)
    #expect(part.tensor([1]).scalars(Float.self) == Array(expected.suffix(expected.count / 2)))
    var rng = Seed.test("network").makeStream()
    let network = AngleNetwork(windows: [part.tensor(0..<2)], labels: [-1, 1], using: &rng)
    let each = network.branches[0](Tensor(expected, shape: [24, 8])).scalars(Float.self)
    let mean = (0..<2).map { s in each[s * 12..<(s + 1) * 12].reduce(0, +) / 12 }
    // The last layer is scaled so that averages over samples have mean 0 and variance 1.
    #expect(abs(mean[0] + mean[1]) < 1e-4 && abs(abs(mean[1]) - 1) < 1e-3, "\(mean)")
  }
}
