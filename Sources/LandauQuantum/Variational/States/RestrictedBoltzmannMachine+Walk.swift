import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Ratios of amplitudes without a logarithm: with A = e^theta / (2 cosh theta) and B = 1 - A,
//   cosh(theta - 2 d) / cosh theta = A e^(-2d) + B e^(2d),
// a sum of positive numbers where parameters are real, so nothing cancels; a flip of spin i has d = s_i W_ji, and the exponentials are
// tabulated. After the flip A becomes A e^(-2d) over that ratio, B = B e^(2d) over it.

extension RestrictedBoltzmannMachine {
  public func localAmplitudes() -> (any LocalAmplitudes)? {
    let layers = expanded()
    // No product may leave the range of numbers, and no A or B may vanish on the way: the logarithms bounded by 600.
    var bound = 0.0
    for j in 0..<hiddenCount {
      let row = layers.weights[j * siteCount..<(j + 1) * siteCount]
      bound = max(bound, abs(layers.hidden[j]) + row.reduce(0) { $0 + abs($1) })
    }
    for i in 0..<siteCount {
      let column = (0..<hiddenCount).reduce(0.0) { $0 + abs(layers.weights[$1 * siteCount + i]) }
      bound = max(bound, abs(layers.visible[i]) + column)
    }
    guard bound < 150 else { return nil }
    return isComplex
      ? ComplexMachineTables(layers, siteCount: siteCount, hiddenCount: hiddenCount)
      : MachineTables(layers, siteCount: siteCount, hiddenCount: hiddenCount)
  }
}

/// e^(-2 W) and e^(2 W) of a real machine, hidden units beside each other, padded by units without weights.
final class MachineTables: LocalAmplitudes {
  typealias Lanes = SIMD8<Double>
  let siteCount: Int
  let hiddenCount: Int
  /// Vectors of one site.
  let width: Int
  /// `[site, vector]`: e^(-2 W), then e^(2 W). Written once, before anybody else sees the object.
  nonisolated(unsafe) let falling: UnsafeMutablePointer<Lanes>
  nonisolated(unsafe) let rising: UnsafeMutablePointer<Lanes>
  /// e^(-2 a).
  let visible: [Double]
  let layers: RestrictedBoltzmannMachine.Expanded

  init(_ layers: RestrictedBoltzmannMachine.Expanded, siteCount: Int, hiddenCount: Int) {
    self.layers = layers
    self.siteCount = siteCount
    self.hiddenCount = hiddenCount
    width = (hiddenCount + 7) / 8
    falling = .allocate(capacity: width * siteCount)
    rising = .allocate(capacity: width * siteCount)
    for i in 0..<siteCount {
      for v in 0..<width {
        var (down, up) = (Lanes(repeating: 1), Lanes(repeating: 1))
        for lane in 0..<8 where 8 * v + lane < hiddenCount {
          let w = 2 * layers.weights[(8 * v + lane) * siteCount + i]
          (down[lane], up[lane]) = (exp(-w), exp(w))
        }
        (falling + i * width + v).initialize(to: down)
        (rising + i * width + v).initialize(to: up)
      }
    }
    visible = layers.visible.map { exp(-2 * $0) }
  }

  deinit {
    falling.deallocate()
    rising.deallocate()
  }

  func makeWalker(at state: UInt64) -> any AmplitudeWalker {
    let walker = MachineWalker(self)
    walker.move(to: state)
    return walker
  }
}

final class MachineWalker: AmplitudeWalker {
  typealias Lanes = MachineTables.Lanes
  private let tables: MachineTables
  private(set) var state: UInt64 = 0
  /// A and B of all hidden units, and room for the exponentials of several spins.
  private let upper: UnsafeMutablePointer<Lanes>
  private let lower: UnsafeMutablePointer<Lanes>
  private let down: UnsafeMutablePointer<Lanes>
  private let up: UnsafeMutablePointer<Lanes>

  init(_ tables: MachineTables) {
    self.tables = tables
    let room = UnsafeMutablePointer<Lanes>.allocate(capacity: 4 * tables.width)
    room.initialize(repeating: Lanes(repeating: 0.5), count: 4 * tables.width)
    upper = room
    lower = room + tables.width
    down = room + 2 * tables.width
    up = room + 3 * tables.width
  }

  deinit { upper.deallocate() }

  func move(to state: UInt64) {
    self.state = state
    let n = tables.siteCount
    tables.layers.weights.withUnsafeBufferPointer { weights in
      for j in 0..<tables.hiddenCount {
        var theta = tables.layers.hidden[j]
        for i in 0..<n { theta += weights[j * n + i] * state.spin(i) }
        // 1 - A would lose B where theta is large.
        upper[j >> 3][j & 7] = 1 / (1 + exp(-2 * theta))
        lower[j >> 3][j & 7] = 1 / (1 + exp(2 * theta))
      }
    }
  }

  func ratio(flipping mask: UInt64) -> Complex<Double> {
    if mask & (mask &- 1) == 0 {
      guard mask != 0 else { return Complex(1) }
      let site = mask.trailingZeroBitCount
      let isUp = state & mask == 0
      let place = site * tables.width
      let x = (isUp ? tables.falling : tables.rising) + place
      let y = (isUp ? tables.rising : tables.falling) + place
      let visible = tables.visible[site]
      return Complex(product(x, y) * (isUp ? visible : 1 / visible))
    }
    let factor = gather(mask)
    return Complex(product(down, up) * factor)
  }

  func flip(_ mask: UInt64) {
    guard mask != 0 else { return }
    _ = gather(mask)
    for v in 0..<tables.width {
      let (a, b) = (upper[v] * down[v], lower[v] * up[v])
      let sum = a + b
      upper[v] = a / sum
      lower[v] = b / sum
    }
    state ^= mask
  }

  /// Products over hidden units of A x + B y.
  @inline(__always)
  private func product(
    _ x: UnsafeMutablePointer<Lanes>, _ y: UnsafeMutablePointer<Lanes>
  ) -> Double {
    var product = upper[0] * x[0] + lower[0] * y[0]
    for v in 1..<max(1, tables.width) { product *= upper[v] * x[v] + lower[v] * y[v] }
    let half = product.lowHalf * product.highHalf
    let quarter = half.lowHalf * half.highHalf
    return quarter[0] * quarter[1]
  }

  /// The exponentials of several spins multiplied.
  ///
  /// - Returns: the factor of the biases of the sites.
  private func gather(_ mask: UInt64) -> Double {
    var (rest, factor, isFirst) = (mask, 1.0, true)
    while rest != 0 {
      let site = rest.trailingZeroBitCount
      rest &= rest - 1
      let isUp = state >> UInt64(site) & 1 == 0
      let place = site * tables.width
      let x = (isUp ? tables.falling : tables.rising) + place
      let y = (isUp ? tables.rising : tables.falling) + place
      factor *= isUp ? tables.visible[site] : 1 / tables.visible[site]
      if isFirst {
        down.update(from: x, count: tables.width)
        up.update(from: y, count: tables.width)
      } else {
        for v in 0..<tables.width {
          down[v] *= x[v]
          up[v] *= y[v]
        }
      }
      isFirst = false
    }
    return factor
  }
}

/// The same of a complex machine.
final class ComplexMachineTables: LocalAmplitudes {
  let siteCount: Int
  let hiddenCount: Int
  /// `[site, hidden]`.
  let falling: [Complex<Double>]
  let rising: [Complex<Double>]
  let visible: [Complex<Double>]
  let layers: RestrictedBoltzmannMachine.Expanded

  init(_ layers: RestrictedBoltzmannMachine.Expanded, siteCount: Int, hiddenCount: Int) {
    self.layers = layers
    self.siteCount = siteCount
    self.hiddenCount = hiddenCount
    var w: [Complex<Double>] = []
    for i in 0..<siteCount {
      for j in 0..<hiddenCount {
        let place = j * siteCount + i
        w.append(Complex(2 * layers.weights[place], 2 * layers.imaginaryWeights[place]))
      }
    }
    falling = w.map { (-$0).exponential() }
    rising = w.map { $0.exponential() }
    visible = (0..<siteCount).map {
      Complex(-2 * layers.visible[$0], -2 * layers.imaginaryVisible[$0]).exponential()
    }
  }

  func makeWalker(at state: UInt64) -> any AmplitudeWalker {
    let walker = ComplexMachineWalker(self)
    walker.move(to: state)
    return walker
  }
}

final class ComplexMachineWalker: AmplitudeWalker {
  private let tables: ComplexMachineTables
  private(set) var state: UInt64 = 0
  private var upper: [Complex<Double>]
  private var lower: [Complex<Double>]

  init(_ tables: ComplexMachineTables) {
    self.tables = tables
    upper = [Complex<Double>](repeating: .zero, count: tables.hiddenCount)
    lower = upper
  }

  func move(to state: UInt64) {
    self.state = state
    let n = tables.siteCount
    for j in 0..<tables.hiddenCount {
      var theta = Complex(tables.layers.hidden[j], tables.layers.imaginaryHidden[j])
      for i in 0..<n {
        let s = state.spin(i)
        theta =
          theta
          + Complex(
            s * tables.layers.weights[j * n + i], s * tables.layers.imaginaryWeights[j * n + i])
      }
      upper[j] = Complex(1) / (Complex(1) + (-2 * theta).exponential())
      lower[j] = Complex(1) / (Complex(1) + (2 * theta).exponential())
    }
  }

  func ratio(flipping mask: UInt64) -> Complex<Double> {
    var product = Complex(1)
    forExponentials(mask) { j, x, y in product = product * (upper[j] * x + lower[j] * y) }
    var rest = mask
    while rest != 0 {
      let site = rest.trailingZeroBitCount
      rest &= rest - 1
      let factor = tables.visible[site]
      product = product * (state >> UInt64(site) & 1 == 0 ? factor : Complex(1) / factor)
    }
    return product
  }

  func flip(_ mask: UInt64) {
    forExponentials(mask) { j, x, y in
      let (a, b) = (upper[j] * x, lower[j] * y)
      let sum = a + b
      upper[j] = a / sum
      lower[j] = b / sum
    }
    state ^= mask
  }

  /// e^(-2d) and e^(2d) of every hidden unit.
  @inline(__always)
  private func forExponentials(
    _ mask: UInt64, _ body: (Int, Complex<Double>, Complex<Double>) -> Void
  ) {
    let m = tables.hiddenCount
    tables.falling.withUnsafeBufferPointer { falling in
      tables.rising.withUnsafeBufferPointer { rising in
        for j in 0..<m {
          var (x, y) = (Complex(1), Complex(1))
          var rest = mask
          while rest != 0 {
            let site = rest.trailingZeroBitCount
            rest &= rest - 1
            let isUp = state >> UInt64(site) & 1 == 0
            x = x * (isUp ? falling : rising)[site * m + j]
            y = y * (isUp ? rising : falling)[site * m + j]
          }
          body(j, x, y)
        }
      }
    }
  }
}
