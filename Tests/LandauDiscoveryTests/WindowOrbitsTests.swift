import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

@testable import LandauDiscovery

/// Snapshots with every value equally likely, on one torus or box.
private func random(
  _ shape: [Int], levels: [Int8], channels: Int, boundary: Snapshots.Boundary, seed: Seed
) -> Snapshots {
  var rng = seed.makeStream()
  let width = shape.reduce(1, *) * channels
  let samples = 6
  return Snapshots(
    siteShape: shape, channels: (0..<channels).map { "c\($0)" },
    values: (0..<samples * width).map { _ in levels[rng.index(below: levels.count)] },
    levels: levels, parameterName: "p", parameters: [0, 1],
    parameterIndex: (0..<samples).map { Int32($0 % 2) }, chain: (0..<samples).map(Int32.init),
    isSequential: false, boundary: boundary)
}

/// The variable at each place, moved to where the operation takes its place; on a box about its middle.
private func moved(_ snapshots: Snapshots, by operation: CellSymmetry) -> Snapshots {
  let shape = snapshots.siteShape
  func cell(_ index: Int) -> [Int] {
    var rest = index
    return Array(
      shape.reversed().map { extent -> Int in
        defer { rest /= extent }
        return rest % extent
      }.reversed())
  }
  var values = snapshots.values
  let (sites, width) = (snapshots.siteCount, snapshots.siteCount * snapshots.channels.count)
  for index in 0..<sites {
    for channel in snapshots.channels.indices {
      var image = operation.image(site: channel, cell: cell(index))
      if snapshots.boundary == .open {
        // An axis that is turned round begins at the other end.
        for axis in shape.indices where operation.matrix[axis].contains(-1) {
          image.cell[axis] += shape[axis] - 1
        }
      }
      let place = zip(image.cell, shape).reduce(0) { $0 * $1.1 + ($1.0 % $1.1 + $1.1) % $1.1 }
      for sample in 0..<snapshots.sampleCount {
        values[sample * width + image.site * sites + place] =
          snapshots.values[sample * width + channel * sites + index]
      }
    }
  }
  return Snapshots(
    siteShape: shape, channels: snapshots.channels, values: values, levels: snapshots.levels,
    parameterName: "p", parameters: snapshots.parameters,
    parameterIndex: snapshots.parameterIndex, chain: snapshots.chain, isSequential: false,
    boundary: snapshots.boundary)
}

private struct Case: Sendable {
  var cell: UnitCell
  var shape: [Int]
  var levels: [Int8] = [-1, 1]
  var boundary = Snapshots.Boundary.periodic
  /// Of the group on that lattice.
  var order: Int
  var windows: [Window]
}

private let flat = ["1", "1x2", "2x1", "1x3", "3x1", "2x2", "1x2d2"]
private let cases = [
  Case(cell: .square, shape: [6, 6], order: 8, windows: windows(flat)),
  Case(cell: .square, shape: [6, 5], order: 4, windows: windows(flat)),
  Case(cell: .square, shape: [5, 5], boundary: .open, order: 8, windows: windows(flat)),
  Case(cell: .square, shape: [4, 4], levels: [0, 1, 2], order: 8, windows: windows(flat)),
  Case(
    cell: .square, shape: [4, 4], levels: [-1, 0, 1], order: 8, windows: windows(["1x2", "2x2"])),
  Case(
    cell: .triangular, shape: [6, 6], order: 12,
    windows: windows(flat + ["1:-1", "0:0+0:1+1:0", "0:1+1:0+1:1"])),
  Case(cell: .honeycomb, shape: [4, 4], order: 12, windows: windows(["1", "1x2", "2x1"])),
  Case(cell: .kagome, shape: [4, 4], order: 12, windows: windows(["1"])),
  Case(cell: .cubic, shape: [4, 4, 4], order: 48, windows: windows(["1x1x2", "1x2x2", "2x1x2"])),
]

private func windows(_ names: [String]) -> [Window] {
  names.compactMap { try? Window(parsing: $0 == "1" ? "1x1" : $0) }
}

/// The counts of an image are those of the original under every element of the group: to the last bit for spins, to the
/// rounding of frequencies for patterns. And they are the mean over the group of what plain windows count.
@Test(arguments: cases.indices)
func averagedCountsAreInvariant(index: Int) {
  let this = cases[index]
  let pool = WorkerPool(threadCount: 1)
  let snapshots = random(
    this.shape, levels: this.levels, channels: this.cell.basis.count, boundary: this.boundary,
    seed: .test("orbits", index))
  let group = WindowGroup(
    this.cell.symmetries(), siteShapes: [this.shape], boundary: this.boundary)
  #expect(group.count == this.order)
  let alphabet = Alphabet(levels: this.levels)
  let kept = group.representatives(of: this.windows, alphabet: alphabet)
  let orbits = WindowOrbits(kept, group: group, alphabet: alphabet)
  let counts = CorrelatorCounts(snapshots, orbits: orbits, pool: pool)
  #expect(counts.windows == kept && counts.group == group)
  var mean = [Double](repeating: 0, count: counts.values.count)
  let unmoved = CorrelatorCounts(snapshots, windows: kept, pool: pool)
  var isMoved = false
  for operation in group.operations {
    let images = moved(snapshots, by: operation)
    let again = CorrelatorCounts(images, orbits: orbits, pool: pool)
    if alphabet == .spins {
      #expect(again.values == counts.values)
    } else {
      for (one, other) in zip(again.values, counts.values) { #expect(abs(one - other) < 2e-6) }
    }
    let plain = CorrelatorCounts(images, windows: kept, pool: pool)
    isMoved = isMoved || plain.values != unmoved.values
    for (feature, term) in counts.terms.enumerated() {
      let window = counts.ranges.firstIndex { $0.contains(feature) }!
      // On a box copies of a function within a window differ at the ends; all of them count.
      let columns = plain.ranges[window].filter { column in
        this.boundary == .periodic
          ? plain.terms[column] == term
          : group.operations.contains { group.image(term, under: $0) == plain.terms[column] }
      }
      let used = this.boundary == .periodic ? Array(columns.prefix(1)) : columns
      for sample in 0..<counts.sampleCount {
        for column in used {
          mean[sample * counts.featureCount + feature] +=
            Double(plain.values[sample * plain.featureCount + column])
            / Double(used.count * group.count)
        }
      }
    }
  }
  for (one, other) in zip(counts.values, mean) { #expect(abs(Double(one) - other) < 3e-6) }
  #expect(isMoved, "plain counts are as invariant: nothing was tested")
}

@Test func imagesOfWindowsAreOneWindow() {
  func names(_ cell: UnitCell, _ list: [String]) -> [String] {
    let group = WindowGroup(cell.symmetries(), siteShapes: [[8, 8]], boundary: .periodic)
    return group.representatives(of: windows(list), alphabet: .spins).map(\.name)
  }
  #expect(names(.square, flat) == ["1x1", "1x2", "1x3", "2x2", "1x2 d2"])
  #expect(names(.triangular, ["1x2", "2x1", "1:-1", "0:0+0:1+1:0", "0:1+1:0+1:1"]).count == 2)
  let group = WindowGroup(UnitCell.square.symmetries(), siteShapes: [[8, 8]], boundary: .periodic)
  #expect(
    group.representatives(
      of: windows(["2x1", "3x1"]), beyond: windows(["1x2"]), alphabet: .spins
    ).map(\.name) == ["3x1"])
  // Of the fifteen products of a plaquette five are different: one spin, two pairs, three spins, four.
  let orbits = WindowOrbits(windows(["2x2"]), group: group, alphabet: .spins)
  #expect(orbits.terms[0].map(\.degree).sorted() == [1, 2, 2, 3, 4])
  // Where two couplings differ the pairs along both axes stay apart.
  let less = WindowGroup(
    UnitCell.square.symmetries(bondKinds: [0, 1]), siteShapes: [[8, 8]], boundary: .periodic)
  #expect(less.representatives(of: windows(["1x2", "2x1"]), alphabet: .spins).count == 2)
}

/// Angles are no exception, and what a network makes of the averages is one number for all images.
@Test func anglesAreAveragedToo() {
  var rng = Seed.test("angles").makeStream()
  let shape = [5, 5]
  let angles = (0..<25).map { _ in Float(6.28 * rng.uniform()) }
  func snapshots(_ values: [Float]) -> AngleSnapshots {
    AngleSnapshots(
      siteShape: shape, angles: values, parameterName: "p", parameters: [0], parameterIndex: [0],
      chain: [0], isSequential: false, boundary: .periodic)
  }
  let group = WindowGroup(UnitCell.square.symmetries(), siteShapes: [shape], boundary: .periodic)
  let orbits = WindowOrbits(
    windows(["1x2", "2x2"]), group: group, alphabet: AngleSnapshots.alphabet)
  let pool = WorkerPool(threadCount: 1)
  let turned = (0..<25).map { (site: Int) -> Float in
    let (row, column) = site.quotientAndRemainder(dividingBy: 5)
    return angles[column * 5 + 4 - row]
  }
  let (one, other) = (
    CorrelatorCounts(snapshots(angles), orbits: orbits, pool: pool),
    CorrelatorCounts(snapshots(turned), orbits: orbits, pool: pool)
  )
  for (a, b) in zip(one.values, other.values) { #expect(abs(a - b) < 1e-6) }
  #expect(one.featureCount == 6)
}
