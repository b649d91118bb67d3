public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Learns which frame a dual needs from a random start: attention over the candidates of each kind of link, sharpened by annealing.
///
/// Every step draws Gumbel noise g and takes for each kind of link the candidate of the largest z/T + g, so that a candidate comes up
/// with probability p = softmax(z/T) (Gumbel 1954; attention over dual links after Gupta, Ferrari and Iqbal, arXiv:2411.04838). What
/// the frame is worth is the logarithm of the loss that is left when couplings and map are the best for it. The logits follow
/// the score function with the running mean as control variate: z += rate (mean - log loss) (chosen - p)/T.
///
/// Of three or more kinds of links, a frame with two wrong choices is hardly better than one with three, and attention would look for one
/// frame among hundreds. But products of links of two kinds depend on two choices only. So attention learns those of two kinds first,
/// drawn at random, from the features that have no others. These may leave several parts of a frame alike: the best few of all that
/// were looked at are joined with each choice of one kind more, the best few of those with another (a beam search). What attention
/// found, and the whole frame, is bettered link by link: of all changes of one choice the one of least loss is made, until none is an
/// improvement.
public struct FrameSearch: Sendable {
  /// At least one.
  public var steps = 600
  /// T of the first and the last step.
  public var temperatures = (first: 2.0, last: 0.3)
  public var rate = 0.05

  public init() {}

  /// What one random start led to.
  public struct Outcome: Sendable {
    /// Up to translation.
    public var frame: DualFrame
    /// The loss of the frame, or part of one, of every step of attention.
    public var losses: [Double]
    /// The probability of the candidates of the largest attention in the end, the least of all kinds of links that it had.
    public var attention: Double
  }

  /// Kinds of links that attention begins with.
  private static let firstKinds = 2
  /// Parts that are joined with choices of one kind more.
  private static let beam = 8

  /// - Parameter loss: Of the choices of some kinds of links; the same number whenever it is asked for.
  public func run(
    _ ansatz: DualAnsatz, seed: Seed, loss: (DualFrame.Part) throws -> Double
  ) rethrows -> Outcome {
    var rng = seed.child("attention").makeStream()
    var order: [Int] = []
    var rest = Array(ansatz.candidates.indices)
    while !rest.isEmpty { order.append(rest.remove(at: rng.index(below: rest.count))) }
    var kinds = order.prefix(Self.firstKinds).sorted()
    var logits: [[Double]] = []
    for kind in kinds {
      var row: [Double] = []
      for _ in ansatz.candidates[kind] { row.append(0.5 * rng.normal()) }
      logits.append(row)
    }
    var losses: [Double] = []
    var mean: Double?
    var seen: [DualFrame.Part: Double] = [:]
    func look(_ part: DualFrame.Part) throws -> Double {
      let value = try loss(part)
      seen[part] = value
      return value
    }
    for step in 0..<steps {
      let progress = Double(step) / Double(max(1, steps - 1))
      let temperature = temperatures.first * pow(temperatures.last / temperatures.first, progress)
      var chosen: [Int] = []
      for row in logits {
        // 1 - uniform() is above zero.
        let noisy = row.map { $0 / temperature - log(-log((1 - rng.uniform()) * (1 - 0x1p-53))) }
        chosen.append(Self.largest(noisy))
      }
      let part = ansatz.part(kinds, zip(kinds, chosen).map { ansatz.candidates[$0][$1] })
      let value = try look(part)
      losses.append(value)
      let cost = log(max(value, 1e-12))
      let advantage = (mean ?? cost) - cost
      mean = 0.9 * (mean ?? cost) + 0.1 * cost
      for kind in logits.indices {
        let p = Self.softmax(logits[kind].map { $0 / temperature })
        for index in p.indices {
          logits[kind][index] +=
            rate * advantage * ((index == chosen[kind] ? 1 : 0) - p[index]) / temperature
        }
      }
    }
    let attention = logits.map { row in
      Self.softmax(row.map { $0 / temperatures.last })[Self.largest(row)]
    }
    var part = try Self.bettered(Self.best(1, of: seen)[0], ansatz, loss: look)
    for next in order.dropFirst(Self.firstKinds) {
      let parts = Self.best(Self.beam, of: seen)
      kinds = (kinds + [next]).sorted()
      seen = [:]
      for part in parts {
        for choice in ansatz.candidates[next] {
          _ = try look(
            ansatz.part(kinds, kinds.map { $0 == next ? choice : part.choice(of: $0) }))
        }
      }
      part = try Self.bettered(Self.best(1, of: seen)[0], ansatz, loss: look)
    }
    return Outcome(
      frame: DualFrame(choices: part.choices), losses: losses, attention: attention.min() ?? 0)
  }

  /// The parts of least loss; of equal ones the first by kinds and offsets.
  private static func best(_ count: Int, of seen: [DualFrame.Part: Double]) -> [DualFrame.Part] {
    func key(_ part: DualFrame.Part) -> [Int] { part.choices.flatMap { [$0.kind] + $0.offset } }
    return seen.sorted { one, other in
      one.value != other.value
        ? one.value < other.value : key(one.key).lexicographicallyPrecedes(key(other.key))
    }.prefix(count).map(\.key)
  }

  /// The end of steepest descent by changes of one choice.
  private static func bettered(
    _ start: DualFrame.Part, _ ansatz: DualAnsatz, loss: (DualFrame.Part) throws -> Double
  ) rethrows -> DualFrame.Part {
    var best = (part: start, loss: try loss(start))
    while true {
      var next = best
      for kind in start.kinds {
        for choice in ansatz.candidates[kind] {
          let part = ansatz.part(
            start.kinds, start.kinds.map { $0 == kind ? choice : best.part.choice(of: $0) })
          let value = try loss(part)
          if value < next.loss { next = (part, value) }
        }
      }
      if next.part == best.part { return best.part }
      best = next
    }
  }

  private static func largest(_ row: [Double]) -> Int {
    row.indices.max { row[$0] < row[$1] } ?? 0
  }

  private static func softmax(_ row: [Double]) -> [Double] {
    let top = row.max() ?? 0
    let weights = row.map { exp($0 - top) }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }
}
