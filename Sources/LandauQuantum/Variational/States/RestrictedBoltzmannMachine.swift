public import LandauCore
import LandauLinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// ln psi(s) = sum_i a_i s_i + sum_j ln cosh(b_j + sum_i W_ji s_i), with real or complex parameters.
///
/// Real parameters give positive amplitudes. With symmetries every filter is moved by each of them: hidden unit (f, g) has the bias of filter
/// f and looks at site g(i) with weight W_fi, so that psi does not change under the group.
///
/// Parameters in order: weights `[hidden, site]` (with symmetries `[filter, site]`), biases of hidden units, biases of
/// sites (with symmetries one for each orbit); of complex ones the real parts, then the imaginary parts, of each of the three.
///
/// - Note: Carleo and Troyer 2017, arXiv:1606.02318.
public struct RestrictedBoltzmannMachine: VariationalState {
  public let siteCount: Int
  /// Hidden units; with symmetries filters times elements.
  public let hiddenCount: Int
  public let isComplex: Bool
  /// Site g(i) of each element g; one element, the identity, where there are no symmetries.
  public let symmetries: [[Int]]
  public var parameters: [Double]
  /// Orbit of each site.
  private let orbits: [Int]

  public var isPositive: Bool { !isComplex }
  var filterCount: Int { hiddenCount / symmetries.count }
  private var orbitCount: Int { (orbits.max() ?? -1) + 1 }

  /// - Parameters:
  ///   - filterCount: hidden units, or filters where there are symmetries.
  ///   - symmetries: a group of renamings of the sites.
  ///   - deviation: of the normal numbers that parameters begin with.
  public init(
    siteCount: Int, filterCount: Int, isComplex: Bool = false, symmetries: [[Int]]? = nil,
    deviation: Double = 0.01, seed: Seed
  ) {
    precondition(
      (1...Self.maximumSiteCount).contains(siteCount) && filterCount >= 1,
      "\(siteCount) sites with \(filterCount) hidden units")
    let symmetries = symmetries ?? [Array(0..<siteCount)]
    for element in symmetries {
      precondition(element.sorted() == Array(0..<siteCount), "\(element) renames no sites")
    }
    self.siteCount = siteCount
    self.symmetries = symmetries
    self.isComplex = isComplex
    hiddenCount = filterCount * symmetries.count
    // The orbit of a site is named by its smallest member, then numbered.
    let least = (0..<siteCount).map { site in symmetries.map { $0[site] }.min()! }
    let names = Set(least).sorted()
    orbits =
      symmetries.count == 1 ? Array(0..<siteCount) : least.map { names.firstIndex(of: $0)! }
    let orbitCount = (orbits.max() ?? -1) + 1
    let count = (filterCount * siteCount + filterCount + orbitCount) * (isComplex ? 2 : 1)
    var rng = seed.makeStream()
    parameters = (0..<count).map { _ in deviation * rng.normal() }
  }

  /// Weights and biases of all hidden units and sites, symmetries written out.
  struct Expanded {
    /// `[hidden, site]`; the imaginary parts are empty where everything is real.
    var weights: [Double]
    var imaginaryWeights: [Double]
    var hidden: [Double]
    var imaginaryHidden: [Double]
    var visible: [Double]
    var imaginaryVisible: [Double]
  }

  func expanded() -> Expanded {
    let (n, g) = (siteCount, symmetries.count)
    var place = 0
    func take(_ count: Int) -> [Double] {
      defer { place += count }
      return Array(parameters[place..<place + count])
    }
    func weights() -> [Double] {
      let filters = take(filterCount * n)
      if g == 1 { return filters }
      var full = [Double](repeating: 0, count: hiddenCount * n)
      for f in 0..<filterCount {
        for (e, element) in symmetries.enumerated() {
          for i in 0..<n { full[(f * g + e) * n + element[i]] = filters[f * n + i] }
        }
      }
      return full
    }
    func hidden() -> [Double] {
      take(filterCount).flatMap { [Double](repeating: $0, count: g) }
    }
    func visible() -> [Double] {
      let values = take(orbitCount)
      return orbits.map { values[$0] }
    }
    let w = weights()
    let wi = isComplex ? weights() : []
    let b = hidden()
    let bi = isComplex ? hidden() : []
    let a = visible()
    let ai = isComplex ? visible() : []
    return Expanded(
      weights: w, imaginaryWeights: wi, hidden: b, imaginaryHidden: bi, visible: a,
      imaginaryVisible: ai)
  }

  // MARK: - Amplitudes

  public func logAmplitudes(_ states: [UInt64], pool: WorkerPool) -> [Complex<Double>] {
    let (layers, blocks) = (expanded(), StateBlocks(states.count))
    return blocks.map(pool) { range in
      let spins = spinMatrix(states[range], siteCount: siteCount)
      let angles = angles(spins, layers)
      return (0..<range.count).map { row in
        var sum = Complex(0)
        for i in 0..<siteCount {
          let s = spins[row * siteCount + i]
          sum = sum + Complex(s * layers.visible[i], isComplex ? s * layers.imaginaryVisible[i] : 0)
        }
        for j in row * hiddenCount..<(row + 1) * hiddenCount {
          sum =
            sum
            + (isComplex
              ? Self.logCosh(Complex(angles.real[j], angles.imaginary[j]))
              : Complex(Self.logCosh(angles.real[j])))
        }
        return sum
      }
    }
  }

  /// theta = b + W s, `[state, hidden]`.
  private func angles(
    _ spins: [Double], _ layers: Expanded
  ) -> (real: [Double], imaginary: [Double]) {
    let rows = spins.count / siteCount
    func part(_ weights: [Double], _ biases: [Double]) -> [Double] {
      var result = [Double](repeating: 0, count: rows * hiddenCount)
      for row in 0..<rows {
        for j in 0..<hiddenCount { result[row * hiddenCount + j] = biases[j] }
      }
      BLAS.multiply(
        rows: rows, columns: hiddenCount, inner: siteCount, spins, weights, transposeRight: true,
        adding: true, into: &result)
      return result
    }
    return (
      part(layers.weights, layers.hidden),
      isComplex ? part(layers.imaginaryWeights, layers.imaginaryHidden) : []
    )
  }

  /// |x| + ln(1 + e^(-2|x|)) - ln 2, which does not overflow.
  private static func logCosh(_ x: Double) -> Double {
    abs(x) + log1p(exp(-2 * abs(x))) - 0.693_147_180_559_945_3
  }

  private static func logCosh(_ z: Complex<Double>) -> Complex<Double> {
    let w = z.real < 0 ? -z : z
    return w + (-2 * w).exponential().logarithmOfOnePlus() - Complex(0.693_147_180_559_945_3)
  }

  // MARK: - Derivatives

  public func logDerivatives(_ states: [UInt64], pool: WorkerPool) -> LogDerivatives {
    let layers = expanded()
    let count = states.count
    let spins = spinMatrix(states, siteCount: siteCount)
    let angles = angles(spins, layers)
    var tangents = angles.real
    var imaginary = angles.imaginary
    let blocks = StateBlocks(count)
    tangents.withUnsafeMutableBufferPointer { real in
      imaginary.withUnsafeMutableBufferPointer { imaginary in
        nonisolated(unsafe) let (re, im) = (real.baseAddress!, imaginary.baseAddress)
        blocks.forEach(pool) { range in
          for place in range.lowerBound * hiddenCount..<range.upperBound * hiddenCount {
            if isComplex {
              let t = Complex(re[place], im![place]).hyperbolicTangent()
              (re[place], im![place]) = (t.real, t.imaginary)
            } else {
              re[place] = tanh(re[place])
            }
          }
        }
      }
    }
    if symmetries.count > 1 { return tied(tangents, imaginary, spins, count: count) }
    let (m, n) = (hiddenCount, siteCount)
    guard isComplex else {
      let t = LogDerivatives.Matrix(rowCount: count, columnCount: m, values: tangents)
      let s = LogDerivatives.Matrix(rowCount: count, columnCount: n, values: spins)
      return LogDerivatives(
        sampleCount: count, isComplex: false, blocks: [.products(t, s), .columns(t), .columns(s)])
    }
    // d/d(Re w) = t s and d/d(Im w) = i t s: rows (Re t, -Im t) of real parts, (Im t, Re t) of imaginary ones.
    let t = LogDerivatives.Matrix(
      rowCount: 2 * count, columnCount: 2 * m, values: Self.complexRows(tangents, imaginary, m))
    let s = LogDerivatives.Matrix(rowCount: 2 * count, columnCount: n, values: spins + spins)
    let zeros = [Double](repeating: 0, count: spins.count)
    let visible = LogDerivatives.Matrix(
      rowCount: 2 * count, columnCount: 2 * n, values: Self.complexRows(spins, zeros, n))
    return LogDerivatives(
      sampleCount: count, isComplex: true,
      blocks: [.products(t, s), .columns(t), .columns(visible)])
  }

  /// Derivatives z of complex parameters, `[sample, parameter]`, as rows for their real and imaginary parts.
  private static func complexRows(
    _ real: [Double], _ imaginary: [Double], _ columns: Int
  ) -> [Double] {
    let rows = real.count / max(1, columns)
    var result: [Double] = []
    result.reserveCapacity(4 * real.count)
    for row in 0..<rows {
      let range = row * columns..<(row + 1) * columns
      result += real[range]
      result += imaginary[range].map { -$0 }
    }
    for row in 0..<rows {
      let range = row * columns..<(row + 1) * columns
      result += imaginary[range]
      result += real[range]
    }
    return result
  }

  /// Filters hear from all their copies.
  private func tied(
    _ real: [Double], _ imaginary: [Double], _ spins: [Double], count: Int
  ) -> LogDerivatives {
    let (n, g, f) = (siteCount, symmetries.count, filterCount)
    func weights(_ t: [Double]) -> [Double] {
      var result = [Double](repeating: 0, count: count * f * n)
      for row in 0..<count {
        for filter in 0..<f {
          for (e, element) in symmetries.enumerated() {
            let factor = t[row * hiddenCount + filter * g + e]
            for i in 0..<n {
              result[(row * f + filter) * n + i] += factor * spins[row * n + element[i]]
            }
          }
        }
      }
      return result
    }
    func biases(_ t: [Double]) -> [Double] {
      (0..<count * f).map { t[$0 * g..<($0 + 1) * g].reduce(0, +) }
    }
    var visible = [Double](repeating: 0, count: count * orbitCount)
    for row in 0..<count {
      for i in 0..<n { visible[row * orbitCount + orbits[i]] += spins[row * n + i] }
    }
    let zeros = [Double](repeating: 0, count: visible.count)
    let parts: [(real: [Double], imaginary: [Double], columns: Int)] = [
      (weights(real), isComplex ? weights(imaginary) : [], f * n),
      (biases(real), isComplex ? biases(imaginary) : [], f), (visible, zeros, orbitCount),
    ]
    return LogDerivatives(
      sampleCount: count, isComplex: isComplex,
      blocks: parts.map { part in
        .columns(
          isComplex
            ? .init(
              rowCount: 2 * count, columnCount: 2 * part.columns,
              values: Self.complexRows(part.real, part.imaginary, part.columns))
            : .init(rowCount: count, columnCount: part.columns, values: part.real))
      })
  }
}

/// Division of states into blocks of fixed size, so that results do not depend on threads.
struct StateBlocks: Sendable {
  let count: Int
  static let size = 64

  init(_ count: Int) { self.count = count }

  var blockCount: Int { (count + Self.size - 1) / Self.size }

  func range(_ block: Int) -> Range<Int> {
    Self.size * block..<min(count, Self.size * (block + 1))
  }

  func forEach(_ pool: WorkerPool, _ body: @Sendable (Range<Int>) -> Void) {
    pool.forEach(blockCount) { body(range($0)) }
  }

  /// The values of all states in order.
  func map<T: Sendable>(_ pool: WorkerPool, _ body: @Sendable (Range<Int>) -> [T]) -> [T] {
    // Bodies do not throw.
    (try? pool.map(blockCount) { body(range($0)) })?.flatMap { $0 } ?? []
  }
}
