public import LandauCore

extension SnapshotTransformation {
  /// The transformations that snapshots of this kind could be invariant under.
  ///
  /// Lattice: translations by one site (periodic boundaries), reflections, inversion, rotations by 90 degrees and reflections at the
  /// diagonal where two extents agree. Internal: the flip of all -1/+1 variables, of one channel, of one sublattice;
  /// a cyclic shift of the levels, the exchange of the first two, the reversal of their order. Gauge: flips of all links at one vertex,
  /// and at a random half of the vertices.
  ///
  /// - Parameters:
  ///   - hasLinks: whether channel c is the link from a site to the next one along axis c.
  ///   - seed: of the random vertices.
  public static func candidates(
    for snapshots: Snapshots, hasLinks: Bool, seed: Seed
  ) -> [SnapshotTransformation] {
    let places = LatticePlaces(snapshots, hasLinks: hasLinks)
    var all = motions(places)
    all +=
      snapshots.isBinary
      ? flips(places, channels: snapshots.channels)
      : permutations(places, levels: snapshots.levels)
    if hasLinks && snapshots.isBinary { all += gauge(places, seed: seed) }
    return all
  }

  private static func motions(_ places: LatticePlaces) -> [SnapshotTransformation] {
    let axes = places.shape.indices.filter { places.shape[$0] > 1 }
    // An open lattice of links has no link that leaves it, so its reflections are not those of sites.
    let canReflect = places.isPeriodic || !places.hasLinks
    func name(_ axis: Int) -> String { places.shape.count == 1 ? "" : ", axis \(axis + 1)" }
    func motion(
      _ name: String, axis: Int? = nil, _ move: ([Int]) -> [Int]
    ) -> SnapshotTransformation {
      SnapshotTransformation(name, .lattice, source: places.source(move), translatedAxis: axis)
    }
    var all: [SnapshotTransformation] = []
    if places.isPeriodic {
      all += axes.map { axis in
        motion("translation by one site\(name(axis))", axis: axis) {
          var moved = $0
          moved[axis] += 1
          return moved
        }
      }
    }
    guard canReflect else { return all }
    func reflected(_ x: [Int], _ axis: Int) -> [Int] {
      var moved = x
      moved[axis] = places.shape[axis] - 1 - x[axis]
      return moved
    }
    all += axes.map { axis in motion("reflection\(name(axis))") { reflected($0, axis) } }
    if axes.count > 1 {
      all.append(motion("inversion") { axes.reduce($0) { reflected($0, $1) } })
    }
    for a in axes {
      for b in axes where b > a && places.shape[a] == places.shape[b] {
        let plane = places.shape.count == 2 ? "" : ", axes \(a + 1) and \(b + 1)"
        func swapped(_ x: [Int]) -> [Int] {
          var moved = x
          moved.swapAt(a, b)
          return moved
        }
        all.append(motion("rotation by 90 degrees\(plane)") { reflected(swapped($0), a) })
        all.append(motion("reflection at the diagonal\(plane)", swapped))
      }
    }
    return all
  }

  private static func flips(
    _ places: LatticePlaces, channels: [String]
  ) -> [SnapshotTransformation] {
    let count = places.channelCount * places.siteCount
    func flip(_ name: String, _ isFlipped: (Int) -> Bool) -> SnapshotTransformation {
      SnapshotTransformation(
        name, .internal, source: Array(0..<count), levelPermutation: [1, 0],
        isPermuted: (0..<count).map(isFlipped))
    }
    var all = [flip(places.hasLinks ? "flip of all links" : "flip of all spins") { _ in true }]
    if channels.count > 1 {
      all += channels.indices.map { channel in
        flip("flip of channel \(channels[channel])") { $0 / places.siteCount == channel }
      }
    }
    let hasSublattices =
      !places.hasLinks && (!places.isPeriodic || places.shape.allSatisfy { $0 % 2 == 0 })
    if hasSublattices && places.siteCount > 1 {
      all.append(
        flip("flip of one sublattice") {
          places.coordinates($0 % places.siteCount).reduce(0, +) % 2 == 0
        })
    }
    return all
  }

  private static func permutations(
    _ places: LatticePlaces, levels: [Int8]
  ) -> [SnapshotTransformation] {
    let count = places.channelCount * places.siteCount
    let q = levels.count
    func permuted(_ name: String, _ permutation: [Int]) -> SnapshotTransformation {
      SnapshotTransformation(
        name, .internal, source: Array(0..<count), levelPermutation: permutation,
        isPermuted: [Bool](repeating: true, count: count))
    }
    var all = [permuted("reversal of the levels", (0..<q).map { q - 1 - $0 })]
    if q > 2 {
      all.append(permuted("cyclic shift of the levels", (0..<q).map { ($0 + 1) % q }))
      all.append(
        permuted(
          "exchange of levels \(levels[0]) and \(levels[1])",
          (0..<q).map { $0 == 0 ? 1 : $0 == 1 ? 0 : $0 }))
    }
    return all
  }

  private static func gauge(_ places: LatticePlaces, seed: Seed) -> [SnapshotTransformation] {
    let count = places.channelCount * places.siteCount
    var rng = seed.child("vertices").makeStream()
    let isMarked = (0..<places.siteCount).map { _ in rng.uniform() < 0.5 }
    func flip(_ name: String, _ isFlipped: [Bool]) -> SnapshotTransformation {
      SnapshotTransformation(
        name, .gauge, source: Array(0..<count), levelPermutation: [1, 0], isPermuted: isFlipped)
    }
    return [
      flip("local flip at one vertex", places.flippedLinks { $0 == 0 }),
      flip("local flips at half of the vertices", places.flippedLinks { isMarked[$0] }),
    ]
  }
}
