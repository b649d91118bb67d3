import LandauCore
import LandauTestSupport
import Testing

/// Golden values: the published algorithms (splitmix64, xoshiro256++) written again in Python.
@Suite struct SeedTests {
  @Test func pathHashes() {
    #expect(Seed(0).child("").value == 0x3580_07ed_89c2_4bab)
    #expect(Seed(0).child("a").value == 0x0c6f_f1b6_6679_fddd)
    #expect(Seed(1).child("metropolis", 3).value == 0xbd0e_cede_7602_5b60)
    #expect(Seed(1).child("metropolis", -3).value == 0xae42_6665_8824_0bf4)
    #expect(Seed(1).child("metropolis").value == 0x807e_4ea1_12a8_4bef)
    #expect(
      Seed(12_345_678_901_234_567_890).child("swendsen-wang", 1, 2, 3).value
        == 0xfe67_fecd_d296_603e)
    #expect(Seed(1).child("eight888").value == 0x67cd_e408_6974_bd8a)
    #expect(Seed(1).child("τ").value == 0xabc5_3635_073a_3949)
    #expect(Seed(1).child("metropolis", indices: [3]) == Seed(1).child("metropolis", 3))
    #expect(Seed(17).description == "17")
  }

  /// Paths that a sloppy hash would confuse.
  @Test func pathsAreTold() {
    var seen: [UInt64: String] = [:]
    func note(_ seed: Seed, _ path: String) {
      #expect(seen[seed.value] == nil, "\(path) and \(seen[seed.value] ?? "")")
      seen[seed.value] = path
    }
    for root in [UInt64(0), 1, 2, .max] {
      let seed = Seed(root)
      note(seed, "\(root)")
      for name in ["", "a", "a1", "1", "a\0", "\0", "\0\0", "aaaaaaaa", "aaaaaaaaa"] {
        note(seed.child(name), "\(root)/\(name.debugDescription)")
        for i in [-1, 0, 1, 2, 12] {
          note(seed.child(name, i), "\(root)/\(name.debugDescription)/\(i)")
          note(seed.child(name).child("", i), "\(root)/\(name.debugDescription)//\(i)")
          for j in [0, 1, 2] {
            note(seed.child(name, i, j), "\(root)/\(name.debugDescription)/\(i)/\(j)")
          }
        }
      }
    }
  }

  /// Each bit of an index flips each bit of the seed half of the time.
  @Test func avalanche() throws {
    expectPlausible(seed: .test()) { seed, effort in
      let repeats = 40 * effort
      var counts = [Int](repeating: 0, count: 64)
      for index in 0..<repeats {
        let base = seed.child("x", index).value
        for bit in 0..<63 {
          var difference = base ^ seed.child("x", index ^ (1 << bit)).value
          while difference != 0 {
            counts[difference.trailingZeroBitCount] += 1
            difference &= difference - 1
          }
        }
      }
      let trials = Double(63 * repeats)
      let chiSquare = counts.reduce(0.0) { sum, count in
        let deviation = Double(count) - trials / 2
        return sum + deviation * deviation / (trials / 4)
      }
      return chiSquareTail(chiSquare, 64)
    }
  }
}

@Suite struct RandomStreamTests {
  /// The reference implementation's first outputs from the state 1, 2, 3, 4.
  @Test func referenceOutputs() {
    var stream = RandomStream(state: [1, 2, 3, 4])
    let expected: [UInt64] = [
      41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386,
      9_228_616_714_210_784_205, 9_973_669_472_204_895_162,
    ]
    #expect(expected.map { _ in stream.next() } == expected)
  }

  @Test func seeding() {
    let stream = Seed(0).makeStream()
    #expect(
      stream.state == [
        0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f,
        0xf88b_b8a8_724c_81ec,
      ])
    var first = stream
    #expect(
      (0..<3).map { _ in first.next() } == [
        5_987_356_902_031_041_503, 7_051_070_477_665_621_255, 6_633_766_593_972_829_180,
      ])
    var child = Seed(1).child("metropolis", 3).makeStream()
    for _ in 0..<999 { _ = child.next() }
    #expect(child.next() == 18_337_776_816_019_607_667)
    #expect(RandomStream.name == "xoshiro256++/1")
  }

  @Test func continuesFromItsState() {
    var stream = Seed(3).makeStream()
    for _ in 0..<100 { _ = stream.next() }
    var resumed = RandomStream(state: stream.state)
    for _ in 0..<100 { #expect(stream.next() == resumed.next()) }
  }

  /// Two children of one seed share no values and do not correlate. Silent error 5.
  @Test func siblingsAreIndependent() {
    expectAgreement(with: 0, seed: .test(), minimalBias: 0.05) { seed, effort in
      let count = 20_000 * effort
      var (a, b) = (seed.child("chain", 0).makeStream(), seed.child("chain", 1).makeStream())
      let sum = (0..<count).reduce(0.0) { sum, _ in sum + (a.uniform() - 0.5) * (b.uniform() - 0.5)
      }
      return Estimate(12 * sum / Double(count), error: 1 / Double(count).squareRoot())
    }
  }
}
