import LandauCore
import LandauLattice

/// What `landau dual` is asked for.
public struct DualOptions: Sendable, Hashable {
  /// Models whose duals are looked for.
  public static let models = ["ising", "potts", "clock"]

  /// Which boundaries the dual has.
  public enum Sectors: String, Sendable, Hashable, CaseIterable {
    /// Periodic, as the original: the dual of a finite lattice, shifted by its size.
    case periodic
    /// All twists summed over, which makes the duality of the torus exact.
    case summed
  }

  public var model: String
  /// square, triangular, honeycomb or cubic; square where nil.
  public var lattice: String?
  /// q of Potts and clock models.
  public var states: Int?
  /// Cosines in the energy of the dual of a clock model, cos(angle), cos(2 angle), ...; as many as there are where nil.
  public var harmonics: Int?
  /// J of every bond, or one for each of the two axes of the square lattice.
  public var couplings: [Double] = [1]
  /// Of plaquettes, in the units of J (Ising model on the square lattice); none where nil.
  public var plaquette: Double?
  public var betas: [Double] = []
  /// 8, of clocks 6, or 4 in three dimensions, where nil.
  public var side: Int?
  /// `boundaries` says what nil is.
  public var sectors: Sectors?
  /// Random starts of the search.
  public var starts = 20
  /// Multiplies the samples of the last fit.
  public var effort = 1.0
  /// Whether to sum over all configurations of a 4 x 4 Ising model instead of sampling.
  public var isExact = false
  /// Whether to leave out what the dual is known to be.
  public var isBlind = false
  public var seed: UInt64 = 1
  /// Folder of figure, report and result; nil for a name by model and lattice.
  public var output: String?

  public init(model: String) { self.model = model }

  /// Periodic where nothing is asked for; summed on the cubic lattice, whose ordered phase is dual to the gauge theory at
  /// small sizes only with all twists.
  var boundaries: Sectors { sectors ?? (lattice == "cubic" ? .summed : .periodic) }

  /// Lattices and what their duals live on.
  private static let partners: [(name: String, cell: UnitCell, partner: DualSystem.Partner)] = [
    ("square", .square, .spins(.square)), ("triangular", .triangular, .spins(.honeycomb)),
    ("honeycomb", .honeycomb, .spins(.triangular)), ("cubic", .cubic, .gauge),
  ]

  /// The systems, one for each beta.
  func systems() throws(InputError) -> [DualSystem] {
    let spins = try spins()
    let name = lattice ?? "square"
    let allowed = Self.partners.map(\.name).filter { lattice in
      model == "clock" ? lattice == "square" : model == "ising" || lattice != "cubic"
    }
    guard let found = Self.partners.first(where: { $0.name == name }), allowed.contains(name) else {
      throw .notAllowed(
        "--lattice", name, allowed: allowed.joined(separator: ", ") + " for \(model)")
    }
    guard couplings.count == 1 || (couplings.count == 2 && name == "square" && model != "clock"),
      couplings.allSatisfy({ $0 > 0 && $0.isFinite })
    else {
      throw .notAllowed(
        "--coupling", couplings.map { "\($0)" }.joined(separator: ","),
        allowed: "one number above 0, or two on the square lattice (not clock)")
    }
    if let plaquette {
      guard spins == .ising, name == "square", couplings.count == 1 else {
        throw InputError(
          "--plaquette is an option of ising on the square lattice with one coupling")
      }
      guard plaquette.isFinite else {
        throw .notAllowed("--plaquette", plaquette, allowed: "finite numbers")
      }
    }
    if isExact {
      guard spins == .ising, name == "square", plaquette == nil, side == nil || side == 4 else {
        throw InputError("--exact is for ising on the square lattice of size 4 without --plaquette")
      }
    }
    let side = side ?? (isExact || name == "cubic" ? 4 : model == "clock" ? 6 : 8)
    guard (4...32).contains(side) else {
      throw .notAllowed("--size", side, allowed: "whole numbers from 4 to 32")
    }
    guard (1...1000).contains(starts) else {
      throw .notAllowed("--starts", starts, allowed: "whole numbers from 1 to 1000")
    }
    guard effort > 0, effort.isFinite else {
      throw .notAllowed("--effort", effort, allowed: "numbers above 0")
    }
    guard !betas.isEmpty else {
      throw InputError("--beta is missing; allowed: a number, a comma list, or START:END:COUNT")
    }
    return try betas.map { beta throws(InputError) in
      guard beta > 0, beta <= 3 else {
        throw .notAllowed("--beta", beta, allowed: "numbers above 0, at most 3")
      }
      return DualSystem(
        spins: spins, cell: found.cell, partner: found.partner, side: side,
        bondCouplings: couplings.count == 2
          ? couplings : [Double](repeating: couplings[0], count: found.cell.bonds.count),
        beta: beta, plaquette: plaquette)
    }
  }

  private func spins() throws(InputError) -> DualSystem.Spins {
    if harmonics != nil && model != "clock" {
      throw InputError("--harmonics is an option of clock")
    }
    switch model {
    case "ising":
      if states != nil { throw InputError("--states is not an option of ising") }
      return .ising
    case "potts": return .potts(try states(in: 2...10))
    case "clock":
      let states = try states(in: 2...7)
      let harmonics = harmonics ?? states / 2
      guard (1...states / 2).contains(harmonics) else {
        throw .notAllowed(
          "--harmonics", harmonics,
          allowed: "whole numbers from 1 to \(states / 2), half the states"
        )
      }
      return .clock(states: states, harmonics: harmonics)
    default:
      throw .notAllowed("the model", model, allowed: Self.models.joined(separator: ", "))
    }
  }

  private func states(in range: ClosedRange<Int>) throws(InputError) -> Int {
    let allowed = "whole numbers from \(range.lowerBound) to \(range.upperBound)"
    guard let states else { throw InputError("--states is missing; allowed: \(allowed)") }
    guard range.contains(states) else { throw .notAllowed("--states", states, allowed: allowed) }
    return states
  }
}
