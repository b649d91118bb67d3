import LandauCore

/// A state in the course of being optimised, with the environments of every bond.
struct DensityMatrixSweeper<Scalar: AmplitudeScalar>: Sendable {
  private(set) var state: MatrixProductState<Scalar>
  /// The largest discarded part of the squared singular values in the last sweep.
  private(set) var discarded = 0.0
  private let operators: MatrixProductOperator<Scalar>
  private let mirrored: [MatrixProductOperator<Scalar>.Site]
  /// Of the first k sites, and of the sites from k on (mirrored).
  private var lefts: [OperatorEnvironment<Scalar>]
  private var rights: [OperatorEnvironment<Scalar>]
  /// The same of overlaps with states to be lifted, `[state, lifted]`; for the right part mirrored.
  private let lifted: [MatrixProductState<Scalar>]
  private let weight: Double
  private var liftedLefts: [[DenseMatrix<Scalar>]]
  private var liftedRights: [[DenseMatrix<Scalar>]]

  /// - Precondition: the centre of the state is its first site.
  init(
    state: MatrixProductState<Scalar>, operators: MatrixProductOperator<Scalar>,
    lifting lifted: [MatrixProductState<Scalar>], by weight: Double
  ) {
    precondition(state.center == 0, "sweeps begin at the first site")
    let n = state.siteCount
    (self.state, self.operators, self.lifted, self.weight) = (state, operators, lifted, weight)
    mirrored = operators.sites.map(\.mirrored)
    lefts = [OperatorEnvironment](repeating: OperatorEnvironment(), count: n + 1)
    rights = lefts
    liftedLefts = lifted.map { _ in [DenseMatrix](repeating: .identity(1), count: n + 1) }
    liftedRights = liftedLefts
    for site in (2..<max(2, n)).reversed() { extendRight(site) }
  }

  private mutating func extendRight(_ site: Int) {
    let tensor = state.tensors[site].mirrored
    rights[site] = rights[site + 1].extended(tensor, mirrored[site])
    for (k, other) in lifted.enumerated() {
      liftedRights[k][site] = MatrixProductState.transferred(
        liftedRights[k][site + 1], bra: tensor, ket: other.tensors[site].mirrored)
    }
  }

  private mutating func extendLeft(_ site: Int) {
    lefts[site + 1] = lefts[site].extended(state.tensors[site], operators.sites[site])
    for (k, other) in lifted.enumerated() {
      liftedLefts[k][site + 1] = MatrixProductState.transferred(
        liftedLefts[k][site], bra: state.tensors[site], ket: other.tensors[site])
    }
  }

  /// Every bond from left to right and back.
  ///
  /// - Returns: the energy at the last bond.
  /// - Throws: `Interrupted`; `LinearAlgebraError`.
  mutating func sweep(
    maximum: Int, cutoff: Double, tolerance: Double, limit: Int, cancellation: Cancellation
  ) throws -> Double {
    let n = state.siteCount
    discarded = 0
    var energy = 0.0
    for site in 0..<n - 1 {
      try cancellation.check()
      energy = try optimize(
        site, maximum: maximum, cutoff: cutoff, tolerance: tolerance, limit: limit,
        isRightward: true)
    }
    for site in (0..<n - 1).reversed() {
      try cancellation.check()
      energy = try optimize(
        site, maximum: maximum, cutoff: cutoff, tolerance: tolerance, limit: limit,
        isRightward: false)
    }
    return energy
  }

  private mutating func optimize(
    _ site: Int, maximum: Int, cutoff: Double, tolerance: Double, limit: Int, isRightward: Bool
  ) throws -> Double {
    let (a, b) = (state.tensors[site], state.tensors[site + 1])
    let joined = a.tall * b.wide
    // What is lifted, in the basis of the two sites.
    let others = lifted.indices.map { k -> [Scalar] in
      let pair = lifted[k].tensors[site].tall * lifted[k].tensors[site + 1].wide
      let left = liftedLefts[k][site]
      let moved = left * DenseMatrix(left.columns, pair.entries.count / left.columns, pair.entries)
      let right = liftedRights[k][site + 2]
      return DenseMatrix(moved.entries.count / right.columns, right.columns, moved.entries)
        .timesTransposed(right).entries
    }
    let local = TwoSiteOperator(
      left: lefts[site], right: rights[site + 2], operators.sites[site], operators.sites[site + 1],
      lifting: others, by: weight)
    let (energy, vector) = try local.lowest(
      from: joined.entries, tolerance: tolerance, limit: limit)
    let matrix = DenseMatrix(2 * a.left, 2 * b.right, vector)
    var (u, s, v, part) = try matrix.truncated(maximum: maximum, cutoff: cutoff)
    discarded = max(discarded, part)
    let length = s.reduce(0) { $0 + $1 * $1 }.squareRoot()
    s = s.map { $0 / length }
    if isRightward {
      state.tensors[site] = SiteTensor(tall: u)
      state.tensors[site + 1] = SiteTensor(wide: v.rowsScaled(by: s))
      state.center = site + 1
      extendLeft(site)
    } else {
      state.tensors[site] = SiteTensor(tall: u.columnsScaled(by: s))
      state.tensors[site + 1] = SiteTensor(wide: v)
      state.center = site
      extendRight(site + 1)
    }
    return energy
  }
}
