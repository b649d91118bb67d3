public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The stochastic inverse of `FieldBlocks`: the conditional density of the fine field given the blocks, as a local energy with eight learned
/// coefficients.
///
/// -ln P(fine | coarse) is, up to a constant, a sum over crosses and bonds of the features of `Feature`, each with a coefficient that
/// `FieldScores` learns. For a field with action k, a, b (see `ScalarFieldModel`) and blocks of weight g and noise w the
/// true ones are 2 k + a/2, b/4, -k, then -2 g/w^2, -g/w^2, 2 g^2/w^2, g^2/(2 w^2) and 2 g^2/w^2.
public struct FieldInverse: Sendable, Hashable {
  /// What the energy is made of. phi is the fine field, c that at the centre of a cross, n the sum of its neighbours, Phi its block.
  public enum Feature: Int, CaseIterable, Sendable {
    /// Sum over the sites of phi^2 and of phi^4, and over the bonds of phi phi'.
    case square, fourth, bonds
    /// Sums over the crosses of c Phi, n Phi, c^2, n^2 and c n.
    case centreBlock, neighbourBlock, centreSquare, neighbourSquare, centreNeighbour
  }

  /// One for each feature, in order.
  public let coefficients: [Double]

  public subscript(_ feature: Feature) -> Double { coefficients[feature.rawValue] }

  /// A field whose blocks are `coarse`.
  ///
  /// Each block is first copied to its two by two sites. Then come Metropolis sweeps with steps uniform on an interval, whose width is tuned
  /// in the first half of them. The blocks hold everything on larger scales, so the number that is needed does not grow with the torus.
  ///
  /// - Parameters:
  ///   - coarse: `[side * side]`, row-major.
  ///   - side: of the coarse torus, at least 2.
  /// - Returns: `[4 * side * side]`.
  /// - Complexity: two words of the stream, one exponential and about 20 ns a visit.
  public func fine(
    of coarse: [Double], side: Int, sweeps: Int, using rng: inout RandomStream
  ) -> [Double] {
    var fine = CrossLattice.copied(coarse, side: side)
    // A copy that no call can see may stay in registers.
    var stream = rng
    var step = 1.0
    let (square, fourth, bond) = (self[.square], self[.fourth], self[.bonds])
    let (centreBlock, neighbourBlock) = (self[.centreBlock], self[.neighbourBlock])
    let (neighbourSquare, centreNeighbour) = (self[.neighbourSquare], self[.centreNeighbour])
    let (ofCentre, ofEdge) = (square + self[.centreSquare], square + 2 * neighbourSquare)
    fine.withUnsafeMutableBufferPointer { fine in
      let field = fine.baseAddress!
      for sweep in 0..<sweeps {
        var accepted = 0
        /// One attempt where the energy is quadratic phi^2 + fourth phi^4 + linear phi.
        @inline(__always)
        func attempt(_ site: Int, _ quadratic: Double, _ linear: Double) {
          let old = field[site]
          let new = old + step * (2 * stream.uniform() - 1)
          let (before, after) = (old * old, new * new)
          let cost =
            (after - before) * (quadratic + fourth * (after + before)) + linear * (new - old)
          if stream.uniform() < exp(-cost) {
            field[site] = new
            accepted &+= 1
          }
        }
        CrossLattice.forEachSite(
          fine: UnsafePointer(field), coarse: coarse, side: 2 * side,
          centre: { site, neighbours, block in
            attempt(site, ofCentre, (bond + centreNeighbour) * neighbours + centreBlock * block)
          },
          corner: { site, neighbours in attempt(site, square, bond * neighbours) },
          edge: { site, corners, one, other in
            attempt(
              site, ofEdge,
              bond * corners + (bond + centreNeighbour) * (one.centre + other.centre)
                + neighbourBlock * (one.block + other.block)
                + 2 * neighbourSquare * (one.others + other.others))
          })
        if 2 * sweep < sweeps { step *= 0.6 + 0.8 * Double(accepted) / Double(4 * coarse.count) }
      }
    }
    rng = stream
    return fine
  }
}
