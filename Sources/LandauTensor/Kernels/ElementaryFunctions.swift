#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The elementary functions of a floating type, as the elementwise kernels use them.
protocol ElementaryFunctions: BinaryFloatingPoint, TensorScalar {
  static func exponential(_ x: Self) -> Self
  static func exponentialMinusOne(_ x: Self) -> Self
  static func logarithm(_ x: Self) -> Self
  static func logarithmOfOnePlus(_ x: Self) -> Self
  static func hyperbolicTangent(_ x: Self) -> Self
  static func sigmoid(_ x: Self) -> Self
  static func sine(_ x: Self) -> Self
  static func cosine(_ x: Self) -> Self
  static func errorFunction(_ x: Self) -> Self
  static func power(_ x: Self, _ y: Self) -> Self
  static func arctangent(_ y: Self, _ x: Self) -> Self
}

extension Double: ElementaryFunctions {
  static func exponential(_ x: Double) -> Double { exp(x) }
  static func exponentialMinusOne(_ x: Double) -> Double { expm1(x) }
  static func logarithm(_ x: Double) -> Double { log(x) }
  static func logarithmOfOnePlus(_ x: Double) -> Double { log1p(x) }
  static func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }
  static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
  static func sine(_ x: Double) -> Double { sin(x) }
  static func cosine(_ x: Double) -> Double { cos(x) }
  static func errorFunction(_ x: Double) -> Double { erf(x) }
  static func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }
  static func arctangent(_ y: Double, _ x: Double) -> Double { atan2(y, x) }
}

// Float: exponential, logarithm, tanh and sigmoid are straight-line arithmetic that the compiler turns into
// vector instructions; a call into the C library for every element costs ten times more. The polynomials are
// minimax fits (Lawson's reweighted least squares on Chebyshev nodes).
extension Float: ElementaryFunctions {
  /// e^x: at most 2 ulp (measured over every binade), gradual underflow, infinity from 88.73 on.
  ///
  /// x = n ln 2 + r with |r| <= ln 2 / 2, n found by adding 1.5 * 2^23; 2^n is applied in two halves so
  /// that neither the largest nor the subnormal results need a case of their own.
  @inline(__always)
  static func exponential(_ x: Float) -> Float {
    let clamped = x > 89 ? 89 : (x < -104 ? -104 : x)
    let shifted = clamped * 1.442_695_04 + 12_582_912
    let n = shifted - 12_582_912
    // ln 2 in two parts; the first has 9 significant bits, so n times it is exact.
    let r = (clamped - n * 0.693_359_375) + n * 2.121_944_4e-4
    var p: Float = 0.001_381_446_7
    p = p * r + 0.008_368_780_5
    p = p * r + 0.041_668_394_2
    p = p * r + 0.166_665_201
    p = p * r + 0.499_999_934
    let value = (p * r) * r + r + 1
    let exponent = Int32(truncatingIfNeeded: shifted.bitPattern) &- 0x4B40_0000
    let half = exponent &>> 1
    let low = Float(bitPattern: UInt32(bitPattern: (half &+ 127) &<< 23))
    let high = Float(bitPattern: UInt32(bitPattern: (exponent &- half &+ 127) &<< 23))
    return value * low * high
  }

  /// ln x: at most 2 ulp; -infinity at 0, NaN below, infinity at infinity.
  ///
  /// x = m 2^e with m between sqrt(1/2) and sqrt 2, then a polynomial in m - 1.
  @inline(__always)
  static func logarithm(_ x: Float) -> Float {
    let subnormal = x < .leastNormalMagnitude
    let scaled = subnormal ? x * 8_388_608 : x
    let bits = Int32(bitPattern: scaled.bitPattern)
    // 0x3F3504F3 is sqrt(1/2).
    let shifted = bits &- 0x3F35_04F3
    let exponent = shifted &>> 23
    let m = Float(bitPattern: UInt32(bitPattern: bits &- (exponent &<< 23)))
    let e = Float(exponent) - (subnormal ? 23 : 0)
    let f = m - 1
    var p: Float = 0.067_466_434_8
    p = p * f - 0.116_756_563
    p = p * f + 0.118_881_634
    p = p * f - 0.124_055_883
    p = p * f + 0.142_195_522
    p = p * f - 0.166_679_959
    p = p * f + 0.200_021_187
    p = p * f - 0.250_000_096
    p = p * f + 0.333_333_126
    let square = f * f
    let tail = e * -2.121_944_4e-4 + (p * f * square - 0.5 * square)
    let value = (f + tail) + e * 0.693_359_375
    let atEdge = x == 0 ? -Float.infinity : (x == .infinity ? .infinity : Float.nan)
    return x > 0 && x < .infinity ? value : atEdge
  }

  /// tanh x: relative error below 8e-7 (2e-7 for |x| < 0.5), exactly odd, exactly +-1 from |x| = 9.02 on.
  @inline(__always)
  static func hyperbolicTangent(_ x: Float) -> Float {
    let c = x > 9.02 ? 9.02 : (x < -9.02 ? -9.02 : x)
    let u = c * c
    var p: Float = 1.331_896_81e-8
    p = p * u + 2.058_348_05e-5
    p = p * u + 3.494_029_91e-3
    p = p * u + 0.133_797_14
    p = p * u + 0.999_999_979
    var q: Float = 7.761_976_39e-7
    q = q * u + 3.283_085_23e-4
    q = q * u + 2.587_105_56e-2
    q = q * u + 0.467_130_293
    q = q * u + 1
    let value = c * p / q
    return value > 1 ? 1 : (value < -1 ? -1 : value)
  }

  /// 1 / (1 + e^-x), relative error below 4 ulp where the result is normal.
  @inline(__always)
  static func sigmoid(_ x: Float) -> Float { 1 / (1 + exponential(-x)) }

  static func exponentialMinusOne(_ x: Float) -> Float { expm1f(x) }
  static func logarithmOfOnePlus(_ x: Float) -> Float { log1pf(x) }
  static func sine(_ x: Float) -> Float { sinf(x) }
  static func cosine(_ x: Float) -> Float { cosf(x) }
  static func errorFunction(_ x: Float) -> Float { erff(x) }
  static func power(_ x: Float, _ y: Float) -> Float { powf(x, y) }
  static func arctangent(_ y: Float, _ x: Float) -> Float { atan2f(y, x) }
}
