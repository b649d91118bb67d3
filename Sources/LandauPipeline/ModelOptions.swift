import LandauCore
import LandauLattice

/// A model by name with its parameters, as people write it down.
public struct ModelOptions: Sendable, Hashable {
  public enum Name: String, Sendable, Hashable, CaseIterable {
    case ising
    case isingGauge = "ising-gauge"

    public static var all: [String] { allCases.map(\.rawValue) }
  }

  public enum Lattice: String, Sendable, Hashable, CaseIterable {
    case chain, square, cubic, hypercubic

    /// Number of axes, nil where the lattice does not say.
    public var dimension: Int? {
      switch self {
      case .chain: 1
      case .square: 2
      case .cubic: 3
      case .hypercubic: nil
      }
    }
  }

  /// The values of the scanned parameter: temperatures, or their inverses.
  public enum Scan: Sendable, Hashable {
    case temperature([Double])
    case beta([Double])

    /// Beta of every point.
    public var betas: [Double] {
      switch self {
      case .temperature(let values): values.map { 1 / $0 }
      case .beta(let values): values
      }
    }

    /// Temperature of every point; infinite at beta 0.
    public var temperatures: [Double] {
      switch self {
      case .temperature(let values): values
      case .beta(let values): values.map { 1 / $0 }
      }
    }
  }

  public var name: Name
  public var lattice: Lattice?
  /// Number of axes of a hypercubic lattice given by one side.
  public var dimension: Int?
  /// One side for all axes, or one per axis.
  public var size: [Int]?
  public var coupling: Double?
  public var field: Double?

  public init(name: Name) { self.name = name }
}

/// A model whose options have been checked against one another; the size may still be open.
struct ResolvedModel: Sendable, Hashable {
  var name: ModelOptions.Name
  /// Number of axes.
  var dimension: Int
  /// One side per axis; nil for the infinite lattice.
  var sides: [Int]?
  var coupling: Double
  var field: Double

  var latticeName: String {
    switch dimension {
    case 1: "chain"
    case 2: "square"
    case 3: "cubic"
    default: "hypercubic"
    }
  }

  /// `64x64`
  var sizeText: String { sides.map { $0.map(String.init).joined(separator: "x") } ?? "infinite" }

  /// What the numbers mean, in one line; every report repeats it.
  var convention: String {
    switch name {
    case .ising:
      "H = -J sum_<ij> s_i s_j - h sum_i s_i, s = +-1, one bond per site and axis, periodic; k_B = 1"
    case .isingGauge:
      "H = -sum over plaquettes of the product of 4 links, links +-1, weight exp(-beta H), periodic"
    }
  }

  /// Lattice, size, couplings and convention, as every result object repeats them.
  var members: [JSONValue.Member] {
    var members: [JSONValue.Member] = [
      .init("lattice", .string(latticeName)),
      .init("size", sides.map { .integers($0) } ?? .null),
    ]
    if name == .ising {
      members += [.init("coupling", .number(coupling)), .init("field", .number(field))]
    }
    members.append(.init("convention", .string(convention)))
    return members
  }
}

extension ModelOptions {
  /// - Parameter infinite: whether the lattice has no size.
  /// - Throws: `InputError` for options the model does not have, a size that does not fit the lattice,
  ///   and more sites than can be numbered.
  func resolved(infinite: Bool = false) throws(InputError) -> ResolvedModel {
    switch name {
    case .ising: break
    case .isingGauge: try refuseSpinOptions()
    }
    let dimension = try resolvedDimension()
    return ResolvedModel(
      name: name, dimension: dimension, sides: try resolvedSides(dimension, infinite: infinite),
      coupling: coupling ?? 1, field: field ?? 0)
  }

  private func refuseSpinOptions() throws(InputError) {
    if coupling != nil {
      throw InputError("--coupling is not an option of ising-gauge; its only parameter is --beta")
    }
    if field != nil {
      throw InputError("--field is not an option of ising-gauge; its only parameter is --beta")
    }
    if let lattice, lattice != .square {
      throw .notAllowed("--lattice", lattice.rawValue, allowed: "square for ising-gauge")
    }
    if let dimension, dimension != 2 {
      throw .notAllowed("--dimension", dimension, allowed: "2 for ising-gauge")
    }
    if let size, size.count > 2 {
      throw .notAllowed("--size", Self.text(size), allowed: "L or LxM for ising-gauge")
    }
  }

  /// The number of axes that lattice, dimension and size agree on.
  private func resolvedDimension() throws(InputError) -> Int {
    if let dimension, !(1...HypercubicLattice.maximumDimension).contains(dimension) {
      throw .notAllowed(
        "--dimension", dimension, allowed: "1 to \(HypercubicLattice.maximumDimension)")
    }
    if let fixed = lattice?.dimension, let dimension, fixed != dimension {
      throw InputError(
        "--dimension is \(dimension), but a \(lattice!.rawValue) lattice has \(fixed)")
    }
    let asked = lattice?.dimension ?? dimension
    guard let size, size.count > 1 else {
      if asked == nil, lattice == .hypercubic {
        throw InputError("--lattice hypercubic needs --dimension D or one side per axis in --size")
      }
      return asked ?? 2
    }
    guard size.count <= HypercubicLattice.maximumDimension else {
      throw .notAllowed(
        "--size", Self.text(size), allowed: "up to \(HypercubicLattice.maximumDimension) axes")
    }
    if let asked, asked != size.count {
      let kind = lattice.map { "a \($0.rawValue) lattice" } ?? "--dimension \(asked)"
      throw InputError("--size is \(Self.text(size)), but \(kind) has \(asked) axes")
    }
    return size.count
  }

  private func resolvedSides(_ dimension: Int, infinite: Bool) throws(InputError) -> [Int]? {
    if infinite {
      guard size == nil else {
        throw InputError("--size and --infinite exclude each other; give one of them")
      }
      return nil
    }
    guard let size else {
      throw InputError("--size is missing; allowed: L or one side per axis, as in 64 or 16x16x8")
    }
    let sides = size.count == 1 ? [Int](repeating: size[0], count: dimension) : size
    var count = 1
    for side in sides {
      let (product, overflow) = count.multipliedReportingOverflow(by: side)
      guard side >= 1, !overflow, product <= HypercubicLattice.maximumSiteCount else {
        throw .notAllowed(
          "--size", Self.text(sides),
          allowed: "sides from 1, at most \(HypercubicLattice.maximumSiteCount) sites in all")
      }
      count = product
    }
    return sides
  }

  private static func text(_ size: [Int]) -> String {
    size.map(String.init).joined(separator: "x")
  }
}
