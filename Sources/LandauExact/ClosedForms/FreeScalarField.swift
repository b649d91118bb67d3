public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The free scalar field on a periodic box.
///
/// S = sum over sites of [1/2 sum over axes of (phi(x + mu) - phi(x))^2 + m^2/2 phi^2], with the plain
/// measure, the product of all d phi. A sum over momenta; cost: the number of sites.
public struct FreeScalarField: Sendable, Hashable {
  public let sides: [Int]
  public let massSquared: Double
  public let siteCount: Int

  /// - Throws: `InputError` for no side, a side below 1, more than 2^26 sites, or m^2 not above 0.
  public init(sides: [Int], massSquared: Double) throws(InputError) {
    guard !sides.isEmpty else { throw .notAllowed("size", "empty", allowed: "one side or more") }
    var count = 1
    for side in sides {
      guard side >= 1, side <= 1 << 26, count * side <= 1 << 26 else {
        throw .notAllowed("size", side, allowed: "sides from 1, at most 2^26 sites in all")
      }
      count *= side
    }
    guard massSquared > 0, massSquared.isFinite else {
      throw .notAllowed("mass-squared", massSquared, allowed: "finite numbers above 0")
    }
    self.sides = sides
    self.massSquared = massSquared
    siteCount = count
  }

  /// <phi^2>.
  public var squaredField: Double { sum { 1 / $0 } / Double(siteCount) }

  /// ln Z of the whole box.
  public var logPartition: Double {
    0.5 * (Double(siteCount) * log(2 * Double.pi) - sum { log($0) })
  }

  /// Sum over distances of <phi(0) phi(x)>, 1 / m^2.
  public var susceptibility: Double { 1 / massSquared }

  /// <S> / N, one half whatever the mass: each mode has one half.
  public var actionPerSite: Double { 0.5 }

  /// <phi(0) phi(x)> for a displacement of one number per axis.
  public func correlation(displacement: [Int]) -> Double {
    precondition(displacement.count == sides.count, "\(displacement.count) axes")
    var phase = [0.0]
    for (side, step) in zip(sides, displacement) {
      let angles = (0..<side).map { 2 * Double.pi * Double($0 * step % side) / Double(side) }
      phase = phase.flatMap { base in angles.map { base + $0 } }
    }
    return zip(eigenvalues, phase).reduce(0) { $0 + cos($1.1) / $1.0 } / Double(siteCount)
  }

  private func sum(_ function: (Double) -> Double) -> Double {
    eigenvalues.reduce(0) { $0 + function($1) }
  }

  /// m^2 + sum of 4 sin^2(p / 2), row-major.
  private var eigenvalues: [Double] {
    var values = [massSquared]
    for side in sides {
      let terms = (0..<side).map { index in
        let sine = sin(Double.pi * Double(index) / Double(side))
        return 4 * sine * sine
      }
      values = values.flatMap { base in terms.map { base + $0 } }
    }
    return values
  }
}
