import LandauCore

/// What to optimise, and how.
public struct VariationalOptions: Sendable, Hashable {
  public enum Ansatz: String, Sendable, Hashable, CaseIterable {
    case rbm
    case complexRBM = "rbm-complex"
    case symmetricRBM = "rbm-symmetric"
    case convolution
    case complexConvolution = "convolution-complex"
    case autoregressive

    public static var all: [String] { allCases.map(\.rawValue) }

    /// Whether all amplitudes are positive.
    var isPositive: Bool { self != .complexRBM && self != .complexConvolution }

    var standardDensity: Int {
      switch self {
      case .rbm, .complexRBM: 1
      case .symmetricRBM, .convolution, .complexConvolution, .autoregressive: 4
      }
    }

    /// What the density counts.
    var densityWords: String {
      switch self {
      case .rbm, .complexRBM: "hidden units per site"
      case .symmetricRBM: "filters, moved by all translations"
      case .convolution, .complexConvolution: "channels of two layers"
      case .autoregressive: "features per site"
      }
    }
  }

  public enum Signs: String, Sendable, Hashable, CaseIterable {
    /// A rotation that makes all amplitudes positive where there is one, else Marshall's rule on bipartite lattices.
    case automatic = "auto"
    case none, marshall
  }

  public enum Moves: String, Sendable, Hashable, CaseIterable {
    case automatic = "auto"
    case flip, exchange
  }

  public enum Optimizer: String, Sendable, Hashable, CaseIterable {
    case reconfiguration = "sr"
    case adam
  }

  public var model: QuantumModelOptions
  public var ansatz = Ansatz.rbm
  /// nil for the ansatz's own.
  public var density: Int?
  public var iterations = 300
  public var samples = 1008
  public var chains = 16
  /// nil for the optimiser's own.
  public var learningRate: Double?
  public var shift = 0.01
  public var optimizer = Optimizer.reconfiguration
  public var signs = Signs.automatic
  public var moves = Moves.automatic
  /// Samples of the energy at the end.
  public var measured = 20_000
  /// States kept of each point, as snapshots along z.
  public var snapshots = 0
  public var seed: UInt64 = 1
  /// A folder.
  public var output: String?
  public var restarts = false
  public var isPortable = false

  public init(model: QuantumModelOptions) { self.model = model }
}
