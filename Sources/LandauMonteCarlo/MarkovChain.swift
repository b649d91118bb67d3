public import LandauCore

/// One Markov chain and what it can measure: what recording, tempering and checkpoints need.
///
/// A chain belongs to one thread at a time. Its configurations depend on how it was made and on the calls, and
/// on nothing else.
public protocol MarkovChain: Checkpointable {
  /// Names of the numbers that `measure` appends, in order; fixed for the life of the chain.
  var observables: [Observable] { get }

  /// How many independent chains this object is: one but for `PackedChains`. `measure` appends a row for each, and
  /// `appendSnapshot` a configuration.
  var chainCount: Int { get }

  /// Makes `count` sweeps. One sweep attempts every variable once on average.
  func sweep(_ count: Int)

  /// Goes on bringing the chain towards equilibrium, and at the end sets what is tuned then (step sizes, clusters
  /// per sweep); nothing should be measured before or within.
  ///
  /// - Parameters:
  ///   - stage: how far it is; the same one for all calls of one burn-in, kept with the chain's own state.
  ///   - isOver: is looked at before every sweep or cluster, and interrupts.
  func burnIn(_ stage: inout BurnIn, unless isOver: () -> Bool)

  /// Appends one number for each of `observables`, measured on the present configuration.
  func measure(into row: inout [Double])
}

/// A chain that may change its temperature: what tempering, annealing and flat histograms need.
public protocol TemperedChain: MarkovChain {
  /// Inverse temperature of the weight exp(-beta H).
  var beta: Double { get set }
  /// Total energy H of the present configuration.
  var energy: Double { get }
}

/// A chain whose configurations can be kept.
public protocol SnapshotChain: MarkovChain {
  /// Bytes of one configuration.
  var snapshotWidth: Int { get }
  /// Appends the configuration, site by site, as it is written in files; of real numbers the bytes in single
  /// precision, component by component.
  func appendSnapshot(to array: inout [Int8])
}

/// What a chain measures. Intensive quantities say so in their names.
public struct Observable: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
  public let name: String

  public init(_ name: String) { self.name = name }
  public init(stringLiteral value: String) { name = value }

  public var description: String { name }

  /// H/N.
  public static let energyPerSite: Observable = "energyPerSite"
  /// Component k of the order parameter per site.
  public static func order(_ component: Int) -> Observable {
    Observable("order\(component)PerSite")
  }
  /// |order parameter per site|.
  public static let absOrder: Observable = "absOrderPerSite"
  /// |order parameter per site|^2.
  public static let orderSquared: Observable = "orderSquaredPerSite"
  /// Order of the two sublattices of an antiferromagnet per site, one counted with the other sign: a number where
  /// the order parameter is one, and its square.
  public static let staggeredOrder: Observable = "staggeredOrderPerSite"
  public static let staggeredOrderSquared: Observable = "staggeredOrderSquaredPerSite"
  /// |sum of order vectors exp(i k r)|^2 / N^2 averaged over the smallest wave vectors of the lattice.
  public static let structureMinimal: Observable = "structureMinimalPerSite"
  /// Estimators averaged over all ways to turn the clusters of the last update: of |m|^2 and |m|^4.
  public static let improvedOrderSquared: Observable = "improvedOrderSquaredPerSite"
  public static let improvedOrderFourth: Observable = "improvedOrderFourthPerSite"
  /// The two parts of the helicity modulus, averaged over the axes: per site, sum of J cos of angle along
  /// bonds weighted with their squared length along the axis; and the squared sum of J sin.
  public static let helicityCosine: Observable = "helicityCosinePerSite"
  public static let helicitySineSquared: Observable = "helicitySineSquaredPerSite"
}

extension MarkovChain {
  public var chainCount: Int { 1 }

  public func burnIn(_ stage: inout BurnIn, unless isOver: () -> Bool) {
    stage.makeSweeps(unless: isOver) { sweep(1) }
  }

  /// The whole burn-in at once, of `count` sweeps.
  ///
  /// - Parameter cancellation: ends it; what was to be tuned is not, then.
  public func burnIn(_ count: Int, unless cancellation: Cancellation = .never) {
    var stage = BurnIn(count)
    burnIn(&stage) { cancellation.isRequested }
  }
}
