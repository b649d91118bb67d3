public import LandauCore
import LandauLinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A pure state of a chain of spins 1/2 as a product of matrices, psi(s_1 ... s_N) = A_1[s_1] A_2[s_2] ... A_N[s_N].
///
/// Tensors left of `center` have orthonormal columns, those on its right orthonormal rows, so that the tensor of the centre is
/// the state in an orthonormal basis (Schollwoeck 2011, arXiv:1008.3477). Spin 0 is up, z = +1.
public struct MatrixProductState<Scalar: AmplitudeScalar>: Sendable {
  var tensors: [SiteTensor<Scalar>]
  /// The site whose tensor carries the norm.
  public internal(set) var center: Int

  public var siteCount: Int { tensors.count }
  /// Between neighbouring sites.
  public var bondDimensions: [Int] { tensors.dropLast().map(\.right) }
  public var largestBondDimension: Int { bondDimensions.max() ?? 1 }

  init(tensors: [SiteTensor<Scalar>], center: Int) {
    (self.tensors, self.center) = (tensors, center)
  }

  /// Every spin in a state of its own, a up + b down; of unit length.
  ///
  /// - Precondition: at least one spin, no state zero.
  public init(product spins: [(up: Scalar, down: Scalar)]) {
    precondition(!spins.isEmpty, "a chain of no spins")
    tensors = spins.map { up, down in
      let square = up.parts.squaredMagnitude + down.parts.squaredMagnitude
      precondition(square > 0 && square.isFinite, "a spin of length \(square.squareRoot())")
      let scale = Scalar(real: 1 / square.squareRoot())
      return SiteTensor(left: 1, right: 1, [scale * up, scale * down])
    }
    center = 0
  }

  /// Of normal random elements, of unit length.
  @_specialize(where Scalar == Double)
  @_specialize(where Scalar == LandauCore.Complex<Double>)
  public static func random(siteCount: Int, bondDimension: Int, seed: Seed) -> Self {
    precondition(siteCount > 0 && bondDimension > 0, "\(siteCount) spins, \(bondDimension) states")
    var rng = seed.makeStream()
    func bond(_ k: Int) -> Int {
      let shorter = min(k, siteCount - k)
      return shorter >= 30 ? bondDimension : min(bondDimension, 1 << shorter)
    }
    let tensors = (0..<siteCount).map { site in
      SiteTensor<Scalar>(
        left: bond(site), right: bond(site + 1),
        (0..<2 * bond(site) * bond(site + 1)).map { _ in
          Scalar(parts: Complex(rng.normal(), Scalar.isComplex ? rng.normal() : 0))
        })
    }
    var state = Self(tensors: tensors, center: siteCount - 1)
    state.orthogonalize()
    state.normalize()
    return state
  }

  /// Makes tensors of any form canonical, centre at the first site.
  mutating func orthogonalize() {
    center = siteCount - 1
    moveCenter(to: 0)
    // From the other end, so that bonds shrink to what they can carry.
    moveCenter(to: siteCount - 1)
    moveCenter(to: 0)
  }

  /// Moves the norm to another site.
  ///
  /// - Complexity: O(chi^3) per step.
  @_specialize(where Scalar == Double)
  @_specialize(where Scalar == LandauCore.Complex<Double>)
  public mutating func moveCenter(to site: Int) {
    precondition((0..<siteCount).contains(site), "site \(site) of \(siteCount)")
    while center < site {
      let (q, r) = tensors[center].tall.qr()
      tensors[center] = SiteTensor(tall: q)
      tensors[center + 1] = SiteTensor(wide: r * tensors[center + 1].wide)
      center += 1
    }
    while center > site {
      let (l, q) = tensors[center].wide.lq()
      tensors[center] = SiteTensor(wide: q)
      tensors[center - 1] = SiteTensor(tall: tensors[center - 1].tall * l)
      center -= 1
    }
  }

  /// |psi|.
  public var norm: Double { tensors[center].tall.squaredNorm.squareRoot() }

  /// Scales to unit length.
  @_specialize(where Scalar == Double)
  @_specialize(where Scalar == LandauCore.Complex<Double>)
  public mutating func normalize() {
    let length = norm
    precondition(length > 0 && length.isFinite, "a state of length \(length)")
    var matrix = tensors[center].tall
    matrix.scale(by: 1 / length)
    tensors[center] = SiteTensor(tall: matrix)
  }

  /// <self|other>.
  ///
  /// - Complexity: O(N chi^3).
  @_specialize(where Scalar == Double)
  @_specialize(where Scalar == LandauCore.Complex<Double>)
  public func overlap(_ other: Self) -> Scalar {
    precondition(siteCount == other.siteCount, "\(siteCount) and \(other.siteCount) spins")
    var environment = DenseMatrix<Scalar>.identity(1)
    for (bra, ket) in zip(tensors, other.tensors) {
      environment = Self.transferred(environment, bra: bra, ket: ket)
    }
    return environment.entries[0]
  }

  /// One site more of a matrix `[bra, ket]`.
  static func transferred(
    _ environment: DenseMatrix<Scalar>, bra: SiteTensor<Scalar>, ket: SiteTensor<Scalar>
  ) -> DenseMatrix<Scalar> {
    let moved = environment * ket.wide
    return bra.tall.conjugated.transposedTimes(
      DenseMatrix(2 * bra.left, ket.right, moved.entries))
  }

  /// The same state with complex amplitudes.
  public var complex: MatrixProductState<LandauCore.Complex<Double>> {
    .init(
      tensors: tensors.map {
        .init(left: $0.left, right: $0.right, $0.entries.map(\.parts))
      }, center: center)
  }

  /// All spins flipped: the product of all x applied.
  public var flipped: Self {
    Self(
      tensors: tensors.map {
        $0.applying([.zero, Scalar(real: 1), Scalar(real: 1), .zero])
      }, center: center)
  }

  /// a first + b second, compressed.
  ///
  /// - Returns: not of unit length; with the sum over bonds of the discarded weights.
  /// - Throws: `LinearAlgebraError`.
  @_specialize(where Scalar == Double)
  @_specialize(where Scalar == LandauCore.Complex<Double>)
  public static func sum(
    _ a: Scalar, _ first: Self, _ b: Scalar, _ second: Self, maximumBondDimension: Int,
    cutoff: Double
  ) throws -> (state: Self, discardedWeight: Double) {
    let n = first.siteCount
    precondition(n == second.siteCount, "\(n) and \(second.siteCount) spins")
    let tensors = (0..<n).map { site -> SiteTensor<Scalar> in
      let (x, y) = (first.tensors[site], second.tensors[site])
      let (isFirst, isLast) = (site == 0, site == n - 1)
      let left = isFirst ? 1 : x.left + y.left
      let right = isLast ? 1 : x.right + y.right
      var entries = [Scalar](repeating: .zero, count: 2 * left * right)
      for (tensor, weight, row, column) in [
        (x, isFirst ? a : Scalar(real: 1), 0, 0),
        (
          y, isFirst ? b : Scalar(real: 1), isFirst ? 0 : x.left, isLast ? 0 : x.right
        ),
      ] {
        for l in 0..<tensor.left {
          for s in 0..<2 {
            for r in 0..<tensor.right {
              // On one site both stand in one place.
              entries[(2 * (row + l) + s) * right + column + r] +=
                weight * tensor.entries[(2 * l + s) * tensor.right + r]
            }
          }
        }
      }
      return SiteTensor(left: left, right: right, entries)
    }
    var state = Self(tensors: tensors, center: n - 1)
    state.moveCenter(to: 0)
    state.center = 0
    // The tensors on the right are canonical now whatever they were before.
    let discarded = try state.compress(
      maximumBondDimension: maximumBondDimension, cutoff: cutoff)
    return (state, discarded)
  }

  /// Truncates every bond to its largest singular values; the norm stays what is left of it.
  ///
  /// - Returns: the sum over bonds of the discarded parts of the squares.
  /// - Throws: `LinearAlgebraError`.
  @discardableResult
  @_specialize(where Scalar == Double)
  @_specialize(where Scalar == LandauCore.Complex<Double>)
  public mutating func compress(maximumBondDimension: Int, cutoff: Double) throws -> Double {
    moveCenter(to: 0)
    var sum = 0.0
    for site in 0..<siteCount - 1 {
      let (u, s, v, discarded) = try tensors[site].tall.truncated(
        maximum: maximumBondDimension, cutoff: cutoff)
      tensors[site] = SiteTensor(tall: u)
      tensors[site + 1] = SiteTensor(
        wide: v.rowsScaled(by: s) * tensors[site + 1].wide)
      center = site + 1
      sum += discarded
    }
    return sum
  }

  /// Von Neumann entropies, in units of k_B, of the first 1, 2, ..., N - 1 spins.
  ///
  /// - Throws: `LinearAlgebraError`.
  /// - Complexity: O(N chi^3).
  public func entanglementEntropies() throws -> [Double] {
    try schmidtValues().map { values in
      values.reduce(0) {
        let p = $1 * $1
        return p > 1e-300 ? $0 - p * log(p) : $0
      }
    }
  }

  /// Schmidt values at each bond, descending, of unit length.
  ///
  /// - Throws: `LinearAlgebraError`.
  @_specialize(where Scalar == Double)
  @_specialize(where Scalar == LandauCore.Complex<Double>)
  public func schmidtValues() throws -> [[Double]] {
    var state = self
    state.moveCenter(to: 0)
    state.normalize()
    var result: [[Double]] = []
    for site in 0..<siteCount - 1 {
      let (u, s, v) = try state.tensors[site].tall.singularValues()
      state.tensors[site] = SiteTensor(tall: u)
      state.tensors[site + 1] = SiteTensor(
        wide: v.rowsScaled(by: s) * state.tensors[site + 1].wide)
      result.append(s)
    }
    return result
  }
}
