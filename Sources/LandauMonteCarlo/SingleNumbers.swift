extension [Int8] {
  /// Appends numbers in single precision, little-endian.
  mutating func appendSingle(_ values: some Sequence<Double>) {
    for value in values {
      let bits = Float(value).bitPattern
      for shift in stride(from: 0, to: 32, by: 8) {
        append(Int8(truncatingIfNeeded: bits >> UInt32(shift)))
      }
    }
  }
}
