import LandauCore
import LandauDiscovery
import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What `discover` does with a model when it is not told otherwise.
struct DiscoverSettings: Sendable {
  var sizes: [[Int]]
  /// Values of the scanned parameter, ascending; nil while their range is still to be found.
  var grid: [Double]?
  /// How many there are, or will be.
  var gridCount: Int
  /// Snapshots per value and size, over all chains.
  var shots: Int
  var effort: Discovery.Effort

  /// Independent chains per value: the parts that training, validation and test are made of.
  static let chainCount = 8

  /// - Throws: `InputError` for sizes, scans and numbers of snapshots that cannot be analysed.
  init(_ options: DiscoverOptions, model: ResolvedModel) throws(InputError) {
    sizes = try Self.sizes(options, model: model)
    grid = try Self.grid(options, model: model, sizes: sizes)
    gridCount = grid?.count ?? Self.usualCount(options)
    let samples = options.quick ? 24_000 : model.dimension == 2 ? 250_000 : 125_000
    shots = options.shots ?? max(64, samples / gridCount)
    effort = options.quick ? .quick : Discovery.Effort()
    guard shots >= 2 * Self.chainCount else {
      throw .notAllowed(
        "--shots", shots, allowed: "\(2 * Self.chainCount) or more, two for each of the chains")
    }
    shots -= shots % Self.chainCount
  }

  private static func sizes(
    _ options: DiscoverOptions, model: ResolvedModel
  ) throws(InputError) -> [[Int]] {
    let dimension = model.dimension
    let sides: [[Int]]
    if let asked = options.sizes {
      sides = asked.map { $0.count == 1 ? [Int](repeating: $0[0], count: dimension) : $0 }
    } else {
      sides = usualSides(options, model: model).map { [Int](repeating: $0, count: dimension) }
    }
    let ordered = sides.sorted { $0.reduce(1, *) < $1.reduce(1, *) }
    for shape in ordered {
      let text = shape.map(String.init).joined(separator: "x")
      guard shape.allSatisfy({ (3...4096).contains($0) }) else {
        throw .notAllowed("--size", text, allowed: "sides from 3 to 4096 for discover")
      }
    }
    if model.name == .baxterWu, let odd = ordered.first(where: { $0.contains { $0 % 3 != 0 } }) {
      throw .notAllowed(
        "--size", odd.map(String.init).joined(separator: "x"),
        allowed: "multiples of three for baxter-wu")
    }
    for (a, b) in zip(ordered, ordered.dropFirst()) where a == b {
      throw InputError("--size names \(a.map(String.init).joined(separator: "x")) twice")
    }
    return ordered
  }

  /// As many sites as a square, chain or cube of the usual sides has, in multiples that close every order of
  /// two or three sublattices.
  private static func usualSides(_ options: DiscoverOptions, model: ResolvedModel) -> [Int] {
    if model.name == .isingGauge { return [4, 8, 16] }
    let sides: [Int] =
      switch model.dimension {
      case 1: options.quick ? [16, 32, 64] : [32, 64, 128]
      case 2: options.quick ? [16, 24, 32] : [24, 32, 48, 64]
      default: options.quick ? [6, 8, 12] : [8, 12, 16, 24]
      }
    let basis = Double(model.unitCell.basis.count)
    let closed = model.name == .baxterWu || model.lattice != .hypercubic && model.closesOnThirds
    guard basis > 1 || closed else { return sides }
    let unit = closed ? 6.0 : 2
    return sides.map { side in
      let cells = pow(basis, -1 / Double(model.dimension)) * Double(side)
      return Int(unit * max(1, (cells / unit).rounded()))
    }
  }

  private static func usualCount(_ options: DiscoverOptions) -> Int { options.quick ? 31 : 61 }

  /// - Returns: nil where the range is to be found by a look at a small lattice.
  private static func grid(
    _ options: DiscoverOptions, model: ResolvedModel, sizes: [[Int]]
  ) throws(InputError) -> [Double]? {
    guard let asked = options.range else {
      let unit = model.coupling == 0 ? 1 : abs(model.coupling)
      let count = usualCount(options)
      switch (model.name, model.lattice) {
      case (.isingGauge, _):
        // Past the crossover of the largest torus, which sits near ln L.
        let top = log(Double(sizes.flatMap { $0 }.max()!)) + 1.75
        return spaced(0.05, (top * 20).rounded(.up) / 20, options.quick ? 46 : 91)
      case (.ising, .chain): return spaced(0.2 * unit, 2 * unit, count)
      case (.ising, .square) where model.bondCouplings.isEmpty:
        return spaced(1.5 * unit, 3 * unit, count)
      default: return nil
      }
    }
    let ascending = asked.sorted()
    guard Set(ascending).count == ascending.count, ascending.count >= 7 else {
      throw .notAllowed(
        "--\(model.scannedName)", "a scan of \(Set(ascending).count) different values",
        allowed: "7 or more different values, such as 1.5:3:61")
    }
    return ascending
  }

  static func spaced(_ low: Double, _ high: Double, _ count: Int) -> [Double] {
    (0..<count).map { low + (high - low) * Double($0) / Double(count - 1) }
  }
}

extension ResolvedModel {
  /// Whether an antiferromagnet may order on three sublattices, which need sides that three divides.
  fileprivate var closesOnThirds: Bool {
    [.triangular, .kagome].contains(lattice) && (coupling < 0 || bondCouplings.contains { $0 < 0 })
  }
}
