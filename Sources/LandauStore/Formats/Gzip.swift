import CZip
import LandauCore

/// Unpacking gzip files in memory.
enum Gzip {
  static func isGzip(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

  /// The content of a gzip file; several members one after another are joined, as gzip does.
  ///
  /// - Throws: `InputError` where the bytes are damaged or cut off, something follows them, or the content does not fit
  ///   into memory. Deflate cannot pack better than 1032 to 1, so that the content's size is bounded by the file's.
  static func unpack(_ bytes: [UInt8], path: String) throws(InputError) -> [UInt8] {
    var stream = z_stream()
    // 15: the largest window; 16: a gzip header and checksum are expected.
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(&stream, 15 + 16, zlibVersion(), size) == Z_OK else {
      throw InputError.file(path.printable, "cannot be unpacked (zlib does not start)")
    }
    defer { inflateEnd(&stream) }
    var result: [UInt8] = []
    var position = 0
    var block = [UInt8](repeating: 0, count: 1 << 18)
    repeat {
      let (status, read, written) = step(&stream, bytes, position, &block)
      position += read
      result += block[..<written]
      try MachineMemory.require(2 * result.count, for: path)
      switch status {
      case Z_STREAM_END:
        if position == bytes.count { return result }
        guard isGzip(bytes[position...]) else {
          throw InputError.file(
            path.printable, "has \(bytes.count - position) bytes behind its gzip content")
        }
        inflateReset(&stream)
      case Z_OK where read > 0 || written > 0: break
      case Z_OK, Z_BUF_ERROR:
        throw InputError.file(path.printable, "is cut off: its gzip content does not end")
      default: throw InputError.file(path.printable, "is a damaged gzip file")
      }
    } while true
  }

  /// As much as fits into `block`.
  private static func step(
    _ stream: inout z_stream, _ bytes: [UInt8], _ position: Int, _ block: inout [UInt8]
  ) -> (status: Int32, read: Int, written: Int) {
    let available = min(bytes.count - position, 1 << 30)
    let room = block.count
    return bytes.withUnsafeBufferPointer { source in
      block.withUnsafeMutableBufferPointer { target in
        // zlib reads and never writes here; its older declaration does not say so.
        stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress! + position)
        stream.avail_in = UInt32(available)
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(room)
        let status = inflate(&stream, Z_NO_FLUSH)
        return (status, available - Int(stream.avail_in), room - Int(stream.avail_out))
      }
    }
  }
}
