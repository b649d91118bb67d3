#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

func logarithm(_ value: Double) -> Double { log(value) }
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
