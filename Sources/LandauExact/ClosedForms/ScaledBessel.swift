/// exp(-x) I_n(x) for whole n of either sign, with derivatives by a coupling that x is a part of.
struct ScaledBessel {
  /// For n from 0 on.
  private let values: [Double]
  private let divisor: Double
  /// The largest n with a value; those beyond count as 0.
  var reach: Int { values.count - 1 }

  /// - Parameters:
  ///   - coupling: from 0; x is the coupling over the divisor.
  ///   - count: values there are at least from n = 0 on; always so many that those beyond are below e^-100 of the first.
  init(_ coupling: Double, over divisor: Double = 1, atLeast count: Int) {
    values = BesselFunctions.scaled(coupling / divisor, atLeast: count)
    self.divisor = divisor
  }

  subscript(_ n: Int) -> Double { abs(n) < values.count ? values[abs(n)] : 0 }

  /// The derivative of so high an order by the coupling.
  ///
  /// I_n' = (I_(n-1) + I_(n+1))/2, from which the factor exp(-x) takes the function itself.
  func derivative(_ order: Int, _ n: Int) -> Double {
    if order == 0 { return self[n] }
    let around = (derivative(order - 1, n - 1) + derivative(order - 1, n + 1)) / 2
    return (around - derivative(order - 1, n)) / divisor
  }
}
