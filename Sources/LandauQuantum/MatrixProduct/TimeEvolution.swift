public import LandauCore
public import LandauLattice
import LandauLinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Evolution in real or imaginary time of a chain with couplings of neighbours, by products of two-spin gates (TEBD; Vidal 2004,
/// arXiv:quant-ph/0310089).
///
/// exp(-i H t) is split into gates of even and odd bonds. Order 2: S(t) = odd(t/2) even(t) odd(t/2), with an error of t^3 per step; order
/// 4: S(pt)^2 S((1 - 4p) t) S(pt)^2, p = 1/(4 - 4^(1/3)), with t^5 (Suzuki 1990). In imaginary time gates are exp(-h t) and the state is
/// scaled to unit length after each step.
public struct TimeEvolution: Sendable {
  public enum Order: Int, Sendable, Hashable {
    case second = 2
    case fourth = 4
  }

  /// What a run has lost so far.
  public struct Loss: Sendable, Hashable {
    /// The sum over all truncations of the discarded part of the squares: 1 - |psi|^2 of a run in real time, to first order.
    public var discardedWeight = 0.0
    public var largestBondDimension = 1
  }

  public typealias State = MatrixProductState<LandauCore.Complex<Double>>

  public let siteCount: Int
  public let order: Order
  public let timeStep: Double
  public let isImaginary: Bool
  public var maximumBondDimension: Int
  public var cutoff: Double
  /// Gates in the order of one step: bonds of one parity, each `[4, 4]`.
  private let layers: [Layer]

  private struct Layer: Sendable {
    var parity: Int
    /// One per bond (site, site + 1) of that parity.
    var gates: [[LandauCore.Complex<Double>]]
  }

  /// - Parameters:
  ///   - cutoff: of the discarded part of the squares at each gate.
  /// - Throws: `InputError` for products of more than two spins or of spins that are no neighbours; `LinearAlgebraError`.
  public init(
    _ hamiltonian: PauliSum, timeStep: Double, order: Order = .fourth, isImaginary: Bool = false,
    maximumBondDimension: Int = 256, cutoff: Double = 1e-12
  ) throws {
    precondition(hamiltonian.siteCount > 1, "one spin is no chain")
    precondition(timeStep.isFinite && timeStep != 0, "a time step of \(timeStep)")
    siteCount = hamiltonian.siteCount
    (self.order, self.timeStep, self.isImaginary) = (order, timeStep, isImaginary)
    (self.maximumBondDimension, self.cutoff) = (maximumBondDimension, cutoff)
    let bonds = try Self.bonds(of: hamiltonian)
    let p = 1 / (4 - pow(4, 1.0 / 3))
    let parts: [Double] = order == .second ? [1] : [p, p, 1 - 4 * p, p, p]
    // Half steps of odd bonds that meet are one.
    var sequence: [(parity: Int, part: Double)] = []
    for part in parts {
      for (parity, part) in [(1, part / 2), (0, part), (1, part / 2)] {
        if let last = sequence.last, last.parity == parity {
          sequence[sequence.count - 1].part += part
        } else {
          sequence.append((parity, part))
        }
      }
    }
    layers = try sequence.map { parity, part in
      Layer(
        parity: parity,
        gates: try stride(from: parity, to: bonds.count, by: 2).map {
          try Self.gate(bonds[$0], time: part * timeStep, isImaginary: isImaginary)
        })
    }
  }

  /// The part of the Hamiltonian of every bond; fields are shared by the bonds of a spin.
  private static func bonds(of hamiltonian: PauliSum) throws(InputError) -> [PauliSum] {
    let n = hamiltonian.siteCount
    var bonds = [PauliSum](repeating: PauliSum(siteCount: 2), count: n - 1)
    for (product, coefficient) in hamiltonian.terms {
      let sites = product.support.sites
      guard let low = sites.first, let high = sites.last else {
        bonds[0].add(coefficient, [])
        continue
      }
      guard high - low <= 1 else {
        throw InputError(
          "time evolution takes couplings of neighbours; here spins \(sites.map(String.init).joined(separator: ", ")) are coupled"
        )
      }
      func factors(_ bond: Int) -> [PauliSum.Factor] {
        sites.map { PauliSum.Factor(product.axis(at: $0)!, $0 - bond) }
      }
      if high > low {
        bonds[low].add(coefficient, factors(low))
      } else {
        let around = [low - 1, low].filter { (0..<n - 1).contains($0) }
        for bond in around { bonds[bond].add(coefficient / Double(around.count), factors(bond)) }
      }
    }
    return bonds
  }

  /// exp(-i h t) or exp(-h t) of two spins, `[4, 4]`, index 2 s + s'.
  private static func gate(
    _ bond: PauliSum, time: Double, isImaginary: Bool
  ) throws -> [LandauCore.Complex<Double>] {
    var matrix = [Complex<Double>](repeating: .zero, count: 16)
    for (product, coefficient) in bond.terms {
      for state in 0..<4 {
        // Bit i of a basis state is spin i; the first spin is the high one of an index.
        let (factor, isReal) = product.phase(UInt64(state))
        let image = state ^ Int(product.flips)
        func index(_ b: Int) -> Int { 2 * (b & 1) + b >> 1 }
        matrix[4 * index(image) + index(state)] +=
          isReal ? Complex(coefficient * factor) : Complex(0, coefficient * factor)
      }
    }
    var values = [Double](repeating: 0, count: 4)
    let status = matrix.withUnsafeMutableBytes { matrix in
      values.withUnsafeMutableBytes {
        LAPACK.symmetricEigen(
          .complexDouble, order: 4, matrix.baseAddress!, values: $0.baseAddress!)
      }
    }
    if status > 0 { throw LinearAlgebraError.noConvergence(remaining: status) }
    let factors = values.map { value -> Complex<Double> in
      isImaginary ? Complex(exp(-value * time)) : Complex.unit(angle: -value * time)
    }
    var gate = [Complex<Double>](repeating: .zero, count: 16)
    for row in 0..<4 {
      for column in 0..<4 {
        var sum = Complex<Double>.zero
        for k in 0..<4 {
          sum = sum + matrix[4 * row + k] * factors[k] * matrix[4 * column + k].conjugate
        }
        gate[4 * row + column] = sum
      }
    }
    return gate
  }

  /// Goes on by a number of steps.
  ///
  /// - Throws: `Interrupted`; `LinearAlgebraError`.
  /// - Complexity: for each step and layer N decompositions of matrices 2 chi x 2 chi.
  public func advance(
    _ state: inout State, steps: Int, loss: inout Loss, cancellation: Cancellation = .never
  ) throws {
    precondition(state.siteCount == siteCount, "a state of \(state.siteCount) spins")
    for _ in 0..<steps {
      for layer in layers {
        try cancellation.check()
        try apply(layer, to: &state, loss: &loss)
      }
      if isImaginary { state.normalize() }
    }
  }

  /// Along the chain from the end at which the centre is, so that every truncation is the best one.
  private func apply(_ layer: Layer, to state: inout State, loss: inout Loss) throws {
    let isRightward = 2 * state.center < siteCount
    let count = layer.gates.count
    for step in 0..<count {
      let number = isRightward ? step : count - 1 - step
      let site = layer.parity + 2 * number
      state.moveCenter(to: isRightward ? site : site + 1)
      let (a, b) = (state.tensors[site], state.tensors[site + 1])
      let joined = a.tall * b.wide
      let acted = Self.acted(layer.gates[number], joined.entries, a.left, b.right)
      var (u, s, v, part) = try DenseMatrix(2 * a.left, 2 * b.right, acted).truncated(
        maximum: maximumBondDimension, cutoff: cutoff)
      if isImaginary {
        let length = s.reduce(0) { $0 + $1 * $1 }.squareRoot()
        s = s.map { $0 / length }
      }
      loss.discardedWeight += part
      loss.largestBondDimension = max(loss.largestBondDimension, s.count)
      if isRightward {
        state.tensors[site] = SiteTensor(tall: u)
        state.tensors[site + 1] = SiteTensor(wide: v.rowsScaled(by: s))
        state.center = site + 1
      } else {
        state.tensors[site] = SiteTensor(tall: u.columnsScaled(by: s))
        state.tensors[site + 1] = SiteTensor(wide: v)
        state.center = site
      }
    }
  }

  /// A gate on `[left, spin, spin, right]`.
  private static func acted(
    _ gate: [LandauCore.Complex<Double>], _ entries: [LandauCore.Complex<Double>], _ left: Int,
    _ right: Int
  ) -> [LandauCore.Complex<Double>] {
    var result = [Complex<Double>](repeating: .zero, count: entries.count)
    for l in 0..<left {
      for out in 0..<4 {
        for into in 0..<4 {
          let value = gate[4 * out + into]
          if value == .zero { continue }
          let (to, from) = ((4 * l + out) * right, (4 * l + into) * right)
          for r in 0..<right { result[to + r] += value * entries[from + r] }
        }
      }
    }
    return result
  }
}
