import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStatistics

@Suite struct ReplicatesTests {
  /// Two correlated processes: x and x + y.
  private func pair(_ counts: [Int], seed: Seed, coefficient: Double = 0.5) -> [Series] {
    let process = Autoregression(coefficient: coefficient)
    let x = process.chains(counts, seed: seed.child("x"))
    let y = process.chains(counts, seed: seed.child("y"))
    return [Series(x), Series(zip(x, y).map { zip($0, $1).map { $0 + $1 } })]
  }

  @Test func agreesWithTheJackknifeOfOneQuantity() {
    let series = pair([400, 300], seed: .test())
    let whole = Estimate.jackknife(series) { $0[0] * $0[1] + 2 }
    let replicates = Replicates.jackknife(series, blockLimit: 100_000)
    let mapped = replicates.map { [$0[0], $0[0] * $0[1] + 2] }[1]
    expectClose(mapped.value, whole.value, ulps: 4)
    expectClose(mapped.error, whole.error, relative: 1e-12)
    #expect(mapped.degreesOfFreedom == whole.degreesOfFreedom)
  }

  enum Scheme: String, CaseIterable { case jackknife, bootstrap }

  private func replicates(_ scheme: Scheme, _ series: [Series], seed: Seed) -> Replicates {
    switch scheme {
    case .jackknife: .jackknife(series)
    case .bootstrap: .bootstrap(series, count: 1000, seed: seed)
    }
  }

  /// The covariance of the means of x and x + y is the variance of that of x: 2 tau / N.
  @Test(arguments: Scheme.allCases, [0, 0.8])
  func covariance(scheme: Scheme, coefficient: Double) {
    let tau = Autoregression(coefficient: coefficient).integratedTime
    let expected = [1, 1, 2].map { $0 * 2 * tau / 8000 }
    for (index, (row, column)) in [(0, 0), (1, 0), (1, 1)].enumerated() {
      expectAgreement(
        with: 1, seed: .test(scheme, coefficient, index), minimalBias: 0.5
      ) { seed, effort in
        let values = (0..<(4 * effort)).map { repetition -> Double in
          let seed = seed.child("repeat", repetition)
          let series = pair([3000, 5000], seed: seed, coefficient: coefficient)
          return replicates(scheme, series, seed: seed).covariance[row][column] / expected[index]
        }
        // Each known as from the blocks, about a hundred of them; correlated ones within sqrt 2.
        let error = (3 / 100.0 / Double(values.count)).squareRoot()
        return Estimate(values.reduce(0, +) / Double(values.count), error: error)
      }
    }
  }

  @Test(arguments: Scheme.allCases)
  func errorsOfDiagonalAreTheEstimates(scheme: Scheme) {
    let some = replicates(scheme, pair([2000], seed: .test()), seed: .test())
      .map { [$0[0], $0[0] * $0[1], 7 + $0[1]] }
    for index in 0..<3 {
      expectClose(some.covariance[index][index].squareRoot(), some[index].error, relative: 1e-10)
    }
    #expect(some.selecting([2, 0])[1] == some[0])
    #expect(Replicates(joining: [some, some]).covariance[4][1] == some.covariance[1][1])
  }

  /// One-sigma bars, and central intervals, of a product of two means hold the truth in 0.683 of the
  /// repeats (0.675 for errors from 60 blocks, within what is checked).
  /// Silent error 6: intervals of 95 % returned as standard errors.
  @Test(arguments: ["jackknife", "bootstrap", "interval", "independent", "independent bootstrap"])
  func coverage(kind: String) {
    let process = Autoregression(coefficient: 0.6)
    let repeats = kind.contains("bootstrap") || kind == "interval" ? 400 : 800
    expectAgreement(with: 0.6827, seed: .test(kind), minimalBias: 0.1) { seed, effort in
      let covered = (0..<(repeats * effort)).count { index in
        let seed = seed.child("repeat", index)
        let x = Series(process.chains([500, 700], seed: seed.child("x")).map { $0.map { $0 + 1 } })
        let y = Series(process.chains([500, 700], seed: seed.child("y")).map { $0.map { $0 + 2 } })
        let two: Replicates =
          switch kind {
          case "jackknife": .jackknife([x, y])
          case "independent": Replicates(independent: [.jackknife([x]), .jackknife([y])])
          case "independent bootstrap":
            Replicates(independent: [
              .bootstrap([x], count: 200, seed: seed.child("a")),
              .bootstrap([y], count: 200, seed: seed.child("b")),
            ])
          default: .bootstrap([x, y], count: 200, seed: seed)
          }
        let product = two.map { [$0[0] * $0[1]] }
        if kind == "interval" { return product.interval(0).contains(2) }
        return abs(product[0].pull(to: 2)) < 1
      }
      let share = Double(covered) / Double(repeats * effort)
      return Estimate(share, error: (0.6827 * 0.3173 / Double(repeats * effort)).squareRoot())
    }
  }

  @Test func independentDataHaveNoCovariance() {
    let process = Autoregression(coefficient: 0)
    let parts = [500, 800].map { count in
      Replicates.jackknife([Series(process.chains([count], seed: .test(count)))])
    }
    let both = Replicates(independent: parts)
    let sum = both.map { [$0[0] + $0[1]] }[0]
    let (a, b) = (parts[0][0], parts[1][0])
    expectClose(sum.error, (a.error * a.error + b.error * b.error).squareRoot(), relative: 1e-10)
    #expect(abs(both.covariance[0][1]) < 1e-12 * both.covariance[0][0])
    #expect(sum.degreesOfFreedom! > min(a.degreesOfFreedom!, b.degreesOfFreedom!))
  }

  @Test func sameSeedSameReplicates() {
    let series = pair([300], seed: .test())
    let seed = Seed.test()
    #expect(Replicates.bootstrap(series, seed: seed) == Replicates.bootstrap(series, seed: seed))
    #expect(
      Replicates.bootstrap(series, seed: seed)
        != Replicates.bootstrap(series, seed: seed.child("other")))
  }

  @Test func frozenDataSaySo() {
    let good = Series(Autoregression(coefficient: 0).chains([500], seed: .test()))
    let frozen = Series([Double](repeating: 2, count: 500))
    let some = Replicates.jackknife([good, frozen])
    #expect(some[0].error > 0 && some[1].error.isNaN)
    for nothing in [
      Replicates.jackknife([frozen]), Replicates.bootstrap([frozen], seed: .test()),
    ] {
      #expect(nothing[0].error.isNaN && nothing[0].warning?.hasPrefix("frozen") == true)
    }
    let joined = Replicates(independent: [.jackknife([frozen]), .jackknife([good])])
    #expect(joined[0].error.isNaN)
    expectClose(joined[1].error, Replicates.jackknife([good])[0].error, relative: 1e-12)
    let undefined = some.map { [$0[0] > some.values[0] ? .nan : 1.0] }[0]
    #expect(undefined.error.isNaN && undefined.warning?.contains("not finite") == true)
  }

  @Test func shortChainsWarn() {
    let chains = Autoregression(coefficient: 0.99).chains([1000], seed: .test())
    #expect(Replicates.jackknife([Series(chains)])[0].warning?.contains("short") == true)
    let normal = Replicates(normal: [Estimate(1, error: 0.5)], count: 4000, seed: .test())
    // Known to a part in sqrt(2 x 4000): five of those.
    expectClose(normal[0].error, 0.5, relative: 0.056)
    #expect(normal[0].value == 1)
  }
}
