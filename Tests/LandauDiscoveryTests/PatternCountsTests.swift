import LandauCore
import LandauTestSupport
import Testing

@testable import LandauDiscovery

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Snapshots of independent variables, lower levels the more likely.
private func snapshots(
  levels: [Int8], siteShape: [Int], channels: [String] = ["spin"],
  boundary: Snapshots.Boundary = .periodic, samples: Int = 3, seed: Seed
) -> Snapshots {
  var rng = seed.makeStream()
  let width = siteShape.reduce(1, *) * channels.count
  return Snapshots(
    siteShape: siteShape, channels: channels,
    values: (0..<samples * width).map { _ in
      levels[min(rng.index(below: levels.count), rng.index(below: levels.count))]
    }, levels: levels, parameterName: "p", parameters: [0, 1],
    parameterIndex: (0..<samples).map { Int32($0 % 2) }, chain: (0..<samples).map(Int32.init),
    isSequential: false, boundary: boundary)
}

/// A term on the values of a window, written out anew.
private func evaluate(_ term: Term, on values: [(place: Term.Factor, value: Int)], q: Int) -> Double
{
  func value(_ factor: Term.Factor) -> Int {
    values.first {
      ($0.place.layer, $0.place.row, $0.place.column, $0.place.channel)
        == (factor.layer, factor.row, factor.column, factor.channel)
    }!.value
  }
  let turn = 2 * Double.pi / Double(q)
  switch term.kind {
  case .product:
    return term.factors.reduce(1.0) { product, factor in
      let s = Double(value(factor))
      return product * (factor.index == 1 ? s : s * s - 2.0 / 3)
    }
  case .equality:
    for one in term.factors {
      for other in term.factors where one.index == other.index && value(one) != value(other) {
        return 0
      }
    }
    return 1
  case .level: return value(term.factors[0]) == term.factors[0].index ? 1 : 0
  case .angle:
    let steps = value(term.factors[0]) - value(term.factors[1])
    return cos(turn * Double(term.factors[0].index * steps))
  case .component:
    let angle = turn * Double(value(term.factors[0]))
    return term.factors[0].index == 1 ? cos(angle) : sin(angle)
  }
}

private let cases: [(alphabet: Alphabet, shape: [Int], channels: [String])] = [
  (Alphabet(levels: [-1, 0, 1]), [5, 6], ["spin"]),
  (Alphabet(levels: [-1, 0, 1]), [3, 4, 3], ["spin"]),
  (Alphabet(levels: [0, 1, 2]), [4, 7], ["spin"]),
  (Alphabet(levels: [0, 1, 2]), [4, 5], ["a", "b"]),
  (Alphabet(levels: (0..<10).map { Int8($0) }), [6, 5], ["spin"]),
  (Alphabet(levels: (0..<6).map { Int8($0) }, symmetry: .rotations), [9], ["spin"]),
]

@Test(arguments: cases.indices, [Snapshots.Boundary.periodic, .open])
func functionsOfWindowsEqualTheSlidingWindow(index: Int, boundary: Snapshots.Boundary) {
  let (alphabet, shape, channels) = cases[index]
  let data = snapshots(
    levels: alphabet.levels, siteShape: shape, channels: channels, boundary: boundary,
    seed: .test("patterns", index))
  let windows = Window.standard(
    siteShape: shape, channelCount: channels.count, alphabet: alphabet,
    bonds: shape.count == 2 ? [.init([1, -1])] : [])
  #expect(windows.count >= 4)
  let counts = CorrelatorCounts(
    data, windows: windows, alphabet: alphabet, pool: WorkerPool(threadCount: 2))
  for (k, window) in windows.enumerated() {
    let places = window.offsets.flatMap { offset in
      channels.indices.map { Term.Factor(offset, channel: $0) }
    }
    #expect(counts.ranges[k].count == alphabet.featureCount(variables: places.count))
    // Some of the many functions of a large window.
    for column in counts.ranges[k] where column % (1 + counts.ranges[k].count / 20) == 0 {
      let term = counts.terms[column]
      // On a torus all translates are one; with open ends only those whose corner is the window's.
      guard Set(term.factors.map(place)).isSubset(of: Set(places.map(place))),
        boundary == .periodic || term.factors.count == places.count
      else { continue }
      for sample in 0..<data.sampleCount {
        let direct = slidingMean(data, sample: sample, window: window) { values in
          evaluate(term, on: zip(places, values).map { ($0, $1) }, q: alphabet.levels.count)
        }
        let counted = counts.values[sample * counts.featureCount + column]
        #expect(abs(Double(counted) - direct) < 1e-5, "\(window.name) \(term)")
      }
    }
  }
}

private func place(_ factor: Term.Factor) -> [Int] {
  [factor.layer, factor.row, factor.column, factor.channel]
}

@Test
func polynomialsOfTwoValuesAreTheSpin() {
  let data = randomSnapshots(
    siteShape: [6, 5], samples: 4, boundary: .open, seed: .test("two values"))
  let windows = Window.standard(siteShape: [6, 5], channelCount: 1)
  let packed = CorrelatorCounts(data, windows: windows, pool: WorkerPool(threadCount: 1))
  for (k, window) in windows.enumerated() {
    let plan = PatternPlan(data, window: window, alphabet: .spins)
    #expect(plan.table.terms == Array(packed.terms[packed.ranges[k]]))
    var rows = StateRows(
      grid: WindowGrid([6, 5]), channelCount: 1, levels: [-1, 1], overhang: window.reach.column)
    var scratch = PatternPlan.Scratch([plan])
    var means = [Float](repeating: 0, count: plan.table.terms.count)
    data.values[30..<60].withUnsafeBufferPointer { rows.load($0) }
    plan.count(rows, scratch: &scratch, into: &means)
    for (mean, column) in zip(means, packed.ranges[k]) {
      #expect(abs(mean - packed.values[packed.featureCount + column]) < 1e-6)
    }
  }
}

@Test(arguments: [(2, 4), (3, 4), (3, 5), (10, 3)])
func equalitiesSpanTheInvariantFunctions(states: Int, sites: Int) throws {
  // As many independent functions as there are orbits of patterns under permutations of the values, found by
  // applying all exchanges of neighbours.
  let alphabet = Alphabet(
    levels: (0..<states).map { Int8($0) }, symmetry: .permutations)
  let table = PatternTable(
    alphabet, window: Window(rows: 1, columns: sites), channelCount: 1)
  let count = try #require(alphabet.patternCount(variables: sites))
  var orbit = Array(0..<count)
  func find(_ p: Int) -> Int { orbit[p] == p ? p : find(orbit[p]) }
  for pattern in 0..<count {
    for swap in 0..<states - 1 {
      var (rest, weight, image) = (pattern, 1, 0)
      for _ in 0..<sites {
        let digit = rest % states
        image += weight * (digit == swap ? swap + 1 : digit == swap + 1 ? swap : digit)
        (rest, weight) = (rest / states, weight * states)
      }
      // Functions do not change under it.
      #expect(table.classes[pattern] == table.classes[image])
      orbit[find(pattern)] = find(image)
    }
  }
  let orbits = (0..<count).count { orbit[$0] == $0 }
  #expect(table.classCount == orbits)
  #expect(table.terms.count == orbits - 1)
}

@Test
func functionsOfFewValuesAreNamed() {
  let pair = Window(rows: 1, columns: 2)
  let potts = PatternTable(Alphabet(levels: [0, 1, 2]), window: pair, channelCount: 1)
  #expect(potts.terms.count == 1)
  #expect(
    potts.terms[0].formula(siteDimension: 2, channels: ["spin"]) == "<delta(s(0,0), s(0,1))>")
  #expect(
    potts.terms[0].latex(siteDimension: 2, channels: ["spin"])
      == "\\langle \\delta(s_{0,0}, s_{0,1}) \\rangle")
  #expect(
    potts.terms[0].familiarName(siteDimension: 2, linkChannels: false)
      == "nearest-neighbour correlator")
  let capel = PatternTable(Alphabet(levels: [-1, 0, 1]), window: pair, channelCount: 1)
  #expect(capel.terms.count == 8)
  let formulas = capel.terms.map { $0.formula(siteDimension: 2, channels: ["spin"]) }
  #expect(formulas.contains("<s(0,0) s(0,1)>") && formulas.contains("<[s^2](0,0)>"))
  // An exchange of a pair's ends across a diagonal is the same term in a named bond.
  let diagonal = Window(pair: .init(row: 1, column: -1))
  let bond = Term(mask: 0b11, window: diagonal, channelCount: 1)
  #expect(bond.familiarName(siteDimension: 2, linkChannels: false) == "diagonal correlator")
  #expect(
    bond.familiarName(siteDimension: 2, linkChannels: false, bonds: [bond])
      == "nearest-neighbour correlator")
  let clock = PatternTable(
    Alphabet(levels: [0, 1, 2, 3], symmetry: .rotations), window: pair, channelCount: 1)
  #expect(
    clock.terms.map { $0.formula(siteDimension: 1, channels: ["spin"]) }
      == ["<cos(t(0) - t(1))>", "<cos(2 (t(0) - t(1)))>"])
}
