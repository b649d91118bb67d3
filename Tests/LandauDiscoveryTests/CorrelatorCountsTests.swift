import LandauCore
import LandauTestSupport
import Testing

@testable import LandauDiscovery

/// Snapshots of independent random spins.
func randomSnapshots(
  siteShape: [Int], channels: [String] = ["spin"], samples: Int, boundary: Snapshots.Boundary,
  seed: Seed, bias: Double = 0.5
) -> Snapshots {
  var rng = seed.makeStream()
  let width = siteShape.reduce(1, *) * channels.count
  return Snapshots(
    siteShape: siteShape, channels: channels,
    values: (0..<samples * width).map { _ in rng.uniform() < bias ? 1 : -1 }, parameterName: "p",
    parameters: [0, 1], parameterIndex: (0..<samples).map { Int32($0 % 2) },
    chain: (0..<samples).map(Int32.init), isSequential: false, boundary: boundary)
}

/// The mean over positions of any function of a window's values, by sliding the window.
func slidingMean(
  _ snapshots: Snapshots, sample: Int, window: Window, of f: ([Int]) -> Double
) -> Double {
  let shape = [Int](repeating: 1, count: 3 - snapshots.siteShape.count) + snapshots.siteShape
  let channels = snapshots.channels.count
  let periodic = snapshots.boundary == .periodic
  let reach = [window.reach.layer, window.reach.row, window.reach.column]
  let ends = zip(shape, reach).map { periodic ? $0 : $0 - $1 }
  var sum = 0.0
  var positions = 0
  for layer in 0..<ends[0] {
    for row in 0..<ends[1] {
      for column in 0..<ends[2] {
        var spins: [Int] = []
        for offset in window.offsets {
          let site =
            ((layer + offset.layer) % shape[0] * shape[1] + (row + offset.row) % shape[1])
            * shape[2] + (column + offset.column) % shape[2]
          for channel in 0..<channels {
            let index = (sample * channels + channel) * snapshots.siteCount + site
            spins.append(Int(snapshots.values[index]))
          }
        }
        sum += f(spins)
        positions += 1
      }
    }
  }
  return sum / Double(positions)
}

private let geometries: [(shape: [Int], boundary: Snapshots.Boundary)] = [
  ([7], .open), ([64], .periodic), ([150], .open), ([131], .periodic), ([4, 4], .periodic),
  ([5, 9], .open), ([3, 70], .periodic), ([16, 64], .periodic), ([6, 129], .open),
  ([3, 4, 5], .periodic), ([4, 3, 66], .open),
]

@Test(arguments: geometries.indices)
func countsEqualTheSlidingWindow(index: Int) {
  let (shape, boundary) = geometries[index]
  let snapshots = randomSnapshots(
    siteShape: shape, samples: 3, boundary: boundary, seed: .test("sliding", index))
  let windows = Window.standard(
    siteShape: shape, channelCount: 1,
    bonds: shape.count == 1
      ? []
      : shape.count == 2
        ? [.init([1, 0]), .init([0, 1]), .init([1, -1])] : [.init([1, -1, 1])])
  let counts = CorrelatorCounts(snapshots, windows: windows, pool: WorkerPool(threadCount: 2))
  for (k, window) in windows.enumerated() {
    for sample in 0..<3 {
      for mask in 1..<1 << window.area {
        let direct = slidingMean(snapshots, sample: sample, window: window) { spins in
          spins.indices.reduce(1.0) { mask >> $1 & 1 == 1 ? $0 * Double(spins[$1]) : $0 }
        }
        let counted = counts.values[
          sample * counts.featureCount + counts.ranges[k].lowerBound + mask - 1]
        #expect(abs(Double(counted) - direct) < 1e-6, "\(window.name) mask \(mask)")
      }
    }
  }
}

@Test
func aBranchOnCountsEqualsTheConvolution() {
  // Any function of the window at all, here a small nonlinear network of its spins.
  let snapshots = randomSnapshots(
    siteShape: [8, 8], channels: ["down", "right"], samples: 4, boundary: .periodic,
    seed: .test("branch"), bias: 0.7)
  let window = Window(rows: 2, columns: 2)
  var rng = Seed.test("branch weights").makeStream()
  let weights = (0..<8).map { _ in rng.normal() }
  func f(_ spins: [Int]) -> Double {
    let sum = zip(weights, spins).reduce(0.3) { $0 + $1.0 * Double($1.1) }
    return max(0, sum) + 0.2 * sum * sum
  }
  let counts = CorrelatorCounts(snapshots, windows: [window], pool: WorkerPool(threadCount: 1))
  for sample in 0..<4 {
    let direct = slidingMean(snapshots, sample: sample, window: window, of: f)
    let frequencies = counts.patternFrequencies(window: 0, sample: sample)
    let onPatterns = frequencies.indices.reduce(0.0) { sum, pattern in
      let spins = (0..<8).map { pattern >> $0 & 1 == 1 ? -1 : 1 }
      return sum + Double(frequencies[pattern]) * f(spins)
    }
    #expect(abs(direct - onPatterns) < 1e-5)
    #expect(abs(frequencies.reduce(0, +) - 1) < 1e-5)
    #expect(frequencies.allSatisfy { $0 > -1e-6 })
  }
}

@Test
func walshHadamardIsItsOwnInverse() {
  var rng = Seed.test("walsh").makeStream()
  let table = (0..<64).map { _ in Float(rng.normal()) }
  let back = WalshHadamard.table(ofCoefficients: WalshHadamard.coefficients(ofTable: table))
  #expect(zip(table, back).allSatisfy { abs($0 - $1) < 1e-5 })
  // One product of spins is one coefficient.
  let product = (0..<64).map { (pattern: Int) in
    (pattern & 0b101).nonzeroBitCount % 2 == 0 ? Float(1) : -1
  }
  let coefficients = WalshHadamard.coefficients(ofTable: product)
  #expect(coefficients[0b101] == 1)
  #expect(coefficients.reduce(0) { $0 + abs($1) } == 1)
}

@Test
func windowsParseAndRefuse() throws {
  #expect(try Window(parsing: "2x2") == Window(rows: 2, columns: 2))
  #expect(
    try Window(parsing: "1x3d2") == Window(rows: 1, columns: 3, rowDilation: 2, columnDilation: 2))
  #expect(try Window(parsing: "3").columns == 3)
  #expect(try Window(parsing: "2x1x1") == Window(layers: 2, rows: 1, columns: 1))
  #expect(try Window(parsing: "1:-1") == Window(pair: .init(row: -1, column: 1)))
  #expect(try Window(parsing: "0:2") == Window(rows: 1, columns: 2, columnDilation: 2))
  #expect(Window(pair: .init(row: 1, column: -1)).name == "pair 1:-1")
  let triangle = try Window(parsing: "0:0+0:1+1:0")
  #expect(triangle.name == "0:0+0:1+1:0" && triangle.area == 3)
  #expect(triangle == Window(sites: [.init([5, 3]), .init([5, 4]), .init([6, 3])]))
  #expect(
    Window(sites: [.init([0, 0]), .init([0, 1]), .init([0, 2])]) == Window(rows: 1, columns: 3))
  // Of the triangular lattice: its third bond, and the triangles that point up and down.
  let triangular = Window.standard(
    siteShape: [6, 6], channelCount: 1, bonds: [.init([1, 0]), .init([0, 1]), .init([1, -1])])
  #expect(
    triangular.map(\.name).suffix(3) == ["pair 1:-1", "0:0+0:1+1:0", "0:1+1:0+1:1"])
  #expect(Window(layers: 2, rows: 1, columns: 1).name == "2x1x1")
  #expect(Window(rows: 2, columns: 2, columnDilation: 2).name == "2x2 d1x2")
  for bad in [
    "", "0x2", "2x", "x2", "2x2d0", "a", "2x2x2x2", "-1", "99x1", "1x2d", "1:", "0:0", "1:a",
  ] {
    #expect(throws: InputError.self) { try Window(parsing: bad) }
  }
}

@Test
func termsAreMergedUpToTranslationAndNamed() {
  let window = Window(rows: 2, columns: 2)
  // Bits 0 1 / 2 3: the upper and the lower horizontal pair are translates.
  let upper = Term(mask: 0b0011, window: window, channelCount: 1)
  let lower = Term(mask: 0b1100, window: window, channelCount: 1)
  #expect(upper == lower)
  #expect(
    upper.familiarName(siteDimension: 2, linkChannels: false) == "nearest-neighbour correlator")
  #expect(Term(mask: 0b0101, window: window, channelCount: 1) != upper)
  #expect(Term(mask: 0b1000, window: window, channelCount: 1).isOdd)
  #expect(upper.formula(siteDimension: 2, channels: ["spin"]) == "<s(0,0) s(0,1)>")
}

@Test
func onlyClosedLoopsOfLinksAreGaugeInvariant() {
  #expect(IndicatorWording.isGaugeInvariant(.plaquette))
  let window = Window(rows: 2, columns: 2)
  let invariant = (1..<256).filter {
    IndicatorWording.isGaugeInvariant(Term(mask: $0, window: window, channelCount: 2))
  }
  // A 2x2 window of sites holds one closed plaquette and no other loop.
  #expect(invariant.count == 1)
  #expect(Term(mask: invariant[0], window: window, channelCount: 2) == .plaquette)
}
