public import LandauCore
public import LandauTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A masked network: what site i gets from the sites before it.
public struct MaskedNetwork: TensorTree, Sendable {
  /// From spins to features, `[site, site * width]`: features of site k see spins before k.
  public var inner: Tensor
  public var innerBias: Tensor
  /// From features to logits, `[site * width, site]`: site i hears features of sites up to i.
  public var outer: Tensor
  public var outerBias: Tensor
  /// Weights of the phase, `[site, width]` and `[width]`; without entries where there is none.
  public var phaseInner: Tensor
  public var phaseOuter: Tensor

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    visit("inner", &inner)
    visit("innerBias", &innerBias)
    visit("outer", &outer)
    visit("outerBias", &outerBias)
    visit("phaseInner", &phaseInner)
    visit("phaseOuter", &phaseOuter)
  }
}

/// |psi|^2 as a product of conditional probabilities, p(s) = prod_i p(s_i | s_1 ... s_(i-1)): normalised, and sampled without a Markov chain.
///
/// The probability that spin i is up is 1 / (1 + e^(-z_i)) with z = c + V tanh(b + U s), U and V masked. With `isSymmetrized` psi^2 is the mean of
/// p(s) and p(-s): states even under the flip of all spins.
///
/// - Note: Germain et al. 2015, arXiv:1502.03509 (masks); Sharir et al. 2020, arXiv:1902.04057 (wavefunctions).
public struct AutoregressiveState: DirectlySampledState {
  public let siteCount: Int
  public let width: Int
  public let isSymmetrized: Bool
  private var state: NetworkState<MaskedNetwork>

  public var isPositive: Bool { state.isPositive }
  public var network: MaskedNetwork { state.network }
  public var parameters: [Double] {
    get { state.parameters }
    set { state.parameters = newValue }
  }

  /// - Parameters:
  ///   - width: features of each site.
  ///   - hasPhase: a phase, too, of a network with as many features that sees all spins.
  public init(
    siteCount: Int, width: Int, hasPhase: Bool = false, isSymmetrized: Bool = false, seed: Seed
  ) {
    precondition(siteCount >= 1 && width >= 1, "\(width) features of \(siteCount) sites")
    self.siteCount = siteCount
    self.width = width
    self.isSymmetrized = isSymmetrized
    let features = siteCount * width
    var rng = seed.makeStream()
    let spread = 1 / Double(siteCount).squareRoot()
    func normal(_ shape: [Int], _ scale: Double) -> Tensor {
      Tensor((0..<shape.reduce(1, *)).map { _ in scale * rng.normal() }, shape: shape)
    }
    let network = MaskedNetwork(
      inner: normal([siteCount, features], spread), innerBias: normal([features], 0.1),
      outer: normal([features, siteCount], 0.1 / Double(width).squareRoot()),
      outerBias: .zeros([siteCount], type: .double),
      phaseInner: normal([siteCount, hasPhase ? width : 0], spread),
      phaseOuter: normal([hasPhase ? width : 0, 1], 0.1))
    let innerMask = Tensor(
      (0..<siteCount * features).map { $0 / features < $0 % features / width ? 1.0 : 0 },
      shape: [siteCount, features])
    let outerMask = Tensor(
      (0..<features * siteCount).map { $0 / siteCount / width <= $0 % siteCount ? 1.0 : 0 },
      shape: [features, siteCount])
    state = NetworkState(siteCount: siteCount, network: network, hasPhase: hasPhase) {
      network, spins in
      func logProbability(_ spins: Tensor) -> Tensor {
        let hidden = tanh(matmul(spins, network.inner * innerMask) + network.innerBias)
        let logits = matmul(hidden, network.outer * outerMask) + network.outerBias
        // -ln(1 + e^(-s z)), without overflow: min(x, 0) - ln(1 + e^(-|x|)).
        let x = spins * logits
        return ((x - abs(x)) * 0.5 - log1p(exp(-abs(x)))).sum(axes: [1])
      }
      var values: [Tensor] = []
      let own = logProbability(spins)
      if isSymmetrized {
        let both = stacked([own, logProbability(-spins)], axis: 1)
        values.append((both.logSumExp(axes: [1]) - log(2.0)) * 0.5)
      } else {
        values.append(own * 0.5)
      }
      if hasPhase {
        func phase(_ spins: Tensor) -> Tensor {
          matmul(tanh(matmul(spins, network.phaseInner)), network.phaseOuter).squeezed(axis: 1)
        }
        values.append(isSymmetrized ? phase(spins) + phase(-spins) : phase(spins))
      }
      return values
    }
  }

  public func logAmplitudes(_ states: [UInt64], pool: WorkerPool) -> [Complex<Double>] {
    state.logAmplitudes(states, pool: pool)
  }

  public func logDerivatives(_ states: [UInt64], pool: WorkerPool) -> LogDerivatives {
    state.logDerivatives(states, pool: pool)
  }

  /// Site by site, each with its conditional probability.
  ///
  /// - Complexity: as one evaluation for each draw: a spin adds its part to the features of later sites.
  public func sampled(_ count: Int, seed: Seed, pool: WorkerPool) -> [UInt64] {
    let (n, h) = (siteCount, width)
    let network = state.network
    let (inner, innerBias) = (
      network.inner.scalars(Double.self), network.innerBias.scalars(Double.self)
    )
    let (outer, outerBias) = (
      network.outer.scalars(Double.self), network.outerBias.scalars(Double.self)
    )
    let blocks = StateBlocks(count)
    return blocks.map(pool) { range in
      var rng = seed.child("draws", range.lowerBound / StateBlocks.size).makeStream()
      return range.map { _ in
        var sums = innerBias
        var logits = outerBias
        var state: UInt64 = 0
        for i in 0..<n {
          for feature in i * h..<(i + 1) * h {
            let value = tanh(sums[feature])
            for k in i..<n { logits[k] += value * outer[feature * n + k] }
          }
          let isUp = rng.uniform() < 1 / (1 + exp(-logits[i]))
          if !isUp { state |= 1 << UInt64(i) }
          let spin = isUp ? 1.0 : -1
          for feature in (i + 1) * h..<max((i + 1) * h, n * h) {
            sums[feature] += spin * inner[i * n * h + feature]
          }
        }
        if isSymmetrized && rng.next() >> 63 == 1 {
          state = ~state & (n == 64 ? UInt64.max : (1 << UInt64(n)) - 1)
        }
        return state
      }
    }
  }
}
