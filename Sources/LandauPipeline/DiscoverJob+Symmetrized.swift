import LandauCore
import LandauDiscovery
import LandauLattice
import LandauStore

extension DiscoverJob {
  /// Whose images windows are averaged over; nil without `--symmetrize`.
  func windowGroup(_ model: ResolvedModel, _ settings: DiscoverSettings) -> WindowGroup? {
    options.symmetrize ? model.windowGroup(settings.sizes) : nil
  }

  func windowGroup(_ contents: [SnapshotFile.Contents]) -> WindowGroup? {
    options.symmetrize ? Self.windowGroup(contents, options) : nil
  }

  /// Of files: rotations and reflections of the grid; channels are variables of one place, or links.
  static func windowGroup(
    _ contents: [SnapshotFile.Contents], _ options: DiscoverOptions
  ) -> WindowGroup {
    let shapes = contents.map(\.snapshots.siteShape)
    let first = contents[0].snapshots
    if options.modelKnown == DiscoverModel.linksName, first.channels.count == first.siteShape.count
    {
      return WindowGroup(
        CellSymmetry.links(first.siteShape.count), siteShapes: shapes, boundary: first.boundary)
    }
    return WindowGroup(
      gridChannels: first.channels.count, siteShapes: shapes, boundary: first.boundary)
  }

  /// One window for all that are images of one another.
  ///
  /// - Throws: `InputError` where none is left, or one that was named has images too large to be counted.
  static func representatives(
    of windows: [Window], under group: WindowGroup?, alphabet: Alphabet
  ) throws(InputError) -> [Window] {
    guard let group else { return windows }
    let kept = group.representatives(of: windows, alphabet: alphabet)
    guard !kept.isEmpty else {
      throw InputError(
        "--symmetrize: the images of no window fit the smallest lattice, \(DiscoveryStory.text(group.siteShape)), "
          + "with few enough functions")
    }
    return kept
  }

  /// What the snapshots themselves say against the group, where it was assumed and not taken from a model.
  static func symmetryWarnings(_ group: WindowGroup?, look: SnapshotLook?) -> [String] {
    guard let group, group.count > 1, case .found(let found)? = look?.symmetries else { return [] }
    let broken = found.findings.filter {
      $0.kind == .lattice && $0.verdict == .broken && !$0.name.hasPrefix("translation")
    }
    guard !broken.isEmpty else { return [] }
    return [
      "--symmetrize averages over rotations and reflections that the snapshots break: "
        + broken.map(\.name).joined(separator: "; ")
    ]
  }
}

extension CellSymmetry {
  /// Of the links of a hypercubic lattice, which go where their two ends go: variable c of a cell is the link from its corner
  /// along axis c.
  static func links(_ dimension: Int) -> [CellSymmetry] {
    UnitCell.hypercubic(dimension).symmetries().map { operation in
      CellSymmetry(
        matrix: operation.matrix,
        targets: (0..<dimension).map { axis in
          let image = operation.matrix.map { $0[axis] }
          let along = image.firstIndex { $0 != 0 }!
          // A link that is turned round begins at the image of its other end.
          return Target(site: along, offset: image.map { min(0, $0) })
        })
    }
  }
}

extension ResolvedModel {
  /// Of the crystal, were all bonds alike.
  func crystalGroup(_ shapes: [[Int]]) -> WindowGroup {
    WindowGroup(
      name == .isingGauge ? CellSymmetry.links(dimension) : unitCell.symmetries(),
      siteShapes: shapes, boundary: .periodic)
  }

  /// What the couplings leave of it.
  func windowGroup(_ shapes: [[Int]]) -> WindowGroup {
    guard !bondCouplings.isEmpty else { return crystalGroup(shapes).preserving(bondTerms) }
    let kinds = bondCouplings.map { coupling in bondCouplings.firstIndex(of: coupling)! }
    return WindowGroup(
      unitCell.symmetries(bondKinds: kinds), siteShapes: shapes, boundary: .periodic)
  }
}
