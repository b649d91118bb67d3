public import LandauCore

/// The average spin of every snapshot at the wave vectors whose components are 0 or pi.
///
/// Uniform order shows at (0, 0), an antiferromagnet or a file whose sublattices were flipped at
/// (pi, pi), stripes at (0, pi) and (pi, 0).
public struct OneSiteMoments: Sendable {
  /// One way in which single spins can order.
  public struct Pattern: Sendable, Hashable {
    public var channel: Int
    /// For each axis whether the sign alternates along it.
    public var alternates: [Bool]

    public var isUniform: Bool { !alternates.contains(true) }

    /// `m = <s(r,c)>` or `m = <(-1)^(r+c) s(r,c)>`.
    public func formula(channels: [String]) -> String {
      "<\(sign)\(letter(channels))(\(coordinates))>"
    }

    public func latex(channels: [String]) -> String {
      let power = axes.isEmpty ? "" : "(-1)^{\(axes)} "
      let spin =
        channels.count == 1 && channels[0] == "spin" ? "s" : "\\sigma^{\(channels[channel])}"
      return "\\langle \(power)\(spin)_{\(coordinates)} \\rangle"
    }

    public var name: String { isUniform ? "magnetisation" : "staggered magnetisation" }

    private var letters: [String] { alternates.count == 1 ? ["i"] : ["r", "c"] }
    private var coordinates: String { letters.joined(separator: ",") }
    private var axes: String {
      zip(letters, alternates).filter(\.1).map(\.0).joined(separator: "+")
    }
    private var sign: String { axes.isEmpty ? "" : "(-1)^(\(axes)) " }
    private func letter(_ channels: [String]) -> String {
      channels.count == 1 && channels[0] == "spin" ? "s" : channels[channel]
    }
  }

  public let patterns: [Pattern]
  /// `values[pattern][sample]`, each in -1...1.
  public let values: [[Float]]

  /// - Complexity: one pass over all spins.
  public init(_ snapshots: Snapshots, pool: WorkerPool) {
    let shape = snapshots.siteShape
    let dimension = shape.count
    let channels = snapshots.channels.count
    let vectors = (0..<1 << dimension).map { bits in
      (0..<dimension).map { bits >> $0 & 1 == 1 }
    }.filter { vector in
      // Around a torus of odd side an alternating sign does not close.
      zip(vector, shape).allSatisfy { !$0 || $1 % 2 == 0 || snapshots.boundary == .open }
        && zip(vector, shape).allSatisfy { !$0 || $1 > 1 }
    }
    let patterns = (0..<channels).flatMap { channel in
      vectors.map { Pattern(channel: channel, alternates: $0) }
    }
    let classes = Self.parityClasses(shape)
    let classCount = 1 << dimension
    let sites = snapshots.siteCount
    let samples = snapshots.sampleCount
    let flat = [Float](unsafeUninitializedCapacity: samples * patterns.count) { out, count in
      let target = SendablePointer(out.baseAddress!)
      pool.forEach((samples + 63) / 64) { block in
        var sums = [Int](repeating: 0, count: classCount)
        snapshots.values.withUnsafeBufferPointer { values in
          for sample in block * 64..<min(samples, block * 64 + 64) {
            for (index, pattern) in patterns.enumerated() {
              if index % vectors.count == 0 {
                let start = (sample * channels + pattern.channel) * sites
                for c in 0..<classCount { sums[c] = 0 }
                for site in 0..<sites { sums[Int(classes[site])] += Int(values[start + site]) }
              }
              let total = (0..<classCount).reduce(0) {
                $0 + (Self.isNegative(class: $1, pattern.alternates) ? -sums[$1] : sums[$1])
              }
              target.pointer[index * samples + sample] = Float(total) / Float(sites)
            }
          }
        }
      }
      count = samples * patterns.count
    }
    self.patterns = patterns
    values = patterns.indices.map { Array(flat[$0 * samples..<($0 + 1) * samples]) }
  }

  /// The moments of several sets of snapshots of one lattice, one after the other.
  init(joining parts: [OneSiteMoments]) {
    patterns = parts[0].patterns
    values = patterns.indices.map { index in parts.flatMap { $0.values[index] } }
  }

  /// For each site the parities of its coordinates, axis k in bit k.
  private static func parityClasses(_ shape: [Int]) -> [UInt8] {
    (0..<shape.reduce(1, *)).map { site in
      var rest = site
      var code: UInt8 = 0
      for axis in stride(from: shape.count - 1, through: 0, by: -1) {
        code |= UInt8(rest % shape[axis] & 1) << UInt8(axis)
        rest /= shape[axis]
      }
      return code
    }
  }

  private static func isNegative(class code: Int, _ alternates: [Bool]) -> Bool {
    alternates.enumerated().reduce(false) { $0 != ($1.element && code >> $1.offset & 1 == 1) }
  }
}
