public import LandauCore

/// A wavefunction of spins 1/2 with parameters, known up to its norm by the logarithms of its amplitudes.
///
/// Basis states are words as everywhere (`PauliSum`): bit i is 0 where spin i is up. All parameters are real numbers; a complex one is
/// two of them, its real and its imaginary part, so that one formula is right for holomorphic and other functions alike.
public protocol VariationalState: Sendable {
  var siteCount: Int { get }

  /// Whether every amplitude is positive: `logAmplitudes` are real and no signs can be learned.
  var isPositive: Bool { get }

  /// All parameters in a fixed order.
  var parameters: [Double] { get set }

  /// ln psi of each basis state, up to a constant that all share; imaginary parts are phases.
  ///
  /// The results do not depend on the number of threads.
  func logAmplitudes(_ states: [UInt64], pool: WorkerPool) -> [Complex<Double>]

  /// The derivatives of ln psi in every parameter at each basis state.
  func logDerivatives(_ states: [UInt64], pool: WorkerPool) -> LogDerivatives

  /// Ratios of amplitudes by local updates; nil where each costs an evaluation of its own.
  func localAmplitudes() -> (any LocalAmplitudes)?
}

extension VariationalState {
  public func localAmplitudes() -> (any LocalAmplitudes)? { nil }

  /// The largest number of sites: basis states are words.
  public static var maximumSiteCount: Int { 64 }

  public var parameterCount: Int { parameters.count }
}

/// A state whose basis states can be drawn independently with exactly their probabilities |psi|^2.
public protocol DirectlySampledState: VariationalState {
  /// Draws; the same ones whatever the number of threads.
  func sampled(_ count: Int, seed: Seed, pool: WorkerPool) -> [UInt64]
}

/// What walkers over the basis states of one state share: tables that hold for the present parameters.
public protocol LocalAmplitudes: Sendable {
  func makeWalker(at state: UInt64) -> any AmplitudeWalker
}

/// A basis state and what is needed to compare its amplitude with those of states nearby.
public protocol AmplitudeWalker: AnyObject {
  var state: UInt64 { get }

  /// psi(state with `mask` flipped) / psi(state).
  func ratio(flipping mask: UInt64) -> Complex<Double>

  /// Flips spins for good.
  func flip(_ mask: UInt64)

  /// Goes to a basis state from nowhere, free of the rounding of earlier flips.
  func move(to state: UInt64)
}

extension UInt64 {
  /// Spins as -1 and 1: bit 0 is up, +1.
  @inline(__always)
  func spin(_ site: Int) -> Double { self >> UInt64(site) & 1 == 0 ? 1 : -1 }
}

/// Spins of basis states as rows of numbers, `[state, site]`.
func spinMatrix(_ states: some Collection<UInt64>, siteCount: Int) -> [Double] {
  var result: [Double] = []
  result.reserveCapacity(states.count * siteCount)
  for state in states { for site in 0..<siteCount { result.append(state.spin(site)) } }
  return result
}
