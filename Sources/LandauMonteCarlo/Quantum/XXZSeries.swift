public import LandauCore
public import LandauLattice

/// A chain of exchange-coupled spins 1/2 at finite temperature, by stochastic series expansion with directed loops (Sandvik 1999, Phys.
/// Rev. B 59, R14157; Syljuasen and Sandvik 2002, Phys. Rev. E 66, 046701).
///
/// H = sum over bonds (Jxy (x x' + y y') + Jz z z') - h sum z in Pauli matrices. Exchanges have weight -2 Jxy: turning the axes of
/// some spins by pi about z makes it positive where signs s = +-1 exist with s s' Jxy < 0 on every bond. Without them (antiferromagnets
/// on lattices that are not bipartite) there is a sign problem, and no chain. Jz and h are free.
///
/// Where loops know their way (Heisenberg points without a field) all of them are made at once, and each is flipped with probability
/// 1/2: their sizes make improved estimators. Else directed loops go their way by chance, as many in a sweep as visit about two
/// legs for each operator; how many is settled in the burn-in.
public final class XXZSeries {
  public let lattice: Lattice
  public let field: Double
  public let beta: Double
  /// Distances along axis 0 up to which correlations of z are measured; 0 for none.
  public let reach: Int
  /// Whether loops are made all at once, without chance.
  public let isDeterministic: Bool
  /// Directed loops in a sweep; of no meaning where loops know their way.
  public internal(set) var loopCount: Int
  public internal(set) var operatorCount = 0

  let state: SeriesBuffer<Int8>
  /// -1 nothing, 2 b bond b on the diagonal and 2 b + 1 its exchange.
  let operators: SeriesBuffer<Int32>
  var rng: RandomStream
  var visits = 0
  /// Those of the lattice without self-bonds: two ends each.
  let ends: SeriesBuffer<UInt32>
  /// Numbers of these bonds in the lattice.
  let bonds: [Int]
  let kindOfBond: SeriesBuffer<UInt16>
  let kinds: [ExchangeVertices]
  /// By kind and two bits: the weight on the diagonal over the largest one.
  let acceptance: SeriesBuffer<Double>
  let scattering: SeriesBuffer<ExchangeVertices.Scattering>
  /// l ^ turn is where leg l leads to, by kind.
  let turns: SeriesBuffer<UInt8>
  let choice: WeightedChoice
  /// Sum of C over bonds.
  public let constant: Double
  /// s of the turned axes, and signs of the sublattices (empty where there are none).
  let turned: [Int8]
  let sublattices: [Int8]
  let translations: [Int]
  /// Other ends of the bonds of site i, at `activeStarts[i]..<activeStarts[i + 1]`.
  let activeStarts: [Int32]
  let activeNeighbours: [Int32]

  // Of one sweep: by vertex its four bits (and the turn above them), bond and place; by leg what it is joined to;
  // by site its first leg and its last.
  let vertices = SeriesBuffer<UInt8>()
  let bondOfVertex = SeriesBuffer<UInt32>()
  let places = SeriesBuffer<UInt32>()
  let links = SeriesBuffer<UInt32>()
  let firstLegs: SeriesBuffer<UInt32>
  let lastLegs: SeriesBuffer<UInt32>
  /// Four sums for each loop.
  let loopWeights = SeriesBuffer<Int32>()
  var loops = LoopSums()
  static let none = UInt32.max

  /// What loops of the last sweep tell of correlations, each per site squared.
  struct LoopSums {
    var order = 0.0
    var staggered = 0.0
    var transverse = 0.0
    var transverseStaggered = 0.0
    var legs = 0
  }

  /// - Parameters:
  ///   - transverse: Jxy of every bond, in the order of the lattice.
  ///   - longitudinal: Jz of every bond.
  ///   - field: h along z.
  ///   - reach: of correlations along axis 0, from 1 on; at most half the side, and only where all cells are alike.
  /// - Throws: `InputError` for other numbers of couplings, a beta that is not positive, exchanges with a sign problem, a field
  ///   on a site that has no bond.
  public init(
    lattice: Lattice, transverse: [Double], longitudinal: [Double], field: Double = 0,
    beta: Double, reach: Int = 0, seed: Seed
  ) throws(InputError) {
    for couplings in [transverse, longitudinal] {
      guard couplings.count == lattice.bondCount, couplings.allSatisfy(\.isFinite) else {
        throw InputError("\(couplings.count) couplings for \(lattice.bondCount) bonds, all finite")
      }
    }
    guard field.isFinite else { throw .notAllowed("the field", field, allowed: "finite numbers") }
    guard beta > 0, beta.isFinite else {
      throw .notAllowed("beta", beta, allowed: "numbers above 0")
    }
    guard let turned = lattice.satisfyingSigns(transverse.map { -$0 }) else {
      throw InputError(
        "couplings of x and y are frustrated on the \(lattice.name) lattice: weights would be negative (the sign problem); antiferromagnetic ones need a bipartite lattice, with even sides where it is periodic"
      )
    }
    guard reach == 0 || reach > 0 && lattice.isTranslationInvariant && reach <= lattice.sides[0] / 2
    else {
      throw .notAllowed(
        "the reach of correlations", reach,
        allowed: "0, and up to half the side of axis 0 on a periodic crystal")
    }
    let bonds = lattice.bonds.indices.filter {
      !lattice.bonds[$0].isSelfBond && (transverse[$0] != 0 || longitudinal[$0] != 0)
    }
    var degrees = [Int](repeating: 0, count: lattice.siteCount)
    for bond in bonds {
      degrees[Int(lattice.bonds[bond].source)] += 1
      degrees[Int(lattice.bonds[bond].target)] += 1
    }
    guard field == 0 || !degrees.contains(0) else {
      throw InputError("a site without bonds has a field of \(field), which bonds share")
    }
    self.lattice = lattice
    self.field = field
    self.beta = beta
    self.reach = reach
    self.bonds = bonds
    self.turned = turned
    sublattices = lattice.sublatticeSigns ?? []
    translations = reach > 0 ? lattice.translation(along: 0) ?? [] : []
    ends = SeriesBuffer(
      bonds.flatMap { [UInt32(lattice.bonds[$0].source), UInt32(lattice.bonds[$0].target)] })
    var around = [[Int32]](repeating: [], count: lattice.siteCount)
    for bond in bonds.map({ lattice.bonds[$0] }) {
      around[Int(bond.source)].append(bond.target)
      around[Int(bond.target)].append(bond.source)
    }
    activeStarts = around.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int32($1.count)) }
    activeNeighbours = around.flatMap { $0 }
    var numbers: [ExchangeVertices.Kind: Int] = [:]
    var kinds: [ExchangeVertices] = []
    let kindOfBond = bonds.map { bond -> UInt16 in
      let kind = ExchangeVertices.Kind(
        transverse: transverse[bond], longitudinal: longitudinal[bond],
        fields: [lattice.bonds[bond].source, lattice.bonds[bond].target].map {
          field / Double(degrees[Int($0)])
        })
      if let number = numbers[kind] { return UInt16(number) }
      numbers[kind] = kinds.count
      kinds.append(ExchangeVertices(kind))
      return UInt16(clamping: kinds.count - 1)
    }
    guard kinds.count <= Int(UInt16.max) else {
      throw .notAllowed(
        "the number of different bonds", kinds.count, allowed: "at most \(UInt16.max)")
    }
    self.kinds = kinds
    self.kindOfBond = SeriesBuffer(kindOfBond)
    let heaviest = kinds.map { kind in (0..<4).map { kind.weights[5 * $0] }.max()! }
    acceptance = SeriesBuffer(
      kinds.indices.flatMap { kind in
        (0..<4).map { kinds[kind].weights[5 * $0] / max(heaviest[kind], .leastNormalMagnitude) }
      })
    scattering = SeriesBuffer(kinds.flatMap(\.scattering))
    let turns = kinds.map(\.turn)
    isDeterministic = turns.allSatisfy { $0 != nil }
    self.turns = SeriesBuffer(turns.map { $0 ?? 0 })
    choice = WeightedChoice(kindOfBond.map { heaviest[Int($0)] })
    constant = kindOfBond.reduce(0) { $0 + kinds[Int($1)].shift }
    let n = lattice.siteCount
    var start = seed.child("start").makeStream()
    state = SeriesBuffer((0..<n).map { _ in start.index(below: 2) == 0 ? -1 : 1 })
    operators = SeriesBuffer(
      [Int32](repeating: -1, count: 16 + Int(0.5 * beta * choice.total)))
    firstLegs = SeriesBuffer([UInt32](repeating: 0, count: n))
    lastLegs = SeriesBuffer([UInt32](repeating: 0, count: n))
    loopCount = max(4, n / 2)
    rng = seed.child("series expansion").makeStream()
  }

  public var spins: [Int8] { Array(state.elements) }

  /// Makes `count` sweeps: a pass of diagonal updates and one of loops each.
  public func sweep(_ count: Int = 1) {
    precondition(count >= 0, "\(count) sweeps")
    for _ in 0..<count {
      diagonalPass()
      loops = isDeterministic ? allLoops() : directedLoops()
      writeBack()
      visits += operators.count + loops.legs
      // Room for fluctuations of some standard deviations, or short sequences would be favoured.
      operators.append(
        repeating: -1, count: operatorCount + operatorCount / 4 + 16 - operators.count)
    }
  }

  /// Puts in and takes out diagonal operators, and joins the legs of all of them on the way.
  private func diagonalPass() {
    let (n, length) = (state.count, operators.count)
    for buffer in [bondOfVertex, places] { buffer.reserve(length) }
    vertices.reserve(length)
    links.reserve(4 * length)
    let (spins, operators, ends) = (state.pointer, operators.pointer, ends.pointer)
    let (vertices, bondOfVertex) = (vertices.pointer, bondOfVertex.pointer)
    let (places, links) = (places.pointer, links.pointer)
    let (first, last) = (firstLegs.pointer, lastLegs.pointer)
    let (kinds, acceptance, turns) = (kindOfBond.pointer, acceptance.pointer, turns.pointer)
    let choice = choice
    let weight = beta * choice.total
    var rng = rng
    var count = operatorCount
    for site in 0..<n {
      first[site] = Self.none
      last[site] = Self.none
    }
    var vertex = 0
    for place in 0..<length {
      let code = operators[place]
      let bond: Int
      var bits: UInt8
      let i: Int
      let j: Int
      if code < 0 {
        guard rng.uniform() * Double(length - count) < weight else { continue }
        bond = choice.index(using: &rng)
        (i, j) = (Int(ends[2 * bond]), Int(ends[2 * bond + 1]))
        bits = (spins[i] > 0 ? 1 : 0) | (spins[j] > 0 ? 2 : 0)
        let accepted = acceptance[4 * Int(kinds[bond]) + Int(bits)]
        guard accepted > 0, accepted == 1 || rng.uniform() < accepted else { continue }
        operators[place] = Int32(truncatingIfNeeded: 2 * bond)
        count += 1
        bits |= bits << 2
      } else {
        bond = Int(code >> 1)
        (i, j) = (Int(ends[2 * bond]), Int(ends[2 * bond + 1]))
        bits = (spins[i] > 0 ? 1 : 0) | (spins[j] > 0 ? 2 : 0)
        if code & 1 == 1 {
          spins[i] = -spins[i]
          spins[j] = -spins[j]
          bits |= (bits ^ 3) << 2
        } else if rng.uniform() * weight < Double(length - count + 1) {
          operators[place] = -1
          count -= 1
          continue
        } else {
          bits |= bits << 2
        }
      }
      vertices[vertex] = bits | turns[Int(kinds[bond])] << 4
      bondOfVertex[vertex] = UInt32(truncatingIfNeeded: bond)
      places[vertex] = UInt32(truncatingIfNeeded: place)
      let leg = UInt32(truncatingIfNeeded: 4 * vertex)
      for end in 0..<2 {
        let (site, leg) = end == 0 ? (i, leg) : (j, leg + 1)
        let former = last[site]
        if former == Self.none {
          first[site] = leg
        } else {
          links[Int(leg)] = former
          links[Int(former)] = leg
        }
        last[site] = leg + 2
      }
      vertex += 1
    }
    for site in 0..<n where first[site] != Self.none {
      links[Int(first[site])] = last[site]
      links[Int(last[site])] = first[site]
    }
    self.rng = rng
    operatorCount = count
  }

  /// Operators and spins from the vertices; spins on which nothing acts are turned at random.
  private func writeBack() {
    let (operators, places, vertices) = (operators.pointer, places.pointer, vertices.pointer)
    for vertex in 0..<operatorCount {
      let bits = vertices[vertex]
      let place = Int(places[vertex])
      let isExchange: Int32 = (bits ^ bits >> 2) & 3 == 0 ? 0 : 1
      operators[place] = operators[place] & ~1 | isExchange
    }
    let (spins, first) = (state.pointer, firstLegs.pointer)
    for site in 0..<state.count {
      if first[site] == Self.none {
        spins[site] = rng.next() >> 63 == 0 ? -1 : 1
      } else {
        let leg = Int(first[site])
        spins[site] = vertices[leg >> 2] >> UInt8(leg & 3) & 1 == 1 ? 1 : -1
      }
    }
  }
}
