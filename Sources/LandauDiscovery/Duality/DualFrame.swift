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

  /// The choices of some kinds of links.
  public struct Part: Sendable, Hashable {
    /// Ascending.
    public let kinds: [Int]
    /// In the order of the kinds.
    public let choices: [Choice]

    func choice(of kind: Int) -> Choice {
      guard let place = kinds.firstIndex(of: kind) else {
        preconditionFailure("a part of a frame without kind \(kind)")
      }
      return choices[place]
    }
  }

  /// The dual term that stands for an original link, or one that follows it.
  func image(of member: TermCluster.Member, term: Int) -> TermCluster.Member {
    let choice = choices[member.kind]
    return .init(choice.kind + term, zip(choice.offset, member.offset).map { $0 + $1 })
  }
}

/// The duals that are looked for: original links, dual terms, and which of them may stand for which.
public struct DualAnsatz: Sendable {
  public let original: LocalTerms
  public let dual: LocalTerms
  public private(set) var features: DualFeatures
  /// By kind of original link, by distance: all dual links up to a radius.
  public let candidates: [[DualFrame.Choice]]
  /// Whether dual and original are the same model, so that the identity solves everything.
  public let isSelfMap: Bool
  /// Where given, dual couplings are fewer than classes of terms: that of a class is the product of its row with them.
  public let combinations: [[Double]]?

  public init(
    original: LocalTerms, dual: LocalTerms, features: DualFeatures, radius: Double, isSelfMap: Bool,
    combinations: [[Double]]? = nil
  ) {
    precondition(
      combinations.map { $0.count == dual.classCount } ?? true, "combinations of other classes")
    self.combinations = combinations
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

  /// Dual couplings, the first of the free parameters; slopes of the map follow, and offsets.
  public var couplingCount: Int { combinations?[0].count ?? dual.classCount }

  /// Couplings of the dual's terms by class.
  var termCouplings: @Sendable ([Double]) -> [Double] {
    { [combinations, count = couplingCount] parameters in
      guard let combinations else { return Array(parameters[..<count]) }
      return combinations.map { row in zip(row, parameters).reduce(0) { $0 + $1.0 * $1.1 } }
    }
  }

  /// Couplings that are not negative: those of links, whose negative ones are the same dual with other signs on a bipartite lattice; of
  /// several for one link, the first.
  var positiveCouplings: Set<Int> {
    combinations == nil ? Set(dual.linkKinds.map { dual.kinds[$0].couplingClass }) : [0]
  }

  /// Slopes by class of the map, one for each term of a dual link.
  var slopeCount: Int { mapClassCount * dual.linkTerms }

  /// Where fits begin, with slopes of either sign; where links have several terms they fall from the first to nothing.
  var firstMaps: [[Double]] {
    [(-1.0, 1.4), (1.0, 0.3)].map { slope, offset in
      (0..<slopeCount).map { index in
        slope * (1 - Double(index % dual.linkTerms) / Double(dual.linkTerms))
      } + [Double](repeating: offset, count: mapClassCount)
    }
  }

  /// Links of one coupling share a map.
  public var mapClassCount: Int {
    (original.linkKinds.map { original.kinds[$0].couplingClass }.max() ?? -1) + 1
  }

  /// Whether a frame is the identity in disguise: links go to links of their own kind by one translation, and nothing but
  /// G(s) = s at the original coupling, or G(s) = -s at its negative on a bipartite lattice, solves it.
  public func isTrivial(_ frame: DualFrame) -> Bool { isTrivial(whole(frame)) }

  func isTrivial(_ part: DualFrame.Part) -> Bool {
    isSelfMap
      && zip(part.kinds, part.choices).allSatisfy {
        $1.kind == dual.linkKinds[$0] && $1.offset == part.choices[0].offset
      }
  }

  private func whole(_ frame: DualFrame) -> DualFrame.Part {
    .init(kinds: Array(frame.choices.indices), choices: frame.choices)
  }

  /// The frame among those that differ by a translation of the dual lattice whose terms are nearest.
  public func canonical(_ frame: DualFrame) -> DualFrame {
    DualFrame(choices: part(whole(frame).kinds, frame.choices).choices)
  }

  /// The part of a frame, likewise.
  func part(_ kinds: [Int], _ given: [DualFrame.Choice]) -> DualFrame.Part {
    let first = candidates[kinds[0]].filter { $0.kind == given[0].kind }
    let moved = first.compactMap { start -> [DualFrame.Choice]? in
      let shift = zip(start.offset, given[0].offset).map { $0 - $1 }
      var choices: [DualFrame.Choice] = []
      for (kind, choice) in zip(kinds, given) {
        let offset = zip(choice.offset, shift).map { $0 + $1 }
        guard
          let match = candidates[kind].first(where: {
            $0.kind == choice.kind && $0.offset == offset
          })
        else { return nil }
        choices.append(match)
      }
      return choices
    }
    func spread(_ choices: [DualFrame.Choice]) -> Double {
      choices.reduce(0) { $0 + $1.distance * $1.distance }
    }
    let nearest = moved.enumerated().min {
      (spread($0.element), $0.offset) < (spread($1.element), $1.offset)
    }
    return .init(kinds: kinds, choices: nearest?.element ?? given)
  }

  /// The ansatz with those matched features only that have links of some kinds, and where these are among its features.
  func restricted(to kinds: [Int]) -> (ansatz: DualAnsatz, matched: [Int]) {
    let matched = features.matched.indices.filter { index in
      features.matched[index].members.allSatisfy { kinds.contains($0.kind) }
    }
    var other = self
    other.features = DualFeatures(matched: matched.map { features.matched[$0] }, heldOut: [])
    return (other, matched)
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
