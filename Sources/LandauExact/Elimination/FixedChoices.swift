import LandauCore

/// The values the fixed sites of a plan take, one of each set that a symmetry makes equivalent.
struct FixedChoices: Sendable {
  /// The values of the fixed sites, in the plan's order.
  let representatives: [[Int]]
  /// How many choices each stands for.
  let multiplicities: [Int]

  /// - Parameter permutations: of the sites, that may be symmetries; those that are not, or that move
  ///   the fixed sites elsewhere, are not used. Permutations of the states are found here.
  init(_ graph: StateGraph, _ plan: EliminationPlan, permutations: [[Int]] = []) {
    let (q, digits) = (graph.stateCount, plan.fixed.count)
    var count = 1
    for _ in 0..<digits { count *= q }
    var maps = Self.stateSymmetries(graph).map { map in
      { (choice: [Int]) in choice.map { map[$0] } }
    }
    for permutation in permutations where Self.isSymmetry(permutation, of: graph) {
      // The value of fixed site k comes from where it was moved from.
      let places = plan.fixed.map { plan.fixed.firstIndex(of: permutation[$0]) }
      guard places.allSatisfy({ $0 != nil }) else { continue }
      maps.append { choice in places.map { choice[$0!] } }
    }
    var seen = [Bool](repeating: false, count: count)
    var (representatives, multiplicities) = ([[Int]](), [Int]())
    for index in 0..<count where !seen[index] {
      seen[index] = true
      var orbit = [index]
      var next = 0
      while next < orbit.count {
        let choice = Self.digits(orbit[next], q: q, count: digits)
        next += 1
        for map in maps {
          let image = map(choice).reversed().reduce(0) { $0 * q + $1 }
          if !seen[image] {
            seen[image] = true
            orbit.append(image)
          }
        }
      }
      representatives.append(Self.digits(index, q: q, count: digits))
      multiplicities.append(orbit.count)
    }
    self.representatives = representatives
    self.multiplicities = multiplicities
  }

  private static func digits(_ index: Int, q: Int, count: Int) -> [Int] {
    var rest = index
    return (0..<count).map { _ in
      defer { rest /= q }
      return rest % q
    }
  }

  /// Exchanges of two states, the shift by one and the reflection, where they change no energy.
  private static func stateSymmetries(_ graph: StateGraph) -> [[Int]] {
    let q = graph.stateCount
    let identity = Array(0..<q)
    var candidates = [identity.map { ($0 + 1) % q }, identity.map { (q - $0) % q }]
    for state in 0..<(q - 1) {
      var exchange = identity
      exchange.swapAt(state, state + 1)
      candidates.append(exchange)
    }
    return candidates.filter { map in
      map != identity
        && graph.pairEnergy.indices.allSatisfy { index in
          graph.pairEnergy[map[index / q] * q + map[index % q]] == graph.pairEnergy[index]
        }
        && graph.siteEnergy.indices.allSatisfy { index in
          graph.siteEnergy[index / q * q + map[index % q]] == graph.siteEnergy[index]
        }
    }
  }

  private static func isSymmetry(_ permutation: [Int], of graph: StateGraph) -> Bool {
    guard permutation.count == graph.siteCount, Set(permutation) == Set(0..<graph.siteCount) else {
      return false
    }
    func sorted(_ map: (Int) -> Int) -> [[Double]] {
      graph.bonds.map { bond in
        let (a, b) = (map(bond.first), map(bond.second))
        return [Double(min(a, b)), Double(max(a, b)), bond.coupling]
      }.sorted { $0.lexicographicallyPrecedes($1) }
    }
    let q = graph.stateCount
    return sorted { $0 } == sorted { permutation[$0] }
      && (0..<graph.siteCount).allSatisfy { site in
        (0..<q).allSatisfy {
          graph.siteEnergy[site * q + $0] == graph.siteEnergy[permutation[site] * q + $0]
        }
      }
  }
}
