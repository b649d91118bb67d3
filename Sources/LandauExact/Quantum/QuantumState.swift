public import LandauCore
public import LandauLattice
import LandauLinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A pure state of spins 1/2 as the amplitudes of all 2^N basis states of the z basis.
public struct QuantumState: Sendable {
  public let siteCount: Int
  /// Of unit length; bit i of an index is 0 where spin i is up.
  public let amplitudes: [LandauCore.Complex<Double>]

  public static let maximumSiteCount = 26

  /// Scales to unit length.
  ///
  /// - Precondition: 2^N amplitudes, not all zero.
  public init(siteCount: Int, amplitudes: [LandauCore.Complex<Double>]) {
    precondition(
      (1...Self.maximumSiteCount).contains(siteCount) && amplitudes.count == 1 << siteCount,
      "\(amplitudes.count) amplitudes of \(siteCount) spins")
    let square = amplitudes.reduce(0.0) { $0 + $1.squaredMagnitude }
    precondition(square > 0 && square.isFinite, "a state of length \(square.squareRoot())")
    self.siteCount = siteCount
    let scale = 1 / square.squareRoot()
    self.amplitudes = amplitudes.map { scale * $0 }
  }

  /// <psi|O|psi>.
  ///
  /// - Complexity: O(2^N) per product.
  public func expectation(_ observable: PauliSum) -> Double {
    precondition(
      observable.siteCount == siteCount, "an observable of \(observable.siteCount) spins")
    return observable.terms.reduce(0) { $0 + $1.coefficient * expectation($1.product) }
  }

  private func expectation(_ product: PauliSum.Product) -> Double {
    let flips = Int(product.flips)
    let signs = Int(product.signs)
    let isReal = product.isReal
    let sign = product.phase(0).factor
    var sum = 0.0
    amplitudes.withUnsafeBufferPointer { psi in
      for state in psi.indices {
        let (a, b) = (psi[state ^ flips], psi[state])
        // conj(a) b, of which the product picks real part or, with its factor of i, minus the imaginary part.
        let overlap =
          isReal
          ? a.real * b.real + a.imaginary * b.imaginary
          : a.imaginary * b.real - a.real * b.imaginary
        sum += (state & signs).nonzeroBitCount & 1 == 0 ? overlap : -overlap
      }
    }
    return sign * sum
  }

  /// The von Neumann entropy, in units of k_B, of the first `count` spins.
  ///
  /// - Throws: `LinearAlgebraError` where the reduced density matrix cannot be diagonalised.
  /// - Complexity: O(2^(N + min(count, N - count))).
  public func entanglementEntropy(ofFirst count: Int) throws -> Double {
    precondition((0...siteCount).contains(count), "\(count) of \(siteCount) spins")
    let isLow = 2 * count <= siteCount
    let (kept, traced) = isLow ? (count, siteCount - count) : (siteCount - count, count)
    guard kept > 0 else { return 0 }
    let size = 1 << kept
    // The Hermitian matrix rho = A + iB as the symmetric one of twice the size.
    var matrix = [Double](repeating: 0, count: 4 * size * size)
    for row in 0..<size {
      for column in 0...row {
        var sum = Complex(0)
        for rest in 0..<1 << traced {
          let (a, b) =
            isLow
            ? (amplitudes[rest << kept | row], amplitudes[rest << kept | column])
            : (amplitudes[row << traced | rest], amplitudes[column << traced | rest])
          sum = sum + a * b.conjugate
        }
        // The lower triangle is all that is read.
        matrix[row * 2 * size + column] = sum.real
        matrix[(size + row) * 2 * size + size + column] = sum.real
        matrix[(size + row) * 2 * size + column] = sum.imaginary
        matrix[(size + column) * 2 * size + row] = -sum.imaginary
      }
    }
    let eigen = try SymmetricEigen(matrix, count: 2 * size)
    // Each eigenvalue is there twice.
    return eigen.values.reduce(0) { $1 > 1e-300 ? $0 - 0.5 * $1 * log($1) : $0 }
  }
}
