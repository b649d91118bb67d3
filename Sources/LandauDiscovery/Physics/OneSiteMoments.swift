public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Averages of functions of single spins in every snapshot, at the wave vectors of the common orders.
///
/// Wave vectors have components 0 and pi: uniform order shows at (0, 0), an antiferromagnet or a file whose
/// sublattices were flipped at (pi, pi), stripes at (0, pi) and (pi, 0). On two axes whose sides three
/// divides, (2 pi/3, 2 pi/3) and (2 pi/3, -2 pi/3) are added: the three sublattices of a triangular lattice,
/// whichever of its diagonals is the bond.
public struct OneSiteMoments: Sendable {
  public let patterns: [Pattern]
  /// `components[pattern][component][sample]`: the averages of the pattern's functions.
  public let components: [[[Float]]]
  /// `values[pattern][sample]`: the average itself, in -1...1, where there is one component; otherwise
  /// the length of the vector of components, in 0...1.
  public let values: [[Float]]

  /// - Complexity: one pass over all spins.
  public init(_ snapshots: Snapshots, pool: WorkerPool) {
    let patterns = Pattern.all(snapshots)
    let waves = WaveClasses(snapshots, phases: patterns.map(\.phases))
    let levels = snapshots.levels.count
    let tables = patterns.map { $0.basis.functions(levels: snapshots.levels) }
    var place = [Int](repeating: 0, count: 256)
    for (index, level) in snapshots.levels.enumerated() {
      place[Int(UInt8(bitPattern: level))] = index
    }
    let levelOf = place
    let starts = patterns.reduce(into: [0]) { $0.append($0.last! + $1.componentCount) }
    let (sites, samples) = (snapshots.siteCount, snapshots.sampleCount)
    let channels = snapshots.channels.count
    // Variables that are not looked at one by one have no channels here.
    let flat =
      starts.last! == 0
      ? []
      : [Float](unsafeUninitializedCapacity: samples * starts.last!) { out, count in
        let target = SendablePointer(out.baseAddress!)
        pool.forEach((samples + 63) / 64) { block in
          var numbers = [Int](repeating: 0, count: waves.classCount * levels)
          snapshots.values.withUnsafeBufferPointer { values in
            for sample in block * 64..<min(samples, block * 64 + 64) {
              var counted = -1
              for (index, pattern) in patterns.enumerated() {
                if pattern.channel != counted {
                  counted = pattern.channel
                  for slot in numbers.indices { numbers[slot] = 0 }
                  let start = (sample * channels + counted) * sites
                  for site in 0..<sites {
                    let level = levelOf[Int(UInt8(bitPattern: values[start + site]))]
                    numbers[Int(waves.classes[site]) * levels + level] += 1
                  }
                }
                var column = starts[index]
                for wave in waves.parts(of: pattern.phases, numbers, levels: levels) {
                  for function in tables[index] {
                    let total = zip(function, wave).reduce(0.0) { $0 + $1.0 * $1.1 }
                    target.pointer[column * samples + sample] = Float(total) / Float(sites)
                    column += 1
                  }
                }
              }
            }
          }
        }
        count = samples * starts.last!
      }
    self.patterns = patterns
    components = patterns.indices.map { index in
      (starts[index]..<starts[index + 1]).map { column in
        Array(flat[column * samples..<(column + 1) * samples])
      }
    }
    values = components.map(Self.lengths)
  }

  /// The moments of several sets of snapshots of one lattice, one after the other.
  init(joining parts: [OneSiteMoments]) {
    patterns = parts[0].patterns
    values = patterns.indices.map { index in parts.flatMap { $0.values[index] } }
    components = patterns.indices.map { index in
      parts[0].components[index].indices.map { component in
        parts.flatMap { $0.components[index][component] }
      }
    }
  }

  private static func lengths(_ components: [[Float]]) -> [Float] {
    guard components.count > 1 else { return components[0] }
    return components[0].indices.map { sample in
      components.reduce(Float(0)) { $0 + $1[sample] * $1[sample] }.squareRoot()
    }
  }
}

/// Sites by the remainders of their coordinates, which fix the phase of every wave vector looked at.
private struct WaveClasses: Sendable {
  let classes: [UInt8]
  let classCount: Int
  private let period: Int
  private let dimension: Int

  init(_ snapshots: Snapshots, phases: [[Int]]) {
    let shape = snapshots.siteShape
    let period = phases.joined().contains { $0 % 3 != 0 } ? 6 : 2
    self.period = period
    dimension = shape.count
    classCount = shape.reduce(1) { count, _ in count * period }
    classes = (0..<snapshots.siteCount).map { site in
      var (rest, code, unit) = (site, 0, 1)
      for axis in stride(from: shape.count - 1, through: 0, by: -1) {
        code += rest % shape[axis] % period * unit
        rest /= shape[axis]
        unit *= period
      }
      return UInt8(code)
    }
  }

  /// Sums over sites of cos and, where it does not vanish, sin of the wave's phase, for each level.
  func parts(of phases: [Int], _ numbers: [Int], levels: Int) -> [[Double]] {
    // Cosines and sines of sixths of a turn; those of 0 and pi are exact.
    let cosines = [1, 0.5, -0.5, -1, -0.5, 0.5]
    let height = 0.75.squareRoot()
    let sines = [0, height, height, 0, -height, -height]
    let isComplex = phases.contains { $0 % 3 != 0 }
    var result = [[Double]](
      repeating: [Double](repeating: 0, count: levels), count: isComplex ? 2 : 1)
    for code in 0..<classCount {
      var (rest, turn) = (code, 0)
      for axis in stride(from: dimension - 1, through: 0, by: -1) {
        turn += phases[axis] * (rest % period)
        rest /= period
      }
      turn %= 6
      for level in 0..<levels {
        let number = Double(numbers[code * levels + level])
        result[0][level] += cosines[turn] * number
        if isComplex { result[1][level] += sines[turn] * number }
      }
    }
    return result
  }
}
