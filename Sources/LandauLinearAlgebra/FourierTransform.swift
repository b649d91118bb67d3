#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A fast Fourier transform of power-of-two length (Cooley and Tukey, in place).
public enum FourierTransform {
  /// Replaces x(j) by the sum over j of x(j) exp(-2 pi i j k / n).
  ///
  /// - Parameters:
  ///   - real: real parts, n of them, a power of two.
  ///   - imaginary: imaginary parts, as many.
  /// - Complexity: O(n log n).
  public static func transform(_ real: inout [Double], _ imaginary: inout [Double]) {
    let length = real.count
    precondition(
      length > 0 && length & (length - 1) == 0 && imaginary.count == length,
      "a transform of \(length) real and \(imaginary.count) imaginary parts")
    reverseBits(&real, &imaginary)
    let angle = -2 * Double.pi / Double(length)
    let cosines = (0..<max(1, length / 2)).map { cos(angle * Double($0)) }
    let sines = (0..<max(1, length / 2)).map { sin(angle * Double($0)) }
    var half = 1
    while half < length {
      let stride = length / (2 * half)
      for start in Swift.stride(from: 0, to: length, by: 2 * half) {
        for k in 0..<half {
          let (low, high) = (start + k, start + k + half)
          let (c, s) = (cosines[k * stride], sines[k * stride])
          let x = real[high] * c - imaginary[high] * s
          let y = real[high] * s + imaginary[high] * c
          (real[high], imaginary[high]) = (real[low] - x, imaginary[low] - y)
          (real[low], imaginary[low]) = (real[low] + x, imaginary[low] + y)
        }
      }
      half *= 2
    }
  }

  private static func reverseBits(_ real: inout [Double], _ imaginary: inout [Double]) {
    var reversed = 0
    for index in 1..<max(1, real.count) {
      var bit = real.count >> 1
      while reversed & bit != 0 {
        reversed ^= bit
        bit >>= 1
      }
      reversed |= bit
      if index < reversed {
        real.swapAt(index, reversed)
        imaginary.swapAt(index, reversed)
      }
    }
  }
}
