import LandauCore
import LandauTestSupport
import Testing

@testable import LandauTensor

struct RandomTests {
  /// Known answers of Random123 (kat_vectors, threefry2x32 with 20 rounds): counter, key, result.
  @Test func knownAnswers() {
    let answers: [([UInt32], [UInt32], [UInt32])] = [
      ([0, 0], [0, 0], [0x6b20_0159, 0x99ba_4efe]),
      ([0xffff_ffff, 0xffff_ffff], [0xffff_ffff, 0xffff_ffff], [0x1cb9_96fc, 0xbb00_2be7]),
      ([0x243f_6a88, 0x85a3_08d3], [0x1319_8a2e, 0x0370_7344], [0xc492_3a9c, 0x483d_f7a0]),
    ]
    func words(_ values: [UInt32]) -> Tensor { Tensor(values.map { Int32(bitPattern: $0) }) }
    for (counter, key, expected) in answers {
      let op = Op.randomBits(RandomBits(shape: [2], scalar: .int32))
      let result = Tensor.apply(op, [words(key), words(counter)]).scalars(Int32.self)
      #expect(result.map { UInt32(bitPattern: $0) } == expected)
    }
    // The first block of a draw is that of the counter (0, 0).
    let zero = RandomKey(words: Tensor([0, 0] as [Int32]))
    #expect(zero.bits([2]).scalars(Int32.self).map { UInt32(bitPattern: $0) } == answers[0].2)
    #expect(zero.uniform([1]).item(Double.self) == Double(0x6b_2001) * 0x1p-24)
    #expect(
      zero.uniform([1], type: .double).item(Double.self)
        == Double(0x6b20_0159_99ba_4efe >> 11 as UInt64) * 0x1p-53)
  }

  @Test func sameNumbersHoweverTheyAreComputed() throws {
    let draw: @Sendable ([Tensor]) -> [Tensor] = { x in
      let keys = RandomKey(words: x[0]).split(3)
      return [
        keys[0].normal([5]), keys[1].uniform([2, 3], type: .double),
        keys[2].folded(x[1]).integers([7], below: 10), keys[2].permutation(6),
        keys[1].folded(1).categorical(Tensor([0.1, 0.2, 0.3])),
        keys[0].folded(2).bernoulli([9], probability: 0.3),
      ]
    }
    let keys = RandomKey(Seed.test()).splitWords(4)
    let steps = Tensor([5, 6, 7, 8] as [Int32])
    @Sendable func element(_ x: Tensor, _ index: Int) -> Tensor {
      x.sliced(axis: 0, index..<(index + 1)).squeezed(axis: 0)
    }
    let mapped = vmap(draw)([keys, steps])
    let compiled = compile(draw)
    let pool = WorkerPool(threadCount: 4)
    let same = try pool.map(16) { job in
      let arguments = [element(keys, job % 4), element(steps, job % 4)]
      let loop = draw(arguments)
      return zip(zip(loop, compiled(arguments)), mapped).allSatisfy { pair, whole in
        let expected = pair.0.scalars(Double.self)
        return expected == pair.1.scalars(Double.self)
          && expected == element(whole, job % 4).scalars(Double.self)
      }
    }
    #expect(same.allSatisfy { $0 })
    // A longer draw begins with the shorter one.
    let key = RandomKey(Seed.test())
    #expect(key.bits([4]).scalars(Int32.self) == Array(key.bits([9]).scalars(Int32.self)[..<4]))
  }

  @Test func keysDiffer() {
    let key = RandomKey(Seed.test())
    var seen: Set<[Int32]> = [key.words.scalars(Int32.self), key.bits([2]).scalars(Int32.self)]
    for child in key.split(50) { seen.insert(child.words.scalars(Int32.self)) }
    for index in 0..<50 { seen.insert(key.folded(index).words.scalars(Int32.self)) }
    for child in key.folded(0).split(50) { seen.insert(child.words.scalars(Int32.self)) }
    #expect(seen.count == 152)
    #expect(
      RandomKey(Seed(0x0123_4567_89ab_cdef)).words.scalars(Int32.self)
        == [0x0123_4567, Int32(bitPattern: 0x89ab_cdef)])
  }

  private static let count = 20_000

  /// The mean of some numbers, with the error it has if they are independent.
  private func mean(_ values: [Double]) -> Estimate {
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
    return Estimate(mean, error: (variance / n).squareRoot())
  }

  @Test(arguments: [ScalarType.float, .double])
  func momentsOfUniformAndNormal(_ type: ScalarType) throws {
    func draw(_ seed: Seed, _ effort: Int, _ f: (RandomKey, [Int]) -> Tensor) -> [Double] {
      f(RandomKey(seed), [Self.count * effort]).scalars(Double.self)
    }
    for power in 1...4 {
      expectAgreement(
        with: 1 / Double(power + 1), seed: .test(type, power), minimalBias: 0.02
      ) { seed, effort in
        mean(
          draw(seed, effort) { $0.uniform($1, type: type) }.map { x in
            (0..<power).reduce(1) { y, _ in y * x }
          })
      }
      expectAgreement(
        with: [0, 1, 0, 3][power - 1], seed: .test(type, power, "normal"), minimalBias: 0.5
      ) { seed, effort in
        mean(
          draw(seed, effort) { $0.normal($1, type: type) }.map { x in
            (0..<power).reduce(1) { y, _ in y * x }
          })
      }
    }
    // Neighbours are independent.
    expectAgreement(with: 0, seed: .test(type, "pairs"), minimalBias: 0.05) { seed, effort in
      let x = draw(seed, effort) { $0.normal($1, type: type) }
      return mean(stride(from: 0, to: x.count - 1, by: 2).map { x[$0] * x[$0 + 1] })
    }
    expectDisagreement(with: 0.52, seed: .test(type, "fault")) { seed, effort in
      mean(draw(seed, effort) { $0.uniform($1, type: type) })
    }
  }

  @Test func frequencies() throws {
    let weights = [0.1, 0.2, 0.3, 0.4]
    let logits = Tensor(weights.map { 5 + Double(log(Tensor($0)).item(Double.self)) })
    for (index, weight) in weights.enumerated() {
      expectAgreement(with: weight, seed: .test(index), minimalBias: 0.02) { seed, effort in
        let rows = logits.broadcast(to: [Self.count * effort, 4])
        return mean(
          RandomKey(seed).categorical(rows).scalars(Int32.self).map { Int($0) == index ? 1 : 0 })
      }
    }
    expectAgreement(with: 0.3, seed: .test("bernoulli"), minimalBias: 0.02) { seed, effort in
      mean(
        RandomKey(seed).bernoulli([Self.count * effort], probability: 0.3).scalars(Double.self))
    }
    let whole = RandomKey(Seed.test("whole")).integers([Self.count], below: 3).scalars(Int32.self)
    #expect(Set(whole) == [0, 1, 2])
    expectAgreement(with: 1, seed: .test("integers"), minimalBias: 0.04) { seed, effort in
      mean(RandomKey(seed).integers([Self.count * effort], below: 3).scalars(Double.self))
    }
    let none = Tensor([0, -Double.infinity, 0])
    #expect(
      !RandomKey(Seed.test("never")).categorical(none.broadcast(to: [1000, 3])).scalars(Int32.self)
        .contains(1))
  }

  @Test func permutationsAreUniform() throws {
    let order = RandomKey(Seed.test()).permutation(100).scalars(Int32.self)
    #expect(order.sorted() == (0..<100).map { Int32($0) })
    // Where the first of five goes.
    expectAgreement(with: 2, seed: .test(), minimalBias: 0.15) { seed, effort in
      let orders = vmap { [RandomKey(words: $0[0]).permutation(5)] }(
        [RandomKey(seed).splitWords(2000 * effort)])[0].scalars(Int32.self)
      return mean(stride(from: 0, to: orders.count, by: 5).map { Double(orders[$0]) })
    }
  }
}
