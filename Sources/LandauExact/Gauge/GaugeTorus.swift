public import LandauCore
public import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// U(1), SU(2) and SU(3) lattice gauge theory on a two-dimensional torus, exactly.
///
/// The weight of a plaquette is a sum over representations, exp(beta Re tr U / N) = sum_r d_r c_r chi_r(U); integrating
/// over the links joins plaquettes of equal representations, so on the torus Z = sum_r c_r^V (Migdal 1975, Gross and
/// Witten 1980). Here weights are exp(-beta (1 - Re tr U / N)), whose c_r are those times exp(-beta).
public struct GaugeTorus: Sendable {
  public let group: GaugeModel.Group
  public let plaquetteCount: Int
  public let beta: Double
  private let characters: [Character]

  /// - Throws: `InputError` for no plaquette, and a beta that is negative or above 1000.
  public init(
    _ group: GaugeModel.Group, plaquetteCount: Int, beta: Double
  ) throws(InputError) {
    guard plaquetteCount >= 1 else {
      throw .notAllowed("the number of plaquettes", plaquetteCount, allowed: "whole numbers from 1")
    }
    guard (0...1000).contains(beta) else {
      throw .notAllowed("beta", beta, allowed: "numbers from 0 to 1000")
    }
    self.group = group
    self.plaquetteCount = plaquetteCount
    self.beta = beta
    characters = Character.expansion(group, beta: beta)
  }

  /// One term of the expansion.
  struct Character: Sendable {
    /// What tells it apart: n for U(1); d for SU(2); the two Dynkin labels for SU(3).
    var labels: [Int]
    var dimension: Double
    /// c_r times exp(-beta), and its derivatives of first and second order by beta over itself.
    var coefficient: Double
    var slope: Double
    var curvature: Double
  }

  /// Sum of c_r^V over that of the largest term, term by term.
  private func weights() -> [Double] {
    let largest = characters.map(\.coefficient).max() ?? 1
    return characters.map { pow($0.coefficient / largest, Double(plaquetteCount)) }
  }

  private func mean(_ value: (Character) -> Double) -> Double {
    let weights = weights()
    let sum = zip(weights, characters).reduce(0) { $0 + $1.0 * value($1.1) }
    return sum / weights.reduce(0, +)
  }

  /// ln Z of the weight exp(-beta H), links integrated with the normalised measure of the group.
  public var logPartition: Double {
    let largest = characters.map(\.coefficient).max() ?? 1
    return Double(plaquetteCount) * log(largest) + log(weights().reduce(0, +))
  }

  /// <Re tr U_p / N> = 1 + (1/V) d ln Z/d beta.
  public var plaquette: Double { 1 + mean(\.slope) }

  /// beta^2 times the variance of H per plaquette.
  ///
  /// With Z'/Z = V <s> and Z''/Z = V <u - s^2> + V^2 <s^2>, s and u the slope and curvature of a term.
  public var specificHeatPerPlaquette: Double {
    let slope = mean(\.slope)
    let spread = mean { ($0.slope - slope) * ($0.slope - slope) }
    let own = mean { $0.curvature - $0.slope * $0.slope }
    return beta * beta * (own + Double(plaquetteCount) * spread)
  }

  /// <Re tr W / N> of a loop round `area` plaquettes that does not wind round the torus.
  ///
  /// Within the loop the representation is one that the fundamental one makes of that outside:
  /// (1/N) sum over r and r' in r x f of (d_r'/d_r) c_r^(V - A) c_r'^A / Z.
  public func wilsonLoop(area: Int) -> Double {
    precondition(
      (0...plaquetteCount).contains(area), "an area of \(area) of \(plaquetteCount) plaquettes")
    if area == 0 { return 1 }
    let largest = characters.map(\.coefficient).max() ?? 1
    let index = Dictionary(
      uniqueKeysWithValues: characters.indices.map { (characters[$0].labels, $0) })
    let (inside, outside) = (Double(area), Double(plaquetteCount - area))
    var sum = 0.0
    for outer in characters {
      for labels in Character.neighbours(group, outer.labels) {
        guard let inner = index[labels].map({ characters[$0] }) else { continue }
        sum +=
          inner.dimension / outer.dimension * pow(outer.coefficient / largest, outside)
          * pow(inner.coefficient / largest, inside)
      }
    }
    return sum / weights().reduce(0, +) / Double(group.rank)
  }
}

// The coefficients.
extension GaugeTorus.Character {
  /// - Parameter terms: the coefficient and its first two derivatives; nil where rounding leaves nothing of it.
  init?(labels: [Int], dimension: Double, terms: [Double]) {
    guard terms[0] > 0 else { return nil }
    self.init(
      labels: labels, dimension: dimension, coefficient: terms[0], slope: terms[1] / terms[0],
      curvature: terms[2] / terms[0])
  }

  static func expansion(_ group: GaugeModel.Group, beta: Double) -> [GaugeTorus.Character] {
    switch group {
    case .u1: circle(beta)
    case .su2: sphere(beta)
    case .su3: threeByThree(beta)
    }
  }

  /// Representations that the fundamental one makes of one.
  static func neighbours(_ group: GaugeModel.Group, _ labels: [Int]) -> [[Int]] {
    switch group {
    case .u1: [[labels[0] + 1]]
    case .su2: [[labels[0] + 1], [labels[0] - 1]]
    case .su3:
      [
        [labels[0] + 1, labels[1]], [labels[0] - 1, labels[1] + 1], [labels[0], labels[1] - 1],
      ]
    }
  }

  /// c_n = I_n(beta).
  private static func circle(_ beta: Double) -> [GaugeTorus.Character] {
    let bessel = ScaledBessel(beta, atLeast: 24)
    // Second derivatives look two further.
    let count = bessel.reach - 2
    return (-count...count).compactMap { n in
      GaugeTorus.Character(
        labels: [n], dimension: 1, terms: (0...2).map { bessel.derivative($0, n) })
    }
  }

  /// d c_d = I_(d-1) - I_(d+1), the difference of two weights of U(1), without factors 1/beta.
  private static func sphere(_ beta: Double) -> [GaugeTorus.Character] {
    let bessel = ScaledBessel(beta, atLeast: 28)
    return (1...(bessel.reach - 4)).compactMap { d in
      let terms = (0...2).map { order in
        (bessel.derivative(order, d - 1) - bessel.derivative(order, d + 1)) / Double(d)
      }
      return GaugeTorus.Character(labels: [d], dimension: Double(d), terms: terms)
    }
  }
}
