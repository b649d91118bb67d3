public import LandauCore

/// Arrays in NumPy's NPY format, versions 1 to 3: booleans, integers and floats of either byte order,
/// in C or Fortran order. Python objects, text, complex and structured arrays are refused.
public enum NPY {
  /// - Throws: `InputError` naming `name` when the bytes are not one whole array of numbers.
  public static func parse(_ bytes: [UInt8], name: String) throws(InputError) -> NumericArray {
    try parse(bytes, name: name, complexAsPairs: false)
  }

  /// - Parameter complexAsPairs: whether complex numbers become two real ones along one more axis.
  static func parse(
    _ bytes: [UInt8], name: String, complexAsPairs: Bool
  ) throws(InputError) -> NumericArray {
    let header = try NPYHeader(bytes[...], name: name, complexAsPairs: complexAsPairs)
    let present = bytes.count - header.dataOffset
    guard present == header.dataByteCount else {
      throw sizeMismatch(header, present: present, name: name)
    }
    var data = Array(bytes[header.dataOffset...])
    if header.isBigEndian { swapBytes(&data, width: header.element.width) }
    let axes = header.shape.dropLast(header.holdsPairs ? 1 : 0)
    if header.isFortranOrder && axes.count > 1 {
      data = rowMajor(
        data, shape: Array(axes), width: (header.holdsPairs ? 2 : 1) * header.element.width)
    }
    if header.element == .bool, let index = data.firstIndex(where: { $0 > 1 }) {
      throw InputError.file(name, "element \(index) is \(data[index]), not a boolean")
    }
    return NumericArray(shape: header.shape, element: header.element, bytes: data)
  }

  static func sizeMismatch(_ header: NPYHeader, present: Int, name: String) -> InputError {
    let what = "declares shape \(header.shape) of \(header.element.rawValue)"
    let reason = present < header.dataByteCount ? "it is truncated" : "something follows the array"
    return InputError.file(
      name, "\(what), \(header.dataByteCount) bytes, and holds \(present): \(reason)")
  }

  /// The array as a version-1 file, which every reader knows.
  public static func bytes(of array: NumericArray) -> [UInt8] {
    let order = array.element.width == 1 ? "|" : "<"
    let extents = array.shape.map(String.init).joined(separator: ", ")
    let shape = array.shape.count == 1 ? "(\(extents),)" : "(\(extents))"
    var text =
      "{'descr': '\(order)\(array.element.typeCode)', 'fortran_order': False, 'shape': \(shape), }"
    // The elements begin at a multiple of 64, so that they can be mapped into memory.
    let padding = 63 - (10 + text.utf8.count) % 64
    text += String(repeating: " ", count: padding) + "\n"
    let length = text.utf8.count
    var bytes: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0]
    bytes += [UInt8(length & 0xFF), UInt8(length >> 8)]
    bytes += text.utf8
    bytes += array.bytes
    return bytes
  }

  private static func swapBytes(_ data: inout [UInt8], width: Int) {
    guard width > 1 else { return }
    for start in stride(from: 0, to: data.count, by: width) {
      for k in 0..<(width / 2) { data.swapAt(start + k, start + width - 1 - k) }
    }
  }

  /// Elements whose first index varies fastest, rearranged so that the last one does.
  private static func rowMajor(_ data: [UInt8], shape: [Int], width: Int) -> [UInt8] {
    switch width {
    case 1: rowMajor(data, shape: shape, as: UInt8.self)
    case 2: rowMajor(data, shape: shape, as: UInt16.self)
    case 4: rowMajor(data, shape: shape, as: UInt32.self)
    case 8: rowMajor(data, shape: shape, as: UInt64.self)
    default: rowMajor(data, shape: shape, as: SIMD2<UInt64>.self)
    }
  }

  private static func rowMajor<Unit: BitwiseCopyable>(
    _ data: [UInt8], shape: [Int], as type: Unit.Type
  ) -> [UInt8] {
    guard !data.isEmpty else { return data }
    let width = MemoryLayout<Unit>.size
    var strides = [Int](repeating: width, count: shape.count)
    for axis in 1..<shape.count { strides[axis] = strides[axis - 1] * shape[axis - 1] }
    let last = shape.count - 1
    let (rowLength, step) = (shape[last], strides[last])
    return [UInt8](unsafeUninitializedCapacity: data.count) { buffer, filled in
      let out = UnsafeMutableRawBufferPointer(buffer)
      var position = [Int](repeating: 0, count: shape.count)
      var source = 0
      data.withUnsafeBytes { input in
        while filled < data.count {
          for index in 0..<rowLength {
            let unit = input.loadUnaligned(fromByteOffset: source + index * step, as: Unit.self)
            out.storeBytes(of: unit, toByteOffset: filled, as: Unit.self)
            filled += width
          }
          // The next row: count up the other indices, the last of them fastest.
          var axis = last - 1
          while axis >= 0 {
            position[axis] += 1
            source += strides[axis]
            if position[axis] < shape[axis] { break }
            source -= strides[axis] * shape[axis]
            position[axis] = 0
            axis -= 1
          }
        }
      }
    }
  }
}
