public import LandauCore
public import LandauLattice

/// Local values of an observable, O_loc(s) = sum over s' of <s|O|s'> psi(s') / psi(s): their mean over |psi|^2 is <O>.
public struct LocalEstimator: Sendable {
  /// Products that flip the same spins.
  private struct Group: Sendable {
    var flips: UInt64
    var parts: [(product: PauliSum.Product, coefficient: Double)]
    /// The signs of a part: sites and what the product multiplies the state without set bits by.
    var signs: [(mask: UInt64, factor: Complex<Double>)]
  }

  public let observable: PauliSum
  private let groups: [Group]

  /// - Precondition: at most 64 spins.
  public init(_ observable: PauliSum) {
    precondition(observable.siteCount <= 64, "\(observable.siteCount) spins in words of 64 bits")
    self.observable = observable
    var groups: [Group] = []
    for (product, coefficient) in observable.terms {
      if groups.last?.flips != product.flips {
        groups.append(Group(flips: product.flips, parts: [], signs: []))
      }
      let (factor, isReal) = product.phase(0)
      let value = coefficient * factor
      groups[groups.count - 1].parts.append((product, coefficient))
      groups[groups.count - 1].signs.append(
        (product.signs, isReal ? Complex(value) : Complex(0, value)))
    }
    self.groups = groups
  }

  /// <s|O|s'> of the state s' that has other spins at the flips of a group.
  @inline(__always)
  private static func element(_ group: Group, _ state: UInt64) -> Complex<Double> {
    let source = state ^ group.flips
    var sum = Complex(0)
    for (mask, factor) in group.signs {
      sum = (source & mask).nonzeroBitCount & 1 == 0 ? sum + factor : sum - factor
    }
    return sum
  }

  /// The states that O connects with s, and the elements; s itself among them.
  public func connected(_ state: UInt64) -> [(state: UInt64, element: Complex<Double>)] {
    groups.compactMap { group in
      let element = Self.element(group, state)
      return element == .zero ? nil : (state ^ group.flips, element)
    }
  }

  /// O_loc of each state.
  ///
  /// - Complexity: a ratio of amplitudes for each connected state.
  public func values(
    _ states: [UInt64], of state: some VariationalState, pool: WorkerPool
  ) -> [Complex<Double>] {
    precondition(
      state.siteCount == observable.siteCount,
      "\(observable.siteCount) spins, not \(state.siteCount)")
    if let local = state.localAmplitudes() { return walk(states, local, pool: pool) }
    return evaluate(states, of: state, pool: pool)
  }

  /// With amplitudes computed for every connected state.
  func evaluate(
    _ states: [UInt64], of state: some VariationalState, pool: WorkerPool
  ) -> [Complex<Double>] {
    var values: [Complex<Double>] = []
    values.reserveCapacity(states.count)
    // So many at a time that the list of connected states stays small.
    let chunk = max(1, (1 << 16) / max(1, groups.count))
    for start in stride(from: 0, to: states.count, by: chunk) {
      let own = Array(states[start..<min(states.count, start + chunk)])
      let lists = own.map(connected)
      let logs = state.logAmplitudes(own + lists.joined().map(\.state), pool: pool)
      var place = own.count
      for (index, list) in lists.enumerated() {
        var sum = Complex(0)
        for (other, element) in list {
          sum =
            sum
            + (other == own[index]
              ? element : element * (logs[place] - logs[index]).exponential())
          place += 1
        }
        values.append(sum)
      }
    }
    return values
  }

  /// With ratios by local updates.
  private func walk(
    _ states: [UInt64], _ amplitudes: any LocalAmplitudes, pool: WorkerPool
  ) -> [Complex<Double>] {
    StateBlocks(states.count).map(pool) { range in
      let walker = amplitudes.makeWalker(at: states[range.lowerBound])
      return states[range].map { state in
        walker.move(to: state)
        var sum = Complex(0)
        for group in groups {
          let element = Self.element(group, state)
          if element == .zero { continue }
          sum = sum + (group.flips == 0 ? element : element * walker.ratio(flipping: group.flips))
        }
        return sum
      }
    }
  }

  // MARK: - Signs

  /// Whether all elements between different states s' = s with flips are of one sign or zero: that sign, for each group of flips; nil where
  /// one is not real, changes its sign, or depends on more than 16 spins.
  func offDiagonalSigns() -> [(flips: UInt64, sign: Int)]? {
    var result: [(flips: UInt64, sign: Int)] = []
    for group in groups where group.flips != 0 {
      let support = group.signs.reduce(UInt64(0)) { $0 | $1.mask }
      let sites = (0..<64).filter { support >> UInt64($0) & 1 == 1 }
      guard sites.count <= 16 else { return nil }
      var sign = 0
      for choice in 0..<1 << sites.count {
        var state: UInt64 = 0
        for (k, site) in sites.enumerated() where choice >> k & 1 == 1 {
          state |= 1 << UInt64(site)
        }
        let element = Self.element(group, state)
        let scale = group.signs.reduce(0) { $0 + $1.factor.magnitude }
        guard abs(element.imaginary) <= 1e-12 * scale else { return nil }
        if abs(element.real) <= 1e-12 * scale { continue }
        let own = element.real > 0 ? 1 : -1
        if sign == -own { return nil }
        sign = own
      }
      if sign != 0 { result.append((group.flips, sign)) }
    }
    return result
  }
}
