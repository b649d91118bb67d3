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
      let images = group.orbit(window)
      var places: [Term: [Int]] = [:]
      for image in images {
        let found = CorrelatorCounts.terms(
          of: image, alphabet: alphabet, channelCount: group.channelCount)
        for (index, term) in found.enumerated() { places[term, default: []].append(start + index) }
        start += found.count
      }
      counted += images
      let orbits = Self.orbits(
        of: CorrelatorCounts.terms(
          of: window, alphabet: alphabet, channelCount: group.channelCount),
        group: group, places: places)
      terms.append(orbits.map(\.term))
      columns.append(orbits.map(\.columns))
    }
    self.counted = counted
    self.terms = terms
    self.columns = columns
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
      // Of labels with fewer values than sites some functions are sums of others and not counted; where an orbit has such
      // members its average would depend on which.
      guard found.allSatisfy({ !$0.isEmpty }) else { return nil }
      // On a torus all places of one function have the same mean. With open ends they differ, and all of them
      // together are mapped onto themselves.
      return (
        term, group.boundary == .periodic ? found.map { $0[0] } : found.flatMap { $0 }
      )
    }
  }
}
