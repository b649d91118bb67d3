/// Configurations of few-valued variables, each at a known value of a scanned parameter.
///
/// Values are stored sample by sample, then channel by channel, then site by site (row-major):
/// `values[(sample * channels.count + channel) * siteCount + site]`.
public struct Snapshots: Sendable {
  public enum Boundary: String, Sendable, Hashable { case open, periodic }

  /// Extent along each axis, one or two (or more) axes.
  public let siteShape: [Int]
  /// One name per channel: a measurement basis ("z"), a link direction ("x", "y"), or "spin".
  public let channels: [String]
  /// Each one of `levels`.
  public let values: [Int8]
  /// The values a variable can take, ascending: -1 and +1 of Ising spins, 0 ... q-1 of Potts states,
  /// -1, 0 and 1 of Blume-Capel spins.
  public let levels: [Int8]
  /// Name of the scanned parameter: `temperature`, `beta`, or the array's name in a file.
  public let parameterName: String
  /// The distinct parameter values in ascending order.
  public let parameters: [Double]
  /// For each sample, which of `parameters` it was taken at.
  public let parameterIndex: [Int32]
  /// For each sample, the independent chain it comes from; all zero for one chain, a number of its own
  /// per sample (`0..<sampleCount` within a parameter) for independent shots.
  public let chain: [Int32]
  /// Whether samples of one chain follow one another in time, so that they must be split by block.
  public let isSequential: Bool
  public let boundary: Boundary
  /// Where the data came from, for the report: seed, generator, file, mapping of values.
  public var notes: [String]

  public init(
    siteShape: [Int], channels: [String], values: [Int8], levels: [Int8] = [-1, 1],
    parameterName: String, parameters: [Double], parameterIndex: [Int32], chain: [Int32],
    isSequential: Bool, boundary: Boundary, notes: [String] = []
  ) {
    let width = siteShape.reduce(1, *) * channels.count
    precondition(
      values.count == parameterIndex.count * width,
      "\(values.count) values for \(parameterIndex.count) samples of \(width)")
    precondition(
      chain.count == parameterIndex.count,
      "\(chain.count) chain numbers for \(parameterIndex.count) samples")
    precondition(
      zip(parameters, parameters.dropFirst()).allSatisfy { $0 < $1 },
      "parameters must ascend: \(parameters)")
    precondition(
      levels.count >= 2 && zip(levels, levels.dropFirst()).allSatisfy { $0 < $1 },
      "levels must be two or more and ascend: \(levels)")
    self.siteShape = siteShape
    self.channels = channels
    self.values = values
    self.levels = levels
    self.parameterName = parameterName
    self.parameters = parameters
    self.parameterIndex = parameterIndex
    self.chain = chain
    self.isSequential = isSequential
    self.boundary = boundary
    self.notes = notes
  }

  /// Whether every variable is -1 or +1.
  public var isBinary: Bool { levels == [-1, 1] }
  public var sampleCount: Int { parameterIndex.count }
  public var siteCount: Int { siteShape.reduce(1, *) }
}
