import LandauCore

/// How means of functions of windows become means over the images of each function under a group.
///
/// A branch is f(x) = sum over functions t of w_t x_t, x_t the mean of t over positions. Its average over the operations g of a
/// group, (1/|G|) sum_g f(g x), is sum_t w_t X_t with X_t the mean of x over the orbit of t, because x_t(g x) is the mean over
/// positions of the image of t under the inverse of g. So nothing is lost and nothing has to be learned: windows that are
/// images of one another are one window, functions that are images of one another one feature, and whatever a network makes of
/// such features is invariant under the group.
public struct WindowOrbits: Sendable {
  public let group: WindowGroup
  /// Those whose averages the features are.
  public let windows: [Window]
  /// The windows and their images: what is counted.
  let counted: [Window]
  /// One function for each orbit, window by window.
  let terms: [[Term]]
  /// Where the members of each orbit are among the counts of `counted`, `[window][term]`.
  let columns: [[[Int]]]

  /// - Precondition: `windows` are representatives (`WindowGroup.representatives`).
  /// - Complexity: O(functions x operations).
  public init(_ windows: [Window], group: WindowGroup, alphabet: Alphabet) {
    precondition(
      group.representatives(of: windows, alphabet: alphabet) == windows,
      "\(windows.map(\.name)) are not one window for each orbit")
    self.group = group
    self.windows = windows
    var counted: [Window] = []
    var terms: [[Term]] = []
    var columns: [[[Int]]] = []
    var start = 0
    for window in windows {
      let found = Self.features(of: window, group: group, alphabet: alphabet)
      counted += found.images
      terms.append(found.orbits.map(\.term))
      columns.append(found.orbits.map { $0.columns.map { $0 + start } })
      start += found.columnCount
    }
    self.counted = counted
    self.terms = terms
    self.columns = columns
  }

  /// What has to be counted for one window, and which of its functions' orbits are among that.
  static func features(
    of window: Window, group: WindowGroup, alphabet: Alphabet
  ) -> (images: [Window], columnCount: Int, orbits: [(term: Term, columns: [Int])]) {
    func terms(_ window: Window) -> [Term] {
      CorrelatorCounts.terms(of: window, alphabet: alphabet, channelCount: group.channelCount)
    }
    // Images of a window of cells may be many cells; often a smaller window holds the images of its functions, too.
    let images = group.orbit(window).filter { group.isCounted($0, alphabet: alphabet) }
    var places: [Term: [Int]] = [:]
    var count = 0
    for image in images {
      for term in terms(image) {
        places[term, default: []].append(count)
        count += 1
      }
    }
    return (images, count, orbits(of: terms(window), group: group, places: places))
  }

  private static func orbits(
    of terms: [Term], group: WindowGroup, places: [Term: [Int]]
  ) -> [(term: Term, columns: [Int])] {
    var seen: Set<Term> = []
    return terms.compactMap { term in
      guard !seen.contains(term) else { return nil }
      var orbit: [Term] = []
      for operation in group.operations {
        let image = group.image(term, under: operation)
        if !orbit.contains(image) { orbit.append(image) }
      }
      seen.formUnion(orbit)
      let found = orbit.map { places[$0] ?? [] }
      // Some images may be in windows too large to be counted. And of labels with fewer values than sites some functions are
      // sums of others and have no column. Without all of its members the average of an orbit is not invariant.
      guard found.allSatisfy({ !$0.isEmpty }) else { return nil }
      // On a torus all places of one function have the same mean. With open ends they differ, and all of them
      // together are mapped onto themselves.
      return (
        term, group.boundary == .periodic ? found.map { $0[0] } : found.flatMap { $0 }
      )
    }
  }
}
