@testable import LandauExact

/// Uniform lattices and their translations.
enum Tori {
  /// Bonds of a hypercubic torus, one per site and axis.
  static func bonds(_ sides: [Int], coupling: Double = 1) -> [IsingGraph.Bond] {
    let count = sides.reduce(1, *)
    return (0..<count).flatMap { site in
      sides.indices.map { axis in
        IsingGraph.Bond(site, step(site, axis, sides), coupling)
      }
    }
  }

  /// The translations by one site.
  static func translations(_ sides: [Int]) -> [[Int]] {
    let count = sides.reduce(1, *)
    return sides.indices.map { axis in (0..<count).map { step($0, axis, sides) } }
  }

  private static func step(_ site: Int, _ axis: Int, _ sides: [Int]) -> Int {
    let stride = sides[(axis + 1)...].reduce(1, *)
    let position = site / stride % sides[axis]
    return site + ((position + 1) % sides[axis] - position) * stride
  }

  static func ising(_ sides: [Int], coupling: Double = 1) throws -> ExactSum {
    let graph = try IsingGraph(
      siteCount: sides.reduce(1, *), bonds: bonds(sides, coupling: coupling))
    return try ExactSum(of: StateGraph(graph), permutations: translations(sides))
  }
}
