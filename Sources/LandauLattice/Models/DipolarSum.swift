#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Sums of 1/|r + R|^3 over all vectors R of a plane lattice: the interaction of dipoles across a plane with
/// all periodic images of each other.
///
/// Ewald's way. With 1/r^3 = (2/sqrt pi) int_0^inf t^(1/2) exp(-r^2 t) dt the times above eta^2 are summed in
/// space, those below over reciprocal vectors G (Poisson):
///
///     sum_R [erfc(x) + (2/sqrt pi) x exp(-x^2)]/|r + R|^3,        x = eta |r + R|,
///     + (4 sqrt pi/A) sum_G cos(G r) [eta exp(-y^2) - sqrt pi (G/2) erfc(y)],     y = G/(2 eta),
///
/// where A is the area of a cell; both fall as Gaussians. For r = 0 the term R = 0 is left out, and 4 eta^3 /
/// (3 sqrt pi), which the second sum contains in its place, is taken off.
struct DipolarSum {
  private let vectors: [[Double]]
  private let reciprocal: [[Double]]
  private let area: Double
  private let eta: Double
  /// Terms beyond have Gaussians below exp(-40).
  private static let reach = 6.4
  /// G, and the factor of cos(G r), of one of each pair G, -G.
  private let waves: [(x: Double, y: Double, factor: Double)]
  private let constant: Double
  private let spread: [Int]

  /// - Parameter vectors: two vectors that span the lattice of images.
  init(vectors: [[Double]]) {
    self.vectors = vectors
    let (a, b) = (vectors[0], vectors[1])
    let signed = a[0] * b[1] - a[1] * b[0]
    area = abs(signed)
    let turn = 2 * Double.pi / signed
    reciprocal = [[turn * b[1], -turn * b[0]], [-turn * a[1], turn * a[0]]]
    eta = (Double.pi / area).squareRoot()
    let root = Double.pi.squareRoot()
    constant = 4 * root * eta / area
    // |n_i| <= |point| |reciprocal_i|/(2 pi) for any point n_0 a + n_1 b; and correspondingly for G.
    func length(_ vector: [Double]) -> Double { hypot(vector[0], vector[1]) }
    let far = Self.reach / eta
    spread = reciprocal.map { Int((far * length($0) / (2 * Double.pi)).rounded(.up)) + 1 }
    let highest = 2 * eta * Self.reach
    let turns = vectors.map { Int((highest * length($0) / (2 * Double.pi)).rounded(.up)) }
    var waves: [(x: Double, y: Double, factor: Double)] = []
    for m in 0...turns[0] {
      for n in -turns[1]...turns[1] where m > 0 || n > 0 {
        let x = Double(m) * reciprocal[0][0] + Double(n) * reciprocal[1][0]
        let y = Double(m) * reciprocal[0][1] + Double(n) * reciprocal[1][1]
        let wave = hypot(x, y)
        guard wave <= highest else { continue }
        let ratio = wave / (2 * eta)
        let share = eta * exp(-ratio * ratio) - root * wave / 2 * erfc(ratio)
        waves.append((x, y, 2 * 4 * root / area * share))
      }
    }
    self.waves = waves
  }

  /// The sum for one r; R = -r is left out where r is a lattice vector.
  func callAsFunction(_ x: Double, _ y: Double) -> Double {
    let root = Double.pi.squareRoot()
    // Bring r near the origin.
    let (p, q) = (
      ((reciprocal[0][0] * x + reciprocal[0][1] * y) / (2 * Double.pi)).rounded(),
      ((reciprocal[1][0] * x + reciprocal[1][1] * y) / (2 * Double.pi)).rounded()
    )
    let nearX = x - p * vectors[0][0] - q * vectors[1][0]
    let nearY = y - p * vectors[0][1] - q * vectors[1][1]
    var sum = constant
    for wave in waves { sum += wave.factor * cos(wave.x * nearX + wave.y * nearY) }
    for m in -spread[0]...spread[0] {
      for n in -spread[1]...spread[1] {
        let dx = nearX + Double(m) * vectors[0][0] + Double(n) * vectors[1][0]
        let dy = nearY + Double(m) * vectors[0][1] + Double(n) * vectors[1][1]
        let distance = hypot(dx, dy)
        let ratio = eta * distance
        if ratio > Self.reach { continue }
        if distance < 1e-9 {
          sum -= 4 * eta * eta * eta / (3 * root)
        } else {
          sum +=
            (erfc(ratio) + 2 / root * ratio * exp(-ratio * ratio))
            / (distance * distance * distance)
        }
      }
    }
    return sum
  }
}
