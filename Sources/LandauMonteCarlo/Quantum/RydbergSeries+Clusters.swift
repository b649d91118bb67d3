import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension RydbergSeries {
  /// Turns clusters of lines that pairs join by heat bath, each as a whole.
  func clusterPass() {
    let n = state.count
    let (starts, entries) = (starts.pointer, entries.pointer)
    let (bits, rows, ratios) = (bits.pointer, rows.pointer, ratios.pointer)
    pieces.reserve(2 * operatorCount)
    parents.reserve(n + operatorCount)
    // Pieces of an operator of a site: before and behind it; of others: of both ends.
    let (pieces, parents) = (pieces.pointer, parents.pointer)
    for site in 0..<n { parents[site] = UInt32(truncatingIfNeeded: site) }
    var count = UInt32(truncatingIfNeeded: n)
    for site in 0..<n {
      var piece = UInt32(truncatingIfNeeded: site)
      for place in Int(starts[site])..<Int(starts[site + 1]) {
        let entry = entries[place]
        let vertex = Int(entry >> 2)
        switch entry & 3 {
        case 3:
          pieces[2 * vertex] = piece
          piece = count
          parents[Int(piece)] = piece
          count += 1
          pieces[2 * vertex + 1] = piece
        case 1: pieces[2 * vertex + 1] = piece
        default: pieces[2 * vertex] = piece
        }
      }
      join(piece, UInt32(truncatingIfNeeded: site))
    }
    // Only pairs have ends of their own; detunings are on one piece.
    let pairs = (0..<operatorCount).lazy.filter { rows[$0] != Self.siteOperator }
    for vertex in pairs where !isDetuning(vertex) {
      join(pieces[2 * vertex], pieces[2 * vertex + 1])
    }
    sums.reserve(Int(count))
    let sums = sums.pointer
    for piece in 0..<Int(count) { sums[piece] = 0 }
    for vertex in pairs {
      sums[Int(root(pieces[2 * vertex]))] += ratios[Int(rows[vertex]) + 4 * Int(bits[vertex]) + 2]
    }
    var rng = rng
    for piece in 0..<Int(count) where parents[piece] == UInt32(truncatingIfNeeded: piece) {
      let sum = sums[piece]
      // 1 where it is turned.
      sums[piece] = sum == -.infinity || rng.uniform() * (1 + exp(-sum)) >= 1 ? 0 : 1
    }
    self.rng = rng
    func turns(_ piece: UInt32) -> UInt8 { sums[Int(root(piece))] == 1 ? 1 : 0 }
    for vertex in 0..<operatorCount {
      if rows[vertex] == Self.siteOperator {
        bits[vertex] ^= turns(pieces[2 * vertex]) | turns(pieces[2 * vertex + 1]) << 1
      } else {
        bits[vertex] ^= 3 * turns(pieces[2 * vertex])
      }
    }
    for site in 0..<n { state.pointer[site] ^= turns(UInt32(truncatingIfNeeded: site)) }
  }

  /// Codes of detunings come before those of pairs.
  private func isDetuning(_ vertex: Int) -> Bool {
    Int(operators.pointer[Int(places.pointer[vertex])]) < 3 * state.count
  }

  private func root(_ piece: UInt32) -> UInt32 {
    let parents = parents.pointer
    var piece = piece
    while parents[Int(piece)] != piece {
      parents[Int(piece)] = parents[Int(parents[Int(piece)])]
      piece = parents[Int(piece)]
    }
    return piece
  }

  private func join(_ a: UInt32, _ b: UInt32) {
    let (a, b) = (root(a), root(b))
    parents.pointer[Int(max(a, b))] = min(a, b)
  }
}
