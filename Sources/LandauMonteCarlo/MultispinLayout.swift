import LandauLattice

/// Which lattices of two and three dimensions fit the layout of 64 strips, and how they lie in memory.
///
/// In two dimensions one axis is cut into 64 strips, so its side must be a multiple of 128, and the side
/// of the other one of 16; axis 0 is cut where both fit. In three dimensions axes 0 and 1 are cut into
/// eight strips each, and every side must be a multiple of 16. Strip heights are even, so that every
/// strip has the same checkerboard.
struct MultispinLayout: Sendable, Hashable {
  /// An axis that is cut: where it is, rows in a strip, and the strip that a bit belongs to,
  /// (bit / weight) % strips.
  struct Cut: Sendable, Hashable {
    var axis: Int
    var rows: Int
    var strips: Int
    var weight: Int

    func strip(ofBit bit: Int) -> Int { bit / weight % strips }
  }

  let sides: [Int]
  /// The cut axes, the outer one first.
  let cuts: [Cut]
  /// The axis along which the words of a row lie.
  let columnAxis: Int

  init?(_ lattice: HypercubicLattice) {
    let sides = lattice.sides
    self.sides = sides
    switch sides.count {
    case 2:
      func fits(_ cut: Int) -> Bool { sides[cut] % 128 == 0 && sides[1 - cut] % 16 == 0 }
      guard fits(0) || fits(1) else { return nil }
      let cut = fits(0) ? 0 : 1
      cuts = [Cut(axis: cut, rows: sides[cut] / 64, strips: 64, weight: 1)]
      columnAxis = 1 - cut
    case 3:
      guard sides.allSatisfy({ $0 % 16 == 0 }) else { return nil }
      cuts = [
        Cut(axis: 0, rows: sides[0] / 8, strips: 8, weight: 8),
        Cut(axis: 1, rows: sides[1] / 8, strips: 8, weight: 1),
      ]
      columnAxis = 2
    default: return nil
    }
  }

  var columns: Int { sides[columnAxis] }
  var innerRows: Int { cuts[cuts.count - 1].rows }
  var outerRows: Int { cuts.count == 2 ? cuts[0].rows : 1 }
  /// Word rows, numbered o * innerRows + i.
  var wordRows: Int { outerRows * innerRows }
  var words: Int { columns / 2 }
  /// A cache line on either side holds the repeated words at the ends.
  var stride: Int { words + 16 }
  var wordCount: Int { wordRows * stride }

  /// Word rows that share a random stream: enough for about 131072 attempts of one colour.
  var blockRows: Int { min(wordRows, max(1, 2048 / words)) }
  var blockCount: Int { (wordRows + blockRows - 1) / blockRows }

  /// The row within a strip, along a cut axis, that a word row is.
  func row(_ wordRow: Int, along cut: Int) -> Int {
    cut == cuts.count - 1 ? wordRow % innerRows : wordRow / innerRows
  }

  /// The column of the first word of a word row in a colour: 0 or 1; the others follow at every second.
  func firstColumn(wordRow: Int, colour: Int) -> Int {
    (wordRow / innerRows + wordRow % innerRows + colour) & 1
  }

  /// What a coordinate along an axis adds to the number of the word, counted from the first word of word
  /// row 0, to the bit, and to the colour (modulo two) of a site.
  struct Share {
    var word: Int
    var bit: Int
    var colour: Int
  }

  private func shares(along axis: Int) -> [Share] {
    (0..<sides[axis]).map { position in
      guard let index = cuts.firstIndex(where: { $0.axis == axis }) else {
        return Share(word: position / 2, bit: 0, colour: position & 1)
      }
      let cut = cuts[index]
      let row = position % cut.rows
      let step = index == cuts.count - 1 ? stride : innerRows * stride
      return Share(word: row * step, bit: position / cut.rows * cut.weight, colour: row & 1)
    }
  }

  /// Calls `body` with site, colour, word and bit of every site, in the order of their numbers.
  func forEachSite(_ body: (_ site: Int, _ colour: Int, _ word: Int, _ bit: Int) -> Void) {
    let shares = sides.indices.map { self.shares(along: $0) }
    let last = shares[shares.count - 1]
    var site = 0
    func visit(_ axis: Int, _ before: Share) {
      if axis == shares.count - 1 {
        last.withUnsafeBufferPointer { last in
          for share in last {
            body(
              site, (before.colour ^ share.colour) & 1, before.word + share.word,
              before.bit + share.bit)
            site += 1
          }
        }
        return
      }
      for share in shares[axis] {
        visit(
          axis + 1,
          Share(
            word: before.word + share.word, bit: before.bit + share.bit,
            colour: before.colour ^ share.colour))
      }
    }
    visit(0, Share(word: 0, bit: 0, colour: 0))
  }
}
