public import LandauLinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Coordinates in which nearby samples are those that a random walk over the data connects fast.
///
/// The kernel exp(-|x - y|^2 / width) is divided by the densities of both ends to the power alpha and normalised
/// to a Markov chain; its eigenvectors are the coordinates. With alpha = 1 the density of the samples drops
/// out, and (1 - eigenvalue) 4 / width approaches the spectrum of the Laplacian on the manifold they lie on; with
/// alpha = 1/2 that of the Fokker-Planck operator. Coifman and Lafon, Appl. Comput. Harmon. Anal. 21, 5 (2006).
public struct DiffusionMap: Sendable {
  /// Of the Markov chain without the trivial one, descending.
  public let eigenvalues: [Double]
  /// `[sample, coordinate]`: right eigenvectors, mean square one under the stationary law.
  public let coordinates: SampleMatrix
  /// Squared length over which the kernel falls by e.
  public let width: Double
  /// Twice the logarithmic slope of the kernel's sum in its width, pairs of a sample with itself left out: the dimension
  /// of the data at the scale of the width (Coifman, Shkolnisky, Sigworth and Singer, IEEE Trans. Image Process.
  /// 17, 1891, 2008).
  public let dimension: Double

  /// - Parameters:
  ///   - count: coordinates to keep, at most samples - 1.
  ///   - alpha: 0 to 1.
  ///   - width: nil takes the median squared distance of a sample from its sqrt(samples)-th neighbour: the kernel then
  ///     covers ever more samples and ever less of the manifold as samples are added.
  /// - Throws: `LinearAlgebraError` where LAPACK does not converge.
  /// - Complexity: `9 samples³` operations and `24 samples²` bytes: for some thousands of samples.
  public init(
    _ matrix: SampleMatrix, count: Int, alpha: Double = 1, width: Double? = nil
  ) throws(LinearAlgebraError) {
    let n = matrix.rowCount
    precondition(n > 1 && count > 0 && count < n, "\(count) coordinates of \(n) samples")
    precondition((0...1).contains(alpha), "alpha is \(alpha); allowed: 0 to 1")
    precondition(width.map { $0 > 0 } ?? true, "a kernel of width \(width ?? 0)")
    let squares = Self.squaredDistances(matrix)
    let scale = width ?? Self.neighborWidth(squares, n)
    var kernel = squares.map { exp(-$0 / scale) }
    var (sum, moment) = (-Double(n), 0.0)
    for (square, weight) in zip(squares, kernel) {
      sum += weight
      moment += weight * square / scale
    }
    dimension = sum > 0 ? 2 * moment / sum : 0
    let densities = Self.rowSums(kernel, n).map { pow($0, alpha) }
    for i in 0..<n {
      for j in 0..<n { kernel[i * n + j] /= densities[i] * densities[j] }
    }
    // The chain kernel/degree is similar to the symmetric kernel / sqrt(degree degree').
    let degrees = Self.rowSums(kernel, n)
    let roots = degrees.map { $0.squareRoot() }
    for i in 0..<n {
      for j in 0..<n { kernel[i * n + j] /= roots[i] * roots[j] }
    }
    let eigen = try SymmetricEigen(kernel, count: n)
    eigenvalues = (1...count).map { eigen.values[n - 1 - $0] }
    let norm = degrees.reduce(0, +).squareRoot()
    var coordinates = [Double](repeating: 0, count: n * count)
    for k in 0..<count {
      let vector = eigen.vector(n - 2 - k)
      for i in 0..<n { coordinates[i * count + k] = vector[i] * norm / roots[i] }
    }
    self.coordinates = SampleMatrix(coordinates, rowCount: n, columnCount: count)
    self.width = scale
  }

  /// Eigenvalues of the Laplacian (with its sign turned) that those of the chain stand for, ascending.
  public var laplacianEigenvalues: [Double] { eigenvalues.map { (1 - $0) * 4 / width } }

  /// `[sample, sample]`, from a matrix product, no smaller than zero.
  static func squaredDistances(_ matrix: SampleMatrix) -> [Double] {
    let (n, p) = (matrix.rowCount, matrix.columnCount)
    // About the mean: differences of large numbers would lose their digits.
    let x = matrix.centered(at: matrix.mean)
    var products = [Double](repeating: 0, count: n * n)
    BLAS.multiply(rows: n, columns: n, inner: p, x, x, transposeRight: true, into: &products)
    let squares = (0..<n).map { products[$0 * n + $0] }
    for i in 0..<n {
      for j in 0..<n {
        products[i * n + j] = i == j ? 0 : max(0, squares[i] + squares[j] - 2 * products[i * n + j])
      }
    }
    return products
  }

  /// The median over samples of the squared distance to the neighbour of rank sqrt(n), or the mean square where that is
  /// zero; one where all samples are the same.
  private static func neighborWidth(_ squares: [Double], _ n: Int) -> Double {
    let rank = min(n - 1, max(1, Int(Double(n).squareRoot().rounded(.up))))
    let distances = (0..<n).map { squares[$0 * n..<($0 + 1) * n].sorted()[rank] }.sorted()
    let mean = squares.reduce(0, +) / Double(squares.count)
    return [distances[n / 2], mean].first { $0 > 0 } ?? 1
  }

  private static func rowSums(_ matrix: [Double], _ n: Int) -> [Double] {
    (0..<n).map { i in matrix[i * n..<(i + 1) * n].reduce(0, +) }
  }
}
