/// Which dual term stands for each kind of original link, at which offset: data, not code.
public struct DualFrame: Sendable, Hashable {
  public struct Choice: Sendable, Hashable {
    /// Of the dual terms.
    public var kind: Int
    /// Of its cell, in cells from the cell of the original link.
    public var offset: [Int]
    /// Between the middles of original link and dual term.
    public var distance: Double
  }

  /// One for each kind of original link.
  public var choices: [Choice]

  /// The cluster of dual terms that stands for some original links.
  func image(of members: [TermCluster.Member]) -> TermCluster {
    TermCluster(
      members.map { member in
        let choice = choices[member.kind]
        return .init(choice.kind, zip(choice.offset, member.offset).map { $0 + $1 })
      })
  }

  /// Whether every link is taken to a link of its own kind by one translation: the identity in disguise.
  var isTranslation: Bool {
    choices.enumerated().allSatisfy { $1.kind == $0 && $1.offset == choices[0].offset }
  }
}

/// The duals that are looked for: original links, dual terms, and which of them may stand for which.
public struct DualAnsatz: Sendable {
  public let original: LocalTerms
  public let dual: LocalTerms
  public let features: DualFeatures
  /// By kind of original link, by distance: all dual links up to a radius.
  public let candidates: [[DualFrame.Choice]]
  /// Whether dual and original are the same model, so that the identity solves everything.
  public let isSelfMap: Bool

  public init(
    original: LocalTerms, dual: LocalTerms, features: DualFeatures, radius: Double, isSelfMap: Bool
  ) {
    precondition(original.sides == dual.sides, "original and dual lattice differ in size")
    self.original = original
    self.dual = dual
    self.features = features
    self.isSelfMap = isSelfMap
    candidates = original.linkKinds.map { Self.candidates(for: $0, original, dual, radius) }
  }

  private static func candidates(
    for kind: Int, _ original: LocalTerms, _ dual: LocalTerms, _ radius: Double
  ) -> [DualFrame.Choice] {
    // Positions of cell 0 are within two cells of the original's, so that offsets up to four suffice.
    let reach = -4...4
    let offsets = original.sides.indices.reduce([[Int]()]) { list, _ in
      list.flatMap { start in reach.map { start + [$0] } }
    }
    let choices = dual.linkKinds.flatMap { other in
      offsets.compactMap { offset -> DualFrame.Choice? in
        let square = original.vectors[0].indices.reduce(0.0) { sum, k in
          let difference = offset.indices.reduce(
            dual.kinds[other].position[k] - original.kinds[kind].position[k]
          ) { $0 + Double(offset[$1]) * original.vectors[$1][k] }
          return sum + difference * difference
        }
        let distance = (square.squareRoot() * 1e6).rounded() / 1e6
        return distance <= radius
          ? DualFrame.Choice(kind: other, offset: offset, distance: distance) : nil
      }
    }
    return choices.enumerated().sorted {
      ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset)
    }.map(\.element)
  }

  /// Names of the free parameters: dual couplings, then slopes, then offsets of the map.
  public var parameterCount: Int { dual.classCount + 2 * mapClassCount }

  /// Links of one coupling share a map.
  public var mapClassCount: Int {
    (original.linkKinds.map { original.kinds[$0].couplingClass }.max() ?? -1) + 1
  }

  /// Whether a frame is the identity in disguise: links go to links of their own kind by one translation, and nothing but
  /// G(s) = s at the original coupling, or G(s) = -s at its negative on a bipartite lattice, solves it.
  public func isTrivial(_ frame: DualFrame) -> Bool { isSelfMap && frame.isTranslation }

  /// Whether a candidate takes part in such a frame.
  func isTrivial(_ choice: DualFrame.Choice, for kind: Int) -> Bool {
    isSelfMap && choice.kind == kind
      && candidates.indices.allSatisfy { other in
        candidates[other].contains { $0.kind == other && $0.offset == choice.offset }
      }
  }

  /// The frame among those that differ by a translation of the dual lattice whose terms are nearest.
  public func canonical(_ frame: DualFrame) -> DualFrame {
    let first = candidates[0].filter { $0.kind == frame.choices[0].kind }
    let moved = first.compactMap { start -> DualFrame? in
      let shift = zip(start.offset, frame.choices[0].offset).map { $0 - $1 }
      var choices: [DualFrame.Choice] = []
      for (kind, choice) in frame.choices.enumerated() {
        let offset = zip(choice.offset, shift).map { $0 + $1 }
        guard
          let match = candidates[kind].first(where: {
            $0.kind == choice.kind && $0.offset == offset
          })
        else { return nil }
        choices.append(match)
      }
      return DualFrame(choices: choices)
    }
    func spread(_ frame: DualFrame) -> Double {
      frame.choices.reduce(0) { $0 + $1.distance * $1.distance }
    }
    return moved.enumerated().min {
      (spread($0.element), $0.offset) < (spread($1.element), $1.offset)
    }?.element ?? frame
  }

  /// All frames, one of each set that differs by translations.
  public var allFrames: [DualFrame] {
    let frames = candidates.reduce([[DualFrame.Choice]()]) { list, choices in
      list.flatMap { start in choices.map { start + [$0] } }
    }.map { canonical(DualFrame(choices: $0)) }
    var seen: Set<DualFrame> = []
    return frames.filter { seen.insert($0).inserted }
  }

  /// `link 0 <- dual link 1, across it`.
  public func words(_ frame: DualFrame) -> String {
    zip(original.linkKinds, frame.choices).map { kind, choice in
      let place =
        choice.distance == 0
        ? "across it" : "at \(choice.offset.map(String.init).joined(separator: ","))"
      return "\(original.kinds[kind].name) <- dual \(dual.kinds[choice.kind].name) \(place)"
    }.joined(separator: "; ")
  }
}
