import LandauCore
import LandauTestSupport
import Testing

@testable import LandauTensor

struct OrderTests {
  @Test func sortingIsStableWithNaNLast() {
    let x = Tensor([2, .nan, -0.0, 0, .infinity, -.infinity, 2, -3])
    #expect(x.argSorted().scalars(Int32.self) == [5, 7, 2, 3, 0, 6, 4, 1])
    #expect(x.argSorted(descending: true).scalars(Int32.self) == [4, 0, 6, 2, 3, 7, 5, 1])
    let whole = Tensor([3, -1, 3, .min, .max] as [Int32])
    #expect(whole.sorted().scalars(Int32.self) == [.min, -1, 3, 3, .max])
    #expect(whole.argSorted(descending: true).scalars(Int32.self) == [4, 0, 2, 1, 3])
    #expect(Tensor([] as [Float], shape: [2, 0]).sorted().shape == [2, 0])
  }

  @Test func sortingAlongEveryAxisIsALoop() {
    let shape = [3, 5, 4]
    var rng = Seed.test().makeStream()
    let x = Tensor.normal(shape, using: &rng)
    let values = x.scalars(Float.self)
    for axis in 0..<3 {
      let step = shape[(axis + 1)...].reduce(1, *)
      var expected = values
      var places = [Int32](repeating: 0, count: 60)
      for start in 0..<60 where start / step % shape[axis] == 0 {
        let row = (0..<shape[axis]).map { (values[start + $0 * step], Int32($0)) }
          .sorted { $0.0 > $1.0 }
        for (index, entry) in row.enumerated() {
          expected[start + index * step] = entry.0
          places[start + index * step] = entry.1
        }
      }
      #expect(x.sorted(axis: axis, descending: true).scalars(Float.self) == expected)
      #expect(x.argSorted(axis: axis, descending: true).scalars(Int32.self) == places)
      let (top, indices) = x.topK(2, axis: axis)
      let whole = Tensor(expected, shape: shape).sliced(axis: axis, 0..<2)
      #expect(top.scalars(Float.self) == whole.scalars(Float.self))
      #expect(
        indices.scalars(Int32.self)
          == Tensor(places, shape: shape).sliced(axis: axis, 0..<2).scalars(Int32.self))
      #expect(
        x.argMax(axis: axis).scalars(Int32.self)
          == indices.sliced(axis: axis, 0..<1).scalars(Int32.self))
      #expect(
        (-x).argMin(axis: axis).scalars(Int32.self) == x.argMax(axis: axis).scalars(Int32.self))
    }
  }

  @Test func extremaOfTiesAndNaN() {
    let low = -Double.infinity
    let x = Tensor([1, 3, 3, low, low, low, 0, .nan, .nan], shape: [3, 3])
    #expect(x.argMax().scalars(Int32.self) == [1, 0, 1])
    #expect(x.argMin().scalars(Int32.self) == [0, 0, 1])
    #expect(Tensor([4, 7, 7] as [Int32]).argMax().item(Int32.self) == 1)
  }

  @Test(arguments: [1, 2, 7, 8, 33])
  func runningTotalsAreLoops(_ count: Int) {
    var rng = Seed.test(count).makeStream()
    let x = Tensor.normal([2, count], type: .double, using: &rng)
    let values = x.scalars(Double.self)
    func loop(_ reversed: Bool, _ combine: (Double, Double) -> Double) -> Tensor {
      var result = values
      for row in 0..<2 {
        for index in 1..<max(1, count) {
          let place = row * count + (reversed ? count - 1 - index : index)
          result[place] = combine(result[place + (reversed ? 1 : -1)], values[place])
        }
      }
      return Tensor(result, shape: [2, count])
    }
    for reversed in [false, true] {
      #expect(distance(x.cumulativeSum(axis: 1, reversed: reversed), loop(reversed, +)) < 1e-14)
      #expect(distance(x.cumulativeProduct(axis: 1, reversed: reversed), loop(reversed, *)) < 1e-14)
      #expect(
        distance(x.cumulativeMaximum(axis: -1, reversed: reversed), loop(reversed) { max($0, $1) })
          == 0)
      let shifted = (x + 800).cumulativeLogSumExp(axis: 1, reversed: reversed) - 800
      let direct = log(exp(x).cumulativeSum(axis: 1, reversed: reversed))
      #expect(distance(shifted, direct) < 1e-12)
    }
    #expect(
      x.transposed().cumulativeSum(axis: 0).transposed().scalars(Double.self)
        == x.cumulativeSum(axis: 1).scalars(Double.self))
  }

  @Test func productsWithZerosHaveDerivatives() {
    // d/dx of (x0, x0 x1, x0 x1 x2) summed, at x1 = 0: no division by what vanishes.
    let gradient = grad { $0.cumulativeProduct(axis: 0).sum() }(Tensor([2.0, 0, 3]))
    #expect(gradient.scalars(Double.self) == [1, 8, 0])
  }

  @Test func logarithmsOfSumsAtInfinity() {
    let low = -Double.infinity
    let x = Tensor([low, low, 1, low, .infinity, 0], shape: [3, 2])
    #expect(x.logSumExp(axes: [1]).scalars(Double.self) == [low, 1, .infinity])
    #expect(
      x.cumulativeLogSumExp(axis: 1).scalars(Double.self) == [low, low, 1, 1, .infinity, .infinity])
  }

  @Test func masks() {
    #expect(
      Tensor([2, 0, 5] as [Int32]).oneHot(3).scalars(Float.self) == [0, 0, 1, 1, 0, 0, 0, 0, 0])
    #expect(
      Tensor.causalMask(3).scalars(Bool.self)
        == [true, false, false, true, true, false, true, true, true])
    #expect(
      Tensor.paddingMask(lengths: Tensor([1, 3] as [Int32]), count: 3).scalars(Bool.self)
        == [true, false, false, true, true, true])
    let x = Tensor((1...6).map { Double($0) }, shape: [2, 3])
    #expect(x.lowerTriangle(diagonal: 1).scalars(Double.self) == [1, 2, 0, 4, 5, 6])
    #expect(x.upperTriangle().scalars(Double.self) == [1, 2, 3, 0, 5, 6])
    #expect(x.upperTriangle(diagonal: -1).scalars(Double.self) == [1, 2, 3, 4, 5, 6])
    #expect(Tensor([-2, 0.5, 3, .nan]).clamped(-1, 1).scalars(Double.self)[..<3] == [-1, 0.5, 1])
    #expect(Tensor(Double.nan).clamped(-1, 1).item(Double.self).isNaN)
    #expect(
      grad { $0.clamped(-1, 1).sum() }(Tensor([-1, 0, 1, 2])).scalars(Double.self) == [1, 1, 1, 0])
  }

  @Test func sumsOverNamedAxes() {
    var rng = Seed.test().makeStream()
    let a = Tensor.normal([2, 3, 4], type: .double, using: &rng)
    let b = Tensor.normal([4, 5], type: .double, using: &rng)
    let c = Tensor.normal([5, 2], type: .double, using: &rng)
    let (x, y, z) = (a.scalars(Double.self), b.scalars(Double.self), c.scalars(Double.self))
    // "bij,jk,kb->ki" by loops.
    var sums = [Double](repeating: 0, count: 15)
    for p in 0..<2 {
      for i in 0..<3 {
        for j in 0..<4 {
          for k in 0..<5 { sums[k * 3 + i] += x[p * 12 + i * 4 + j] * y[j * 5 + k] * z[k * 2 + p] }
        }
      }
    }
    #expect(distance(einsum("bij, jk, kb -> ki", a, b, c), Tensor(sums, shape: [5, 3])) < 1e-14)
    #expect(distance(einsum("ij->ji", b), b.transposed()) == 0)
    #expect(distance(einsum("ij->", b), b.sum()) < 1e-14)
    #expect(distance(einsum("ij,ij->", b, b), (b * b).sum()) < 1e-14)
    #expect(distance(einsum("ij,kl->ijkl", b, c), b.reshaped([4, 5, 1, 1]) * c) < 1e-15)
    #expect(distance(einsum("ij,ij->ij", b, b), b * b) < 1e-15)
  }
}
