import LandauCore
import LandauLinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// exp(-i H t) psi in Krylov spaces (Park and Light 1986).
///
/// Lanczos' recurrence from psi has H as a tridiagonal matrix T of m rows, and psi(t) = |psi| V exp(-i T t) e_1 but for what leaks to
/// the next vector of the recurrence, an error of at most beta_m times the integral over s from 0 to t of |(exp(-i T s) e_1)_m|.
/// The last amplitude grows like s^(m - 1), so that t beta_m |(exp(-i T t) e_1)_m| bounds it while it is small. Steps are as long as that allows.
struct KrylovPropagator {
  let matrix: any SymmetricOperator
  /// Of the space; the matrix is as long, or twice as long where H is complex.
  let dimension: Int
  var pool: WorkerPool?
  /// Of |psi(t)|, for the whole time.
  var tolerance: Double
  var cancellation: Cancellation

  private static let largestSpace = 40
  /// Bytes for the vectors of a recurrence.
  private static let memory = 1 << 32

  /// - Parameter psi: real parts, then imaginary ones.
  /// - Throws: `Interrupted`; `LinearAlgebraError` where a tridiagonal matrix cannot be diagonalised.
  func evolve(_ psi: inout [Double], by time: Double) throws {
    precondition(psi.count == 2 * dimension, "\(psi.count) numbers of \(dimension) amplitudes")
    precondition(time.isFinite, "a time of \(time)")
    var rest = time
    while rest != 0 { rest -= try step(&psi, atMost: rest, of: time) }
  }

  /// - Returns: the time that has passed.
  private func step(_ psi: inout [Double], atMost rest: Double, of time: Double) throws -> Double {
    let norm = BLAS.dot(psi, psi).squareRoot()
    guard norm > 0 else { return rest }
    var basis = [psi]
    BLAS.scale(1 / norm, &basis[0])
    var (diagonal, beside): ([Double], [Double]) = ([], [])
    let limit = max(4, min(Self.largestSpace, Self.memory / (16 * dimension)))
    while true {
      try cancellation.check()
      let last = basis[basis.count - 1]
      var next = apply(last)
      let alpha = BLAS.dot(next, last)
      diagonal.append(alpha)
      BLAS.add(-alpha, last, to: &next)
      if basis.count > 1 { BLAS.add(-beside[beside.count - 1], basis[basis.count - 2], to: &next) }
      let beta = BLAS.dot(next, next).squareRoot()
      let isExhausted = beta <= 1e-13 * (abs(alpha) + (beside.last ?? 0)) || beta == 0
      if isExhausted || basis.count % 5 == 0 || basis.count == limit {
        let tridiagonal = try SymmetricEigen(diagonal: diagonal, beside: beside)
        let isFull = basis.count == limit
        var step = rest
        while true {
          let amplitudes = Self.amplitudes(tridiagonal, after: step)
          let leak =
            isExhausted ? 0 : beta * abs(step) * amplitudes.last!.squaredMagnitude.squareRoot()
          if leak <= tolerance * abs(step / time) {
            combine(basis, amplitudes, norm, into: &psi)
            return step
          }
          guard isFull else { break }
          step *= 0.8
        }
      }
      beside.append(beta)
      BLAS.scale(1 / beta, &next)
      basis.append(next)
    }
  }

  /// H times a vector of real and imaginary parts.
  private func apply(_ vector: [Double]) -> [Double] {
    var product = [Double](repeating: 0, count: vector.count)
    vector.withUnsafeBufferPointer { x in
      product.withUnsafeMutableBufferPointer { out in
        for start in stride(from: 0, to: vector.count, by: matrix.length) {
          matrix.apply(x.baseAddress! + start, into: out.baseAddress! + start, pool: pool)
        }
      }
    }
    return product
  }

  private func combine(
    _ basis: [[Double]], _ amplitudes: [LandauCore.Complex<Double>], _ norm: Double,
    into psi: inout [Double]
  ) {
    for i in psi.indices { psi[i] = 0 }
    for (vector, amplitude) in zip(basis, amplitudes) {
      let (a, b) = (norm * amplitude.real, norm * amplitude.imaginary)
      psi.withUnsafeMutableBufferPointer { psi in
        vector.withUnsafeBufferPointer { v in
          for i in 0..<dimension {
            psi[i] += a * v[i] - b * v[dimension + i]
            psi[dimension + i] += a * v[dimension + i] + b * v[i]
          }
        }
      }
    }
  }

  /// exp(-i T t) e_1 of the tridiagonal matrix.
  private static func amplitudes(
    _ tridiagonal: SymmetricEigen, after time: Double
  ) -> [LandauCore.Complex<Double>] {
    let count = tridiagonal.values.count
    let phases = tridiagonal.values.indices.map { k in
      let angle = tridiagonal.values[k] * time
      return tridiagonal.vectors[k] * Complex(cos(angle), -sin(angle))
    }
    return (0..<count).map { row in
      phases.indices.reduce(Complex(0)) { $0 + tridiagonal.vectors[row * count + $1] * phases[$1] }
    }
  }
}
