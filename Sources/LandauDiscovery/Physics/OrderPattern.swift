import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension OneSiteMoments {
  /// One way in which single spins can order: functions of one spin, and a wave vector.
  public struct Pattern: Sendable, Hashable {
    /// Functions of one spin which a symmetry of the variable mixes with one another and with no others.
    public enum Basis: Sendable, Hashable {
      /// The spin itself, odd under the flip of all spins (levels that are symmetric about zero).
      case spin
      /// The q - 1 functions of a state that average to zero over the q states: permutations of the
      /// states mix all of them.
      case states(Int)
      /// Cosine and sine of 2 pi s/q: rotations of the q states mix these two.
      case angle(Int)
    }

    public var channel: Int
    /// Along each axis the change of phase from site to site, in sixths of a turn: 0 uniform, 3
    /// alternating, 2 and 4 three sublattices.
    public var phases: [Int]
    public var basis: Basis

    public init(channel: Int, alternates: [Bool], basis: Basis = .spin) {
      self.init(channel: channel, phases: alternates.map { $0 ? 3 : 0 }, basis: basis)
    }

    init(channel: Int, phases: [Int], basis: Basis) {
      self.channel = channel
      self.phases = phases
      self.basis = basis
    }

    /// For each axis whether the sign alternates along it.
    public var alternates: [Bool] { phases.map { $0 == 3 } }
    public var isUniform: Bool { phases.allSatisfy { $0 == 0 } }
    /// Whether waves of cosine and sine are both needed.
    public var isComplex: Bool { phases.contains { $0 % 3 != 0 } }
    /// Number n of real components of the order parameter.
    public var componentCount: Int { basis.functionCount * (isComplex ? 2 : 1) }

    /// What Binder's ratio 1 - <m^4>/(3 <m^2>^2) tends to where there is no order: 2/3 (1 - 1/n).
    public var disorderedBinderRatio: Double {
      BinderRatio.disordered(componentCount: componentCount)
    }

    /// All patterns looked for in snapshots of this lattice and these levels.
    static func all(_ snapshots: Snapshots) -> [Pattern] {
      let shape = snapshots.siteShape
      let isOpen = snapshots.boundary == .open
      var waves = (0..<1 << shape.count).map { bits in
        (0..<shape.count).map { bits >> $0 & 1 == 1 ? 3 : 0 }
      }
      if shape.count == 2 && shape.allSatisfy({ $0 >= 3 }) { waves += [[2, 2], [2, 4]] }
      waves = waves.filter { wave in
        // Around a torus whose side is no multiple of the wave's period the wave does not close.
        zip(wave, shape).allSatisfy { phase, side in
          phase == 0 || side > 1 && (isOpen || phase * side % 6 == 0)
        }
      }
      let bases = Basis.all(levels: snapshots.levels)
      return snapshots.channels.indices.flatMap { channel in
        bases.flatMap { basis in
          waves.map { Pattern(channel: channel, phases: $0, basis: basis) }
        }
      }
    }
  }
}

extension OneSiteMoments.Pattern.Basis {
  /// More states than these are taken as points of a circle only.
  private static let permutedStates = 12

  static func all(levels: [Int8]) -> [Self] {
    let q = levels.count
    let isSymmetric = zip(levels, levels.reversed()).allSatisfy { Int($0) == -Int($1) }
    if isSymmetric { return [.spin] }
    return (q <= permutedStates ? [.states(q)] : []) + (q >= 4 ? [.angle(q)] : [])
  }

  var functionCount: Int {
    switch self {
    case .spin: 1
    case .states(let q): q - 1
    case .angle: 2
    }
  }

  /// For each function its value on each level. Full order has a vector of length one.
  ///
  /// For q states with densities rho_a the squared length is (q sum_a rho_a^2 - 1)/(q - 1), which by
  /// Parseval's theorem is the mean over k = 1 ... q-1 of |sum_a rho_a exp(2 pi i k a/q)|^2.
  func functions(levels: [Int8]) -> [[Double]] {
    let q = levels.count
    func wave(_ k: Int, _ scale: Double) -> [[Double]] {
      let angles = (0..<q).map { 2 * Double.pi * Double(k * $0 % q) / Double(q) }
      let cosines = angles.map { scale * cos($0) }
      return 2 * k == q ? [cosines] : [cosines, angles.map { scale * sin($0) }]
    }
    switch self {
    case .spin:
      let largest = Double(levels[q - 1])
      return [levels.map { Double($0) / largest }]
    case .states:
      return (1...q / 2).flatMap { k in
        wave(k, ((2 * k == q ? 1 : 2) / Double(q - 1)).squareRoot())
      }
    case .angle: return wave(1, 1)
    }
  }
}

extension OneSiteMoments.Pattern {
  /// `<s(r,c)>`, `<(-1)^(r+c) s(r,c)>`; of several components the length of the vector.
  public func formula(channels: [String]) -> String {
    let spin = channels.count == 1 && channels[0] == "spin" ? "s" : channels[channel]
    let site = "\(spin)(\(coordinates))"
    let wave = isComplex ? "exp(2 pi i (\(turns))/3) " : axes.isEmpty ? "" : "(-1)^(\(axes)) "
    switch basis {
    case .spin: return isComplex ? "|<\(wave)\(site)>|" : "<\(wave)\(site)>"
    case .states(let q):
      let density =
        isUniform ? "(<delta(\(site),a)> - 1/\(q))^2" : "|<\(wave)delta(\(site),a)>|^2"
      return "sqrt(\(q)/\(q - 1) sum_a \(density))"
    case .angle(let q): return "|<\(wave)exp(2 pi i \(site)/\(q))>|"
    }
  }

  public func latex(channels: [String]) -> String {
    let spin =
      channels.count == 1 && channels[0] == "spin" ? "s" : "\\sigma^{\(channels[channel])}"
    let site = "\(spin)_{\(coordinates)}"
    let wave = isComplex ? "e^{2\\pi i (\(turns))/3} " : axes.isEmpty ? "" : "(-1)^{\(axes)} "
    switch basis {
    case .spin:
      let mean = "\\langle \(wave)\(site) \\rangle"
      return isComplex ? "|\(mean)|" : mean
    case .states(let q):
      let shift = isUniform ? " - 1/\(q)" : ""
      return
        "\\sqrt{\\tfrac{\(q)}{\(q - 1)} \\sum_a |\\langle \(wave)\\delta_{\(site),a} \\rangle\(shift)|^2}"
    case .angle(let q): return "|\\langle \(wave)e^{2\\pi i \(site)/\(q)} \\rangle|"
    }
  }

  public var name: String {
    isUniform
      ? "magnetisation"
      : isComplex ? "three-sublattice magnetisation" : "staggered magnetisation"
  }

  /// What the order breaks, apart from translations.
  public var symmetry: String {
    switch basis {
    case .spin: "spin flip"
    case .states(let q): "permutations of the \(q) states"
    case .angle(let q): "rotations by 1/\(q) of a turn"
    }
  }

  private var letters: [String] {
    switch phases.count {
    case 1: ["i"]
    case 2: ["r", "c"]
    default: ["x", "y", "z"]
    }
  }
  private var coordinates: String { letters.joined(separator: ",") }
  private var axes: String {
    zip(letters, alternates).filter(\.1).map(\.0).joined(separator: "+")
  }
  /// `r+c` or `r-c`.
  private var turns: String {
    zip(letters, phases).reduce("") { text, item in
      item.1 == 0 ? text : text + (item.1 == 4 ? "-" : text.isEmpty ? "" : "+") + item.0
    }
  }
}
