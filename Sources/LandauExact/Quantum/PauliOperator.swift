import LandauCore
import LandauLattice

/// A sum of Pauli products on all 2^N states, without a matrix.
///
/// Products that flip the same spins are taken together: (H psi)(b) = sum over flips x of c_x(b ^ x) psi(b ^ x), where c_x
/// depends on b through parities. Four neighbouring states are one vector, so a flip is a permutation of vectors and one of
/// four numbers in them; blocks of 4096 states stay in the cache while all flips add to them. Four flips of constant coefficients
/// at a time, as of fields along x, read and write what they add to once.
struct PauliOperator: SymmetricOperator {
  private struct Part: Sendable {
    /// Coefficient times the sign that comes with y factors.
    var coefficient: Double
    var signs: Int
    /// (-1)^(set bits of 0, 1, 2, 3 at `signs`).
    var pattern: SIMD4<Double>
  }
  private struct Group: Sendable {
    var flips: Int
    /// Parts of the matrix that are real, and those with a factor of i.
    var real: [Part]
    var imaginary: [Part]
  }

  /// Flips that leave the place in a vector alone, with constant real coefficients.
  private struct Four: Sendable {
    /// Distances in vectors, and coefficients.
    var steps: (Int, Int, Int, Int)
    var constants: (Double, Double, Double, Double)

    /// - Returns: nil where the groups are not four of that kind.
    init?(_ groups: ArraySlice<Group>) {
      guard groups.count == 4,
        groups.allSatisfy({
          $0.flips & 3 == 0 && $0.imaginary.isEmpty && $0.real.count == 1 && $0.real[0].signs == 0
        })
      else { return nil }
      let (steps, constants) = (groups.map { $0.flips >> 2 }, groups.map { $0.real[0].coefficient })
      self.steps = (steps[0], steps[1], steps[2], steps[3])
      self.constants = (constants[0], constants[1], constants[2], constants[3])
    }
  }

  private enum Pass: Sendable {
    case one(Group)
    case four(Four)
  }

  let siteCount: Int
  let isComplex: Bool
  private let passes: [Pass]
  private let diagonal: [Double]
  private var dimension: Int { 1 << siteCount }
  var length: Int { isComplex ? 2 * dimension : dimension }

  private static let blockSize = 4096

  /// - Precondition: two sites or more.
  init(_ sum: PauliSum, pool: WorkerPool?) {
    precondition((2...30).contains(sum.siteCount), "\(sum.siteCount) spins")
    siteCount = sum.siteCount
    isComplex = !sum.isReal
    var groups: [Group] = []
    var diagonalParts: [Part] = []
    for (product, coefficient) in sum.terms {
      // The state that is acted on has the bits before the flip; its phase there.
      let (factor, isReal) = product.phase(0)
      let signs = Int(product.signs)
      let pattern = SIMD4((0..<4).map { (($0 & signs).nonzeroBitCount & 1) == 0 ? 1.0 : -1.0 })
      let part = Part(coefficient: coefficient * factor, signs: signs, pattern: pattern)
      if product.flips == 0 {
        diagonalParts.append(part)
        continue
      }
      if groups.last?.flips != Int(product.flips) {
        groups.append(Group(flips: Int(product.flips), real: [], imaginary: []))
      }
      if isReal {
        groups[groups.count - 1].real.append(part)
      } else {
        groups[groups.count - 1].imaginary.append(part)
      }
    }
    var passes: [Pass] = []
    var next = 0
    while next < groups.count {
      if !isComplex, let four = Four(groups[next..<min(next + 4, groups.count)]) {
        passes.append(.four(four))
        next += 4
      } else {
        passes.append(.one(groups[next]))
        next += 1
      }
    }
    self.passes = passes
    let count = 1 << siteCount
    var diagonal = [Double](repeating: 0, count: count)
    diagonal.withUnsafeMutableBufferPointer { buffer in
      let vectors = UnsafeMutableRawPointer(buffer.baseAddress!).assumingMemoryBound(
        to: SIMD4<Double>.self)
      for v in 0..<count / 4 { vectors[v] = Self.coefficient(diagonalParts, base: 4 * v) }
    }
    self.diagonal = diagonal
  }

  @inline(__always)
  private static func coefficient(_ parts: [Part], base: Int) -> SIMD4<Double> {
    var sum = SIMD4<Double>.zero
    for part in parts {
      let isOdd = (base & part.signs).nonzeroBitCount & 1 == 1
      sum += (isOdd ? -part.coefficient : part.coefficient) * part.pattern
    }
    return sum
  }

  func apply(
    _ x: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>, pool: WorkerPool?
  ) {
    let block = min(Self.blockSize, dimension)
    nonisolated(unsafe) let (x, out) = (x, out)
    let run = { @Sendable (index: Int) in
      let start = index * block
      for part in 0..<(isComplex ? 2 : 1) {
        let offset = part * dimension + start
        for i in 0..<block { out[offset + i] = diagonal[start + i] * x[offset + i] }
      }
      for pass in passes {
        switch pass {
        case .one(let group): add(group, start: start, count: block, x, out)
        case .four(let four): Self.add(four, start: start, count: block, x, out)
        }
      }
    }
    if let pool, dimension > block {
      pool.forEach(dimension / block, run)
    } else {
      for index in 0..<dimension / block { run(index) }
    }
  }

  private static func add(
    _ four: Four, start: Int, count: Int, _ x: UnsafePointer<Double>,
    _ out: UnsafeMutablePointer<Double>
  ) {
    let source = UnsafeRawPointer(x)
    let target = UnsafeMutableRawPointer(out)
    let (a, b, c, d) = four.steps
    @inline(__always) func value(_ v: Int) -> SIMD4<Double> {
      source.loadUnaligned(fromByteOffset: 32 * v, as: SIMD4<Double>.self)
    }
    for v in start / 4..<(start + count) / 4 {
      var sum = target.loadUnaligned(fromByteOffset: 32 * v, as: SIMD4<Double>.self)
      sum += four.constants.0 * value(v ^ a)
      sum += four.constants.1 * value(v ^ b)
      sum += four.constants.2 * value(v ^ c)
      sum += four.constants.3 * value(v ^ d)
      target.storeBytes(of: sum, toByteOffset: 32 * v, as: SIMD4<Double>.self)
    }
  }

  private func add(
    _ group: Group, start: Int, count: Int, _ x: UnsafePointer<Double>,
    _ out: UnsafeMutablePointer<Double>
  ) {
    let n = dimension
    guard isComplex else {
      add(group.real, 1, group.flips, start, count, x, out)
      return
    }
    // (A + iB)(u + iv) = Au - Bv + i (Av + Bu).
    for (parts, sign, from, to) in [
      (group.real, 1.0, 0, 0), (group.real, 1, n, n), (group.imaginary, -1, n, 0),
      (group.imaginary, 1, 0, n),
    ] where !parts.isEmpty {
      add(parts, sign, group.flips, start, count, x + from, out + to)
    }
  }

  /// Adds `sign` times the parts, from flipped states.
  private func add(
    _ parts: [Part], _ sign: Double, _ flips: Int, _ start: Int, _ count: Int,
    _ x: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>
  ) {
    let source = UnsafeRawPointer(x)
    let target = UnsafeMutableRawPointer(out)
    let (step, low) = (flips >> 2, flips & 3)
    let isConstant = parts.count == 1 && parts[0].signs == 0
    let constant = SIMD4(repeating: sign * parts[0].coefficient)
    for v in start / 4..<(start + count) / 4 {
      let w = v ^ step
      let value = source.loadUnaligned(fromByteOffset: 32 * w, as: SIMD4<Double>.self)
      // Coefficients belong to the states before the flip.
      var term =
        isConstant
        ? constant * value : sign * (Self.coefficient(parts, base: 4 * w) * value)
      switch low {
      case 1: term = SIMD4(term[1], term[0], term[3], term[2])
      case 2: term = SIMD4(term[2], term[3], term[0], term[1])
      case 3: term = SIMD4(term[3], term[2], term[1], term[0])
      default: break
      }
      let old = target.loadUnaligned(fromByteOffset: 32 * v, as: SIMD4<Double>.self)
      target.storeBytes(of: old + term, toByteOffset: 32 * v, as: SIMD4<Double>.self)
    }
  }
}
