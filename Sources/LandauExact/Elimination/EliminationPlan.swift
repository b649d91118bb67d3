import LandauCore

/// An order in which the variables of a graph can be summed (or maximised) over one after the other
/// while few of them are alive, and the variables whose values are fixed and looped over outside.
///
/// A site is alive from when it is introduced until its last neighbour is: the work is a table over the
/// values of the alive sites. On a strip of width W that is the transfer matrix, one site at a time; on
/// a torus the first row stays alive to the end unless it is fixed. Fixing a site halves the table and
/// doubles the number of tables, so it costs nothing; small tables stay in the processor's cache.
struct EliminationPlan: Sendable {
  enum Step: Sendable {
    /// A new site becomes the highest digit of the table.
    case introduce(site: Int)
    /// Sums over the site in a slot and puts a new one there; `bonds` are all between the two.
    case replace(slot: Int, site: Int, bonds: [Int])
    /// The weight of a bond between two alive sites; `lower` and `upper` are slots.
    case bond(lower: Int, upper: Int, bond: Int, lowerIsFirst: Bool)
    /// Sums over a slot; higher slots move down by one.
    case eliminate(slot: Int)
  }

  let siteCount: Int
  let states: Int
  /// Sites whose values are fixed, in ascending order.
  private(set) var fixed: [Int]
  private(set) var steps: [Step] = []
  /// The most digits the table has.
  private(set) var width = 0
  /// Table entries touched for one choice of the fixed values.
  private(set) var work = 0.0
  /// For every site its bonds to fixed sites (bonds with itself included).
  private(set) var outerBonds: [[Int]]
  /// Bonds between fixed sites.
  private(set) var fixedBonds: [Int] = []

  var fixedChoiceCount: Double { fixed.reduce(1) { count, _ in count * Double(states) } }

  /// All the work, without symmetries.
  var totalWork: Double { work * fixedChoiceCount }

  /// Tables of up to this many numbers are preferred.
  private static let comfortableSize = 1 << 13
  /// The most table entries that are touched in all.
  static let maximumWork = 4e12

  /// The cheapest plan found: the natural order of the sites, or growing from one site so that few are
  /// alive; sites that stay alive longest are fixed until the table is small.
  ///
  /// - Parameter fixing: sites to fix before the search.
  /// - Throws: `InputError` when the work would exceed `maximumWork`.
  init(
    siteCount: Int, bonds: [(Int, Int)], states: Int, fixing: Set<Int> = []
  ) throws(InputError) {
    let graph = NeighbourLists(siteCount: siteCount, bonds: bonds)
    var best: EliminationPlan?
    for candidate in 0..<3 {
      let plan = Self.search(
        graph, bonds: bonds, states: states, candidate: candidate, fixing: fixing)
      if let plan, plan.totalWork < best?.totalWork ?? .infinity { best = plan }
    }
    guard let best, best.totalWork <= Self.maximumWork else {
      throw .notAllowed(
        "the number of sites", siteCount,
        allowed: "graphs that are narrow enough to sum over exactly",
        hint: "about \(Int(26 / Self.logTwo(states))) sites across on a strip, half on a torus")
    }
    self = best
  }

  private static func comfortableWidth(_ states: Int) -> Int {
    var (size, width) = (states, 1)
    while size * states <= comfortableSize {
      size *= states
      width += 1
    }
    return width
  }

  private static func logTwo(_ count: Int) -> Double {
    var (power, exponent) = (1, 0.0)
    while power < count {
      power *= 2
      exponent += 1
    }
    return max(1, exponent)
  }

  private static func search(
    _ graph: NeighbourLists, bonds: [(Int, Int)], states: Int, candidate: Int, fixing: Set<Int>
  ) -> EliminationPlan? {
    var fixed = fixing
    while true {
      let order = graph.order(candidate: candidate, without: fixed)
      let lives = graph.lives(in: order, without: fixed)
      var size = 1.0
      for _ in 0..<lives.width { size *= Double(states) }
      if size <= Double(comfortableSize) || fixed.count >= 40 {
        guard size <= Double(1 << 24) else { return nil }
        return EliminationPlan(
          graph, bonds: bonds, states: states, order: order, lives: lives, fixed: fixed)
      }
      // Half of what is too much at a time: what is fixed changes the rest.
      let excess = lives.width - comfortableWidth(states)
      fixed.formUnion(lives.longest.prefix(max(1, excess / 2)))
    }
  }

  private init(
    _ graph: NeighbourLists, bonds: [(Int, Int)], states: Int, order: [Int],
    lives: NeighbourLists.Lives, fixed: Set<Int>
  ) {
    siteCount = graph.siteCount
    self.states = states
    self.fixed = fixed.sorted()
    outerBonds = [[Int]](repeating: [], count: graph.siteCount)
    var inner = [[Int]](repeating: [], count: graph.siteCount)
    var position = [Int](repeating: -1, count: graph.siteCount)
    for (index, site) in order.enumerated() { position[site] = index }
    for (index, bond) in bonds.enumerated() {
      let (a, b) = bond
      switch (fixed.contains(a), fixed.contains(b)) {
      case (true, true): fixedBonds.append(index)
      case (true, false): outerBonds[b].append(index)
      case (false, true): outerBonds[a].append(index)
      case (false, false) where a == b: outerBonds[a].append(index)
      case (false, false): inner[position[a] > position[b] ? a : b].append(index)
      }
    }
    compile(order: order, lives: lives, bonds: bonds, inner: inner)
  }

  /// Writes the steps. `inner[site]` are the bonds to sites that come earlier in the order.
  private mutating func compile(
    order: [Int], lives: NeighbourLists.Lives, bonds: [(Int, Int)], inner: [[Int]]
  ) {
    var slots: [Int] = []
    for (index, site) in order.enumerated() {
      let dying = slots.filter { lives.lastUse[$0] == index }
      let slot = dying.first.flatMap { slots.firstIndex(of: $0) } ?? slots.count
      var rest = inner[site]
      if let replaced = dying.first {
        let between = rest.filter { bonds[$0].0 == replaced || bonds[$0].1 == replaced }
        rest.removeAll(where: between.contains)
        steps.append(.replace(slot: slot, site: site, bonds: between))
        slots[slot] = site
      } else {
        steps.append(.introduce(site: site))
        slots.append(site)
      }
      width = max(width, slots.count)
      work += tableSize(slots.count)
      for bond in rest {
        let other = bonds[bond].0 == site ? bonds[bond].1 : bonds[bond].0
        let partner = slots.firstIndex(of: other)!
        let lower = min(partner, slot)
        steps.append(
          .bond(
            lower: lower, upper: max(partner, slot), bond: bond,
            lowerIsFirst: slots[lower] == bonds[bond].0))
        work += tableSize(slots.count)
      }
      let finished = dying.dropFirst() + (lives.lastUse[site] == index ? [site] : [])
      for old in finished {
        let gone = slots.firstIndex(of: old)!
        steps.append(.eliminate(slot: gone))
        slots.remove(at: gone)
      }
    }
  }

  private func tableSize(_ digits: Int) -> Double {
    var size = 1.0
    for _ in 0..<digits { size *= Double(states) }
    return size
  }
}

/// The neighbours of every site, without bonds of a site with itself.
struct NeighbourLists {
  let siteCount: Int
  private let neighbours: [[Int]]

  init(siteCount: Int, bonds: [(Int, Int)]) {
    self.siteCount = siteCount
    var lists = [Set<Int>](repeating: [], count: siteCount)
    for (a, b) in bonds where a != b {
      lists[a].insert(b)
      lists[b].insert(a)
    }
    neighbours = lists.map { $0.sorted() }
  }

  /// How long sites are alive in an order.
  struct Lives {
    /// Position in the order of a site's last neighbour (or of itself).
    var lastUse: [Int]
    var width: Int
    /// The sites, those that are alive longest first.
    var longest: [Int]
  }

  func lives(in order: [Int], without fixed: Set<Int>) -> Lives {
    var position = [Int](repeating: -1, count: siteCount)
    for (index, site) in order.enumerated() { position[site] = index }
    var lastUse = position
    for site in order {
      for other in neighbours[site] where !fixed.contains(other) {
        lastUse[site] = max(lastUse[site], position[other])
      }
    }
    var (alive, width) = (0, 0)
    var deaths = [Int](repeating: 0, count: order.count)
    for site in order { deaths[lastUse[site]] += 1 }
    for index in order.indices {
      // A new site takes the place of the first one that dies with it.
      let dying = deaths[index] - (lastUse[order[index]] == index ? 1 : 0)
      alive += dying > 0 ? 0 : 1
      width = max(width, alive)
      alive -= deaths[index] - (dying > 0 ? 1 : 0)
    }
    let longest = order.sorted {
      (lastUse[$0] - position[$0], position[$1]) > (lastUse[$1] - position[$1], position[$0])
    }
    return Lives(lastUse: lastUse, width: width, longest: longest)
  }

  /// Candidate 0: the natural order. 1 and 2: grown from the first or the last site, each time adding
  /// the site that leaves fewest alive, and among those the neighbour of the oldest.
  func order(candidate: Int, without fixed: Set<Int>) -> [Int] {
    let natural = (0..<siteCount).filter { !fixed.contains($0) }
    guard candidate > 0 else { return natural }
    var open = Set(natural)
    var order: [Int] = []
    var alive: [Int] = []
    func unplaced(_ site: Int) -> Int { neighbours[site].count { open.contains($0) } }
    while !open.isEmpty {
      var choices: [Int] = []
      for site in alive {
        for other in neighbours[site] where open.contains(other) && !choices.contains(other) {
          choices.append(other)
        }
      }
      if choices.isEmpty { choices = [candidate == 1 ? open.min()! : open.max()!] }
      var (best, bestCount) = (choices[0], Int.max)
      for site in choices {
        // Those that have no other neighbour to wait for die.
        let dying = alive.count { neighbours[$0].contains(site) && unplaced($0) == 1 }
        let count = (unplaced(site) > 0 ? 1 : 0) - dying
        if count < bestCount { (best, bestCount) = (site, count) }
      }
      open.remove(best)
      order.append(best)
      alive.append(best)
      alive.removeAll { unplaced($0) == 0 }
    }
    return order
  }
}
