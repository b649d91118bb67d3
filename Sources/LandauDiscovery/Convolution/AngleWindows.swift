import LandauCore
import LandauTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The unit vectors that one window sees at all its positions, or at some of them, in all snapshots.
struct AngleWindows: Sendable {
  /// Cosine and sine of each variable in turn.
  let componentCount: Int
  let positionCount: Int
  /// Sample by sample, then position by position.
  let components: [Float]

  /// - Parameter positions: at most so many, evenly spaced over the lattice.
  init(_ snapshots: AngleSnapshots, window: Window, positions limit: Int) {
    let places = AnglePlan(snapshots, window: window).places
    let all = places[0].count
    let chosen = (0..<min(all, limit)).map { $0 * all / min(all, limit) }
    let width = snapshots.siteShape.reduce(1, *) * snapshots.channels.count
    positionCount = chosen.count
    componentCount = 2 * places.count
    var components: [Float] = []
    components.reserveCapacity(
      snapshots.parameterIndex.count * chosen.count * componentCount)
    for sample in snapshots.parameterIndex.indices {
      for position in chosen {
        for variable in places {
          let angle = snapshots.angles[sample * width + Int(variable[position])]
          components.append(cosf(angle))
          components.append(sinf(angle))
        }
      }
    }
    self.components = components
  }

  private var width: Int { positionCount * componentCount }

  /// `[sample, position, component]` of some samples.
  func tensor(_ samples: some Collection<Int>) -> Tensor {
    var values: [Float] = []
    values.reserveCapacity(samples.count * width)
    for sample in samples { values += components[sample * width..<(sample + 1) * width] }
    return Tensor(values, shape: [samples.count, positionCount, componentCount])
  }

  /// `count` single windows spread over all samples and positions, `[window][component]`.
  func examples(_ count: Int, using rng: inout some RandomNumberGenerator) -> [[Float]] {
    let total = components.count / componentCount
    return (0..<count).map { k in
      // One from each of `count` equal parts, so that every value of the parameter has its share.
      let window = min(total - 1, (k * total + rng.index(below: total)) / count)
      return Array(components[window * componentCount..<(window + 1) * componentCount])
    }
  }
}
