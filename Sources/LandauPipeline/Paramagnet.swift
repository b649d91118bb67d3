#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One spin -1 or +1 in a field: Z = 2 cosh(beta h).
struct Paramagnet {
  let beta: Double
  let field: Double

  /// ln Z, without overflow: |b| + ln(1 + e^(-2 |b|)).
  var logPartition: Double {
    let b = abs(beta * field)
    return b + log1p(exp(-2 * b))
  }

  var magnetization: Double { tanh(beta * field) }

  var energy: Double { 0 - field * magnetization }

  /// (beta h / cosh(beta h))^2.
  var specificHeat: Double {
    let b = abs(beta * field)
    // 1 / cosh b = 2 e^(-b) / (1 + e^(-2b)).
    let ratio = b * 2 * exp(-b) / (1 + exp(-2 * b))
    return ratio * ratio
  }
}
