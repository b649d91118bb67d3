import LandauCore
import LandauLinearAlgebra
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Long vectors of one recurrence.
///
/// Address space is reserved for all of them; memory is taken, in large pages where the system has them, as vectors are written.
/// Afterwards it is kept for the next recurrence of the process, marked as free for the system to take: clean pages
/// cost as much as the products with the matrix (a hundred vectors of 2^20 numbers are 0.8 GB).
final class RecurrenceVectors {
  let length: Int
  private let stride: Int
  private let region: Region

  /// - Throws: `RunError` where the system gives no more address space.
  init(count: Int, length: Int) throws(RunError) {
    self.length = length
    // Vectors a power of two apart would share the same few sets of a cache.
    stride = (length + 7) & ~7 + (length >= 4096 ? 72 : 0)
    region = try Region.taken(8 * count * stride)
  }

  deinit { region.giveBack() }

  subscript(index: Int) -> UnsafeMutablePointer<Double> {
    (region.base + 8 * index * stride).assumingMemoryBound(to: Double.self)
  }

  /// The sum of the first vectors with these weights, block by block so that each is read once.
  func sum(_ weights: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: length)
    let block = 4096
    result.withUnsafeMutableBufferPointer { result in
      for start in Swift.stride(from: 0, to: length, by: block) {
        for (index, weight) in weights.enumerated() {
          BLAS.add(
            weight, self[index] + start, to: result.baseAddress! + start,
            count: min(block, length - start))
        }
      }
    }
    return result
  }
}

/// Mapped memory.
private struct Region: @unchecked Sendable {
  let base: UnsafeMutableRawPointer
  let byteCount: Int

  /// At most one region waits for its next use.
  private static let spare = Mutex<Region?>(nil)

  static func taken(_ byteCount: Int) throws(RunError) -> Region {
    let kept = spare.withLock { spare -> Region? in
      guard let region = spare, region.byteCount >= byteCount else { return nil }
      spare = nil
      return region
    }
    if let kept { return kept }
    return try Region(byteCount)
  }

  private init(_ byteCount: Int) throws(RunError) {
    let access = PROT_READ | PROT_WRITE
    let kind = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    guard let memory = mmap(nil, byteCount, access, kind, -1, 0), memory != MAP_FAILED else {
      throw RunError(
        "the system gives no \(byteCount) bytes of address space for the vectors of a recurrence (\(String(cString: strerror(errno))))"
      )
    }
    base = memory
    self.byteCount = byteCount
    #if os(Linux)
      // A wish: where it is not granted, pages are small.
      _ = madvise(base, byteCount, MADV_HUGEPAGE)
    #endif
  }

  /// Keeps the larger one of this and the one that waits.
  func giveBack() {
    _ = madvise(base, byteCount, Int32(MADV_FREE))
    let other = Self.spare.withLock { spare -> Region? in
      guard let waiting = spare, waiting.byteCount > byteCount else {
        let other = spare
        spare = self
        return other
      }
      return self
    }
    if let other { munmap(other.base, other.byteCount) }
  }
}
