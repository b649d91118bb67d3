#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// ln of the sum of exponentials, without overflow; minus infinity of nothing.
func logSumExp(_ values: some Collection<Double>) -> Double {
  guard let largest = values.max(), largest > -.infinity else { return -.infinity }
  return largest + log(values.reduce(0) { $0 + exp($1 - largest) })
}
