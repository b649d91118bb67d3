import LandauCore
import LandauExact

/// SU(N) exchange on a ring, H = sum over i of P(i, i+1), where P exchanges the colours of two sites.
///
/// In the states with as many sites of every colour: every multiplet that a ring of a multiple of N sites can have below others has one
/// of its states there, the singlet first of all.
struct ColorRing {
  let colors: Int
  let length: Int
  let hamiltonian: SparseHamiltonian

  /// - Precondition: up to four colours, and a multiple of them as length, up to 32.
  /// - Complexity: length!/((length/N)!)^N states.
  init(colors: Int, length: Int, pool: WorkerPool) {
    precondition(length % colors == 0 && length <= 32 && length > 2 && (2...4).contains(colors))
    self.colors = colors
    self.length = length
    // Two bits for each site; ascending, because colours are put from the highest site down.
    var states: [UInt64] = []
    var left = [Int](repeating: length / colors, count: colors)
    func place(_ site: Int, _ state: UInt64) {
      guard site >= 0 else {
        states.append(state)
        return
      }
      for color in 0..<colors where left[color] > 0 {
        left[color] -= 1
        place(site - 1, state | UInt64(color) << UInt64(2 * site))
        left[color] += 1
      }
    }
    place(length - 1, 0)
    hamiltonian = SparseHamiltonian(dimension: states.count, pool: pool) { row in
      let state = states[row]
      return (0..<length).map { i in
        let (a, b) = (UInt64(2 * i), UInt64(2 * ((i + 1) % length)))
        // Zero where the colours are the same.
        let change = (state >> a ^ state >> b) & 3
        let image = state ^ (change << a | change << b)
        return (image == state ? row : Self.index(of: image, in: states), 1)
      }
    }
  }

  private static func index(of state: UInt64, in states: [UInt64]) -> Int {
    var (low, high) = (0, states.count)
    while low < high {
      let middle = (low + high) / 2
      if states[middle] < state { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Of the ground state, over the number of sites.
  func energyPerSite(seed: Seed, cancellation: Cancellation) throws -> Double {
    try hamiltonian.lowest(1, seed: seed, cancellation: cancellation)[0].energy / Double(length)
  }
}
