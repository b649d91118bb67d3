public import LandauCore
public import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Independent measurements of a matrix-product state along one axis of each spin, without a Markov chain.
///
/// With all norm at the first site the sum over the spins to come is the identity, so the probabilities of both signs of a spin given
/// those before it are the lengths of two vectors v A[s] (Ferris and Vidal 2012, arXiv:1201.3974).
public struct MatrixProductSampler<Scalar: AmplitudeScalar>: Sendable {
  /// Matrices of both outcomes, side by side: `[left, outcome right]`.
  private let tensors: [SiteTensor<Scalar>]

  public var siteCount: Int { tensors.count }

  /// Turns spins so that their axes become z.
  ///
  /// - Precondition: one axis per site; complex amplitudes where one is y.
  @_specialize(where Scalar == Double)
  @_specialize(where Scalar == LandauCore.Complex<Double>)
  public init(_ state: MatrixProductState<Scalar>, axes: [SpinAxis]) {
    precondition(axes.count == state.siteCount, "\(axes.count) axes of \(state.siteCount) spins")
    precondition(Scalar.isComplex || !axes.contains(.y), "y needs complex amplitudes")
    var state = state
    state.moveCenter(to: 0)
    state.normalize()
    let root = Scalar(real: 0.5.squareRoot())
    let minus = Scalar.zero - root
    // Rows are <+| and <-|; those of y are (1, -i) and (1, i) over root 2.
    let turn = Scalar(parts: Complex(0, 0.5.squareRoot()))
    tensors = zip(state.tensors, axes).map { tensor, axis in
      switch axis {
      case .z: tensor
      case .x: tensor.applying([root, root, root, minus])
      case .y: tensor.applying([root, Scalar.zero - turn, root, turn])
      }
    }
  }

  /// Measurements of all spins, -1 or 1, shot by shot.
  ///
  /// - Complexity: 4 N chi^2 operations per shot, as products of matrices for all shots at once.
  @_specialize(where Scalar == Double)
  @_specialize(where Scalar == LandauCore.Complex<Double>)
  public func snapshots(_ count: Int, seed: Seed) -> [Int8] {
    let n = siteCount
    var rng = seed.makeStream()
    var values = [Int8](repeating: 1, count: count * n)
    var vectors = DenseMatrix<Scalar>(count, 1, [Scalar](repeating: Scalar(real: 1), count: count))
    for (site, tensor) in tensors.enumerated() {
      let chi = tensor.right
      let both = vectors * tensor.wide
      var next = DenseMatrix<Scalar>(zeros: count, chi)
      for shot in 0..<count {
        let start = 2 * shot * chi
        let up = Self.square(both.entries, start..<start + chi)
        let down = Self.square(both.entries, start + chi..<start + 2 * chi)
        let isUp = (up + down) * rng.uniform() < up
        if !isUp { values[shot * n + site] = -1 }
        // Of unit length, so that probabilities of long chains do not underflow.
        let scale = Scalar(real: 1 / (isUp ? up : down).squareRoot())
        let from = isUp ? start : start + chi
        for k in 0..<chi { next.entries[shot * chi + k] = scale * both.entries[from + k] }
      }
      vectors = next
    }
    return values
  }

  /// The same in blocks that workers share; independent of their number.
  ///
  /// - Throws: `Interrupted`.
  public func snapshots(
    _ count: Int, seed: Seed, pool: WorkerPool, cancellation: Cancellation = .never
  ) throws -> [Int8] {
    let size = 250
    return try pool.map((count + size - 1) / size) { block in
      try cancellation.check()
      return snapshots(min(size, count - size * block), seed: seed.child("block", block))
    }.flatMap { $0 }
  }

  /// The logarithm of the probability of one measurement of all spins.
  public func logProbability(_ spins: some Collection<Int8>) -> Double {
    precondition(spins.count == siteCount, "\(spins.count) of \(siteCount) spins")
    var vector = DenseMatrix<Scalar>.identity(1)
    var logarithm = 0.0
    for (tensor, spin) in zip(tensors, spins) {
      var next = vector * tensor.matrix(spin > 0 ? 0 : 1)
      let square = next.squaredNorm
      guard square > 0 else { return -.infinity }
      logarithm += log(square)
      next.scale(by: 1 / square.squareRoot())
      vector = next
    }
    return logarithm
  }

  private static func square(_ entries: [Scalar], _ range: Range<Int>) -> Double {
    var sum = 0.0
    for index in range { sum += entries[index].parts.squaredMagnitude }
    return sum
  }
}
