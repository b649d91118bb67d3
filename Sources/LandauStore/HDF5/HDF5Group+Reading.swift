import CHDF5
import LandauCore

extension HDF5Group {
  /// Data sets beyond this number are taken for a mistake.
  static let mostMembers = 100_000

  /// The full paths of all data sets below, without a leading slash, in ascending order.
  ///
  /// Links to other files are not followed.
  /// - Throws: `InputError` when the file is damaged.
  func datasetNames() throws(InputError) -> [String] {
    var list = NameList()
    let status = withUnsafeMutablePointer(to: &list) { list in
      H5Ovisit2(
        id, H5_INDEX_NAME, H5_ITER_NATIVE,
        { _, name, info, context in
          guard let name, let info, let context else { return -1 }
          let list = context.assumingMemoryBound(to: NameList.self)
          if info.pointee.type == H5O_TYPE_DATASET {
            list.pointee.names.append(String(cString: name))
          }
          return list.pointee.names.count > HDF5Group.mostMembers ? -1 : 0
        }, list, UInt32(H5O_INFO_BASIC))
    }
    guard status >= 0 else {
      if list.names.count > Self.mostMembers {
        throw InputError.file(path.printable, "holds more than \(Self.mostMembers) data sets")
      }
      throw InputError.file(path.printable, "is damaged (\(HDF5Library.reason))")
    }
    return list.names.sorted()
  }

  private struct NameList { var names: [String] = [] }

  func has(_ name: String) -> Bool {
    var prefix = ""
    // Each step of a path must exist before the next is asked for.
    for part in name.split(separator: "/") {
      prefix += prefix.isEmpty ? part : "/" + part
      if H5Lexists(id, prefix, lh5_default()) <= 0 { return false }
    }
    return true
  }

  /// Type and shape of a data set, or why it cannot be read.
  func describe(_ name: String) -> ArrayInfo {
    do throws(InputError) {
      let dataset = try HDF5Dataset(name, in: self)
      return ArrayInfo(name: name, element: dataset.element, shape: dataset.shape)
    } catch {
      return ArrayInfo(
        name: name, element: nil, shape: [], obstacle: error.message, isText: holdsText(name))
    }
  }

  private func holdsText(_ name: String) -> Bool {
    guard let handle = HDF5Handle(H5Dopen2(id, name, lh5_default()), H5Dclose),
      let type = HDF5Handle(H5Dget_type(handle.id), H5Tclose)
    else { return false }
    return H5Tget_class(type.id) == H5T_STRING
  }

  /// A whole data set of numbers.
  func array(_ name: String) throws(InputError) -> NumericArray {
    try HDF5Dataset(name, in: self).read()
  }

  private func damaged(_ name: String) -> InputError {
    InputError.file(
      path.printable, "'\(name.printable)' is missing or damaged (\(HDF5Library.reason))")
  }

  /// A scalar text.
  func text(_ name: String) throws(InputError) -> String {
    guard has(name), let dataset = HDF5Handle(H5Dopen2(id, name, lh5_default()), H5Dclose),
      let type = HDF5Handle(H5Dget_type(dataset.id), H5Tclose),
      let space = HDF5Handle(H5Dget_space(dataset.id), H5Sclose),
      let text = Self.text(
        type: type.id, space: space.id,
        { memory, pointer in
          H5Dread(dataset.id, memory, lh5_all(), lh5_all(), lh5_default(), pointer)
        })
    else { throw damaged(name) }
    return text
  }

  /// An attribute of this group as text; nil where there is none of that name or type.
  func textAttribute(_ name: String) -> String? {
    guard H5Aexists(id, name) > 0,
      let attribute = HDF5Handle(H5Aopen(id, name, lh5_default()), H5Aclose),
      let type = HDF5Handle(H5Aget_type(attribute.id), H5Tclose),
      let space = HDF5Handle(H5Aget_space(attribute.id), H5Sclose)
    else { return nil }
    return Self.text(type: type.id, space: space.id) { memory, pointer in
      H5Aread(attribute.id, memory, pointer)
    }
  }

  /// An attribute of this group as a whole number; nil where there is none of that name or type.
  func integerAttribute(_ name: String) -> Int? {
    guard H5Aexists(id, name) > 0,
      let attribute = HDF5Handle(H5Aopen(id, name, lh5_default()), H5Aclose),
      let type = HDF5Handle(H5Aget_type(attribute.id), H5Tclose),
      let space = HDF5Handle(H5Aget_space(attribute.id), H5Sclose),
      H5Sget_simple_extent_npoints(space.id) == 1, H5Tget_class(type.id) == H5T_INTEGER
    else { return nil }
    var value: Int64 = 0
    return H5Aread(attribute.id, lh5_int(8), &value) >= 0 ? Int(value) : nil
  }

  /// A text of variable or fixed length through one of the library's reading calls.
  private static func text(
    type: hid_t, space: hid_t, _ read: (hid_t, UnsafeMutableRawPointer) -> herr_t
  ) -> String? {
    guard H5Tget_class(type) == H5T_STRING, H5Sget_simple_extent_npoints(space) == 1 else {
      return nil
    }
    if H5Tis_variable_str(type) > 0 {
      guard let memory = textType(), H5Tset_cset(memory.id, H5Tget_cset(type)) >= 0 else {
        return nil
      }
      var pointer: UnsafeMutablePointer<CChar>?
      guard read(memory.id, &pointer) >= 0, let pointer else { return nil }
      defer { H5free_memory(pointer) }
      return String(cString: pointer)
    }
    let count = H5Tget_size(type)
    guard count > 0, count < 1 << 24 else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    guard read(type, &bytes) >= 0 else { return nil }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}

/// A data set of numbers, open for reading.
struct HDF5Dataset {
  let element: NumericArray.Element
  let shape: [Int]
  private let handle: HDF5Handle
  private let name: String
  private let path: String

  /// Deflate cannot do better than 1032 to 1; shuffled zeros twice over do not either.
  private static let largestRatio = 1032

  /// - Throws: `InputError` when there is no such data set or it does not hold numbers in this file.
  init(_ name: String, in group: HDF5Group) throws(InputError) {
    self.name = name
    path = group.path
    func refuse(_ reason: String) -> InputError {
      InputError.file(group.path.printable, "'\(name.printable)' \(reason)")
    }
    guard group.has(name),
      let handle = HDF5Handle(H5Dopen2(group.id, name, lh5_default()), H5Dclose),
      let type = HDF5Handle(H5Dget_type(handle.id), H5Tclose),
      let space = HDF5Handle(H5Dget_space(handle.id), H5Sclose),
      let creation = HDF5Handle(H5Dget_create_plist(handle.id), H5Pclose)
    else { throw refuse("is missing or damaged (\(HDF5Library.reason))") }
    guard H5Pget_layout(creation.id) != H5D_VIRTUAL, H5Pget_external_count(creation.id) == 0 else {
      throw refuse("keeps its numbers in other files, which are not read")
    }
    guard let element = NumericArray.Element.of(type.id) else {
      throw refuse("holds \(Self.kind(type.id)), not numbers that are read here")
    }
    self.handle = handle
    self.element = element
    guard let shape = Self.shape(space.id, width: element.width) else {
      throw refuse("declares a shape that no machine holds")
    }
    self.shape = shape
    let declared = shape.reduce(element.width, *)
    let stored = Int(clamping: H5Dget_storage_size(handle.id))
    guard declared / Self.largestRatio - 4096 <= stored else {
      throw refuse("claims \(declared) bytes out of \(stored) stored ones")
    }
  }

  private static func shape(_ space: hid_t, width: Int) -> [Int]? {
    let rank = Int(H5Sget_simple_extent_ndims(space))
    guard rank >= 0, rank <= 32, H5Sis_simple(space) > 0 else { return nil }
    if rank == 0 { return H5Sget_simple_extent_npoints(space) == 1 ? [] : [0] }
    var extents = [hsize_t](repeating: 0, count: rank)
    guard H5Sget_simple_extent_dims(space, &extents, nil) == Int32(rank) else { return nil }
    var product = width
    for extent in extents {
      let (next, overflow) = product.multipliedReportingOverflow(by: max(1, Int(clamping: extent)))
      guard !overflow, next < 1 << 60 else { return nil }
      product = next
    }
    return extents.map { Int($0) }
  }

  private static func kind(_ type: hid_t) -> String {
    switch H5Tget_class(type) {
    case H5T_STRING: "text"
    case H5T_COMPOUND: "structures (complex numbers among them)"
    case H5T_REFERENCE: "references"
    case H5T_VLEN: "lists of different lengths"
    case H5T_ARRAY: "arrays within arrays"
    case H5T_ENUM: "names for numbers"
    case H5T_FLOAT, H5T_INTEGER: "numbers of an unusual width"
    default: "something else"
    }
  }

  var rank: Int { shape.count }

  private var failure: InputError {
    InputError.file(
      path.printable, "'\(name.printable)' is damaged (\(HDF5Library.reason))")
  }

  /// All elements.
  func read() throws(InputError) -> NumericArray {
    let count = shape.reduce(element.width, *)
    try MachineMemory.require(count, for: path)
    guard let type = element.hdf5Type() else { throw failure }
    var isRead = true
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      if count > 0 {
        isRead =
          H5Dread(
            handle.id, type.id, lh5_all(), lh5_all(), lh5_default(), buffer.baseAddress) >= 0
      }
      filled = count
    }
    guard isRead else { throw failure }
    return NumericArray(shape: shape, element: element, bytes: bytes)
  }

  /// The rows `range` along the first axis.
  func read(rows range: Range<Int>) throws(InputError) -> NumericArray {
    precondition(
      !shape.isEmpty && range.lowerBound >= 0 && range.upperBound <= shape[0],
      "rows \(range) of shape \(shape)")
    let extents = [range.count] + shape.dropFirst()
    let start = [range.lowerBound] + shape.dropFirst().map { _ in 0 }
    let count = extents.reduce(element.width, *)
    guard count > 0 else { return NumericArray(shape: extents, element: element, bytes: []) }
    guard let type = element.hdf5Type(),
      let memory = HDF5Handle(
        H5Screate_simple(Int32(shape.count), extents.map { hsize_t($0) }, nil), H5Sclose),
      let space = HDF5Handle(H5Dget_space(handle.id), H5Sclose),
      H5Sselect_hyperslab(
        space.id, H5S_SELECT_SET, start.map { hsize_t($0) }, nil, extents.map { hsize_t($0) }, nil)
        >= 0
    else { throw failure }
    var isRead = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      isRead =
        H5Dread(handle.id, type.id, memory.id, space.id, lh5_default(), buffer.baseAddress) >= 0
      filled = count
    }
    guard isRead else { throw failure }
    return NumericArray(shape: extents, element: element, bytes: bytes)
  }
}

extension HDF5Group {
  /// A group inside this one; nil where there is none of that name.
  func subgroup(_ name: String) -> HDF5Group? {
    guard has(name), let group = HDF5Handle(H5Gopen2(id, name, lh5_default()), H5Gclose) else {
      return nil
    }
    return HDF5Group(handle: group, path: path)
  }
}
