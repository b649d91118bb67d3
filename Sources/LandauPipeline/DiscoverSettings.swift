import LandauCore
import LandauDiscovery

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What `discover` does with a model when it is not told otherwise.
struct DiscoverSettings: Sendable {
  var sizes: [[Int]]
  /// Values of the scanned parameter, ascending.
  var grid: [Double]
  /// Snapshots per value and size, over all chains.
  var shots: Int
  var effort: Discovery.Effort

  /// Independent chains per value: the parts that training, validation and test are made of.
  static let chainCount = 8

  /// - Throws: `InputError` for sizes, scans and numbers of snapshots that cannot be analysed.
  init(_ options: DiscoverOptions, model: DiscoverModel) throws(InputError) {
    let dimension = try Self.dimension(options, model: model)
    sizes = try Self.sizes(options, model: model, dimension: dimension)
    grid = try Self.grid(options, model: model, dimension: dimension, sizes: sizes)
    let samples = options.quick ? 24_000 : dimension == 2 ? 250_000 : 125_000
    shots = options.shots ?? max(64, samples / grid.count)
    effort = options.quick ? .quick : Discovery.Effort()
    guard shots >= 2 * Self.chainCount else {
      throw .notAllowed(
        "--shots", shots, allowed: "\(2 * Self.chainCount) or more, two for each of the chains")
    }
    shots -= shots % Self.chainCount
  }

  private static func dimension(
    _ options: DiscoverOptions, model: DiscoverModel
  ) throws(InputError) -> Int {
    if let axes = options.sizes?.map(\.count).max(), axes > 2 {
      throw .notAllowed("--size", "\(axes)-dimensional", allowed: "one or two axes for discover")
    }
    if model == .isingGauge {
      if let lattice = options.lattice, lattice != "square" {
        throw .notAllowed("--lattice", lattice, allowed: "square for ising-gauge")
      }
      return 2
    }
    let asked = options.lattice.map { $0 == "chain" ? 1 : 2 }
    let written = options.sizes?.map(\.count).max()
    if let asked, let written, written > 1, written != asked {
      throw InputError("--size has \(written) axes, --lattice \(options.lattice!) has \(asked)")
    }
    return asked ?? 2
  }

  private static func sizes(
    _ options: DiscoverOptions, model: DiscoverModel, dimension: Int
  ) throws(InputError) -> [[Int]] {
    let sides: [[Int]]
    if let asked = options.sizes {
      sides = asked.map { $0.count == 1 ? [Int](repeating: $0[0], count: dimension) : $0 }
    } else {
      let defaults: [Int] =
        switch (model, dimension) {
        case (.isingGauge, _): [4, 8, 16]
        case (.ising, 1): options.quick ? [16, 32, 64] : [32, 64, 128]
        case (.ising, _): options.quick ? [16, 24, 32] : [24, 32, 48, 64]
        }
      sides = defaults.map { [Int](repeating: $0, count: dimension) }
    }
    let ordered = sides.sorted { $0.reduce(1, *) < $1.reduce(1, *) }
    for shape in ordered {
      let text = shape.map(String.init).joined(separator: "x")
      guard shape.allSatisfy({ (3...4096).contains($0) }) else {
        throw .notAllowed("--size", text, allowed: "sides from 3 to 4096 for discover")
      }
    }
    for (a, b) in zip(ordered, ordered.dropFirst()) where a == b {
      throw InputError("--size names \(a.map(String.init).joined(separator: "x")) twice")
    }
    return ordered
  }

  private static func grid(
    _ options: DiscoverOptions, model: DiscoverModel, dimension: Int, sizes: [[Int]]
  ) throws(InputError) -> [Double] {
    let name = model == .isingGauge ? "--beta" : "--temperature"
    guard let asked = options.range else {
      let count = options.quick ? 31 : 61
      switch (model, dimension) {
      case (.isingGauge, _):
        // Past the crossover of the largest torus, which sits near ln L.
        let top = log(Double(sizes.flatMap { $0 }.max()!)) + 1.75
        return spaced(0.05, (top * 20).rounded(.up) / 20, options.quick ? 46 : 91)
      case (.ising, 1):
        let unit = options.coupling == 0 ? 1 : abs(options.coupling)
        return spaced(0.2 * unit, 2 * unit, count)
      case (.ising, _):
        let unit = options.coupling == 0 ? 1 : abs(options.coupling)
        return spaced(1.5 * unit, 3 * unit, count)
      }
    }
    let ascending = asked.sorted()
    guard Set(ascending).count == ascending.count, ascending.count >= 7 else {
      throw .notAllowed(
        name, "a scan of \(Set(ascending).count) different values",
        allowed: "7 or more different values, such as 1.5:3:61")
    }
    return ascending
  }

  private static func spaced(_ low: Double, _ high: Double, _ count: Int) -> [Double] {
    (0..<count).map { low + (high - low) * Double($0) / Double(count - 1) }
  }
}
