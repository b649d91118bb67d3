public import LandauCore
public import LandauLattice
import LandauMonteCarlo

/// A model by name with its parameters, as people write it down.
public struct ModelOptions: Sendable, Hashable {
  public enum Name: String, Sendable, Hashable, CaseIterable {
    case ising
    case potts
    case clock
    case dipolarClock = "dipolar-clock"
    case blumeCapel = "blume-capel"
    case xy
    case heisenberg
    case phi4
    case edwardsAnderson = "edwards-anderson"
    case sherringtonKirkpatrick = "sherrington-kirkpatrick"
    case baxterWu = "baxter-wu"
    case isingGauge = "ising-gauge"
    case u1Gauge = "u1-gauge"
    case su2Gauge = "su2-gauge"
    case su3Gauge = "su3-gauge"

    public static var all: [String] { allCases.map(\.rawValue) }

    /// Whether it is a gauge theory, whose only coupling is beta.
    public var isGauge: Bool { self == .isingGauge || group != nil }

    /// The continuous group of a gauge theory.
    var group: GaugeModel.Group? {
      switch self {
      case .u1Gauge: .u1
      case .su2Gauge: .su2
      case .su3Gauge: .su3
      default: nil
      }
    }

    /// Whether the weight has no temperature.
    public var isUnscanned: Bool { ModelCatalogue.entry(self).scanned == .nothing }
  }

  /// What happens beyond the last cell along an axis.
  public typealias Boundary = LandauLattice.Lattice.Boundary

  public enum Lattice: String, Sendable, Hashable, CaseIterable {
    case chain, ladder, square, triangular, honeycomb, kagome, cubic, bcc, fcc, diamond, hypercubic
    case complete, graph

    /// Number of axes along which cells repeat, nil where the lattice does not say.
    public var dimension: Int? { cell?.axisCount ?? (self == .hypercubic ? nil : 1) }

    /// Whether it has cells and boundaries.
    var isCrystal: Bool { self != .complete && self != .graph }

    /// The repeating cell; nil for hypercubic, whose number of axes is open, and for graphs.
    var cell: UnitCell? { UnitCell.named.first { $0.name == rawValue } }
  }

  /// The values of the scanned parameter: temperatures, or their inverses.
  public enum Scan: Sendable, Hashable {
    case temperature([Double])
    case beta([Double])

    /// Beta of every point.
    public var betas: [Double] {
      switch self {
      case .temperature(let values): values.map { 1 / $0 }
      case .beta(let values): values
      }
    }

    /// Temperature of every point; infinite at beta 0.
    public var temperatures: [Double] {
      switch self {
      case .temperature(let values): values
      case .beta(let values): values.map { 1 / $0 }
      }
    }
  }

  public var name: Name
  public var lattice: Lattice?
  /// Number of axes of a hypercubic lattice given by one side.
  public var dimension: Int?
  /// One side for all axes, or one per axis.
  public var size: [Int]?
  /// `periodic`, `open`, `antiperiodic`, `helical`; one for all axes or one per axis.
  public var boundary: [Boundary]?
  /// Axes among those of `boundary` across whose periodic end spins are turned by the angle `twist`.
  public var twistedAxes: [Int] = []
  /// Couplings of the bonds of the unit cell, in its order, where they differ: one per axis of a square or cubic
  /// lattice; empty for one coupling.
  public var bondCouplings: [Double] = []
  /// Those that were given; the others have the defaults of the model.
  public var parameters: [ModelParameter: Double] = [:]
  /// Words of the model, such as the form of its action.
  public var words: [ModelWord: String] = [:]

  public init(name: Name) { self.name = name }

  /// How a periodic boundary is called across which spins are turned.
  static let twisted = "twisted"

  /// Takes boundaries as they are written: one word, or one per axis with commas.
  ///
  /// - Throws: `InputError` for other words.
  public mutating func setBoundary(_ text: String) throws(InputError) {
    var boundary: [Boundary] = []
    twistedAxes = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      if part == Self.twisted {
        twistedAxes.append(boundary.count)
        boundary.append(.periodic)
        continue
      }
      guard let one = Boundary(rawValue: String(part)) else {
        let allowed = (Boundary.allCases.map(\.rawValue) + [Self.twisted]).joined(separator: ", ")
        throw .notAllowed("--boundary", text.isEmpty ? "empty" : text, allowed: allowed)
      }
      boundary.append(one)
    }
    self.boundary = boundary
  }

  public var coupling: Double? {
    get { parameters[.coupling] }
    set { parameters[.coupling] = newValue }
  }

  public var field: Double? {
    get { parameters[.field] }
    set { parameters[.field] = newValue }
  }
}

/// A number that a model has, under its option's name.
public enum ModelParameter: String, Sendable, Hashable, CaseIterable {
  case coupling, field, states
  case crystalField = "crystal-field"
  case dipolar
  case massSquared = "mass-squared"
  case lambda
  case probability, mean
  case randomField = "random-field"
  case siteFraction = "site-fraction"
  case bondFraction = "bond-fraction"
  case realization
  case twist
  case loops
  case smear
  case flowTime = "flow-time"

  /// Whether only whole numbers make sense, and which.
  public var wholeNumbers: ClosedRange<Int>? {
    switch self {
    case .states: 2...127
    case .realization: 0...Int(Int32.max)
    case .loops: 1...32
    case .smear: 0...1000
    default: nil
    }
  }

  public var help: String {
    switch self {
    case .coupling: "J (default 1); J,J,... for the bonds of a cell, one per axis of a square"
    case .field: "h (default 0)"
    case .states: "q, the number of states of a spin (potts, clock)"
    case .crystalField: "D of blume-capel (default 0)"
    case .dipolar: "strength of the dipolar interaction (dipolar-clock, default 0)"
    case .massSquared: "m^2 (phi4)"
    case .lambda: "lambda (phi4)"
    case .probability: "share of antiferromagnetic bonds (edwards-anderson, bimodal; default 0.5)"
    case .mean:
      "mean of the couplings (edwards-anderson gaussian, sherrington-kirkpatrick; default 0)"
    case .randomField: "width of normal fields of mean h (edwards-anderson; default 0)"
    case .siteFraction: "share of sites that are there (edwards-anderson; default 1)"
    case .bondFraction: "share of bonds that are there (edwards-anderson; default 1)"
    case .realization: "which drawing of the disorder (default 0)"
    case .twist: "angle by which spins turn across twisted boundaries (xy, heisenberg)"
    case .loops: "longest side of the Wilson loops measured (u1-, su2-, su3-gauge; default 2)"
    case .smear: "loops for the static potential, links in space smeared N times (gauge theories)"
    case .flowTime: "time of Wilson's flow, for action density and charge after it (gauge theories)"
    }
  }

  /// `crystalField` in JSON.
  var jsonName: String {
    let words = rawValue.split(separator: "-")
    return words.dropFirst().reduce(String(words[0])) {
      $0 + $1.prefix(1).uppercased() + $1.dropFirst()
    }
  }
}

/// A choice between words that a model has, under its option's name.
public enum ModelWord: String, Sendable, Hashable, CaseIterable {
  case action, disorder, instance, weights, start

  /// nil where any text will do.
  public var allowed: [String]? {
    switch self {
    case .action: ScalarFieldModel.Action.allCases.map(\.rawValue)
    case .disorder: ["bimodal", "gaussian"]
    case .instance: nil
    case .weights: InstanceFile.Meaning.allCases.map(\.rawValue)
    case .start: GaugeStart.allCases.map(\.rawValue)
    }
  }

  public var help: String {
    switch self {
    case .action: "form of the action of phi4 (default standard)"
    case .disorder: "couplings of edwards-anderson: -J or +J, or normal (default bimodal)"
    case .instance:
      "file of couplings: lines 'i j J' after 'n m', DIMACS, Gset, Biq Mac (edwards-anderson)"
    case .weights:
      "what the numbers of --instance are: couplings J, or weights of a maximum cut, J = -w (default coupling)"
    case .start:
      "links at the beginning: hot (random, default) or cold (all one) (u1-, su2-, su3-gauge)"
    }
  }
}
