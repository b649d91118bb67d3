/// A map from dual links to original ones for one frame: which moments of the dual model its features are made of.
///
/// The map of a link is any function of its value: G(s) = slope s + offset where it has two values, and the sum of slopes times
/// indicators of values with an offset where it has more (`LocalTerms.linkTerms`). A product over links of (w s + c) is the sum over
/// subsets S of its links of w^|S| c^(rest) times the moment of the image of S, so that features at any slope and offset are
/// polynomials in moments that are measured once; with several terms each link of S has one of them.
struct DualMap: Sendable {
  /// The moments that the features need, of dual terms.
  let moments: [TermCluster]
  private let slopeCount: Int
  private let offsetCount: Int
  private let couplingCount: Int
  private let termCouplings: @Sendable ([Double]) -> [Double]
  private let expansions: [[Piece]]

  private struct Piece: Sendable {
    var moment: Int
    /// By class of the map and term: how many links give a slope. By class: how many an offset.
    var slopes: [Int]
    var offsets: [Int]
  }

  init(_ ansatz: DualAnsatz, _ frame: DualFrame, features: [TermCluster]) {
    let terms = ansatz.dual.linkTerms
    slopeCount = ansatz.slopeCount
    offsetCount = ansatz.mapClassCount
    couplingCount = ansatz.couplingCount
    termCouplings = ansatz.termCouplings
    var numbers: [TermCluster: Int] = [:]
    var moments: [TermCluster] = []
    var expansions: [[Piece]] = []
    for feature in features {
      var pieces: [Piece] = []
      // Which term each link gives, or none.
      for parts in Self.choices(of: 0...terms, count: feature.members.count) {
        var piece = Piece(
          moment: 0, slopes: [Int](repeating: 0, count: slopeCount),
          offsets: [Int](repeating: 0, count: offsetCount))
        var image: [TermCluster.Member] = []
        for (member, part) in zip(feature.members, parts) {
          let k = ansatz.original.kinds[member.kind].couplingClass
          if part == 0 {
            piece.offsets[k] += 1
          } else {
            piece.slopes[k * terms + part - 1] += 1
            image.append(frame.image(of: member, term: part - 1))
          }
        }
        let cluster = TermCluster(image)
        piece.moment = numbers[cluster] ?? moments.count
        if piece.moment == moments.count {
          numbers[cluster] = piece.moment
          moments.append(cluster)
        }
        pieces.append(piece)
      }
      expansions.append(pieces)
    }
    self.moments = moments
    self.expansions = expansions
  }

  /// All ways to choose one of some numbers for each place, the first place changing fastest.
  private static func choices(of range: ClosedRange<Int>, count: Int) -> [[Int]] {
    (0..<count).reduce([[]]) { list, _ in range.flatMap { next in list.map { $0 + [next] } } }
  }

  /// The averages of all features.
  ///
  /// - Parameter parameters: dual couplings, slopes, offsets.
  func features(_ parameters: [Double], from table: MomentTable) -> [Double] {
    features(parameters, averages: table.moments(at: termCouplings(parameters)))
  }

  /// The same from averages of the moments at the couplings of the parameters.
  func features(_ parameters: [Double], averages: [Double]) -> [Double] {
    let slopes = parameters[couplingCount..<couplingCount + slopeCount]
    let offsets = parameters[(couplingCount + slopeCount)...]
    let powers = [slopes, offsets].map { $0.map { base in (0...6).map { Self.power(base, $0) } } }
    return expansions.map { pieces in
      pieces.reduce(0.0) { sum, piece in
        var factor = averages[piece.moment]
        for k in 0..<slopeCount { factor *= powers[0][k][piece.slopes[k]] }
        for k in 0..<offsetCount { factor *= powers[1][k][piece.offsets[k]] }
        return sum + factor
      }
    }
  }

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }
}
