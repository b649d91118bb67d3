import LandauCore
import LandauTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// What the function of a window is, read off from trained networks.
extension Discovery {
  /// Windows that a formula is sought from, and that are turned.
  private static let readWindows = 600
  /// Common rotations of each window.
  private static let turns = 8

  /// Signs and scales of a branch mean nothing, for the layers behind undo them: each function is taken in units of its
  /// standard deviation over windows, with the sign that goes with the first network's.
  func read(
    _ part: AngleWindows, window: Window, networks: [AngleNetwork.Branch], channels: [String],
    siteDimension: Int, seed: Seed, pool: WorkerPool, cancellation: Cancellation
  ) throws -> AngleConvolution.Branch {
    var rng = seed.child("windows").makeStream()
    let examples = part.examples(Self.readWindows, using: &rng)
    var outputs = networks.map { Self.standardised(Self.values($0, examples)) }
    for index in outputs.indices.dropFirst()
    where zip(outputs[0], outputs[index]).reduce(0, { $0 + $1.0 * $1.1 }) < 0 {
      outputs[index] = outputs[index].map { -$0 }
    }
    let turned = networks.map { Self.turnedShare($0, examples) }
    let variables = Self.variables(
      window, examples, channels: channels, siteDimension: siteDimension)
    return AngleConvolution.Branch(
      window: window,
      turned: JackknifedValue(
        full: turned.reduce(0, +) / Double(turned.count), deleted: turned
      ).estimate,
      formula: try Self.formula(
        ofNetworks: outputs, named: "f", variables: variables, cycles: effort.formulaCycles,
        seed: seed.child("formula"), pool: pool, cancellation: cancellation))
  }

  private static func values(_ branch: AngleNetwork.Branch, _ windows: [[Float]]) -> [Double] {
    let x = Tensor(windows.flatMap { $0 }, shape: [windows.count, windows[0].count])
    return branch(x).scalars(Float.self).map(Double.init)
  }

  private static func standardised(_ values: [Double]) -> [Double] {
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
    let scale = 1 / max(variance.squareRoot(), 1e-12)
    return values.map { ($0 - mean) * scale }
  }

  /// Of the variance over windows and their common rotations, the share within the rotations of one window.
  static func turnedShare(_ branch: AngleNetwork.Branch, _ windows: [[Float]]) -> Double {
    var rotated: [[Float]] = []
    for window in windows {
      for turn in 0..<turns {
        let angle = 2 * Float.pi * Float(turn) / Float(turns)
        let (c, s) = (cosf(angle), sinf(angle))
        var image = window
        for place in stride(from: 0, to: window.count, by: 2) {
          let (x, y) = (window[place], window[place + 1])
          image[place] = c * x - s * y
          image[place + 1] = s * x + c * y
        }
        rotated.append(image)
      }
    }
    let values = standardised(Self.values(branch, rotated))
    let n = Double(turns)
    let within = windows.indices.reduce(0.0) { total, index in
      let part = values[index * turns..<(index + 1) * turns]
      let mean = part.reduce(0, +) / n
      return total + part.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
    return within / Double(values.count)
  }

  /// Cosine and sine of the difference of each pair of angles.
  private static func variables(
    _ window: Window, _ examples: [[Float]], channels: [String], siteDimension: Int
  ) -> [NetworkFormula.Variable] {
    let places = window.offsets.flatMap { offset in channels.indices.map { (offset, $0) } }
    var variables: [NetworkFormula.Variable] = []
    for one in places.indices {
      for other in places.indices.dropFirst(one + 1) {
        let difference = Term(
          [one, other].map { Term.Factor(places[$0].0, channel: places[$0].1) }, kind: .angle
        ).formula(siteDimension: siteDimension, channels: channels).dropFirst(4).dropLast()
        let number = variables.count / 2 + 1
        variables.append(
          .init(
            name: "c\(number)", correlator: "cos\(difference)",
            values: examples.map {
              Double($0[2 * one] * $0[2 * other] + $0[2 * one + 1] * $0[2 * other + 1])
            }))
        variables.append(
          .init(
            name: "s\(number)", correlator: "sin\(difference)",
            values: examples.map {
              Double($0[2 * one + 1] * $0[2 * other] - $0[2 * one] * $0[2 * other + 1])
            }))
      }
    }
    return variables
  }
}
