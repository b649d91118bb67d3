public import LandauCore
import LandauLinearAlgebra

/// The derivatives O of ln psi: a row for each sample and a column for each parameter, without being written out where they are
/// products.
///
/// Of a complex ln psi there are two rows a sample: real parts of all samples first, then imaginary ones. With real parameters
/// everything that stochastic reconfiguration needs are products of these real rows.
public struct LogDerivatives: Sendable {
  /// Row-major.
  public struct Matrix: Sendable {
    public let rowCount: Int
    public let columnCount: Int
    public var values: [Double]

    public init(rowCount: Int, columnCount: Int, values: [Double]) {
      precondition(
        values.count == rowCount * columnCount,
        "\(values.count) numbers are no \(rowCount) x \(columnCount) matrix")
      self.rowCount = rowCount
      self.columnCount = columnCount
      self.values = values
    }
  }

  /// Some parameters in order.
  public enum Block: Sendable {
    /// One column for each.
    case columns(Matrix)
    /// Parameter (j, i), j slowest, has u_j v_i in each row: weights between two layers.
    case products(Matrix, Matrix)

    public var parameterCount: Int {
      switch self {
      case .columns(let a): a.columnCount
      case .products(let u, let v): u.columnCount * v.columnCount
      }
    }

    var rowCount: Int {
      switch self {
      case .columns(let a), .products(let a, _): a.rowCount
      }
    }
  }

  public let sampleCount: Int
  /// Whether there are rows of imaginary parts.
  public let isComplex: Bool
  public let blocks: [Block]

  public var rowCount: Int { isComplex ? 2 * sampleCount : sampleCount }
  public var parameterCount: Int { blocks.reduce(0) { $0 + $1.parameterCount } }

  public init(sampleCount: Int, isComplex: Bool, blocks: [Block]) {
    self.sampleCount = sampleCount
    self.isComplex = isComplex
    self.blocks = blocks
    for block in blocks {
      precondition(
        block.rowCount == rowCount, "a block of \(block.rowCount) rows among those of \(rowCount)")
    }
  }

  /// O written out, `[row, parameter]`.
  public func dense() -> [Double] {
    let count = parameterCount
    var result = [Double](repeating: 0, count: rowCount * count)
    result.withUnsafeMutableBufferPointer { result in
      var first = 0
      for block in blocks {
        switch block {
        case .columns(let a):
          for row in 0..<rowCount {
            for column in 0..<a.columnCount {
              result[row * count + first + column] = a.values[row * a.columnCount + column]
            }
          }
        case .products(let u, let v):
          u.values.withUnsafeBufferPointer { left in
            v.values.withUnsafeBufferPointer { right in
              for row in 0..<rowCount {
                var place = row * count + first
                for j in 0..<u.columnCount {
                  let factor = left[row * u.columnCount + j]
                  for i in 0..<v.columnCount {
                    result[place] = factor * right[row * v.columnCount + i]
                    place += 1
                  }
                }
              }
            }
          }
        }
        first += block.parameterCount
      }
    }
    return result
  }

  /// O^T y: one number for each parameter.
  ///
  /// - Complexity: rows times parameters.
  public func transposedTimes(_ y: [Double]) -> [Double] {
    precondition(y.count == rowCount, "\(y.count) numbers for \(rowCount) rows")
    var result: [Double] = []
    result.reserveCapacity(parameterCount)
    for block in blocks {
      switch block {
      case .columns(let a):
        var part = [Double](repeating: 0, count: a.columnCount)
        BLAS.multiply(
          rows: 1, columns: a.columnCount, inner: rowCount, y, a.values, into: &part)
        result += part
      case .products(let u, let v):
        var scaled = u.values
        for row in 0..<rowCount {
          for j in 0..<u.columnCount { scaled[row * u.columnCount + j] *= y[row] }
        }
        var part = [Double](repeating: 0, count: block.parameterCount)
        BLAS.multiply(
          rows: u.columnCount, columns: v.columnCount, inner: rowCount, scaled,
          transposeLeft: true, v.values, into: &part)
        result += part
      }
    }
    return result
  }

  /// O O^T, `[row, row]`.
  ///
  /// Rows of products never become long: (u v^T)(u' v'^T) = (u u') (v v').
  public func gram(pool: WorkerPool) -> [Double] {
    let rows = rowCount
    let stripes = (rows + Self.stripe - 1) / Self.stripe
    var result = [Double](repeating: 0, count: rows * rows)
    result.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let out = buffer.baseAddress!
      pool.forEach(stripes) { index in
        let range = Self.stripe * index..<min(rows, Self.stripe * (index + 1))
        gramStripe(range, into: out)
      }
      // Only the lower triangle has been computed.
      for row in 0..<rows {
        for column in row + 1..<max(rows, row + 1) {
          out[row * rows + column] = out[column * rows + row]
        }
      }
    }
    return result
  }

  private static let stripe = 128

  /// Rows of O O^T up to the end of the diagonal block.
  private func gramStripe(_ range: Range<Int>, into out: UnsafeMutablePointer<Double>) {
    let (height, width, stride) = (range.count, range.upperBound, rowCount)
    var first = [Double](repeating: 0, count: height * width)
    var second = first
    func product(_ a: Matrix, into result: inout [Double]) {
      a.values.withUnsafeBufferPointer { values in
        BLAS.multiply(
          rows: height, columns: width, inner: a.columnCount,
          values.baseAddress! + range.lowerBound * a.columnCount, values.baseAddress!,
          transposeRight: true, into: &result)
      }
    }
    for block in blocks {
      switch block {
      case .columns(let a):
        product(a, into: &first)
        for i in first.indices {
          out[(range.lowerBound + i / width) * stride + i % width] += first[i]
        }
      case .products(let u, let v):
        product(u, into: &first)
        product(v, into: &second)
        first.withUnsafeBufferPointer { first in
          second.withUnsafeBufferPointer { second in
            for row in 0..<height {
              let target = out + (range.lowerBound + row) * stride
              for column in 0..<width {
                target[column] += first[row * width + column] * second[row * width + column]
              }
            }
          }
        }
      }
    }
  }
}
