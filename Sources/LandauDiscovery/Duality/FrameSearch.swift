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
public struct FrameSearch: Sendable {
  public var steps = 300
  /// T of the first and the last step.
  public var temperatures = (first: 1.0, last: 0.3)
  public var rate = 0.3

  public init() {}

  /// What one random start led to.
  public struct Outcome: Sendable {
    /// The candidates of the largest attention, up to translation.
    public var frame: DualFrame
    /// The loss of the frame of every step.
    public var losses: [Double]
    /// The probability of the candidates chosen, the least of all kinds of links.
    public var attention: Double
  }

  /// - Parameter loss: Of a frame; the same number whenever it is asked for.
  public func run(
    _ ansatz: DualAnsatz, seed: Seed, loss: (DualFrame) throws -> Double
  ) rethrows -> Outcome {
    var rng = seed.child("attention").makeStream()
    var logits: [[Double]] = []
    for choices in ansatz.candidates {
      var row: [Double] = []
      for _ in choices { row.append(0.5 * rng.normal()) }
      logits.append(row)
    }
    var losses: [Double] = []
    var mean: Double?
    for step in 0..<steps {
      let progress = Double(step) / Double(max(1, steps - 1))
      let temperature = temperatures.first * pow(temperatures.last / temperatures.first, progress)
      var chosen: [Int] = []
      for row in logits {
        // 1 - uniform() is above zero.
        let noisy = row.map { $0 / temperature - log(-log((1 - rng.uniform()) * (1 - 0x1p-53))) }
        chosen.append(Self.largest(noisy))
      }
      let frame = DualFrame(choices: zip(ansatz.candidates, chosen).map { $0[$1] })
      let value = try loss(ansatz.canonical(frame))
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
    let best = logits.map(Self.largest)
    let attention = zip(logits, best).map { row, index in
      Self.softmax(row.map { $0 / temperatures.last })[index]
    }
    return Outcome(
      frame: ansatz.canonical(DualFrame(choices: zip(ansatz.candidates, best).map { $0[$1] })),
      losses: losses, attention: attention.min() ?? 0)
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
