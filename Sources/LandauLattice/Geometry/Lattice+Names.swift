public import LandauCore

extension Lattice {
  /// The names `named` knows, in the order in which they are listed to people.
  public static let names = [
    "chain", "ladder", "square", "triangular", "honeycomb", "kagome", "cubic", "bcc", "fcc",
    "diamond",
    "hypercubic", "complete",
  ]

  /// Number of axes of a lattice by name; nil for `hypercubic`, which has any, and for unknown names.
  public static func axisCount(of name: String) -> Int? {
    if name == "complete" { return 1 }
    return UnitCell.named.first { $0.name == name }?.axisCount
  }

  /// A lattice by name.
  ///
  /// - Parameters:
  ///   - sides: cells along each axis (the number of sites for `complete`); a single one means all axes.
  ///   - dimension: number of axes of a hypercubic lattice given by one side; for other names it has to
  ///     be what they have.
  ///   - boundary: one for all axes, or one per axis; `complete` has none.
  /// - Throws: `InputError` for an unknown name, numbers of axes that differ, sides below 1, and lattices
  ///   too large to be numbered.
  public static func named(
    _ name: String, sides: [Int], dimension: Int? = nil, boundary: [Boundary] = [.periodic]
  ) throws(InputError) -> Lattice {
    guard names.contains(name) else {
      throw .notAllowed("lattice", name, allowed: names.joined(separator: ", "))
    }
    let axes = try axisCount(of: name, sides: sides, dimension: dimension)
    guard sides.count == 1 || sides.count == axes else {
      throw .notAllowed(
        "size", sides.map { "\($0)" }.joined(separator: "x"),
        allowed: axes == 1
          ? "one number for the \(name) lattice"
          : "one number or \(axes) numbers for the \(name) lattice")
    }
    if name == "complete" {
      guard boundary.allSatisfy({ $0 == .periodic }) else {
        throw InputError("boundary is given, but the complete graph has none")
      }
      return try .complete(siteCount: sides[0])
    }
    let cell = UnitCell.named.first { $0.name == name } ?? .hypercubic(axes)
    let all = sides.count == axes ? sides : [Int](repeating: sides[0], count: axes)
    return try Lattice(cell, sides: all, boundary: boundary)
  }

  private static func axisCount(
    of name: String, sides: [Int], dimension: Int?
  ) throws(InputError) -> Int {
    if let axes = axisCount(of: name) {
      guard dimension == nil || dimension == axes else {
        throw .notAllowed(
          "dimension", dimension ?? axes, allowed: "\(axes) for the \(name) lattice")
      }
      return axes
    }
    guard let axes = dimension ?? (sides.count > 1 ? sides.count : nil) else {
      throw InputError(
        "lattice is hypercubic with one side; give the dimension or one side per axis")
    }
    guard (1...HypercubicLattice.maximumDimension).contains(axes) else {
      throw .notAllowed(
        "dimension", axes, allowed: "1 to \(HypercubicLattice.maximumDimension)")
    }
    return axes
  }
}

extension Lattice.Boundary {
  /// Boundaries as people write them: one word for all axes, or one per axis with commas between:
  /// `periodic`, `periodic,open`.
  ///
  /// - Throws: `InputError` for any other word.
  public static func list(_ text: String) throws(InputError) -> [Lattice.Boundary] {
    var list: [Lattice.Boundary] = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let boundary = Lattice.Boundary(rawValue: String(word)) else {
        throw .notAllowed(
          "boundary", word,
          allowed: allCases.map(\.rawValue).joined(separator: ", ") + ", or one per axis")
      }
      list.append(boundary)
    }
    return list
  }
}
