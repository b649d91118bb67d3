import COpenBLAS

/// LAPACK on row-major matrices of the four scalar types: one checked entry for each routine.
///
/// Entries of the matrices must be finite (`allFinite` tells). A status above zero is LAPACK's own and says that
/// there is no result; arguments that it refuses are a mistake in this package and stop the program.
public enum LAPACK {
  /// The type of the entries; complex ones lie as in C, the real part first.
  public enum Scalar: Sendable, Hashable {
    case float
    case double
    case complexFloat
    case complexDouble

    public var isComplex: Bool { self == .complexFloat || self == .complexDouble }
    public var real: Scalar { self == .float || self == .complexFloat ? .float : .double }
    public var byteCount: Int {
      switch self {
      case .float: 4
      case .double, .complexFloat: 8
      case .complexDouble: 16
      }
    }
  }

  /// Whether no entry is NaN or infinite.
  public static func allFinite(_ scalar: Scalar, _ entries: UnsafeRawPointer, count: Int) -> Bool {
    let numbers = scalar.isComplex ? 2 * count : count
    if scalar.real == .float {
      let values = entries.assumingMemoryBound(to: Float.self)
      return (0..<numbers).allSatisfy { values[$0].isFinite }
    }
    let values = entries.assumingMemoryBound(to: Double.self)
    return (0..<numbers).allSatisfy { values[$0].isFinite }
  }

  /// The extents as the C interface wants them.
  static func extents(_ values: Int...) -> [Int32] {
    values.map {
      precondition(
        $0 >= 0 && $0 <= Int(Int32.max), "the extent \($0) exceeds the 32-bit extents of LAPACK")
      return Int32($0)
    }
  }

  static func checked(_ status: Int32, _ routine: StaticString) -> Int {
    precondition(status >= 0, "\(routine) refused its argument \(-status)")
    return Int(status)
  }
}

// What a buffer holds is known from the scalar beside it; these only say so.
extension UnsafeMutableRawPointer {
  var s: UnsafeMutablePointer<Float> { assumingMemoryBound(to: Float.self) }
  var d: UnsafeMutablePointer<Double> { assumingMemoryBound(to: Double.self) }
  var c: UnsafeMutablePointer<lk_complex_float> {
    assumingMemoryBound(to: lk_complex_float.self)
  }
  var z: UnsafeMutablePointer<lk_complex_double> {
    assumingMemoryBound(to: lk_complex_double.self)
  }
}

extension UnsafeRawPointer {
  var mutable: UnsafeMutableRawPointer { UnsafeMutableRawPointer(mutating: self) }
}

/// Characters that tell LAPACK what to do.
enum Flag {
  static let lower = CChar(76)  // L
  static let none = CChar(78)  // N
  static let some = CChar(83)  // S
  static let vectors = CChar(86)  // V
}

/// Memory for one call, freed when the call is over.
func withScratch<Result>(
  _ scalar: LAPACK.Scalar, count: Int, _ body: (UnsafeMutableRawPointer) -> Result
) -> Result {
  withUnsafeTemporaryAllocation(byteCount: max(16, count * scalar.byteCount), alignment: 64) {
    body($0.baseAddress!)
  }
}
