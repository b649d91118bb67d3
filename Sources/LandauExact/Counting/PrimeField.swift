/// Whole numbers modulo a prime below 2^31, kept in Montgomery's form.
///
/// An element a is stored as a 2^32 mod p, so that a product needs no division: exact, and fast enough
/// for the tables of an elimination.
struct PrimeField: Algebra {
  typealias Element = UInt32

  let prime: UInt32
  /// -1 / p modulo 2^32.
  private let inverse: UInt32
  /// 2^32 and 2^64 modulo p.
  let one: UInt32
  private let square: UInt32

  init(prime: UInt32) {
    precondition(prime % 2 == 1 && prime < 1 << 31, "the modulus \(prime)")
    self.prime = prime
    // Newton's iteration doubles the correct bits; an odd number is its own inverse modulo 8.
    var guess = prime
    for _ in 0..<4 { guess = guess &* (2 &- prime &* guess) }
    inverse = 0 &- guess
    one = UInt32((1 << 32) % UInt64(prime))
    square = UInt32(UInt64(one) * UInt64(one) % UInt64(prime))
  }

  @inline(__always)
  func plus(_ a: UInt32, _ b: UInt32) -> UInt32 {
    let sum = a &+ b
    return sum >= prime ? sum &- prime : sum
  }

  @inline(__always)
  func minus(_ a: UInt32, _ b: UInt32) -> UInt32 { a >= b ? a &- b : a &+ prime &- b }

  @inline(__always)
  func times(_ a: UInt32, _ b: UInt32) -> UInt32 {
    let product = UInt64(a) &* UInt64(b)
    let factor = UInt32(truncatingIfNeeded: product) &* inverse
    let sum = product &+ UInt64(factor) &* UInt64(prime)
    let reduced = UInt32(truncatingIfNeeded: sum >> 32)
    return reduced >= prime ? reduced &- prime : reduced
  }

  func element(_ value: Int) -> UInt32 {
    let rest = value % Int(prime)
    return times(UInt32(rest < 0 ? rest + Int(prime) : rest), square)
  }

  /// 0 to p - 1.
  func value(_ element: UInt32) -> UInt32 { times(element, 1) }

  func power(_ base: UInt32, _ exponent: Int) -> UInt32 {
    var (result, square, rest) = (one, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result = times(result, square) }
      square = times(square, square)
      rest >>= 1
    }
    return result
  }

  func inverse(_ element: UInt32) -> UInt32 { power(element, Int(prime) - 2) }

  /// An element whose powers repeat after exactly `order` steps; `order` divides p - 1.
  func root(order: Int) -> UInt32 {
    let factors = Self.primeFactors(order)
    var candidate = 2
    while true {
      let root = power(element(candidate), (Int(prime) - 1) / order)
      if factors.allSatisfy({ power(root, order / $0) != one }) { return root }
      candidate += 1
    }
  }

  /// The coefficients of a polynomial from its values at the powers of a root of unity: `values[j]`
  /// belongs to root^j and there are as many as the root has powers, a power of two.
  func interpolate(_ values: [UInt32], root: UInt32) -> [UInt32] {
    let transformed = transform(values, root: inverse(root))
    let scale = inverse(element(values.count))
    return transformed.map { times($0, scale) }
  }

  private func transform(_ values: [UInt32], root: UInt32) -> [UInt32] {
    let count = values.count
    if count == 1 { return values }
    let squared = times(root, root)
    let even = transform(stride(from: 0, to: count, by: 2).map { values[$0] }, root: squared)
    let odd = transform(stride(from: 1, to: count, by: 2).map { values[$0] }, root: squared)
    var result = values
    var twiddle = one
    for index in 0..<count / 2 {
      let product = times(twiddle, odd[index])
      result[index] = plus(even[index], product)
      result[index + count / 2] = minus(even[index], product)
      twiddle = times(twiddle, root)
    }
    return result
  }
}

extension PrimeField {
  /// The largest primes below 2^31 that leave 1 when divided by `divisor`, in descending order; fewer
  /// than asked for where there are no more above 2^20.
  static func primes(_ count: Int, congruentToOneModulo divisor: Int) -> [UInt32] {
    var primes: [UInt32] = []
    var candidate = (Int(Int32.max) - 1) / divisor * divisor + 1
    while primes.count < count && candidate > 1 << 20 {
      if isPrime(candidate) { primes.append(UInt32(candidate)) }
      candidate -= divisor
    }
    return primes
  }

  /// The test of Miller and Rabin with the bases 2, 3, 5 and 7, which is exact below 3.2e9.
  static func isPrime(_ number: Int) -> Bool {
    precondition(number < 3_000_000_000, "\(number) is too large for this test")
    for small in [2, 3, 5, 7] {
      if number == small { return true }
      if number % small == 0 { return false }
    }
    guard number > 1 else { return false }
    let exponent = (number - 1).trailingZeroBitCount
    let odd = (number - 1) >> exponent
    return [2, 3, 5, 7].allSatisfy { base in
      var value = modularPower(base, odd, number)
      if value == 1 || value == number - 1 { return true }
      for _ in 1..<max(1, exponent) {
        value = Int(UInt64(value) * UInt64(value) % UInt64(number))
        if value == number - 1 { return true }
      }
      return false
    }
  }

  private static func modularPower(_ base: Int, _ exponent: Int, _ modulus: Int) -> Int {
    var (result, square, rest) = (UInt64(1), UInt64(base), exponent)
    while rest > 0 {
      if rest & 1 == 1 { result = result * square % UInt64(modulus) }
      square = square * square % UInt64(modulus)
      rest >>= 1
    }
    return Int(result)
  }

  static func primeFactors(_ number: Int) -> [Int] {
    var (factors, rest, factor) = ([Int](), number, 2)
    while factor * factor <= rest {
      if rest % factor == 0 { factors.append(factor) }
      while rest % factor == 0 { rest /= factor }
      factor += 1
    }
    return rest > 1 ? factors + [rest] : factors
  }
}
