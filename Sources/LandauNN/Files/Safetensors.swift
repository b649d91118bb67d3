public import LandauCore
public import LandauTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Named tensors in the safetensors format: a length, a JSON header, and the scalars row-major.
public enum Safetensors {
  /// The largest header that is read, as in the format's own implementation.
  static let headerLimit = 100_000_000

  /// Writes the tensors of a tree under their names; the file is replaced in one move.
  public static func save(
    _ tree: some TensorTree, metadata: [(key: String, value: String)] = [], to path: String
  ) throws(RunError) {
    try FileWriting.writeAtomically(encode(tree.named, metadata: metadata), to: path)
  }

  /// Fills a tree with the tensors of a file: the same names and types, none missing and none left.
  ///
  /// - Throws: `InputError` naming the file and what does not fit; the tree is then unchanged.
  public static func load<Tree: TensorTree>(
    into tree: inout Tree, from path: String
  ) throws(InputError) {
    let found = try decode(readFile(path), source: path)
    var tensors: [Tensor] = []
    for (name, tensor) in tree.named {
      guard let match = found.first(where: { $0.name == name })?.tensor else {
        throw .file(path, "has no tensor named \"\(name)\"")
      }
      guard match.type == tensor.type else {
        throw .file(path, "holds \"\(name)\" as \(match.type); the model has \(tensor.type)")
      }
      tensors.append(match)
    }
    guard found.count == tensors.count else {
      throw .file(path, "holds \(found.count) tensors; the model has \(tensors.count)")
    }
    tree = tree.replacing(tensors)
  }

  /// The tensors of a file in the order of their bytes.
  public static func load(from path: String) throws(InputError) -> [(name: String, tensor: Tensor)]
  {
    try decode(readFile(path), source: path)
  }

  /// The bytes of a file with these tensors.
  public static func encode(
    _ tensors: [(name: String, tensor: Tensor)], metadata: [(key: String, value: String)] = []
  ) -> [UInt8] {
    var members: [JSONValue.Member] = []
    if !metadata.isEmpty {
      let pairs = metadata.map { JSONValue.Member($0.key, .string($0.value)) }
      members.append(.init("__metadata__", .object(pairs)))
    }
    var offset = 0
    for (name, tensor) in tensors {
      let end = offset + tensor.count * tensor.scalarType.byteCount
      members.append(
        .init(
          name,
          .pairs([
            "dtype": .string(tensor.scalarType.safetensorsName),
            "shape": .integers(tensor.shape), "data_offsets": .integers([offset, end]),
          ])))
      offset = end
    }
    var header = Array(JSONValue.object(members).text(indented: false).utf8)
    while header.count % 8 != 0 { header.append(0x20) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.count + offset)
    for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: header.count >> (8 * shift))) }
    bytes += header
    for (_, tensor) in tensors { append(tensor, to: &bytes) }
    return bytes
  }

  private static func append(_ tensor: Tensor, to bytes: inout [UInt8]) {
    switch tensor.scalarType {
    case .float:
      tensor.withScalars { (s: UnsafeBufferPointer<Float>) in bytes += UnsafeRawBufferPointer(s) }
    case .double:
      tensor.withScalars { (s: UnsafeBufferPointer<Double>) in bytes += UnsafeRawBufferPointer(s) }
    case .int32:
      tensor.withScalars { (s: UnsafeBufferPointer<Int32>) in bytes += UnsafeRawBufferPointer(s) }
    case .bool:
      tensor.withScalars { (s: UnsafeBufferPointer<Bool>) in bytes += UnsafeRawBufferPointer(s) }
    case .complexFloat:
      tensor.withScalars { (s: UnsafeBufferPointer<Complex<Float>>) in
        bytes += UnsafeRawBufferPointer(s)
      }
    case .complexDouble:
      preconditionFailure("safetensors have no complex Double; store real() and imaginary()")
    }
  }

  /// The tensors in the bytes of a file.
  ///
  /// - Throws: `InputError` where the bytes are no such file, sizes and offsets contradict each other, tensors
  ///   overlap or leave gaps, or a type is none of F32, F64, I32, BOOL and C64.
  public static func decode(
    _ bytes: [UInt8], source: String
  ) throws(InputError) -> [(name: String, tensor: Tensor)] {
    guard bytes.count >= 8 else { throw .file(source, "is too short for a safetensors file") }
    var length: UInt64 = 0
    for index in 0..<8 { length |= UInt64(bytes[index]) << UInt64(8 * index) }
    guard length <= UInt64(headerLimit), Int(length) <= bytes.count - 8 else {
      throw .file(source, "is no safetensors file: its header would be \(length) bytes long")
    }
    let start = 8 + Int(length)
    let entries = try SafetensorsHeader.parse(bytes[8..<start], source: source)
      .sorted { ($0.begin, $0.end) < ($1.begin, $1.end) }
    var position = 0
    var result: [(name: String, tensor: Tensor)] = []
    for entry in entries {
      guard entry.begin == position, entry.end - entry.begin == entry.byteCount else {
        throw .file(
          source,
          "the bytes \(entry.begin) to \(entry.end) of \"\(entry.name)\" do not fit its shape or its neighbours"
        )
      }
      guard entry.end <= bytes.count - start else {
        throw .file(source, "is cut off: \"\(entry.name)\" ends beyond the end of the file")
      }
      position = entry.end
      let part = bytes[(start + entry.begin)..<(start + entry.end)]
      result.append((entry.name, try tensor(entry, part, source)))
    }
    guard position == bytes.count - start else {
      throw .file(source, "has \(bytes.count - start - position) bytes that belong to no tensor")
    }
    return result
  }

  private static func tensor(
    _ entry: SafetensorsHeader.Entry, _ bytes: ArraySlice<UInt8>, _ source: String
  ) throws(InputError) -> Tensor {
    func copy<S: TensorScalar>(_ scalar: S.Type) -> Tensor {
      Tensor(shape: entry.shape, scalar) {
        UnsafeMutableRawBufferPointer($0).copyBytes(from: bytes)
      }
    }
    switch entry.type {
    case .float: return copy(Float.self)
    case .double: return copy(Double.self)
    case .int32: return copy(Int32.self)
    case .bool:
      guard bytes.allSatisfy({ $0 <= 1 }) else {
        throw .file(source, "\"\(entry.name)\" holds bytes that are neither true nor false")
      }
      return copy(Bool.self)
    case .complexFloat: return copy(Complex<Float>.self)
    case .complexDouble: preconditionFailure("no name in a file stands for complex Double")
    }
  }

  private static func readFile(_ path: String) throws(InputError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .file(path, "cannot be opened (\(String(cString: strerror(errno))))")
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &block, block.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw .file(path, "cannot be read (\(String(cString: strerror(errno))))")
      }
      if count == 0 { return bytes }
      bytes += block[..<count]
    }
  }
}

extension ScalarType {
  var safetensorsName: String {
    switch self {
    case .float: "F32"
    case .double: "F64"
    case .int32: "I32"
    case .bool: "BOOL"
    case .complexFloat: "C64"
    case .complexDouble: ""
    }
  }
}
