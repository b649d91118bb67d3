/// What to look for transitions in, and how.
public struct DiscoverOptions: Sendable, Hashable {
  public enum Source: Sendable, Hashable {
    /// A model by its name, sampled on the way.
    case model(String)
    /// Files of snapshots, one per size, or a folder of CSV files.
    case files([String])
  }

  /// One named channel (a measurement basis, a link direction) and the file it is in.
  public struct Channel: Sendable, Hashable {
    public var name: String
    public var path: String
    public init(name: String, path: String) {
      self.name = name
      self.path = path
    }
  }

  public var source: Source
  /// Files joined as channels of one set of snapshots.
  public var channels: [Channel] = []
  /// Names of the arrays with the spins and with the parameter; nil to find them.
  public var spins: String?
  public var parameter: String?
  /// Axes of the spins array, e.g. `parameter,shot,x,y`; nil to find them.
  public var layout: String?
  /// `open` or `periodic`; nil for open in files and periodic in models.
  public var boundary: String?
  public var lattice: String?
  /// Sides per size; nil for the model's default sizes.
  public var sizes: [[Int]]?
  /// Values of the scanned parameter (temperature for spin models, beta for gauge theories); nil for
  /// the default range.
  public var range: [Double]?
  /// Those that were given; the others have the defaults of the model.
  public var parameters: [ModelParameter: Double] = [:]
  /// Couplings of the bonds of the unit cell where they differ; empty for one coupling.
  public var bondCouplings: [Double] = []
  public var coupling: Double {
    get { parameters[.coupling] ?? 1 }
    set { parameters[.coupling] = newValue }
  }
  public var field: Double {
    get { parameters[.field] ?? 0 }
    set { parameters[.field] = newValue }
  }
  /// Which exchanges of values of few-valued variables count as nothing, for files: `none`, `permutations`,
  /// `rotations`; nil for what the values suggest.
  public var symmetry: String?
  /// Shapes of the windows to look through, e.g. `1,2,2x2`; nil for the default set.
  public var windows: String?
  /// Whether what windows see is averaged over the rotations and reflections of the lattice.
  public var symmetrize = false
  public var seed: UInt64 = 1
  public var threads: Int?
  /// Smaller sizes and fewer seeds, for a first look.
  public var quick = false
  /// Where figure and report go; nil for a folder named after the source.
  public var output: String?
  /// Snapshots per parameter value and size; nil for the default.
  public var shots: Int?
  /// The model that files are known to come from, for comparison with exact values; nil for unknown.
  public var modelKnown: String?

  public init(source: Source) { self.source = source }
}
