package import CLandauKernels

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The instruction set that the hottest loops run on. Integers do not depend on it, sums of products to rounding.
package enum KernelLevel: Int32, CaseIterable, Sendable {
  case baseline = 0
  case v3 = 1
  case v4 = 2

  /// The best level of this processor; `LANDAU_KERNELS=baseline|v3|v4` lowers it, for tests.
  package static let current = chosen(
    getenv("LANDAU_KERNELS").map { String(cString: $0) }, best: best)

  package static var best: KernelLevel { KernelLevel(rawValue: lk_best_level()) ?? .baseline }

  /// The level of that name where the processor has it, else the best.
  package static func chosen(_ name: String?, best: KernelLevel) -> KernelLevel {
    guard let wanted = allCases.first(where: { "\($0)" == name }) else { return best }
    return wanted.rawValue <= best.rawValue ? wanted : best
  }

  package var isSupported: Bool { lk_kernels_at(rawValue) != nil }

  /// The functions of this level, which must be supported.
  package var kernels: lk_kernels {
    guard let table = lk_kernels_at(rawValue) else {
      preconditionFailure("this processor cannot run kernel level \(self)")
    }
    return table.pointee
  }
}
