import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStore

/// An NPY file as NumPy writes it: the dictionary given, padded, then the elements.
func npyFile(_ dictionary: String, _ data: [UInt8], version: UInt8 = 1) -> [UInt8] {
  let length = dictionary.utf8.count + 1
  let lengthBytes = (0..<(version == 1 ? 2 : 4)).map {
    UInt8(truncatingIfNeeded: length >> (8 * $0))
  }
  return [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, version, 0] + lengthBytes
    + Array(dictionary.utf8) + [10] + data
}

func npyFile(_ type: String, fortran: Bool = false, shape: String, _ data: [UInt8]) -> [UInt8] {
  npyFile(
    "{'descr': '\(type)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': \(shape), }",
    data)
}

func bytes(hex: String) -> [UInt8] {
  let digits = hex.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// The one line with which reading is refused.
func refusal(
  _ body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
) -> String {
  do {
    try body()
  } catch let error as InputError {
    #expect(!error.message.contains("\n"), "two lines", sourceLocation: sourceLocation)
    return error.message
  } catch {
    Issue.record("\(error) is no InputError", sourceLocation: sourceLocation)
    return ""
  }
  Issue.record("nothing was refused", sourceLocation: sourceLocation)
  return ""
}

/// Writes arrays as an NPZ file in a fresh folder and hands over its path.
func withArrays<R>(
  _ arrays: [(name: String, array: NumericArray)], _ body: (_ path: String) throws -> R
) throws -> R {
  try withTemporaryFolder { folder in
    let path = "\(folder)/data.npz"
    try NPZ.write(arrays, to: path)
    return try body(path)
  }
}

func spins(_ shape: [Int], _ value: (Int) -> Int8 = { $0 % 3 == 0 ? 1 : -1 }) -> NumericArray {
  NumericArray((0..<shape.reduce(1, *)).map(value), shape: shape)
}
