/// An affine map from dual links to original ones, G(s) = slope s + offset, for one frame: which moments of the dual model its
/// features are made of.
///
/// A product over links of (w s + c) is the sum over subsets S of its links of w^|S| c^(rest) times the moment of the image of S, so that
/// features at any slope and offset are polynomials in moments that are measured once.
struct DualMap: Sendable {
  /// The moments that the features need, of dual terms.
  let moments: [TermCluster]
  private let classCount: Int
  private let couplingCount: Int
  private let expansions: [[Piece]]

  private struct Piece: Sendable {
    var moment: Int
    /// By class of the map: how many links give a slope, and how many an offset.
    var slopes: [Int]
    var offsets: [Int]
  }

  init(_ ansatz: DualAnsatz, _ frame: DualFrame, features: [TermCluster]) {
    classCount = ansatz.mapClassCount
    couplingCount = ansatz.dual.classCount
    var numbers: [TermCluster: Int] = [:]
    var moments: [TermCluster] = []
    var expansions: [[Piece]] = []
    for feature in features {
      var pieces: [Piece] = []
      for part in TermCluster.subsets(of: feature.members) {
        let image = frame.image(of: part)
        let number = numbers[image] ?? moments.count
        if number == moments.count {
          numbers[image] = number
          moments.append(image)
        }
        var piece = Piece(
          moment: number, slopes: [Int](repeating: 0, count: classCount),
          offsets: [Int](repeating: 0, count: classCount))
        for member in feature.members {
          let k = ansatz.original.kinds[member.kind].couplingClass
          if part.contains(member) { piece.slopes[k] += 1 } else { piece.offsets[k] += 1 }
        }
        pieces.append(piece)
      }
      expansions.append(pieces)
    }
    self.moments = moments
    self.expansions = expansions
  }

  /// The averages of all features.
  ///
  /// - Parameter parameters: dual couplings, slopes, offsets.
  func features(_ parameters: [Double], from table: MomentTable) -> [Double] {
    features(parameters, averages: table.moments(at: Array(parameters[..<couplingCount])))
  }

  /// The same from averages of the moments at the couplings of the parameters.
  func features(_ parameters: [Double], averages: [Double]) -> [Double] {
    let slopes = parameters[couplingCount..<couplingCount + classCount]
    let offsets = parameters[(couplingCount + classCount)...]
    let powers = [slopes, offsets].map { $0.map { base in (0...6).map { Self.power(base, $0) } } }
    return expansions.map { pieces in
      pieces.reduce(0.0) { sum, piece in
        var factor = averages[piece.moment]
        for k in 0..<classCount {
          factor *= powers[0][k][piece.slopes[k]] * powers[1][k][piece.offsets[k]]
        }
        return sum + factor
      }
    }
  }

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }
}
