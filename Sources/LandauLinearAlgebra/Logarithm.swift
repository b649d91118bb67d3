#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The C library's logarithm, in a file of its own so that LAPACK's headers cannot shadow it.
func naturalLogarithm(_ x: Double) -> Double { log(x) }
