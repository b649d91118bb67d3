extension Window {
  /// The windows tried when nothing else is asked for: all small ones that fit the lattice, the pairs
  /// along bonds that no axis runs along, and in two dimensions the triangles of bonds.
  ///
  /// A window has at most 2^`maximumBits` features over all channels.
  ///
  /// - Parameters:
  ///   - bonds: displacements of the bonds of the crystal, where it is known.
  public static func standard(
    siteShape: [Int], channelCount: Int, alphabet: Alphabet = .spins, bonds: [Offset] = [],
    maximumBits: Int = 8
  ) -> [Window] {
    var candidates = boxes(axisCount: siteShape.count)
    for bond in bonds where bond != Offset(row: 0, column: 0) {
      let pair = Window(pair: bond)
      if !candidates.contains(pair) { candidates.append(pair) }
    }
    if siteShape.count == 2 { candidates += triangles(bonds) }
    return candidates.filter {
      guard let count = alphabet.featureCount(variables: $0.area * channelCount) else {
        return false
      }
      return count < 1 << maximumBits && $0.fits(siteShape)
    }
  }

  /// Triples of sites, each of which is joined to both others.
  private static func triangles(_ bonds: [Offset]) -> [Window] {
    let origin = Offset(row: 0, column: 0)
    var steps = Set(bonds)
    for bond in bonds { steps.insert(Offset(row: -bond.row, column: -bond.column)) }
    steps.remove(origin)
    var found: [Window] = []
    for one in steps.sorted() {
      for other in steps.sorted() where one < other {
        let third = Offset(row: other.row - one.row, column: other.column - one.column)
        guard steps.contains(third) else { continue }
        let triangle = Window(sites: [origin, one, other])
        if !found.contains(triangle) { found.append(triangle) }
      }
    }
    return found
  }

  private static func boxes(axisCount: Int) -> [Window] {
    switch axisCount {
    case 1:
      [
        Window(rows: 1, columns: 1), Window(rows: 1, columns: 2),
        Window(rows: 1, columns: 2, columnDilation: 2),
        Window(rows: 1, columns: 2, columnDilation: 3),
        Window(rows: 1, columns: 3), Window(rows: 1, columns: 3, columnDilation: 2),
        Window(rows: 1, columns: 3, columnDilation: 3),
      ]
    case 2:
      [
        Window(rows: 1, columns: 1), Window(rows: 1, columns: 2), Window(rows: 2, columns: 1),
        Window(rows: 1, columns: 2, columnDilation: 2), Window(rows: 2, columns: 1, rowDilation: 2),
        Window(rows: 1, columns: 3), Window(rows: 3, columns: 1), Window(rows: 2, columns: 2),
      ]
    default:
      [
        Window(rows: 1, columns: 1), Window(rows: 1, columns: 2), Window(rows: 2, columns: 1),
        Window(layers: 2, rows: 1, columns: 1), Window(rows: 2, columns: 2),
        Window(layers: 2, rows: 1, columns: 2), Window(layers: 2, rows: 2, columns: 1),
      ]
    }
  }
}
