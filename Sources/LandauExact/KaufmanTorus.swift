public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The Ising model on a finite square-lattice torus without field, exactly: Kaufman 1949.
///
/// H = -J sum over bonds of s_i s_j with one bond per site and axis, so a side of 2 has double bonds
/// and a side of 1 a self-bond of energy -J per site. All sides from 1 are exact for J > 0; for J < 0
/// every side must be even or 1, since in the frustrated case the formula loses its digits.
///
/// Z is half the sum of four products over momenta. Each is written as a polynomial in exp(2 beta |J|)
/// and sinh, which has no singularity at the transition or at infinite temperature, and so may be
/// continued to complex beta. Cost: of the order of the shorter side.
public struct KaufmanTorus: Sendable, Hashable {
  public let rows: Int
  public let columns: Int
  public let coupling: Double

  /// - Throws: `InputError` for sides below 1 or above 65536, a coupling that is not finite, or a
  ///   negative coupling with an odd side above 1.
  public init(rows: Int, columns: Int, coupling: Double = 1) throws(InputError) {
    for side in [rows, columns] {
      guard (1...65536).contains(side) else {
        throw .notAllowed("size", side, allowed: "whole numbers from 1 to 65536")
      }
    }
    guard coupling.isFinite else {
      throw .notAllowed("coupling", coupling, allowed: "finite numbers")
    }
    for side in [rows, columns] where coupling < 0 && side > 1 && side % 2 == 1 {
      throw .notAllowed(
        "size", side, allowed: "even sides (or 1) where the coupling is negative",
        hint: "the antiferromagnet on a torus with an odd side is frustrated")
    }
    self.rows = rows
    self.columns = columns
    self.coupling = coupling
  }

  public var siteCount: Int { rows * columns }

  /// ln Z of the whole torus, to a few ulps of the largest term. `beta` is finite and not negative.
  public func logPartition(beta: Double) -> Double { logarithm(beta: beta).value }

  /// The mean energy per site.
  public func energyPerSite(beta: Double) -> Double {
    0 - abs(coupling) * logarithm(beta: beta).first / Double(siteCount)
  }

  /// beta^2 (<E^2> - <E>^2) / N.
  public func specificHeatPerSite(beta: Double) -> Double {
    let kappa = beta * abs(coupling)
    return kappa * kappa * max(0, logarithm(beta: beta).second) / Double(siteCount)
  }

  /// (<E^2> - <E>^2) of the total energy, defined also at beta = 0.
  public func energyVariance(beta: Double) -> Double {
    coupling * coupling * max(0, logarithm(beta: beta).second)
  }

  /// The entropy ln Z + beta <E> of the whole torus.
  public func entropy(beta: Double) -> Double {
    let jet = logarithm(beta: beta)
    return jet.value - beta * abs(coupling) * jet.first
  }

  /// ln Z with its derivatives with respect to kappa = beta |J|.
  private func logarithm(beta: Double) -> Jet {
    precondition(beta >= 0 && beta.isFinite, "beta is \(beta)")
    let kappa = Jet.variable(beta * abs(coupling))
    let products = KaufmanProducts(
      self, q: (-2 * kappa).exponential(),
      oneLessQ: -1 * (-2 * kappa).exponentialMinusOne())
    return products.logarithm() - groundEnergy * kappa
  }

  /// ln Z + groundEnergy kappa, modulo 2 pi i, at complex kappa = beta |J|.
  func scaledLogarithm(_ kappa: Complex) -> Complex {
    let q = (-2 * kappa).exponential()
    return KaufmanProducts(self, q: q, oneLessQ: 1 - q).logarithm()
  }

  /// The lowest energy in units of |J|. Flipping one sublattice turns J < 0 into J > 0 but for the
  /// bonds of a site with itself.
  var groundEnergy: Double {
    let selfBonds = [rows, columns].count { $0 == 1 } * siteCount
    return Double(coupling < 0 ? 2 * selfBonds - 2 * siteCount : -2 * siteCount)
  }
}

/// The four products of Kaufman's formula at one temperature, divided by exp(2 N kappa).
///
/// With n momenta and powers m, s = sinh 2 kappa, A = cosh^2 2 kappa - s cos(theta): the momenta theta
/// and -theta together give w^m (1 +- epsilon^m)^2 with w = 2 (A + sqrt(A^2 - s^2)), epsilon = 2 s / w;
/// theta = 0 gives (e^(2 kappa) - 1)^m +- (1 + e^(-2 kappa))^m, and theta = pi gives
/// (e^(2 kappa) + 1)^m +- (1 - e^(-2 kappa))^m. Here q = e^(-2 kappa); A, w are scaled by q^2, s by q.
private struct KaufmanProducts<Number: AnalyticNumber> {
  private let momentumCount: Int
  private let power: Int
  private let q: Number
  private let oneLessQ: Number
  private let onePlusQ: Number
  private let scaledSinh: Number

  init(_ torus: KaufmanTorus, q: Number, oneLessQ: Number) {
    momentumCount = min(torus.rows, torus.columns)
    power = max(torus.rows, torus.columns)
    self.q = q
    self.oneLessQ = oneLessQ
    onePlusQ = 1 + q
    scaledSinh = 0.5 * (oneLessQ * onePlusQ)
  }

  /// A product as exp(logarithm) times a factor that may vanish.
  private struct Product {
    var logarithm: Number
    var factor: Number
  }

  /// ln of half the sum of the four products.
  func logarithm() -> Number {
    let (oddPlus, oddMinus) = products(odd: true)
    let (evenPlus, evenMinus) = products(odd: false)
    let all = [oddPlus, oddMinus, evenPlus, evenMinus]
    // The first has no zero at real beta; at complex beta any may vanish.
    let reference = all.max { size($0) < size($1) }!.logarithm
    var sum = Number(0)
    for product in all where size(product) > -.infinity {
      sum = sum + (product.logarithm - reference).exponential() * product.factor
    }
    return reference + (0.5 * sum).logarithm()
  }

  /// ln |product|, -infinity for a vanishing one.
  private func size(_ product: Product) -> Double {
    let length = product.logarithm.realPart
    return product.factor.magnitude == 0 || length.isNaN
      ? -.infinity : length + log(product.factor.magnitude)
  }

  private func products(odd: Bool) -> (plus: Product, minus: Product) {
    var sum = Number(0)
    var (plus, minus) = (Number(0), Number(0))
    for index in 0..<(momentumCount + 1) / 2 {
      // Half of theta is pi numerator / (2 n); only 0 < theta < pi has a partner.
      let numerator = odd ? 2 * index + 1 : 2 * index
      guard numerator > 0, numerator < momentumCount else { continue }
      let (logarithm, small) = pair(numerator: numerator)
      sum = sum + logarithm
      plus = plus + 2 * small.logarithmOfOnePlus()
      minus = minus + 2 * (-small).logarithmOfOnePlus()
    }
    var (plusFactor, minusFactor) = (Number(1), Number(1))
    for (large, small) in unpaired(odd: odd) {
      let base = large.magnitude >= small.magnitude ? large : small
      sum = sum + Double(power) * base.logarithm()
      let first = (large / base).power(power)
      let second = (small / base).power(power)
      plusFactor = plusFactor * (first + second)
      minusFactor = minusFactor * (first - second)
    }
    return (
      Product(logarithm: sum + plus, factor: plusFactor),
      Product(logarithm: sum + minus, factor: minusFactor)
    )
  }

  /// m ln of the scaled w, and epsilon^m, for theta = pi numerator / n.
  private func pair(numerator: Int) -> (logarithm: Number, small: Number) {
    let sine = sin(Double.pi * Double(numerator) / Double(2 * momentumCount))
    let qs = q * scaledSinh
    let bend = (2 * sine * sine) * qs
    // A - s and A + s, each a sum of positive terms where kappa is real.
    let difference = q - scaledSinh
    let lower = difference * difference + bend
    let upper = q * q + scaledSinh * scaledSinh + bend
    let middle = 0.5 * (lower + upper)
    let root = lower.squareRoot() * upper.squareRoot()
    let (plus, minus) = (middle + root, middle - root)
    let large = plus.magnitude >= minus.magnitude ? plus : minus
    return (Double(power) * (2 * large).logarithm(), (qs / large).power(power))
  }

  /// The two bases of theta = 0 (even set) and of theta = pi (the set that contains it).
  private func unpaired(odd: Bool) -> [(large: Number, small: Number)] {
    var bases: [(large: Number, small: Number)] = []
    if !odd { bases.append((oneLessQ, q * onePlusQ)) }
    if (momentumCount % 2 == 1) == odd { bases.append((onePlusQ, q * oneLessQ)) }
    return bases
  }
}
