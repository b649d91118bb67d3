import CHDF5
import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The HDF5 library, which works for one thread at a time: everything that touches it runs within `locked`.
enum HDF5Library {
  /// Recursive, so that objects may be let go of while another call is under way.
  nonisolated(unsafe) private static let lock: UnsafeMutablePointer<pthread_mutex_t> = {
    let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_RECURSIVE))
    pthread_mutex_init(lock, &attributes)
    pthread_mutexattr_destroy(&attributes)
    return lock
  }()

  static func locked<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    // The list of handlers belongs to the thread where the library was built for several.
    lh5_prepare()
    return try body()
  }

  /// The library's innermost reason for the failure just met, in a few words.
  static var reason: String {
    var text = [CChar](repeating: 0, count: 256)
    lh5_reason(&text)
    let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return bytes.isEmpty ? "no reason given" : String(decoding: bytes, as: UTF8.self).printable
  }
}

/// One open thing of the library: file, group, data set, type, space or list of properties.
final class HDF5Handle {
  let id: hid_t
  private let close: (hid_t) -> herr_t
  private var isOpen = true

  /// - Parameter id: as the library returned it; nil is made of a negative one.
  init?(_ id: hid_t, _ close: @escaping (hid_t) -> herr_t) {
    guard id >= 0 else { return nil }
    self.id = id
    self.close = close
  }

  /// Closes it before its time; false when the library could not, which for a file that was written means that
  /// it is not whole.
  func closeNow() -> Bool {
    guard isOpen else { return true }
    isOpen = false
    return HDF5Library.locked { close(id) >= 0 }
  }

  deinit { _ = closeNow() }
}

extension NumericArray.Element {
  /// The type of such elements in a file; booleans as h5py writes them.
  func hdf5Type() -> HDF5Handle? {
    guard self == .bool else {
      return HDF5Handle(H5Tcopy(plainType), H5Tclose)
    }
    guard let type = HDF5Handle(H5Tenum_create(lh5_int(1)), H5Tclose) else { return nil }
    for (name, value) in [("FALSE", Int8(0)), ("TRUE", 1)] {
      var value = value
      guard H5Tenum_insert(type.id, name, &value) >= 0 else { return nil }
    }
    return type
  }

  private var plainType: hid_t {
    switch self {
    case .float32, .float64: lh5_float(Int32(width))
    case .uint8, .uint16, .uint32, .uint64: lh5_uint(Int32(width))
    case .bool, .int8, .int16, .int32, .int64: lh5_int(Int32(width))
    }
  }

  /// The element that a type in a file stands for; nil for text, structures and the like.
  static func of(_ type: hid_t) -> NumericArray.Element? {
    let width = H5Tget_size(type)
    switch H5Tget_class(type) {
    case H5T_INTEGER:
      let isSigned = H5Tget_sign(type) == H5T_SGN_2
      let order = H5Tget_order(type)
      guard order == H5T_ORDER_LE || order == H5T_ORDER_BE || width == 1 else { return nil }
      return allCases.first {
        $0 != .bool && !$0.isFloat && $0.width == width
          && $0.rawValue.hasPrefix("u") != isSigned
      }
    case H5T_FLOAT: return width == 4 ? .float32 : width == 8 ? .float64 : nil
    case H5T_ENUM: return isBoolean(type) ? .bool : nil
    default: return nil
    }
  }

  private static func isBoolean(_ type: hid_t) -> Bool {
    guard H5Tget_size(type) == 1, H5Tget_nmembers(type) == 2 else { return false }
    for (name, value) in [("FALSE", Int8(0)), ("TRUE", 1)] {
      var found: Int8 = -1
      guard H5Tenum_valueof(type, name, &found) >= 0, found == value else { return false }
    }
    return true
  }
}
