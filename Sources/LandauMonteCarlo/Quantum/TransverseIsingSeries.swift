public import LandauCore
public import LandauLattice

/// A chain of the transverse-field Ising model at finite temperature, by stochastic series expansion (Sandvik 2003,
/// Phys. Rev. E 68, 056701).
///
/// With -H = sum over bonds (J z z' + |J|) + sum over sites (h x + h) - C, C = sum |J| + N h, the partition function is a sum over
/// states and over sequences of n operators out of those sums, padded to M places:
///
///     Z = exp(-beta C) sum (beta^n (M - n)! / M!) <product of operators>.
///
/// A bond has weight 2|J| where it is satisfied and 0 where not; a constant and a flip at a site have weight h each, so there
/// is no sign whatever the couplings are. Diagonal operators are put in and taken out place by place; then every cluster, made of the pieces of
/// world lines between site operators that bonds join, is flipped with probability 1/2, which turns constants into flips and
/// back. M grows where n comes close; <n> = beta (C - E).
public final class TransverseIsingSeries {
  public let lattice: Lattice
  /// One per bond of the lattice.
  public let couplings: [Double]
  public let transverseField: Double
  public let beta: Double
  private let state: SeriesBuffer<Int8>
  /// -1 nothing, 2 i the constant and 2 i + 1 the flip at site i, 2 N + b bond b.
  private let operators: SeriesBuffer<Int32>
  public private(set) var operatorCount = 0
  private var rng: RandomStream
  /// Two words a bond: its ends, the second with the highest bit set where different spins satisfy it.
  private let ends: SeriesBuffer<UInt32>
  private let bondChoice: WeightedChoice
  public let constant: Double
  // Of one sweep: the last piece of each site; by piece its parent, the piece before and the place of the operator between.
  private let sites = SeriesBuffer<UInt32>()
  private let parents = SeriesBuffer<UInt32>()
  private let before = SeriesBuffer<UInt32>()
  private let places = SeriesBuffer<UInt32>()
  private var visits = 0
  private static let differ: UInt32 = 1 << 31

  /// - Parameters:
  ///   - couplings: J of every bond, in the order of the lattice, of any sign; bonds of a site with itself count as constants.
  ///   - transverseField: above zero.
  /// - Throws: `InputError` for other numbers of couplings, a field that is not positive, a beta that is not.
  public init(
    lattice: Lattice, couplings: [Double], transverseField: Double, beta: Double, seed: Seed
  ) throws(InputError) {
    guard couplings.count == lattice.bondCount, couplings.allSatisfy(\.isFinite) else {
      throw InputError("\(couplings.count) couplings for \(lattice.bondCount) bonds, all finite")
    }
    guard transverseField > 0, transverseField.isFinite else {
      throw .notAllowed("the transverse field", transverseField, allowed: "numbers above 0")
    }
    guard beta > 0, beta.isFinite else {
      throw .notAllowed("beta", beta, allowed: "numbers above 0")
    }
    self.lattice = lattice
    self.couplings = couplings
    self.transverseField = transverseField
    self.beta = beta
    ends = SeriesBuffer(
      zip(lattice.bonds, couplings).flatMap { bond, coupling in
        [UInt32(bond.source), UInt32(bond.target) | (coupling > 0 ? 0 : Self.differ)]
      })
    let n = lattice.siteCount
    bondChoice = WeightedChoice(couplings.map { 2 * abs($0) })
    constant = bondChoice.total / 2 + Double(n) * transverseField
    var start = seed.child("start").makeStream()
    state = SeriesBuffer((0..<n).map { _ in start.index(below: 2) == 0 ? -1 : 1 })
    let weight = bondChoice.total + Double(n) * transverseField
    operators = SeriesBuffer([Int32](repeating: -1, count: 16 + Int(0.7 * beta * weight)))
    sites.reserve(n)
    rng = seed.child("series expansion").makeStream()
  }

  public var spins: [Int8] { Array(state.elements) }

  /// Makes `count` sweeps: a pass of diagonal updates and one of clusters each.
  public func sweep(_ count: Int = 1) {
    precondition(count >= 0, "\(count) sweeps")
    for _ in 0..<count {
      let pieces = diagonalPass()
      clusterPass(pieces)
      visits += operators.count
      // Room for fluctuations of some standard deviations, or short sequences would be favoured.
      operators.append(
        repeating: -1, count: operatorCount + operatorCount / 4 + 16 - operators.count)
    }
  }

  /// Puts in and takes out diagonal operators, and joins the pieces of world lines on the way: they are numbered as they begin,
  /// those that begin at time zero by their site.
  ///
  /// - Returns: how many pieces there are.
  private func diagonalPass() -> Int {
    let n = state.count
    let length = operators.count
    for buffer in [parents, before, places] { buffer.reserve(n + length) }
    let (spins, operators, ends) = (state.pointer, operators.pointer, ends.pointer)
    let (sites, parents) = (sites.pointer, parents.pointer)
    let (before, places) = (before.pointer, places.pointer)
    let choice = bondChoice
    let totalWeight = choice.total + Double(n) * transverseField
    let siteShare = Double(n) * transverseField / totalWeight
    let siteScale = Double(n) / siteShare
    let weight = beta * totalWeight
    let twice = Int32(2 * n)
    var rng = rng
    var count = operatorCount
    for site in 0..<n {
      parents[site] = UInt32(truncatingIfNeeded: site)
      sites[site] = UInt32(truncatingIfNeeded: site)
    }
    var pieces = n
    for place in 0..<length {
      var code = operators[place]
      if code < 0 {
        guard rng.uniform() * Double(length - count) < weight else { continue }
        let u = rng.uniform()
        if u < siteShare {
          code = Int32(truncatingIfNeeded: 2 * min(Int(u * siteScale), n - 1))
        } else {
          let bond = choice.index(using: &rng)
          let (i, j) = (ends[2 * bond], ends[2 * bond + 1])
          let isEqual = spins[Int(i)] == spins[Int(j & ~Self.differ)]
          guard isEqual == (j & Self.differ == 0) else { continue }
          code = twice + Int32(truncatingIfNeeded: bond)
        }
        operators[place] = code
        count += 1
      } else if code < twice && code & 1 == 1 {
        spins[Int(code >> 1)] = -spins[Int(code >> 1)]
      } else if rng.uniform() * weight < Double(length - count + 1) {
        operators[place] = -1
        count -= 1
        continue
      }
      if code < twice {
        let site = Int(code >> 1)
        before[pieces] = sites[site]
        places[pieces] = UInt32(truncatingIfNeeded: place)
        parents[pieces] = UInt32(truncatingIfNeeded: pieces)
        sites[site] = UInt32(truncatingIfNeeded: pieces)
        pieces += 1
      } else {
        let bond = Int(code - twice)
        let (i, j) = (Int(ends[2 * bond]), Int(ends[2 * bond + 1] & ~Self.differ))
        let root = Self.join(sites[i], sites[j], parents)
        sites[i] = root
        sites[j] = root
      }
    }
    for site in 0..<n {
      _ = Self.join(sites[site], UInt32(truncatingIfNeeded: site), parents)
    }
    self.rng = rng
    operatorCount = count
    return pieces
  }

  /// A fair coin for each cluster.
  private func clusterPass(_ pieces: Int) {
    let n = state.count
    let (spins, operators) = (state.pointer, operators.pointer)
    let (parents, before, places) = (parents.pointer, before.pointer, places.pointer)
    var rng = rng
    var (coins, left) = (UInt64(0), 0)
    // Parents come before their children: what remains of them are coins, 1 to flip.
    for piece in 0..<pieces {
      if parents[piece] == UInt32(truncatingIfNeeded: piece) {
        if left == 0 { (coins, left) = (rng.next(), 64) }
        parents[piece] = UInt32(truncatingIfNeeded: coins & 1)
        coins >>= 1
        left -= 1
      } else {
        parents[piece] = parents[Int(parents[piece])]
      }
    }
    for site in 0..<n where parents[site] == 1 { spins[site] = -spins[site] }
    for piece in n..<max(n, pieces) {
      operators[Int(places[piece])] ^= Int32(
        truncatingIfNeeded: parents[piece] ^ parents[Int(before[piece])])
    }
    self.rng = rng
  }

  @inline(__always)
  private static func root(
    _ piece: UInt32, _ parents: UnsafeMutablePointer<UInt32>
  ) -> UInt32 {
    var piece = piece
    while parents[Int(piece)] != piece {
      parents[Int(piece)] = parents[Int(parents[Int(piece)])]
      piece = parents[Int(piece)]
    }
    return piece
  }

  /// The older one leads, so that roots come before what hangs on them.
  @inline(__always)
  private static func join(
    _ a: UInt32, _ b: UInt32, _ parents: UnsafeMutablePointer<UInt32>
  ) -> UInt32 {
    let (a, b) = (root(a, parents), root(b, parents))
    if a < b { parents[Int(b)] = a } else { parents[Int(a)] = b }
    return min(a, b)
  }
}

extension TransverseIsingSeries: SeriesExpansion {
  /// <x> averaged over sites; -<sum of J z z'>/N.
  public static let transverseOrder: Observable = "xPerSite"
  public static let couplingEnergy: Observable = "couplingEnergyPerSite"

  public var observables: [Observable] {
    [
      .energyPerSite, Self.transverseOrder, Self.couplingEnergy, .order(0), .absOrder,
      .orderSquared,
    ]
  }

  /// Diagonal quantities are averaged over all propagated states.
  public func measure(into row: inout [Double]) {
    let n = state.count
    let sites = Double(n)
    var total = state.elements.reduce(0) { $0 + Int($1) }
    let spins = state.pointer
    var (flips, bonds) = (0, 0)
    var (first, absolute, square) = (0, 0, 0.0)
    for code in operators.elements where code >= 0 {
      first += total
      absolute += abs(total)
      square += Double(total) * Double(total)
      let code = Int(code)
      if code >= 2 * n {
        bonds += 1
      } else if code & 1 == 1 {
        flips += 1
        // After all of them every spin is as it was.
        spins[code >> 1] = -spins[code >> 1]
        total += 2 * Int(spins[code >> 1])
      }
    }
    var count = Double(operatorCount)
    if operatorCount == 0 {
      (first, absolute, square) = (total, abs(total), Double(total * total))
      count = 1
    }
    row.append((constant - Double(operatorCount) / beta) / sites)
    row.append(Double(flips) / (beta * transverseField * sites))
    row.append((constant - sites * transverseField - Double(bonds) / beta) / sites)
    row += [
      Double(first) / (count * sites), Double(absolute) / (count * sites),
      square / (count * sites * sites),
    ]
  }

  public var algorithm: String { "stochastic series expansion, clusters" }
  public var updateCount: Int { visits }
  public var acceptanceRate: Double? { nil }

  public var snapshotWidth: Int { state.count }
  public func appendSnapshot(to array: inout [Int8]) { array += state.elements }

  public func save(to writer: inout StateWriter) {
    writer.write(signed: state.elements)
    writer.write(operators: operators)
    writer.write(rng)
    writer.write(visits)
  }

  public func restore(from reader: inout StateReader) throws(InputError) {
    let values = try reader.signed(count: state.count)
    let codes = try reader.operators(below: 2 * state.count + couplings.count)
    guard let codes, values.allSatisfy({ $0 == 1 || $0 == -1 })
    else { throw InputError("the checkpoint holds no series of this model") }
    state.replace(with: values)
    operators.replace(with: codes)
    operatorCount = operators.elements.count { $0 >= 0 }
    rng = try reader.stream()
    visits = try reader.integer()
  }
}
