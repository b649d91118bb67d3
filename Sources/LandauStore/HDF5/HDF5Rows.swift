import CHDF5
import LandauCore

/// A data set that is written row by row along its first axis, in whole chunks.
///
/// Equal rows give equal bytes however they arrive: each chunk is written once, in order.
struct HDF5Rows {
  private let dataset: HDF5Handle
  private let type: HDF5Handle
  private let path: String
  private let shape: [Int]
  private let element: NumericArray.Element
  private let chunkRows: Int
  /// Rows that wait for their chunk to be full.
  private var waiting: [UInt8] = []
  private var writtenRows = 0

  /// Chunks of about this many bytes compress well and are quick to read in part.
  private static let chunkBytes = 64 << 10

  /// Below this the index of the chunks would be larger than what they hold.
  private static let smallBytes = 2048

  /// - Parameters:
  ///   - shape: of the whole; nothing is written yet.
  ///   - isExtensible: whether other programs may append rows.
  init(
    _ name: String, in group: HDF5Group, element: NumericArray.Element, shape: [Int],
    isExtensible: Bool = true
  ) throws(RunError) {
    path = group.path
    self.shape = shape
    self.element = element
    let chunk = Self.chunk(shape, width: element.width)
    chunkRows = chunk.first ?? 1
    let isSmall = !isExtensible && shape.reduce(element.width, *) <= Self.smallBytes
    let most = shape.enumerated().map { axis, extent in
      axis == 0 && isExtensible ? lh5_unlimited() : hsize_t(extent)
    }
    guard let type = element.hdf5Type(),
      let space = shape.isEmpty
        ? HDF5Handle(H5Screate(H5S_SCALAR), H5Sclose)
        : HDF5Handle(
          H5Screate_simple(Int32(shape.count), shape.map { hsize_t($0) }, most), H5Sclose),
      let creation = HDF5Handle(lh5_dataset_creation(), H5Pclose),
      H5Pset_obj_track_times(creation.id, false) >= 0,
      Self.setStorage(creation.id, chunk: isSmall ? [] : chunk),
      let dataset = HDF5Handle(
        H5Dcreate2(
          group.id, name, type.id, space.id, lh5_default(), creation.id, lh5_default()), H5Dclose)
    else { throw HDF5Group.failure(group.path) }
    self.type = type
    self.dataset = dataset
  }

  private static func setStorage(_ creation: hid_t, chunk: [Int]) -> Bool {
    if chunk.isEmpty { return true }
    return H5Pset_chunk(creation, Int32(chunk.count), chunk.map { hsize_t($0) }) >= 0
      && H5Pset_shuffle(creation) >= 0 && H5Pset_deflate(creation, 4) >= 0
      && H5Pset_fletcher32(creation) >= 0
  }

  /// As many whole rows as fit, or a piece of one along its last axes.
  private static func chunk(_ shape: [Int], width: Int) -> [Int] {
    var rest = chunkBytes / width
    var chunk = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.reversed() {
      chunk[axis] = max(1, min(shape[axis], rest))
      rest /= chunk[axis]
    }
    return chunk
  }

  /// The data set as a place for attributes.
  var attributes: HDF5Group { HDF5Group(handle: dataset, path: path) }

  private var rowBytes: Int { shape.dropFirst().reduce(element.width, *) }

  /// Writes an array in one piece.
  func writeAll(_ bytes: [UInt8]) throws(RunError) {
    let isWritten = bytes.withUnsafeBytes {
      H5Dwrite(dataset.id, type.id, lh5_all(), lh5_all(), lh5_default(), $0.baseAddress) >= 0
    }
    guard isWritten else { throw HDF5Group.failure(path) }
  }

  /// Appends whole rows: little-endian elements in C order.
  mutating func append(_ bytes: [UInt8]) throws(RunError) {
    precondition(
      bytes.count % rowBytes == 0, "\(bytes.count) bytes are no whole rows of \(rowBytes)")
    waiting += bytes
    let chunkBytes = chunkRows * rowBytes
    let whole = waiting.count / chunkBytes * chunkBytes
    guard whole > 0 else { return }
    try write(Array(waiting[..<whole]))
    waiting.removeFirst(whole)
  }

  /// Writes what waits; all rows of the shape must have been appended.
  mutating func end() throws(RunError) {
    if !waiting.isEmpty { try write(waiting) }
    waiting = []
    precondition(writtenRows == shape[0], "\(writtenRows) rows were written of \(shape[0])")
  }

  private mutating func write(_ bytes: [UInt8]) throws(RunError) {
    let rows = bytes.count / rowBytes
    let extents = [rows] + shape.dropFirst()
    let start = [writtenRows] + shape.dropFirst().map { _ in 0 }
    guard
      let memory = HDF5Handle(
        H5Screate_simple(Int32(shape.count), extents.map { hsize_t($0) }, nil), H5Sclose),
      let space = HDF5Handle(H5Dget_space(dataset.id), H5Sclose),
      H5Sselect_hyperslab(
        space.id, H5S_SELECT_SET, start.map { hsize_t($0) }, nil, extents.map { hsize_t($0) }, nil)
        >= 0
    else { throw HDF5Group.failure(path) }
    let isWritten = bytes.withUnsafeBytes {
      H5Dwrite(dataset.id, type.id, memory.id, space.id, lh5_default(), $0.baseAddress) >= 0
    }
    guard isWritten else { throw HDF5Group.failure(path) }
    writtenRows += rows
  }
}
