public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Spins +1 and -1 with any energy that is a sum of products of them, by heat bath, spin by spin.
///
/// -beta H = sum over terms of K(class) times the product of the term's spins: bonds are terms of two spins, plaquettes of four, of the
/// spins on sites or of those on links (a Z2 gauge theory). A sweep gives every spin a new value, +1 with the probability
/// 1/(1 + exp(-2 h)), h the sum of K times the product of the other spins over the terms it is in. Starts with all +1.
public final class ProductChain {
  public struct Term: Sendable, Hashable {
    /// Different spins.
    public var spins: [Int]
    public var couplingClass: Int

    public init(spins: [Int], couplingClass: Int = 0) {
      self.spins = spins
      self.couplingClass = couplingClass
    }
  }

  public let terms: [Term]
  private var couplings: [Double]
  private var spins: [Int8]
  private var rng: RandomStream
  /// Terms of each spin at `starts[spin]..<starts[spin + 1]`: class, then the other spins, a fixed number of places each.
  private let starts: [Int]
  private let classes: [Int]
  private let others: [Int]
  private let width: Int

  /// - Parameter couplings: K by class.
  public init(spinCount: Int, terms: [Term], couplings: [Double], seed: Seed) {
    precondition(
      terms.allSatisfy { term in
        Set(term.spins).count == term.spins.count
          && term.spins.allSatisfy { (0..<spinCount).contains($0) }
          && couplings.indices.contains(term.couplingClass)
      }, "a term has a spin twice, one that is not there, or no coupling")
    self.terms = terms
    self.couplings = couplings
    spins = [Int8](repeating: 1, count: spinCount + 1)
    rng = seed.child("products").makeStream()
    let width = (terms.map(\.spins.count).max() ?? 1) - 1
    self.width = width
    var byTerm = [[Int]](repeating: [], count: spinCount)
    for (index, term) in terms.enumerated() {
      for spin in term.spins { byTerm[spin].append(index) }
    }
    var starts = [0]
    var classes: [Int] = []
    var others: [Int] = []
    for spin in 0..<spinCount {
      for index in byTerm[spin] {
        classes.append(terms[index].couplingClass)
        let rest = terms[index].spins.filter { $0 != spin }
        // The spin beyond the last is always +1.
        others += rest + [Int](repeating: spinCount, count: width - rest.count)
      }
      starts.append(classes.count)
    }
    self.starts = starts
    self.classes = classes
    self.others = others
  }

  public func setCouplings(_ couplings: [Double]) {
    precondition(couplings.count == self.couplings.count, "\(couplings.count) couplings")
    self.couplings = couplings
  }

  public func sweep(_ count: Int = 1) {
    for _ in 0..<count {
      for spin in 0..<starts.count - 1 {
        var field = 0.0
        for place in starts[spin]..<starts[spin + 1] {
          var product: Int8 = 1
          for k in 0..<width { product &*= spins[others[place * width + k]] }
          field += couplings[classes[place]] * Double(product)
        }
        spins[spin] = rng.uniform() * (1 + exp(-2 * field)) < 1 ? 1 : -1
      }
    }
  }

  /// Writes the product of every term.
  public func writeTerms(_ values: UnsafeMutablePointer<Int8>) {
    for (index, term) in terms.enumerated() {
      values[index] = term.spins.reduce(1) { $0 &* spins[$1] }
    }
  }
}
