public import LandauCore
public import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

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
  public private(set) var spins: [Int8]
  /// -1 nothing, 2 i the constant and 2 i + 1 the flip at site i, 2 N + b bond b.
  private var operators: [Int32]
  private var operatorCount = 0
  private var rng: RandomStream
  private let ends: [(Int32, Int32)]
  /// Weight of all diagonal operators where every bond is satisfied.
  private let totalWeight: Double
  /// Sums of weights of bonds up to each one, for choosing.
  private let bondWeights: [Double]
  private let constant: Double
  private var sites: [Int32]
  private var parents: [Int32] = []
  private var visits = 0

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
    ends = lattice.bonds.map { ($0.source, $0.target) }
    let n = lattice.siteCount
    var sum = 0.0
    bondWeights = couplings.map { coupling in
      sum += 2 * abs(coupling)
      return sum
    }
    totalWeight = Double(n) * transverseField + sum
    constant = sum / 2 + Double(n) * transverseField
    var start = seed.child("start").makeStream()
    spins = (0..<n).map { _ in start.index(below: 2) == 0 ? -1 : 1 }
    operators = [Int32](repeating: -1, count: 16 + Int(0.7 * beta * totalWeight))
    sites = [Int32](repeating: 0, count: n)
    rng = seed.child("series expansion").makeStream()
  }

  /// Makes `count` sweeps: a pass of diagonal updates and one of clusters each.
  public func sweep(_ count: Int = 1) {
    precondition(count >= 0, "\(count) sweeps")
    for _ in 0..<count {
      diagonalPass()
      clusterPass()
      visits += operators.count
    }
  }

  private func diagonalPass() {
    let n = spins.count
    let siteShare = Double(n) * transverseField / totalWeight
    let weight = beta * totalWeight
    spins.withUnsafeMutableBufferPointer { spins in
      for place in operators.indices {
        let present = Int(operators[place])
        if present < 0 {
          let free = Double(operators.count - operatorCount)
          guard rng.uniform() * free < weight else { continue }
          if rng.uniform() < siteShare {
            operators[place] = Int32(2 * rng.index(below: n))
            operatorCount += 1
          } else {
            let bond = chooseBond()
            let (i, j) = ends[bond]
            guard isSatisfied(bond, spins[Int(i)], spins[Int(j)]) else { continue }
            operators[place] = Int32(2 * n + bond)
            operatorCount += 1
          }
        } else if present < 2 * n && present % 2 == 1 {
          spins[present / 2] = -spins[present / 2]
        } else if rng.uniform() * weight < Double(operators.count - operatorCount + 1) {
          operators[place] = -1
          operatorCount -= 1
        }
      }
    }
    // Room for fluctuations of some standard deviations, or short sequences would be favoured.
    let needed = operatorCount + operatorCount / 4 + 16
    if operators.count < needed {
      operators += [Int32](repeating: -1, count: needed - operators.count)
    }
  }

  @inline(__always)
  private func isSatisfied(_ bond: Int, _ a: Int8, _ b: Int8) -> Bool {
    couplings[bond] > 0 ? a == b : a != b
  }

  private func chooseBond() -> Int {
    let u = rng.uniform() * (bondWeights.last ?? 0)
    var (low, high) = (0, bondWeights.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if bondWeights[middle] <= u { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Pieces of world lines are numbered as they begin, those that begin at time zero by their site.
  private func clusterPass() {
    let n = spins.count
    parents.removeAll(keepingCapacity: true)
    for site in 0..<n {
      parents.append(Int32(site))
      sites[site] = Int32(site)
    }
    for code in operators where code >= 0 {
      let code = Int(code)
      if code < 2 * n {
        sites[code / 2] = Int32(parents.count)
        parents.append(Int32(parents.count))
      } else {
        let (i, j) = ends[code - 2 * n]
        join(sites[Int(i)], sites[Int(j)])
      }
    }
    for site in 0..<n { join(sites[site], Int32(site)) }
    // A fair coin for each cluster; what remains of `parents` are coins: -1 stay, -2 flip.
    for piece in parents.indices where parents[piece] == piece {
      parents[piece] = rng.index(below: 2) == 0 ? -1 : -2
    }
    for site in 0..<n { sites[site] = Int32(site) }
    var next = n
    for place in operators.indices {
      let code = Int(operators[place])
      guard code >= 0 && code < 2 * n else { continue }
      let before = flips(sites[code / 2])
      sites[code / 2] = Int32(next)
      if before != flips(Int32(next)) { operators[place] ^= 1 }
      next += 1
    }
    for site in 0..<n where flips(Int32(site)) { spins[site] = -spins[site] }
  }

  private func root(_ piece: Int32) -> Int32 {
    var piece = piece
    while parents[Int(piece)] != piece {
      parents[Int(piece)] = parents[Int(parents[Int(piece)])]
      piece = parents[Int(piece)]
    }
    return piece
  }

  private func join(_ a: Int32, _ b: Int32) {
    let (a, b) = (root(a), root(b))
    // The older one leads, so that roots come before what hangs on them.
    if a < b { parents[Int(b)] = a } else { parents[Int(a)] = b }
  }

  private func flips(_ piece: Int32) -> Bool {
    var piece = piece
    while parents[Int(piece)] >= 0 { piece = parents[Int(piece)] }
    return parents[Int(piece)] == -2
  }
}

extension TransverseIsingSeries: ReportingChain, SnapshotChain {
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
    let n = spins.count
    let sites = Double(n)
    var total = spins.reduce(0) { $0 + Int($1) }
    var present = spins
    var (flips, bonds) = (0, 0)
    var (first, absolute, square) = (0.0, 0.0, 0.0)
    for code in operators where code >= 0 {
      let m = Double(total)
      first += m
      absolute += abs(m)
      square += m * m
      let code = Int(code)
      if code >= 2 * n {
        bonds += 1
      } else if code % 2 == 1 {
        flips += 1
        present[code / 2] = -present[code / 2]
        total += 2 * Int(present[code / 2])
      }
    }
    var count = Double(operatorCount)
    if operatorCount == 0 {
      (first, absolute, square) = (Double(total), abs(Double(total)), Double(total * total))
      count = 1
    }
    row.append((constant - Double(operatorCount) / beta) / sites)
    row.append(Double(flips) / (beta * transverseField * sites))
    row.append((constant - sites * transverseField - Double(bonds) / beta) / sites)
    row += [
      first / (count * sites), absolute / (count * sites), square / (count * sites * sites),
    ]
  }

  public var algorithm: String { "stochastic series expansion, clusters" }
  public var updateCount: Int { visits }
  public var acceptanceRate: Double? { nil }

  public var snapshotWidth: Int { spins.count }
  public func appendSnapshot(to array: inout [Int8]) { array += spins }

  public func save(to writer: inout StateWriter) {
    writer.write(signed: spins)
    writer.write(words: operators.map { UInt64(bitPattern: Int64($0)) })
    writer.write(rng)
    writer.write(visits)
  }

  public func restore(from reader: inout StateReader) throws(InputError) {
    let values = try reader.signed(count: spins.count)
    let codes = try reader.words().map { Int64(bitPattern: $0) }
    let limit = Int64(2 * spins.count + couplings.count)
    guard values.allSatisfy({ $0 == 1 || $0 == -1 }), codes.allSatisfy({ $0 >= -1 && $0 < limit })
    else { throw InputError("the checkpoint holds no series of this model") }
    spins = values
    operators = codes.map { Int32($0) }
    operatorCount = operators.count { $0 >= 0 }
    rng = try reader.stream()
    visits = try reader.integer()
  }
}
