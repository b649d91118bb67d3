import LandauCore
import LandauLattice
import LandauStore

extension ModelOptions {
  /// - Parameter infinite: whether the lattice has no size.
  /// - Throws: `InputError` for options the model does not have, a size that does not fit the lattice,
  ///   and more sites than can be numbered.
  func resolved(infinite: Bool = false) throws(InputError) -> ResolvedModel {
    let entry = ModelCatalogue.entry(name)
    try refuseForeignOptions(entry)
    let lattice = try resolvedLattice(entry)
    let dimension = try resolvedDimension(lattice)
    try checkBondCouplings(lattice, dimension)
    var parameters = try resolvedParameters(entry)
    if !bondCouplings.isEmpty { parameters[.coupling] = nil }
    return ResolvedModel(
      name: name, lattice: lattice, dimension: dimension,
      sides: try resolvedSides(lattice, dimension, infinite: infinite),
      boundary: try resolvedBoundary(entry, lattice, dimension),
      twistedAxes: try resolvedTwist(entry, dimension), bondCouplings: bondCouplings,
      parameters: parameters, words: try resolvedWords(entry))
  }

  /// The models whose bonds may have couplings of their own.
  private static let bondModels: [Name] = [.ising, .potts, .clock, .blumeCapel]

  private func checkBondCouplings(_ lattice: Lattice, _ dimension: Int) throws(InputError) {
    guard !bondCouplings.isEmpty else { return }
    let text = bondCouplings.map { "\($0)" }.joined(separator: ",")
    guard Self.bondModels.contains(name) else {
      throw .notAllowed("--coupling", text, allowed: "one number for \(name.rawValue)")
    }
    let count = lattice.cell?.bonds.count ?? (lattice == .hypercubic ? dimension : 1)
    guard bondCouplings.count == count else {
      throw .notAllowed(
        "--coupling", text,
        allowed:
          "one number, or \(count), one for each bond of the cell of the \(lattice.rawValue) lattice"
      )
    }
  }

  /// All axes where one word stands for all.
  private func resolvedTwist(
    _ entry: ModelCatalogue, _ dimension: Int
  ) throws(InputError) -> [Int] {
    if !twistedAxes.isEmpty && !entry.allowsTwist {
      throw .notAllowed(
        "--boundary", Self.twisted,
        allowed: entry.boundaryNames.joined(separator: ", ") + " for \(name.rawValue)")
    }
    switch (twistedAxes.isEmpty, parameters[.twist]) {
    case (true, .some):
      throw InputError("--twist needs --boundary twisted, or one per axis with it")
    case (false, nil): throw InputError("--boundary twisted needs --twist, an angle in radians")
    default: break
    }
    return boundary?.count == 1 && !twistedAxes.isEmpty ? Array(0..<dimension) : twistedAxes
  }

  private func refuseForeignOptions(_ entry: ModelCatalogue) throws(InputError) {
    let known =
      entry.allParameters.map { "--" + $0.parameter.rawValue }
      + entry.words.map { "--" + $0.word.rawValue }
    let given = parameters.keys.map(\.rawValue) + words.keys.map(\.rawValue)
    for option in given.sorted() where !known.contains("--" + option) {
      let own =
        known.isEmpty
        ? "its only parameter is --beta"
        : "it has " + known.joined(separator: ", ")
      throw InputError("--\(option) is not an option of \(name.rawValue); \(own)")
    }
    if let lattice, !entry.lattices.contains(lattice) {
      throw .notAllowed(
        "--lattice", lattice.rawValue,
        allowed: entry.lattices.map(\.rawValue).joined(separator: ", ") + " for \(name.rawValue)")
    }
    if entry.lattices == [.square] {
      if let dimension, dimension != 2 {
        throw .notAllowed("--dimension", dimension, allowed: "2 for \(name.rawValue)")
      }
      if let size, size.count > 2 {
        throw .notAllowed("--size", Self.text(size), allowed: "L or LxM for \(name.rawValue)")
      }
    }
  }

  private func resolvedParameters(
    _ entry: ModelCatalogue
  ) throws(InputError) -> [ModelParameter: Double] {
    var all: [ModelParameter: Double] = [:]
    if words[.instance] != nil {
      for parameter in entry.allParameters.map(\.parameter)
      where parameter != .field && parameters[parameter] != nil {
        throw Self.besideInstance("--\(parameter.rawValue)")
      }
      return [.field: parameters[.field] ?? 0]
    }
    for (parameter, standard) in entry.parameters {
      guard let value = parameters[parameter] ?? standard else {
        throw InputError(
          "--\(parameter.rawValue) is missing; \(name.rawValue) has no default for it")
      }
      if let range = parameter.wholeNumbers {
        guard let whole = Int(exactly: value), range.contains(whole) else {
          throw .notAllowed(
            "--\(parameter.rawValue)", value,
            allowed: "whole numbers from \(range.lowerBound) to \(range.upperBound)")
        }
      }
      all[parameter] = value
    }
    for parameter in entry.optional { all[parameter] = parameters[parameter] }
    if let probability = all[.probability], !(0...1).contains(probability) {
      throw .notAllowed("--probability", probability, allowed: "numbers from 0 to 1")
    }
    return all
  }

  private func resolvedWords(_ entry: ModelCatalogue) throws(InputError) -> [ModelWord: String] {
    var all: [ModelWord: String] = [:]
    for (word, standard) in entry.words {
      guard let text = words[word] ?? standard else { continue }
      if let allowed = word.allowed, !allowed.contains(text) {
        throw .notAllowed(
          "--\(word.rawValue)", text, allowed: allowed.joined(separator: ", "))
      }
      all[word] = text
    }
    if words[.instance] == nil {
      if words[.weights] != nil { throw InputError("--weights needs --instance FILE") }
    } else {
      if words[.disorder] != nil { throw Self.besideInstance("--disorder") }
      all[.disorder] = nil
      all[.weights] = words[.weights] ?? InstanceFile.Meaning.coupling.rawValue
    }
    return all
  }

  private static func besideInstance(_ option: String) -> InputError {
    InputError(
      "\(option) is not an option beside --instance, whose file has the couplings; allowed: --field and --weights"
    )
  }

  /// The lattice asked for, or the one that dimension and size ask for, or the model's usual one.
  private func resolvedLattice(_ entry: ModelCatalogue) throws(InputError) -> Lattice {
    guard lattice != .graph || words[.instance] != nil else {
      throw InputError("--lattice graph needs --instance FILE")
    }
    if words[.instance] != nil {
      if let lattice, lattice != .graph {
        throw .notAllowed("--lattice", lattice.rawValue, allowed: "graph with --instance")
      }
      return .graph
    }
    if let lattice { return lattice }
    let axes = dimension ?? size.flatMap { $0.count > 1 ? $0.count : nil }
    guard let axes, axes != entry.standardLattice.dimension,
      entry.lattices.contains(.hypercubic)
    else { return entry.standardLattice }
    return switch axes {
    case 1: .chain
    case 2: .square
    case 3: .cubic
    default: .hypercubic
    }
  }

  /// The number of axes that lattice, dimension and size agree on.
  private func resolvedDimension(_ lattice: Lattice) throws(InputError) -> Int {
    if let dimension, !(1...HypercubicLattice.maximumDimension).contains(dimension) {
      throw .notAllowed(
        "--dimension", dimension, allowed: "1 to \(HypercubicLattice.maximumDimension)")
    }
    if let fixed = lattice.dimension, let dimension, fixed != dimension {
      throw InputError(
        "--dimension is \(dimension), but a \(lattice.rawValue) lattice has \(fixed)")
    }
    let asked = lattice.dimension ?? dimension
    guard let size, size.count > 1 else {
      guard let asked else {
        throw InputError("--lattice hypercubic needs --dimension D or one side per axis in --size")
      }
      return asked
    }
    guard size.count <= HypercubicLattice.maximumDimension else {
      throw .notAllowed(
        "--size", Self.text(size), allowed: "up to \(HypercubicLattice.maximumDimension) axes")
    }
    if let asked, asked != size.count {
      let kind =
        lattice == .hypercubic ? "--dimension \(asked)" : "a \(lattice.rawValue) lattice"
      throw InputError("--size is \(Self.text(size)), but \(kind) has \(asked) axes")
    }
    return size.count
  }

  private func resolvedSides(
    _ lattice: Lattice, _ dimension: Int, infinite: Bool
  ) throws(InputError) -> [Int]? {
    if infinite {
      guard size == nil else {
        throw InputError("--size and --infinite exclude each other; give one of them")
      }
      return nil
    }
    if let path = words[.instance] {
      guard size == nil else { throw InputError("--size is not an option beside --instance") }
      return [try Self.instance(path).siteCount]
    }
    guard let size else {
      throw InputError("--size is missing; allowed: L or one side per axis, as in 64 or 16x16x8")
    }
    let sides = size.count == 1 ? [Int](repeating: size[0], count: dimension) : size
    // What has one bit a site may be larger than what has a number.
    let limit =
      name == .ising ? IsingModel.maximumSiteCount : HypercubicLattice.maximumSiteCount
    var count = lattice.cell?.basis.count ?? 1
    for side in sides {
      let (product, overflow) = count.multipliedReportingOverflow(by: side)
      guard side >= 1, !overflow, product <= limit else {
        throw .notAllowed(
          "--size", Self.text(sides),
          allowed: "sides from 1, at most \(limit) sites in all")
      }
      count = product
    }
    return sides
  }

  private func resolvedBoundary(
    _ entry: ModelCatalogue, _ lattice: Lattice, _ dimension: Int
  ) throws(InputError) -> [Boundary] {
    guard !entry.boundaries.isEmpty, lattice.isCrystal else {
      if let boundary {
        throw .notAllowed(
          "--boundary", boundary[0].rawValue, allowed: "nothing on a graph, which has none")
      }
      return []
    }
    let boundary = boundary ?? [.periodic]
    for one in boundary where !entry.boundaries.contains(one) {
      throw .notAllowed(
        "--boundary", one.rawValue,
        allowed: entry.boundaryNames.joined(separator: ", ")
          + " for \(name.rawValue)")
    }
    guard boundary.count == 1 || boundary.count == dimension else {
      throw .notAllowed(
        "--boundary", boundary.map(\.rawValue).joined(separator: ","),
        allowed: "one for all axes or one for each of the \(dimension)")
    }
    return boundary.count == dimension
      ? boundary : [Boundary](repeating: boundary[0], count: dimension)
  }

  /// The couplings in a file.
  static func instance(_ path: String) throws(InputError) -> InstanceFile {
    let text = try TextFile.read(path)
    do throws(InputError) {
      return try InstanceFile(reading: text)
    } catch {
      throw .file(path, error.message)
    }
  }

  private static func text(_ size: [Int]) -> String {
    size.map(String.init).joined(separator: "x")
  }
}
