import LandauCore
import LandauExact

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A U(1) quantum link chain of spins S on a ring, its matter removed by Gauss' law.
///
/// H = J/(2 (S(S+1))^(1/2)) sum (sigma-_j s+_j sigma-_(j+1) + h.c.) + mu sum n_j + (g^2/2) sum (s^z_j)^2 after the particle-hole transformation
/// that makes all links alike. Link j lies between sites j and j + 1; Gauss' law is n_j = -(s^z_(j-1) + s^z_j), so links alone name a state and
/// every site holds none or one. Raising link j takes away the pair at its ends.
struct LinkChain {
  let length: Int
  /// 2 S.
  let twiceSpin: Int
  let hamiltonian: SparseHamiltonian
  /// Twice s^z of every link.
  let states: [[Int]]
  /// Particles of each state.
  let particles: [Int]

  /// - Precondition: an even number of links.
  init(length: Int, twiceSpin: Int, mass: Double, fieldEnergy: Double, pool: WorkerPool) {
    precondition(length > 3 && length % 2 == 0 && twiceSpin > 0)
    self.length = length
    self.twiceSpin = twiceSpin
    var states: [[Int]] = []
    func place(_ links: [Int]) {
      guard links.count < length else {
        if Self.occupation(links[length - 1], links[0]) != nil { states.append(links) }
        return
      }
      for m in stride(from: -twiceSpin, through: twiceSpin, by: 2)
      where links.isEmpty || Self.occupation(links[links.count - 1], m) != nil {
        place(links + [m])
      }
    }
    place([])
    let places = Dictionary(uniqueKeysWithValues: states.enumerated().map { ($1, $0) })
    let particles = states.map { links in
      (0..<length).reduce(0) { $0 + Self.occupation(links[$1], links[($1 + 1) % length])! }
    }
    let square = Double(twiceSpin * (twiceSpin + 2)) / 4
    hamiltonian = SparseHamiltonian(dimension: states.count, pool: pool) { row in
      let links = states[row]
      let field = links.reduce(0.0) { $0 + Double($1 * $1) / 4 }
      var entries = [(row, mass * Double(particles[row]) + fieldEnergy / 2 * field)]
      for link in 0..<length {
        for step in [-2, 2] {
          var image = links
          image[link] += step
          guard let column = places[image] else { continue }
          // <m + 1| s+ |m> of the lower of the two.
          let m = Double(min(links[link], image[link])) / 2
          entries.append((column, (square - m * (m + 1)).squareRoot() / (2 * square.squareRoot())))
        }
      }
      return entries
    }
    self.states = states
    self.particles = particles
  }

  /// Of the site between two links; nil where there would be neither none nor one.
  private static func occupation(_ left: Int, _ right: Int) -> Int? {
    let twice = -(left + right)
    return twice == 0 ? 0 : twice == 2 ? 1 : nil
  }

  /// The empty chain with the weakest field: links alternate between -1/2 and 1/2, or all are zero.
  var vacuum: Int {
    let weakest = twiceSpin % 2
    return states.firstIndex(of: (0..<length).map { $0 % 2 == 0 ? -weakest : weakest })!
  }

  struct Quench {
    var times: [Double]
    /// -ln |<psi(0)|psi(t)>|^2 / L.
    var returnRate: [Double]
    /// Particles per site.
    var condensate: [Double]
  }

  /// From the vacuum.
  func quench(until end: Double, steps: Int, cancellation: Cancellation) throws -> Quench {
    let start = vacuum
    var psi = [LandauCore.Complex<Double>](repeating: Complex(0), count: states.count)
    psi[start] = Complex(1)
    var quench = Quench(times: [], returnRate: [], condensate: [])
    for step in 0...steps {
      if step > 0 {
        psi = try hamiltonian.evolved(psi, by: end / Double(steps), cancellation: cancellation)
      }
      quench.times.append(end * Double(step) / Double(steps))
      quench.returnRate.append(-log(psi[start].squaredMagnitude) / Double(length))
      quench.condensate.append(
        zip(psi, particles).reduce(0) { $0 + $1.0.squaredMagnitude * Double($1.1) }
          / Double(length))
    }
    return quench
  }
}
