import LandauCore

/// Arrays in the IDX format of the MNIST files: two zero bytes, a type, a rank, extents and elements, big-endian.
enum IDX {
  static func isIDX(_ bytes: some RandomAccessCollection<UInt8>) -> Bool {
    let start = Array(bytes.prefix(4))
    return start.count == 4 && start[0] == 0 && start[1] == 0 && element(start[2]) != nil
      && start[3] >= 1
  }

  /// - Throws: `InputError` where header and size contradict each other.
  static func parse(_ bytes: [UInt8], name: String) throws(InputError) -> NumericArray {
    guard isIDX(bytes), let element = element(bytes[2]) else {
      throw InputError.file(name, "is no IDX file")
    }
    let start = 4 + 4 * Int(bytes[3])
    guard bytes.count >= start else { throw InputError.file(name, "is cut off within its header") }
    var shape: [Int] = []
    var size = element.width
    for axis in 0..<Int(bytes[3]) {
      let extent = bytes[(4 + 4 * axis)..<(8 + 4 * axis)].reduce(0) { $0 << 8 | Int($1) }
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw InputError.file(name, "gives a shape beyond all memory") }
      shape.append(extent)
      size = product
    }
    guard bytes.count - start == size else {
      throw InputError.file(
        name,
        "has \(bytes.count - start) bytes of data; its shape \(shape) of "
          + "\(element.rawValue) needs \(size)")
    }
    var data = Array(bytes[start...])
    swapBytes(&data, width: element.width)
    return NumericArray(shape: shape, element: element, bytes: data)
  }

  private static func element(_ code: UInt8) -> NumericArray.Element? {
    switch code {
    case 0x08: .uint8
    case 0x09: .int8
    case 0x0B: .int16
    case 0x0C: .int32
    case 0x0D: .float32
    case 0x0E: .float64
    default: nil
    }
  }

  /// Big-endian elements become little-endian.
  private static func swapBytes(_ data: inout [UInt8], width: Int) {
    guard width > 1 else { return }
    for start in stride(from: 0, to: data.count, by: width) {
      data[start..<(start + width)].reverse()
    }
  }
}
