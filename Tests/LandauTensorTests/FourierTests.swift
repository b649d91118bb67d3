import LandauCore
import Testing

@testable import LandauTensor

struct FourierTests {
  /// By the definition, in Double.
  private func direct(_ x: [Complex<Double>]) -> [Complex<Double>] {
    x.indices.map { k in
      x.indices.reduce(Complex(0)) { sum, j in
        let angle = -2 * Double.pi * Double(j * k % x.count) / Double(x.count)
        return sum + x[j] * Complex<Double>.unit(angle: angle)
      }
    }
  }

  private func random(_ shape: [Int], _ name: String) -> Tensor {
    var rng = Seed(41).child(name).makeStream()
    return Tensor.normal(shape, type: .double, using: &rng)
  }

  /// Primes, powers and products; even and odd.
  @Test(arguments: [1, 2, 3, 4, 7, 12, 30, 97, 128])
  func everyLength(_ n: Int) {
    let z = complex(random([n], "real \(n)"), random([n], "imaginary \(n)"))
    let numbers = z.scalars(Complex<Double>.self)
    let expected = direct(numbers)
    let found = fft(z).scalars(Complex<Double>.self)
    for (a, b) in zip(found, expected) { #expect((a - b).magnitude < 1e-15 * Double(10 * n)) }
    #expect(abs(inverseFFT(fft(z)) - z).max().item(Double.self) < 1e-14)
    let single = fft(z.asType(.complexFloat))
    #expect(single.scalarType == .complexFloat)
    #expect(abs(single.asType(.complexDouble) - fft(z)).max().item(Double.self) < 1e-6 * Double(n))

    let x = real(z)
    let half = realFFT(x)
    #expect(half.shape == [n / 2 + 1])
    #expect(abs(half - fft(x).sliced(axis: 0, 0..<(n / 2 + 1))).max().item(Double.self) < 1e-13)
    #expect(distance(inverseRealFFT(half, extent: n), x) < 1e-14)
    // Parseval.
    let energy = (abs(fft(x)) * abs(fft(x))).sum() / Double(n)
    #expect(distance(energy, (x * x).sum()) < 1e-13)
  }

  @Test func severalAxes() {
    let x = random([2, 3, 4, 5], "volume")
    for axes in [[1], [0, 2], [3, 1], [1, 2, 3], [-1, 0]] {
      let stepwise = axes.reduce(fft(x, axes: [axes[0]])) { y, axis in
        axis == axes[0] ? y : fft(y, axes: [axis])
      }
      #expect(abs(fft(x, axes: axes) - stepwise).max().item(Double.self) < 1e-13)
      #expect(
        abs(inverseFFT(stepwise, axes: axes) - x.asType(.complexDouble)).max().item(Double.self)
          < 1e-14)
      let last = axes.last!
      let half = realFFT(x, axes: axes)
      #expect(
        distance(inverseRealFFT(half, extent: x.shape[last < 0 ? last + 4 : last], axes: axes), x)
          < 1e-13)
    }
  }

  @Test func convolutionTheorem() {
    let (x, y) = (random([6], "signal"), random([6], "filter"))
    let product = inverseRealFFT(realFFT(x) * realFFT(y), extent: 6)
    let sums = (0..<6).map { k in
      (0..<6).map { j in
        x.scalars(Double.self)[j] * y.scalars(Double.self)[(k - j + 6) % 6]
      }.reduce(0, +)
    }
    #expect(distance(product, Tensor(sums)) < 1e-14)
  }

  @Test func transformsOnSeveralThreadsAreTheSame() throws {
    let z = complex(random([8, 60], "a"), random([8, 60], "b"))
    z.eval()
    let expected = fft(z, axes: [0, 1]).scalars(Complex<Double>.self)
    let same = try WorkerPool(threadCount: 4).map(32) { _ in
      fft(z, axes: [0, 1]).scalars(Complex<Double>.self) == expected
    }
    #expect(same.allSatisfy { $0 })
  }
}
