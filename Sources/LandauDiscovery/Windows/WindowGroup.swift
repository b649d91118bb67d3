public import LandauLattice
public import LandauCore

/// Rotations and reflections that map lattices of some sizes onto themselves, and what becomes of windows under them.
public struct WindowGroup: Sendable, Hashable {
  /// The identity among them.
  public let operations: [CellSymmetry]
  /// The smallest extent along each axis, which every window has to fit into.
  public let siteShape: [Int]
  public let boundary: Snapshots.Boundary
  public var count: Int { operations.count }
  public var channelCount: Int { operations[0].targets.count }

  /// Keeps those operations that map the lattices of all sizes onto themselves.
  ///
  /// - Parameter operations: a group of symmetries of one crystal, such as `UnitCell.symmetries`; its sites are the channels.
  public init(
    _ operations: [CellSymmetry], siteShapes: [[Int]], boundary: Snapshots.Boundary
  ) {
    self.operations = operations.filter { operation in
      siteShapes.allSatisfy {
        boundary == .periodic
          ? operation.preservesTorus(of: $0) : operation.preservesBox(of: $0)
      }
    }
    precondition(!self.operations.isEmpty, "a group without its identity")
    siteShape = siteShapes[0].indices.map { axis in siteShapes.map { $0[axis] }.min()! }
    self.boundary = boundary
  }

  /// Of a grid whose channels are different variables of one place: each stays what it is.
  public init(
    gridChannels count: Int, siteShapes: [[Int]], boundary: Snapshots.Boundary
  ) {
    let cell = UnitCell.hypercubic(siteShapes[0].count)
    self.init(
      cell.symmetries().map { operation in
        CellSymmetry(
          matrix: operation.matrix,
          targets: (0..<count).map {
            .init(site: $0, offset: [Int](repeating: 0, count: siteShapes[0].count))
          })
      }, siteShapes: siteShapes, boundary: boundary)
  }

  private func cell(_ offset: Window.Offset) -> [Int] {
    Array([offset.layer, offset.row, offset.column].suffix(siteShape.count))
  }

  /// The cells that the variables of a window go to, as a window; larger than it where an operation takes the sites of one
  /// cell to several.
  func image(_ window: Window, under operation: CellSymmetry) -> Window {
    let cells = Set(
      window.offsets.flatMap { offset in
        operation.targets.indices.map {
          Window.Offset(operation.image(site: $0, cell: cell(offset)).cell)
        }
      })
    return cells.count == 1 ? Window(rows: 1, columns: 1) : Window(sites: cells.sorted())
  }

  func image(_ term: Term, under operation: CellSymmetry) -> Term {
    Term(
      term.factors.map { factor in
        let image = operation.image(
          site: factor.channel,
          cell: cell(.init(layer: factor.layer, row: factor.row, column: factor.column)))
        return Term.Factor(Window.Offset(image.cell), channel: image.site, index: factor.index)
      }, kind: term.kind)
  }

  /// Whether a set of functions is mapped onto itself.
  public func preserves(_ terms: Set<Term>) -> Bool {
    operations.allSatisfy { maps(terms, by: $0) }
  }

  private func maps(_ terms: Set<Term>, by operation: CellSymmetry) -> Bool {
    terms.allSatisfy { terms.contains(image($0, under: operation)) }
  }

  /// The part of the group that maps a set of functions, such as those an energy is a sum of, onto itself.
  public func preserving(_ terms: Set<Term>) -> WindowGroup {
    WindowGroup(
      operations.filter { maps(terms, by: $0) }, siteShapes: [siteShape], boundary: boundary)
  }

  /// Different images of a window, itself the first.
  func orbit(_ window: Window) -> [Window] {
    var seen: Set<[Window.Offset]> = [window.offsets]
    return [window]
      + operations.map { image(window, under: $0) }.filter { seen.insert($0.offsets).inserted }
  }

  /// Functions of the largest window that is counted.
  static let largestFeatureCount = 1 << 10

  func isCounted(_ window: Window, alphabet: Alphabet) -> Bool {
    let count = alphabet.featureCount(variables: window.area * channelCount)
    return count.map { $0 <= Self.largestFeatureCount } ?? false && window.fits(siteShape)
  }

  /// One window for all that are images of one another, the first of each in the list; without those that have no function
  /// whose images can all be counted.
  ///
  /// - Parameter known: windows whose images are left out, too.
  public func representatives(
    of windows: [Window], beyond known: [Window] = [], alphabet: Alphabet
  ) -> [Window] {
    var taken = Set(known.flatMap { orbit($0).map(\.offsets) })
    return windows.filter { window in
      guard !taken.contains(window.offsets), isCounted(window, alphabet: alphabet),
        !WindowOrbits.features(of: window, group: self, alphabet: alphabet).orbits.isEmpty
      else { return false }
      taken.formUnion(orbit(window).map(\.offsets))
      return true
    }
  }
}
