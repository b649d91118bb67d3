public import LandauCore

/// A periodic hypercubic lattice: a ring, a rectangle, a box, with any side from 1 on.
///
/// Sites are numbered row-major: axis 0 is the slowest, and a step along the last axis changes the
/// number by one. In two dimensions the shape is [rows, columns]; axis 0 leads down, axis 1 right.
///
/// Every site owns one bond per axis, to its forward neighbour. So along an axis of side 2 two sites
/// share two bonds, and along an axis of side 1 a site has a bond with itself, which adds a constant
/// to the energy; this is the convention in which Kaufman's formula holds for all sides.
public struct HypercubicLattice: Sendable, Hashable {
  /// The largest number of axes, and the largest number of sites where indices are to fit in 31 bits.
  public static let maximumDimension = 8
  public static let maximumSiteCount = Int(Int32.max)

  public let sides: [Int]
  /// How far apart in site number two neighbours along each axis are.
  public let strides: [Int]
  public let siteCount: Int

  /// - Parameter limit: the largest number of sites.
  /// - Throws: `InputError` when there is no axis or more than eight, a side below 1, or more sites than
  ///   `limit`.
  public init(
    sides: [Int], limit: Int = HypercubicLattice.maximumSiteCount
  ) throws(InputError) {
    guard (1...Self.maximumDimension).contains(sides.count) else {
      throw .notAllowed(
        "the number of axes", sides.count, allowed: "1 to \(Self.maximumDimension)")
    }
    var strides = [Int](repeating: 1, count: sides.count)
    var count = 1
    for axis in sides.indices.reversed() {
      guard sides[axis] >= 1 else {
        throw .notAllowed("size", sides[axis], allowed: "whole numbers from 1")
      }
      strides[axis] = count
      let (product, overflow) = count.multipliedReportingOverflow(by: sides[axis])
      guard !overflow, product <= limit else {
        throw .notAllowed(
          "size", sides.map { "\($0)" }.joined(separator: "x"),
          allowed: "at most \(limit) sites in all")
      }
      count = product
    }
    self.sides = sides
    self.strides = strides
    siteCount = count
  }

  public var dimension: Int { sides.count }

  /// One bond per site and axis, bonds of a site with itself included.
  public var bondCount: Int { dimension * siteCount }

  /// Bonds of a site with itself: one per site for every axis of side 1.
  public var selfBondCount: Int { siteCount * sides.count { $0 == 1 } }

  /// Whether the sites fall into two sublattices such that every bond between two different sites
  /// leads from one to the other: all sides are even or 1.
  public var isBipartite: Bool { sides.allSatisfy { $0 % 2 == 0 || $0 == 1 } }

  /// Pairs of axes, the lower first: a site owns one plaquette in each of these planes.
  public var planes: [(Int, Int)] {
    (0..<dimension).flatMap { low in ((low + 1)..<max(low + 1, dimension)).map { (low, $0) } }
  }

  /// How many pairs of axes there are.
  public var planeCount: Int { dimension * (dimension - 1) / 2 }

  /// The position along each axis.
  public func coordinates(of site: Int) -> [Int] {
    precondition((0..<siteCount).contains(site), "site \(site) of \(siteCount)")
    return zip(sides, strides).map { (site / $1) % $0 }
  }

  /// The site at the given position; positions outside are taken round the torus.
  public func site(at coordinates: [Int]) -> Int {
    precondition(
      coordinates.count == dimension, "\(coordinates.count) coordinates in \(dimension) dimensions")
    var site = 0
    for axis in sides.indices {
      let wrapped = coordinates[axis] % sides[axis]
      site += (wrapped < 0 ? wrapped + sides[axis] : wrapped) * strides[axis]
    }
    return site
  }

  /// The site `step` steps along an axis, round the torus.
  public func neighbour(of site: Int, axis: Int, step: Int = 1) -> Int {
    let side = sides[axis]
    let position = (site / strides[axis]) % side
    var target = (position + step) % side
    if target < 0 { target += side }
    return site + (target - position) * strides[axis]
  }

  /// +1 on the sublattice of site 0 and -1 on the other: the parity of the sum of coordinates.
  public func sublatticeSign(of site: Int) -> Int8 {
    var sum = 0
    for axis in sides.indices { sum += (site / strides[axis]) % sides[axis] }
    return sum % 2 == 0 ? 1 : -1
  }
}

extension HypercubicLattice: CustomStringConvertible {
  /// `64x64`
  public var description: String { sides.map { "\($0)" }.joined(separator: "x") }
}
