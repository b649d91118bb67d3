extension Window {
  /// The windows tried when nothing else is asked for: all small ones that fit the lattice, and the pairs
  /// along bonds that no axis runs along.
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
    return candidates.filter {
      guard let count = alphabet.featureCount(variables: $0.area * channelCount) else {
        return false
      }
      return count < 1 << maximumBits && $0.fits(siteShape)
    }
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
