public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The probability of each value of the sum of all Ising spins.
public struct MagnetizationDistribution: Sendable, Hashable {
  /// -N, -N + 2, …, N.
  public let magnetizations: [Int]
  /// Adding up to one; absolute accuracy about 1e-15 sqrt(N).
  public let probabilities: [Double]

  private var siteCount: Double { Double(magnetizations.count - 1) }

  /// <|m|^k>, with m the magnetisation per site.
  public func absoluteMoment(_ power: Int) -> Double {
    zip(magnetizations, probabilities).reduce(0) {
      $0 + pow(abs(Double($1.0)) / siteCount, Double(power)) * $1.1
    }
  }

  /// <m>.
  public var mean: Double {
    zip(magnetizations, probabilities).reduce(0) { $0 + Double($1.0) / siteCount * $1.1 }
  }

  /// 1 - <m^4> / (3 <m^2>^2).
  public var binderCumulant: Double {
    let square = absoluteMoment(2)
    return 1 - absoluteMoment(4) / (3 * square * square)
  }
}

extension ExactSum {
  /// <m> and <m^2> of Ising spins, m their mean, in any fields.
  ///
  /// Derivatives of ln Z with respect to a uniform field, carried through the sum: the cost is that of `thermal`.
  ///
  /// - Throws: `InputError` for other than two states.
  public func magnetizationMoments(
    beta: Double
  ) throws(InputError) -> (mean: Double, square: Double) {
    precondition(beta.isFinite, "beta is \(beta)")
    guard graph.stateCount == 2 else {
      throw .notAllowed(
        "the model", "one with \(graph.stateCount) states",
        allowed: "Ising spins for the magnetisation")
    }
    let sites = Double(graph.siteCount)
    let total = sum(
      Arithmetic<Jet>(), beta: beta,
      bondWeights: graph.bonds.flatMap { bond in
        let energies = graph.pairEnergy.map { beta * bond.coupling * $0 }
        let preferred = energies.min()!
        return energies.map { Jet(exp(preferred - $0)) }
      },
      siteWeights: (0..<graph.siteCount).flatMap { site in
        let (down, up) = (beta * graph.siteEnergy[2 * site], beta * graph.siteEnergy[2 * site + 1])
        let (one, other) = (exp(min(down, up) - down), exp(min(down, up) - up))
        return [Jet(one, -one, one), Jet(other, other, other)]
      })
    // Of two choices that a flip of all spins joins only one is summed: without fields <m> is zero by that.
    let isEven = (0..<graph.siteCount).allSatisfy {
      graph.siteEnergy[2 * $0] == graph.siteEnergy[2 * $0 + 1]
    }
    let (value, first, second) = (total.value.value, total.value.first, total.value.second)
    return (isEven ? 0 : first / value / sites, second / value / (sites * sites))
  }

  /// The distribution of the magnetisation of Ising spins in equilibrium.
  ///
  /// An imaginary field makes Z the characteristic function of the magnetisation; its values at N / 2
  /// angles give the probabilities. Cost: about 4 N that of `logPartition`.
  ///
  /// - Throws: `InputError` for other than two states, or with fields.
  public func magnetizationDistribution(
    beta: Double
  ) throws(InputError) -> MagnetizationDistribution {
    guard graph.stateCount == 2, graph.siteEnergy.allSatisfy({ $0 == 0 }) else {
      throw .notAllowed(
        "the model", "one with \(graph.stateCount) states or a field",
        allowed: "Ising spins without field for the magnetisation")
    }
    let count = graph.siteCount + 1
    let bondWeights = graph.bonds.flatMap { bond in
      // Largest weight one; the overall factor drops out.
      graph.pairEnergy.map { Complex(exp(-beta * bond.coupling * $0 - abs(beta * bond.coupling))) }
    }
    // Z(theta) = sum over d of g_d e^(i theta (N - 2 d)), theta = pi k / (N + 1). With as many spins up
    // as down it is real; the sums over choices that a flip of all spins joins are conjugate.
    var logarithm = 0.0
    var values: [Double] = []
    for k in 0...count / 2 {
      let turn = Complex.unit(angle: Double.pi * Double(k) / Double(count))
      let back = Complex(turn.real, -turn.imaginary)
      let total = sum(
        Arithmetic<Complex>(), beta: beta, bondWeights: bondWeights,
        siteWeights: (0..<graph.siteCount).flatMap { _ in [back, turn] })
      if k == 0 { logarithm = total.logScale }
      values.append(total.value.real * exp(total.logScale - logarithm))
    }
    let probabilities = (0..<count).map { down in
      let order = Double(graph.siteCount - 2 * down)
      var sum = values[0]
      for k in 1..<values.count {
        let angle = Double.pi * Double(k) / Double(count)
        // k and N + 1 - k give the same terms; one in the middle stands alone.
        sum += (2 * k == count ? 1 : 2) * values[k] * cos(angle * order)
      }
      return max(0, sum)
    }
    let norm = probabilities.reduce(0, +)
    return MagnetizationDistribution(
      magnetizations: (0..<count).map { 2 * $0 - graph.siteCount },
      probabilities: probabilities.reversed().map { $0 / norm })
  }
}
