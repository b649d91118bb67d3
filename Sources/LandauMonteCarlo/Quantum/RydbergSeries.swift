public import LandauCore
public import LandauLattice

/// A chain of Rydberg atoms at finite temperature, by stochastic series expansion (Merali, De Vlugt and Melko, arXiv:2107.00766), in all
/// states or in those that a blockade allows.
///
/// -H is a sum of operators of no negative element, less a constant: Omega/2 and Omega/2 x at each site (the sign of x is turned by pi
/// about z), and for each pair with shares d = delta/(number of pairs) of the detuning at its ends
///
///     W(n, n') = C + d n + d' n' - V n n',   C = -min(0, d, d', d + d' - V);
///
/// sites without pairs have delta n, or |delta| (1 - n). Diagonal operators are put in and taken out place by place. Then each piece of a
/// world line between two operators of its site is turned by heat bath, R/(1 + R), R the ratio of the weights on it: a line. A line
/// that would be excited beside an excited atom of its blockade stays. Where there are no other pairs than those of a blockade, whole lines of two
/// atoms that block each other are exchanged as well. On demand clusters of all lines that pairs join are turned,
/// too, by the same rule.
public final class RydbergSeries {
  public enum Update: String, Sendable, Hashable, CaseIterable {
    case lines
    /// Lines, then clusters.
    case clusters
  }

  public let array: RydbergArray
  public let beta: Double
  public let update: Update
  public internal(set) var operatorCount = 0

  /// 1 where excited.
  let state: SeriesBuffer<UInt8>
  /// -1 nothing, 2 i the constant and 2 i + 1 the flip at site i, 2 N + i the detuning of site i, 3 N + p pair p.
  let operators: SeriesBuffer<Int32>
  var rng: RandomStream
  var visits = 0
  /// Two ends of each diagonal operator in the order of its code; twice the site for a detuning.
  private let ends: SeriesBuffer<UInt32>
  private let kindOfTerm: SeriesBuffer<UInt32>
  /// By kind and two bits n, n': weight over the largest.
  private let acceptance: SeriesBuffer<Double>
  /// By kind, two bits, and what is turned (first, second, both, unused): the logarithm of the ratio of weights.
  let ratios: SeriesBuffer<Double>
  private let choice: WeightedChoice
  public let constant: Double
  /// Sites that block site i stand at `blockStarts[i]..<blockStarts[i + 1]`.
  let blockStarts: [Int32]
  let blockers: SeriesBuffer<UInt32>

  // Of one sweep. By vertex: its bits (an operator of a site: before and after; else the occupations), its row of ratios or
  // none for an operator of a site, its place. By site, in order of time: 4 times the vertex and what it is there: 0 the first and
  // 1 the second end of a pair, 2 a detuning, 3 an operator of the site.
  let bits = SeriesBuffer<UInt8>()
  let rows = SeriesBuffer<UInt32>()
  let places = SeriesBuffer<UInt32>()
  let starts: SeriesBuffer<UInt32>
  let entries = SeriesBuffer<UInt32>()
  let sites = SeriesBuffer<UInt32>()
  let pieces = SeriesBuffer<UInt32>()
  let parents = SeriesBuffer<UInt32>()
  let sums = SeriesBuffer<Double>()
  let owners = SeriesBuffer<UInt32>()
  /// Whether all pairs are those of a blockade.
  private let hops: Bool
  static let siteOperator = UInt32.max

  /// - Throws: `InputError` for Omega = 0 or a beta that is not positive, and clusters in a blockade.
  public init(
    _ array: RydbergArray, beta: Double, update: Update = .lines, seed: Seed
  ) throws(InputError) {
    guard array.rabi != 0 else {
      throw .notAllowed("Omega", array.rabi, allowed: "numbers other than 0")
    }
    guard beta > 0, beta.isFinite else {
      throw .notAllowed("beta", beta, allowed: "numbers above 0")
    }
    guard update == .lines || array.blockade.isEmpty else {
      throw .notAllowed("update", update.rawValue, allowed: "lines in the states of a blockade")
    }
    self.array = array
    self.beta = beta
    self.update = update
    hops = array.pairs.isEmpty && !array.blockade.isEmpty
    let n = array.siteCount
    var degrees = [Int](repeating: 0, count: n)
    for pair in array.pairs {
      degrees[pair.first] += 1
      degrees[pair.second] += 1
    }
    let terms = RydbergTerms(array, degrees: degrees)
    ends = SeriesBuffer(terms.ends)
    kindOfTerm = SeriesBuffer(terms.kinds)
    acceptance = SeriesBuffer(
      terms.weights.flatMap { row in row.map { $0 / max(row.max()!, .leastNormalMagnitude) } })
    ratios = SeriesBuffer(terms.weights.flatMap(RydbergTerms.ratios))
    choice = WeightedChoice(terms.kinds.map { terms.weights[Int($0)].max()! })
    constant = terms.constant + Double(n) * abs(array.rabi) / 2
    var blocks = [[UInt32]](repeating: [], count: n)
    for pair in array.blockade {
      blocks[pair[0]].append(UInt32(pair[1]))
      blocks[pair[1]].append(UInt32(pair[0]))
    }
    blockStarts = blocks.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int32($1.count)) }
    blockers = SeriesBuffer(blocks.flatMap { $0 })
    var start = seed.child("start").makeStream()
    var occupied = [UInt8](repeating: 0, count: n)
    for site in 0..<n where start.index(below: 2) == 1 {
      if blocks[site].allSatisfy({ occupied[Int($0)] == 0 }) { occupied[site] = 1 }
    }
    state = SeriesBuffer(occupied)
    let weight = choice.total + Double(n) * abs(array.rabi) / 2
    operators = SeriesBuffer([Int32](repeating: -1, count: 16 + Int(0.5 * beta * weight)))
    starts = SeriesBuffer([UInt32](repeating: 0, count: n + 1))
    rng = seed.child("series expansion").makeStream()
  }

  /// z of every atom: -1 where it is excited.
  public var spins: [Int8] { state.elements.map { $0 == 1 ? -1 : 1 } }

  /// Makes `count` sweeps: a pass of diagonal updates and one of lines (and clusters) each.
  public func sweep(_ count: Int = 1) {
    precondition(count >= 0, "\(count) sweeps")
    for _ in 0..<count {
      diagonalPass()
      sortBySite()
      linePass()
      if update == .clusters { clusterPass() }
      writeBack()
      if hops { swapPass() }
      visits += operators.count
      // Room for fluctuations of some standard deviations, or short sequences would be favoured.
      operators.append(
        repeating: -1, count: operatorCount + operatorCount / 4 + 16 - operators.count)
    }
  }

  /// Puts in and takes out diagonal operators, and lists all of them with what they act on.
  private func diagonalPass() {
    let (n, length) = (state.count, operators.count)
    bits.reserve(length)
    rows.reserve(length)
    places.reserve(length)
    let (state, operators, ends) = (state.pointer, operators.pointer, ends.pointer)
    let (kinds, acceptance) = (kindOfTerm.pointer, acceptance.pointer)
    let (bits, rows, places, starts) = (
      bits.pointer, rows.pointer, places.pointer, starts.pointer
    )
    let choice = choice
    let siteWeight = Double(n) * abs(array.rabi) / 2
    let totalWeight = choice.total + siteWeight
    let siteShare = siteWeight / totalWeight
    let siteScale = Double(n) / siteShare
    let weight = beta * totalWeight
    let twice = Int32(2 * n)
    var rng = rng
    var count = operatorCount
    for site in 0...n { starts[site] = 0 }
    var vertex = 0
    for place in 0..<length {
      var code = operators[place]
      if code < 0 {
        guard rng.uniform() * Double(length - count) < weight else { continue }
        let u = rng.uniform()
        if u < siteShare {
          code = Int32(truncatingIfNeeded: 2 * min(Int(u * siteScale), n - 1))
        } else {
          let term = choice.index(using: &rng)
          let (i, j) = (Int(ends[2 * term]), Int(ends[2 * term + 1]))
          let accepted = acceptance[4 * Int(kinds[term]) + Int(state[i] | state[j] << 1)]
          guard accepted > 0, accepted == 1 || rng.uniform() < accepted else { continue }
          code = twice + Int32(truncatingIfNeeded: term)
        }
        operators[place] = code
        count += 1
      } else if code >= twice || code & 1 == 0 {
        if rng.uniform() * weight < Double(length - count + 1) {
          operators[place] = -1
          count -= 1
          continue
        }
      }
      places[vertex] = UInt32(truncatingIfNeeded: place)
      if code < twice {
        let site = Int(code >> 1)
        let before = state[site]
        let after = before ^ UInt8(truncatingIfNeeded: code & 1)
        state[site] = after
        bits[vertex] = before | after << 1
        rows[vertex] = Self.siteOperator
        starts[site + 1] += 1
      } else {
        let term = Int(code - twice)
        let (i, j) = (Int(ends[2 * term]), Int(ends[2 * term + 1]))
        bits[vertex] = state[i] | state[j] << 1
        rows[vertex] = 16 * kinds[term]
        starts[i + 1] += 1
        if i != j { starts[j + 1] += 1 }
      }
      vertex += 1
    }
    self.rng = rng
    operatorCount = count
  }

  /// Lists the vertices on each world line in order of time.
  private func sortBySite() {
    let n = state.count
    let count = operatorCount
    let starts = starts.pointer
    for site in 0..<n { starts[site + 1] += starts[site] }
    entries.reserve(Int(starts[n]))
    sites.reserve(n)
    let (entries, rows, next) = (entries.pointer, rows.pointer, sites.pointer)
    let (operators, places, ends) = (operators.pointer, places.pointer, ends.pointer)
    for site in 0..<n { next[site] = starts[site] }
    let twice = 2 * n
    for vertex in 0..<count {
      let code = Int(operators[Int(places[vertex])])
      let entry = UInt32(truncatingIfNeeded: vertex << 2)
      if rows[vertex] == Self.siteOperator {
        let site = code >> 1
        entries[Int(next[site])] = entry | 3
        next[site] += 1
      } else {
        let term = code - twice
        let (i, j) = (Int(ends[2 * term]), Int(ends[2 * term + 1]))
        entries[Int(next[i])] = i == j ? entry | 2 : entry
        next[i] += 1
        if i != j {
          entries[Int(next[j])] = entry | 1
          next[j] += 1
        }
      }
    }
  }

  /// Flips and constants from the vertices.
  private func writeBack() {
    let (operators, places) = (operators.pointer, places.pointer)
    let (rows, bits) = (rows.pointer, bits.pointer)
    for vertex in 0..<operatorCount where rows[vertex] == Self.siteOperator {
      let place = Int(places[vertex])
      let isFlip = Int32(truncatingIfNeeded: (bits[vertex] ^ bits[vertex] >> 1) & 1)
      operators[place] = operators[place] & ~1 | isFlip
    }
  }
}
