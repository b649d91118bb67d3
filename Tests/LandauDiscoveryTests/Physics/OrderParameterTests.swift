import LandauCore
import LandauTestSupport
import Testing

@testable import LandauDiscovery

/// Ten values of p: below one half every snapshot has one of `directions` directions, above it is noise.
///
/// - Parameter spin: the variable of a site from its coordinates, the direction, and a random number.
private func madeOf(
  _ shape: [Int], levels: [Int8], directions: Int, seed: Seed,
  _ spin: ([Int], Int, Double) -> Int8
) -> Ensemble {
  let (values, shots) = ((0..<10).map { Double($0) / 10 }, 64)
  var rng = seed.makeStream()
  var spins: [Int8] = []
  let sites = shape.reduce(1, *)
  for value in values {
    for _ in 0..<shots {
      let direction = rng.index(below: directions)
      for site in 0..<sites {
        var (rest, place) = (site, [Int](repeating: 0, count: shape.count))
        for axis in stride(from: shape.count - 1, through: 0, by: -1) {
          place[axis] = rest % shape[axis]
          rest /= shape[axis]
        }
        let noise = rng.uniform()
        spins.append(
          value < 0.5 && rng.uniform() < 0.8
            ? spin(place, direction, noise) : levels[rng.index(below: levels.count)])
      }
    }
  }
  let snapshots = Snapshots(
    siteShape: shape, channels: ["spin"], values: spins, levels: levels, parameterName: "p",
    parameters: values,
    parameterIndex: values.indices.flatMap { [Int32](repeating: Int32($0), count: shots) },
    chain: values.indices.flatMap { _ in (0..<shots).map(Int32.init) }, isSequential: false,
    boundary: .periodic)
  return Ensemble(snapshots, windows: [], pool: WorkerPool(threadCount: 1))
}

@Test
func anOrderOfThreeStatesIsAVector() throws {
  let ensemble = madeOf(
    [8, 8], levels: [0, 1, 2], directions: 3, seed: .test("three")
  ) { _, direction, _ in Int8(direction) }
  let found = try #require(OrderParameter.find(in: ensemble))
  #expect(found.pattern.basis == .states(3) && found.pattern.isUniform)
  #expect(found.pattern.componentCount == 2 && found.brokenAtLowValues && found.bothSectorsSeen)
  #expect(found.sectors == .init(seen: 3, possible: 3))
  #expect(
    found.pattern.formula(channels: ["spin"])
      == "sqrt(3/2 sum_a (<delta(s(r,c),a)> - 1/3)^2)")
  // Four fifths of the spins in one state; the modulus of noise is of the order of 1/8.
  let magnitude = found.magnitude(in: ensemble)
  #expect(abs(magnitude[0].value - 0.8) < 0.03 && magnitude[9].value < 0.2, "\(magnitude)")
  // Binder's ratio of a Gaussian vector of two components is 1/3; 320 snapshots know it to 0.05.
  let index = try #require(ensemble.moments.patterns.firstIndex(of: found.pattern))
  let disordered = BinderRatio.curve(ensemble, pattern: index)[5...].reduce(0) { $0 + $1.full } / 5
  #expect(abs(disordered - found.pattern.disorderedBinderRatio) < 0.2, "\(disordered)")
}

@Test
func handsOfAClockAreAngles() throws {
  // Noise about the direction by a step either way: neighbours of a state are nearer than the rest.
  let ensemble = madeOf(
    [8, 8], levels: (0..<8).map(Int8.init), directions: 8, seed: .test("clock")
  ) { _, direction, noise in Int8((direction + Int(3 * noise) + 7) % 8) }
  let found = try #require(OrderParameter.find(in: ensemble))
  #expect(found.pattern.basis == .angle(8))
  #expect(found.pattern.symmetry == "rotations by 1/8 of a turn")
  #expect(VortexUnbinding.circlePattern(ensemble) == found.pattern)
  // States that are all alike are not taken for angles.
  let alike = madeOf(
    [8, 8], levels: (0..<8).map(Int8.init), directions: 8, seed: .test("alike")
  ) { _, direction, _ in Int8(direction) }
  #expect(OrderParameter.find(in: alike)?.pattern.basis == .states(8))
}

@Test
func wavesOfTwoAndThreeSublatticesAreFound() throws {
  let cubic = madeOf([4, 4, 4], levels: [-1, 1], directions: 2, seed: .test("cubic")) {
    place, direction, _ in (place.reduce(0, +) + direction) % 2 == 0 ? 1 : -1
  }
  let first = try #require(OrderParameter.find(in: cubic))
  #expect(first.pattern.alternates == [true, true, true])
  #expect(first.pattern.formula(channels: ["spin"]) == "<(-1)^(x+y+z) s(x,y,z)>")
  // One sublattice of three against the two others, in each of its six ways.
  let triangular = madeOf([6, 6], levels: [-1, 1], directions: 6, seed: .test("triangular")) {
    place, direction, _ in
    ((place[0] + 2 * place[1] + direction) % 3 == 0) == (direction < 3) ? 1 : -1
  }
  let second = try #require(OrderParameter.find(in: triangular))
  #expect(second.pattern.phases == [2, 4] && second.pattern.componentCount == 2)
  #expect(second.pattern.name == "three-sublattice magnetisation")
  #expect(second.pattern.formula(channels: ["spin"]) == "|<exp(2 pi i (r-c)/3) s(r,c)>|")
  // Spins of three levels: a dilute magnet.
  let dilute = madeOf([6, 6], levels: [-1, 0, 1], directions: 2, seed: .test("dilute")) {
    _, direction, _ in direction == 0 ? -1 : 1
  }
  #expect(OrderParameter.find(in: dilute)?.pattern.formula(channels: ["spin"]) == "<s(r,c)>")
}

@Test
func momentsOfTwoValuedSpinsAreTheirAverages() {
  let ensemble = madeOf([4, 6], levels: [-1, 1], directions: 2, seed: .test("plain")) { _, d, _ in
    d == 0 ? 1 : -1
  }
  #expect(ensemble.moments.patterns.map(\.phases) == [[0, 0], [3, 0], [0, 3], [3, 3]])
  // Averages of 24 signs are whole multiples of 1/24, to the last bit of a Float.
  for value in ensemble.moments.values.joined() {
    #expect(value == (24 * value).rounded() / 24)
  }
}
