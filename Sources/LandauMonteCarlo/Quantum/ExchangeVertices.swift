/// What the operators of one kind of bond weigh, and where a directed loop that enters one leaves it (Syljuasen and Sandvik 2002, Phys.
/// Rev. E 66, 046701).
///
/// A bond of spins s, s' = +-1 has -H = C - Jz s s' + h s + h' s' on the diagonal and 2|Jxy| where it exchanges two different
/// spins. A vertex is written in four bits, set for spins up: the first and second spin before it, the first and second after. A loop turns
/// the spin of the leg where it enters and of the one where it leaves; from a leg three exits lead to vertices that exist, the leg itself
/// among them (a bounce). Detailed balance wants weights a(v, v') = a(v', v) that sum to W(v). With W1 the largest of three,
///
///     a12 = (W1 + W2 - W3)/2, ...              where W1 < W2 + W3: no bounces,
///     a12 = W2, a13 = W3, a23 = 0, bounces W1 - W2 - W3    else,
///
/// which are the fewest bounces. C makes the smallest diagonal weight 0 where loops then know their way, else as much more as spares exchanges their
/// bounces, at least an eighth of the largest weight.
struct ExchangeVertices: Sendable, Hashable {
  struct Kind: Hashable, Sendable {
    var transverse: Double
    var longitudinal: Double
    /// Shares of the field at both ends.
    var fields: [Double]
  }

  /// Of a loop at a vertex and a leg: the first exit below the first threshold, the second below the second, else back.
  struct Scattering: BitwiseCopyable, Sendable, Hashable {
    var first = 0.0
    var second = 0.0
    var firstExit: UInt8 = 0
    var secondExit: UInt8 = 0
  }

  let kind: Kind
  /// C.
  let shift: Double
  /// By vertex.
  let weights: [Double]
  /// By vertex and leg, legs fastest.
  let scattering: [Scattering]

  init(_ kind: Kind) {
    let (h, k) = (kind.fields[0], kind.fields[1])
    let exchange = 2 * abs(kind.transverse)
    let bare = (0..<4).map { bits -> Double in
      let (s, t) = (bits & 1 == 1 ? 1.0 : -1, bits & 2 == 2 ? 1.0 : -1)
      return -kind.longitudinal * s * t + h * s + k * t
    }
    let lowest = bare.min()!
    var more = 0.0
    for (parallel, different) in [(0, 1), (0, 2), (3, 1), (3, 2)] {
      more = max(more, (exchange - (bare[parallel] + bare[different] - 2 * lowest)) / 2)
    }
    let scale = exchange + bare.max()! - lowest
    var found = Self(kind, bare, more: more > 1e-12 * scale ? more : 0)
    // Operators that never stand where a bond is not satisfied freeze frustrated magnets; loops that know their way have no such choice.
    if found.turn == nil, more < scale / 8 { found = Self(kind, bare, more: scale / 8) }
    self = found
  }

  /// - Parameter more: the smallest weight on the diagonal.
  private init(_ kind: Kind, _ bare: [Double], more: Double) {
    let exchange = 2 * abs(kind.transverse)
    let shift = more - bare.min()!
    // Rounding of sums of fields shall not leave operators of next to no weight.
    let scale = exchange + shift + bare.max()!
    let weights = (0..<16).map { vertex -> Double in
      let (below, above) = (vertex & 3, vertex >> 2)
      if below == above {
        let weight = shift + bare[below]
        return weight > 1e-12 * scale ? weight : 0
      }
      return below ^ above == 3 && (below == 1 || below == 2) ? exchange : 0
    }
    self.kind = kind
    self.shift = shift
    self.weights = weights
    scattering = (0..<64).map { Self.scattering(vertex: $0 / 4, leg: $0 % 4, weights) }
  }

  /// Whether a vertex keeps the number of spins up.
  static func exists(_ vertex: Int) -> Bool {
    (vertex & 3).nonzeroBitCount == (vertex >> 2).nonzeroBitCount
  }

  private static func scattering(vertex: Int, leg: Int, _ weights: [Double]) -> Scattering {
    guard exists(vertex), weights[vertex] > 0 else { return Scattering() }
    let exits = (0..<4).filter {
      $0 != leg && exists(vertex ^ (1 << leg) ^ (1 << $0))
    }
    let (a, b) = (exits[0], exits[1])
    let others = [a, b].map { weights[vertex ^ (1 << leg) ^ (1 << $0)] }
    let own = weights[vertex]
    let first = shared(own, others[0], others[1]) / own
    let second = shared(own, others[1], others[0]) / own
    return Scattering(
      first: first, second: first + second > 1 - 1e-12 ? 1 : first + second,
      firstExit: UInt8(a), secondExit: UInt8(b))
  }

  /// a12 of weights W1, W2 and the third one.
  static func shared(_ one: Double, _ other: Double, _ third: Double) -> Double {
    let largest = max(one, other, third)
    if 2 * largest < one + other + third { return (one + other - third) / 2 }
    return third == largest && third > one && third > other ? 0 : min(one, other)
  }

  /// What a loop that enters at leg l does where chance has no part in it and all vertices do alike: it leaves at l ^ turn;
  /// nil where there is none such.
  var turn: UInt8? {
    var turn: UInt8?
    for vertex in 0..<16 where weights[vertex] > 0 {
      for leg in 0..<4 {
        let item = scattering[4 * vertex + leg]
        let exit: UInt8
        if item.first == 1 {
          exit = item.firstExit
        } else if item.first == 0 && item.second == 1 {
          exit = item.secondExit
        } else {
          return nil
        }
        let way = exit ^ UInt8(leg)
        if let turn, turn != way { return nil }
        turn = way
      }
    }
    return turn
  }
}
