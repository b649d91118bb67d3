public import LandauCore
import LandauLinearAlgebra

/// The levels of p^2/2 + a x^2 + b x^4 (hbar = 1): a one-dimensional scalar field.
public struct AnharmonicOscillator: Sendable, Hashable {
  public let quadratic: Double
  public let quartic: Double

  /// - Throws: `InputError` when there is no lowest level: b < 0, or b = 0 and a <= 0.
  public init(quadratic: Double, quartic: Double) throws(InputError) {
    guard quadratic.isFinite, quartic.isFinite, quartic > 0 || (quartic == 0 && quadratic > 0)
    else {
      throw .notAllowed("quartic", quartic, allowed: "a potential that rises on both sides")
    }
    self.quadratic = quadratic
    self.quartic = quartic
  }

  /// The lowest levels, from the matrix in the basis of a harmonic oscillator.
  ///
  /// - Throws: `InputError` for more than a fifth of the basis; `LinearAlgebraError` from LAPACK.
  public func levels(_ count: Int, basisSize: Int = 200) throws -> [Double] {
    guard count >= 1, 5 * count <= basisSize else {
      throw InputError.notAllowed("count", count, allowed: "1 to \(basisSize / 5)")
    }
    // The frequency that suits the quartic term of the middle of the basis.
    let frequency = max(1, 4 * quartic + 2 * max(0, quadratic)).squareRoot()
    // x = (a + a^+) / sqrt(2 w); p^2 / 2 = w (2 n + 1) / 4 minus its two-step part. The matrix is made
    // larger than it is used, so that products of x are exact.
    let size = basisSize + 4
    var position = [Double](repeating: 0, count: size * size)
    for n in 0..<(size - 1) {
      let element = (Double(n + 1) / (2 * frequency)).squareRoot()
      position[n * size + n + 1] = element
      position[(n + 1) * size + n] = element
    }
    let square = Self.product(position, position, size)
    let fourth = Self.product(square, square, size)
    var matrix = [Double](repeating: 0, count: basisSize * basisSize)
    for row in 0..<basisSize {
      for column in 0..<basisSize {
        let at = row * size + column
        // p^2 / 2 = w (n + 1/2) - w^2 x^2 / 2.
        var value = (quadratic - frequency * frequency / 2) * square[at] + quartic * fourth[at]
        if row == column { value += frequency * (Double(row) + 0.5) }
        matrix[row * basisSize + column] = value
      }
    }
    return Array(try SymmetricEigen(matrix, count: basisSize).values.prefix(count))
  }

  /// Of matrices with few bands.
  private static func product(_ a: [Double], _ b: [Double], _ size: Int) -> [Double] {
    var result = [Double](repeating: 0, count: size * size)
    for row in 0..<size {
      for inner in max(0, row - 4)...min(size - 1, row + 4) {
        let factor = a[row * size + inner]
        for column in max(0, inner - 4)...min(size - 1, inner + 4) where factor != 0 {
          result[row * size + column] += factor * b[inner * size + column]
        }
      }
    }
    return result
  }
}
