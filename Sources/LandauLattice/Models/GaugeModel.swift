public import LandauCore

/// A lattice gauge theory with a continuous group on a torus of two to four axes: U(1), SU(2), SU(3).
///
/// H = sum over plaquettes of (1 - Re tr U_p / N), weight exp(-beta H), which is Wilson's action S = beta H: beta is
/// 1/g^2 for U(1), where Re tr U_p is a cosine, and 2N/g^2 for SU(N). Every site owns one link per axis, to its
/// forward neighbour, and one plaquette per pair of axes. Sides are 2 or more: across an axis of side 1 a
/// plaquette would contain a link and its own inverse.
public struct GaugeModel: Sendable, Hashable {
  /// The group that links belong to.
  public enum Group: String, Sendable, Hashable, CaseIterable {
    case u1, su2, su3

    /// N of U(N) and SU(N): rows of a link's matrix.
    public var rank: Int {
      switch self {
      case .u1: 1
      case .su2: 2
      case .su3: 3
      }
    }
  }

  public let lattice: HypercubicLattice
  public let group: Group

  /// - Throws: `InputError` for fewer than two axes, more than four, or a side below 2.
  public init(_ group: Group, lattice: HypercubicLattice) throws(InputError) {
    guard (2...4).contains(lattice.dimension) else {
      throw .notAllowed(
        "the number of axes", lattice.dimension, allowed: "2 to 4 for gauge theories")
    }
    guard let least = lattice.sides.min(), least >= 2 else {
      throw .notAllowed("size", lattice.description, allowed: "sides from 2 for gauge theories")
    }
    self.lattice = lattice
    self.group = group
  }

  public var siteCount: Int { lattice.siteCount }
  public var dimension: Int { lattice.dimension }
  public var linkCount: Int { dimension * siteCount }
  public var plaquettesPerSite: Int { lattice.planeCount }
  public var plaquetteCount: Int { plaquettesPerSite * siteCount }

  /// Whether configurations fall into topological sectors with a whole charge.
  public var hasWindingNumber: Bool { group == .u1 && dimension == 2 }
}
