import CFFTW
import LandauCore
import Synchronization

/// Discrete Fourier transforms of any length through FFTW, without normalisation.
///
/// Plans are made once for each layout, under a lock, and kept (some kilobytes each); they may run on several threads
/// at once. They are estimated, never timed, so that results do not change from run to run.
public final class FourierTransform: Sendable {
  /// What is transformed into what.
  public enum Kind: Sendable, Hashable {
    /// Complex to complex with exp(-2 pi i j k / n) along every axis.
    case forward
    /// Complex to complex with exp(+2 pi i j k / n).
    case backward
    /// n real numbers along one axis to the first n / 2 + 1 of their forward transform.
    case realForward
    /// n / 2 + 1 complex numbers to the n real ones of the backward transform of their Hermitian extension.
    case realBackward
  }

  /// Everything a plan depends on.
  struct Layout: Hashable {
    let kind: Kind
    let isFloat: Bool
    let extents: [Int]
    let count: Int
  }

  private let layout: Layout
  /// FFTW's plan; nil where there is nothing to do. Unchecked: running a plan does not change it.
  private nonisolated(unsafe) let plan: OpaquePointer?

  private static let plans = Mutex<[Layout: FourierTransform]>([:])

  /// The transform of `count` arrays of these extents, one after the other.
  ///
  /// - Parameters:
  ///   - extents: of the axes transformed together, of the real array for the real kinds, which take one axis.
  ///   - isFloat: numbers are Float, else Double.
  public static func plan(
    _ kind: Kind, extents: [Int], count: Int, isFloat: Bool
  ) -> FourierTransform {
    precondition(
      !extents.isEmpty && extents.allSatisfy { $0 >= 1 } && count >= 0,
      "a transform of \(count) arrays of the extents \(extents)")
    let isReal = kind == .realForward || kind == .realBackward
    precondition(!isReal || extents.count == 1, "a real transform of the extents \(extents)")
    let layout = Layout(kind: kind, isFloat: isFloat, extents: extents, count: count)
    return plans.withLock { plans in
      if let known = plans[layout] { return known }
      let new = FourierTransform(layout)
      plans[layout] = new
      return new
    }
  }

  /// Called under the lock: FFTW makes one plan at a time.
  private init(_ layout: Layout) {
    self.layout = layout
    let total = layout.extents.reduce(1, *)
    guard let count = Int32(exactly: layout.count), let size = Int32(exactly: total) else {
      preconditionFailure("a transform of \(layout.extents) times \(layout.count) is too large")
    }
    let (n, rank, half) = (
      layout.extents.map { Int32($0) }, Int32(layout.extents.count), size / 2 + 1
    )
    if count == 0 {
      plan = nil
      return
    }
    // An estimated plan does not look at the arrays, but wants some, not the same.
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 64)
    defer { bytes.deallocate() }
    let direction = Int32(layout.kind == .forward ? lk_fftw_forward : lk_fftw_backward)
    let flags = UInt32(lk_fftw_flags)
    let keeping = UInt32(lk_fftw_preserving_flags)
    if layout.isFloat {
      let (z, r) = (
        bytes.assumingMemoryBound(to: fftwf_complex.self),
        (bytes + 64).assumingMemoryBound(to: Float.self)
      )
      let w = (bytes + 64).assumingMemoryBound(to: fftwf_complex.self)
      plan =
        switch layout.kind {
        case .forward, .backward:
          fftwf_plan_many_dft(
            rank, n, count, z, nil, 1, size, w, nil, 1, size, direction, flags)
        case .realForward:
          fftwf_plan_many_dft_r2c(rank, n, count, r, nil, 1, size, z, nil, 1, half, flags)
        case .realBackward:
          fftwf_plan_many_dft_c2r(rank, n, count, z, nil, 1, half, r, nil, 1, size, keeping)
        }
    } else {
      let (z, r) = (
        bytes.assumingMemoryBound(to: fftw_complex.self),
        (bytes + 64).assumingMemoryBound(to: Double.self)
      )
      let w = (bytes + 64).assumingMemoryBound(to: fftw_complex.self)
      plan =
        switch layout.kind {
        case .forward, .backward:
          fftw_plan_many_dft(
            rank, n, count, z, nil, 1, size, w, nil, 1, size, direction, flags)
        case .realForward:
          fftw_plan_many_dft_r2c(rank, n, count, r, nil, 1, size, z, nil, 1, half, flags)
        case .realBackward:
          fftw_plan_many_dft_c2r(rank, n, count, z, nil, 1, half, r, nil, 1, size, keeping)
        }
    }
    precondition(plan != nil, "FFTW has no plan for \(layout)")
  }

  /// Transforms; the arrays are row-major, one after the other, and may not overlap.
  ///
  /// - Complexity: O(n log n) for every n, on the calling thread.
  public func run(_ input: UnsafeRawPointer, into output: UnsafeMutableRawPointer) {
    guard let plan else { return }
    let source = UnsafeMutableRawPointer(mutating: input)
    switch (layout.kind, layout.isFloat) {
    case (.forward, true), (.backward, true):
      fftwf_execute_dft(
        plan, source.assumingMemoryBound(to: fftwf_complex.self),
        output.assumingMemoryBound(to: fftwf_complex.self))
    case (.forward, false), (.backward, false):
      fftw_execute_dft(
        plan, source.assumingMemoryBound(to: fftw_complex.self),
        output.assumingMemoryBound(to: fftw_complex.self))
    case (.realForward, true):
      fftwf_execute_dft_r2c(
        plan, source.assumingMemoryBound(to: Float.self),
        output.assumingMemoryBound(to: fftwf_complex.self))
    case (.realForward, false):
      fftw_execute_dft_r2c(
        plan, source.assumingMemoryBound(to: Double.self),
        output.assumingMemoryBound(to: fftw_complex.self))
    case (.realBackward, true):
      fftwf_execute_dft_c2r(
        plan, source.assumingMemoryBound(to: fftwf_complex.self),
        output.assumingMemoryBound(to: Float.self))
    case (.realBackward, false):
      fftw_execute_dft_c2r(
        plan, source.assumingMemoryBound(to: fftw_complex.self),
        output.assumingMemoryBound(to: Double.self))
    }
  }

  /// Replaces x(j) by the sum over j of x(j) exp(-2 pi i j k / n).
  ///
  /// - Parameters:
  ///   - real: real parts, at least one.
  ///   - imaginary: imaginary parts, as many.
  /// - Complexity: O(n log n).
  public static func transform(_ real: inout [Double], _ imaginary: inout [Double]) {
    precondition(
      real.count > 0 && imaginary.count == real.count,
      "a transform of \(real.count) real and \(imaginary.count) imaginary parts")
    let input = zip(real, imaginary).map { Complex($0, $1) }
    var output = input
    let plan = plan(.forward, extents: [input.count], count: 1, isFloat: false)
    input.withUnsafeBytes { input in
      output.withUnsafeMutableBytes { plan.run(input.baseAddress!, into: $0.baseAddress!) }
    }
    real = output.map(\.real)
    imaginary = output.map(\.imaginary)
  }
}
