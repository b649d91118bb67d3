import LandauLinearAlgebra

extension FourierTransform {
  /// The sums of x(i) x(i + t) for t from 0 to `maximalLag`, without wrapping around.
  static func autocorrelationSums(_ values: [Double], maximalLag: Int) -> [Double] {
    var length = 1
    while length < values.count + maximalLag + 1 { length *= 2 }
    var real = values + [Double](repeating: 0, count: length - values.count)
    var imaginary = [Double](repeating: 0, count: length)
    transform(&real, &imaginary)
    for index in 0..<length {
      real[index] = real[index] * real[index] + imaginary[index] * imaginary[index]
      imaginary[index] = 0
    }
    transform(&real, &imaginary)  // of an even function: its own inverse but for the length
    return (0...maximalLag).map { real[$0] / Double(length) }
  }
}
