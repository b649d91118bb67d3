import LandauCore

/// A transformation of configurations: variables change places, and some of them their levels.
///
/// `(g x)[i] = level(x[source[i]])`, permuted where variable i is marked. Variable `channel * siteCount + site`.
public struct SnapshotTransformation: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Of the lattice's places.
    case lattice
    /// Of the variables' values, everywhere or on a sublattice.
    case `internal`
    /// Of the links at chosen vertices.
    case gauge
  }

  public let name: String
  public let kind: Kind
  let source: [Int]
  /// The new number of each level; the identity where levels stay.
  let levelPermutation: [Int]
  /// Which variables change their levels.
  let isPermuted: [Bool]
  /// The axis of a translation.
  let translatedAxis: Int?

  init(
    _ name: String, _ kind: Kind, source: [Int], levelPermutation: [Int] = [],
    isPermuted: [Bool] = [], translatedAxis: Int? = nil
  ) {
    self.name = name
    self.kind = kind
    self.source = source
    self.levelPermutation = levelPermutation
    self.isPermuted =
      isPermuted.isEmpty ? [Bool](repeating: false, count: source.count) : isPermuted
    self.translatedAxis = translatedAxis
  }

  /// The image of a configuration given as numbers of levels.
  func callAsFunction(_ x: [UInt8]) -> [UInt8] {
    source.indices.map { i in
      let level = x[source[i]]
      return isPermuted[i] ? UInt8(levelPermutation[Int(level)]) : level
    }
  }

  /// The smallest power that changes nothing, at most `limit`; nil beyond.
  func order(limit: Int, levelCount: Int) -> Int? {
    // Where each variable ends up, and what becomes of every level on the way.
    var places = Array(source.indices)
    var levels = source.indices.map { _ in Array(0..<levelCount) }
    for power in 1...limit {
      let (oldPlaces, oldLevels) = (places, levels)
      for i in source.indices {
        places[i] = oldPlaces[source[i]]
        levels[i] = oldLevels[source[i]].map { isPermuted[i] ? levelPermutation[$0] : $0 }
      }
      let same = Array(0..<levelCount)
      let isIdentity = places.indices.allSatisfy { places[$0] == $0 && levels[$0] == same }
      if isIdentity { return power }
    }
    return nil
  }
}

/// The places of a lattice and what its channels are.
struct LatticePlaces {
  let shape: [Int]
  let channelCount: Int
  /// Whether channel c is the link from a site to the next one along axis c.
  let hasLinks: Bool
  let isPeriodic: Bool

  init(_ snapshots: Snapshots, hasLinks: Bool) {
    shape = snapshots.siteShape
    channelCount = snapshots.channels.count
    self.hasLinks = hasLinks
    isPeriodic = snapshots.boundary == .periodic
    precondition(
      !hasLinks || channelCount == shape.count,
      "\(channelCount) channels are not the links along \(shape.count) axes")
  }

  var siteCount: Int { shape.reduce(1, *) }

  func coordinates(_ site: Int) -> [Int] {
    var rest = site
    return shape.reversed().map { extent in
      defer { rest /= extent }
      return rest % extent
    }.reversed()
  }

  func site(_ coordinates: [Int]) -> Int {
    zip(coordinates, shape).reduce(0) { $0 * $1.1 + ($1.0 % $1.1 + $1.1) % $1.1 }
  }

  /// The site at an offset; nil beyond an open boundary.
  func neighbour(_ coordinates: [Int], _ offset: [Int]) -> Int? {
    let moved = zip(coordinates, offset).map { $0 + $1 }
    guard isPeriodic || zip(moved, shape).allSatisfy({ $0 >= 0 && $0 < $1 }) else { return nil }
    return site(moved)
  }

  /// Where variables come from under a motion of the places: a link goes where its two ends go.
  func source(_ motion: ([Int]) -> [Int]) -> [Int] {
    var source = [Int](repeating: 0, count: channelCount * siteCount)
    for channel in 0..<channelCount {
      for start in 0..<siteCount {
        let from = coordinates(start)
        var target = (channel: channel, site: site(motion(from)))
        if hasLinks {
          var end = from
          end[channel] += 1
          // As motions of the infinite lattice, so that a link of a short torus knows its direction.
          let (a, b) = (motion(from), motion(end))
          let axis = a.indices.first { a[$0] != b[$0] }!
          target = (axis, site(a[axis] < b[axis] ? a : b))
        }
        source[target.channel * siteCount + target.site] = channel * siteCount + start
      }
    }
    return source
  }

  /// The links that end or begin at a vertex an odd number of times among those marked.
  func flippedLinks(at isMarked: (Int) -> Bool) -> [Bool] {
    (0..<channelCount * siteCount).map { variable in
      let (axis, start) = variable.quotientAndRemainder(dividingBy: siteCount)
      var offset = [Int](repeating: 0, count: shape.count)
      offset[axis] = 1
      let end = neighbour(coordinates(start), offset)
      return isMarked(start) != (end.map(isMarked) ?? false)
    }
  }
}
