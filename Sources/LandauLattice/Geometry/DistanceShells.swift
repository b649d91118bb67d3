/// The sites around each site of a torus, by the length of the step that leads there.
///
/// A shell holds all steps of equal length: it is left alone by translations, rotations and reflections. Steps, not
/// sites, are counted: where two steps lead to the same site, as halfway round a torus, it is there twice. So a function of
/// shells is of the same form on tori of every side. (From a reach of five on, two kinds of steps can be equally
/// long, as (5, 0) and (3, 4); they share a shell.)
public struct DistanceShells: Sendable, Hashable {
  public let lattice: HypercubicLattice
  /// Ascending, from 0, the site itself.
  public let squaredLengths: [Int]
  /// `sites[shell][site * count + k]`, `count` steps in the shell.
  public let sites: [[Int32]]

  /// All steps of at most `reach` along each axis.
  public init(_ lattice: HypercubicLattice, reach: Int) {
    precondition(reach >= 0, "shells of a reach of \(reach)")
    precondition(
      lattice.sides.allSatisfy { reach < $0 },
      "steps of \(reach) lead round a torus of \(lattice) to where they began")
    var steps: [Int: [[Int]]] = [:]
    let width = 2 * reach + 1
    let count = lattice.sides.reduce(1) { product, _ in product * width }
    for number in 0..<count {
      var rest = number
      let step = lattice.sides.map { _ in
        defer { rest /= width }
        return rest % width - reach
      }
      steps[step.reduce(0) { $0 + $1 * $1 }, default: []].append(step)
    }
    self.lattice = lattice
    squaredLengths = steps.keys.sorted()
    sites = squaredLengths.map { length in
      (0..<lattice.siteCount).flatMap { site in
        let origin = lattice.coordinates(of: site)
        return steps[length]!.map { Int32(lattice.site(at: zip(origin, $0).map { $0 + $1 })) }
      }
    }
  }

  public var siteCount: Int { lattice.siteCount }
  public var count: Int { squaredLengths.count }

  /// Steps in a shell.
  public func stepCount(_ shell: Int) -> Int { sites[shell].count / siteCount }

  /// The sites that the steps of a shell lead to from `site`.
  public func sites(of shell: Int, around site: Int) -> ArraySlice<Int32> {
    let count = stepCount(shell)
    return sites[shell][site * count..<(site + 1) * count]
  }
}
