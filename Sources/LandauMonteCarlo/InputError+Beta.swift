import LandauCore

extension InputError {
  /// What every chain asks of its inverse temperature.
  static func check(beta: Double) throws(InputError) {
    guard beta >= 0, beta.isFinite else {
      throw .notAllowed("beta", beta, allowed: "finite numbers from 0")
    }
  }
}
