/// The values of one variable and which functions of them a window is expanded in.
///
/// Without a symmetry every function of a window's n variables with q values each is a sum of q^n products
/// of orthogonal polynomials, one per variable, the constant among them (for q = 2 these are the products of
/// spins). A group of exchanges of values that leaves the data alike leaves far fewer functions: those it
/// does not change, found by averaging any function over the group.
public struct Alphabet: Sendable, Hashable {
  /// Exchanges of values, made on all variables at once, that count as nothing.
  public enum Symmetry: String, Sendable, Hashable, CaseIterable {
    /// None: windows tell all patterns apart.
    case none
    /// All permutations: values are labels, and windows see which variables are equal (Potts).
    case permutations
    /// Rotations and reflections of a circle: windows see the differences of angles (clock).
    case rotations
  }

  /// Ascending.
  public let levels: [Int8]
  public let symmetry: Symmetry

  public init(levels: [Int8], symmetry: Symmetry) {
    precondition(levels.count >= 2, "an alphabet of \(levels)")
    self.levels = levels
    self.symmetry = symmetry
  }

  /// Ising spins, all patterns of them.
  public static let spins = Alphabet(levels: [-1, 1], symmetry: .none)

  /// What is taken where nobody says: values 0 ... q - 1 of three or more are labels.
  public init(levels: [Int8]) {
    let isLabels = levels.count > 2 && levels == (0..<Int8(clamping: levels.count)).map { $0 }
    self.init(levels: levels, symmetry: isLabels ? .permutations : .none)
  }

  /// The largest number of patterns of a window.
  static let maximumPatternCount = 1 << 14

  /// q^n; nil where that is more than can be tabulated.
  func patternCount(variables: Int) -> Int? {
    var count = 1
    for _ in 0..<variables {
      count *= levels.count
      if count > Self.maximumPatternCount { return nil }
    }
    return count
  }

  /// Independent functions of a window besides the constant; nil where its patterns are too many.
  ///
  /// A single variable has no function that a symmetry leaves alone; there all values (of an angle its cosine
  /// and sine) are kept, for a field that breaks the symmetry from outside.
  public func featureCount(variables: Int) -> Int? {
    guard let patterns = patternCount(variables: variables) else { return nil }
    switch symmetry {
    case .none: return patterns - 1
    case .permutations:
      return variables == 1
        ? levels.count - 1 : SetPartition.count(of: variables, blocks: levels.count) - 1
    case .rotations:
      return variables == 1 ? 2 : variables * (variables - 1) / 2 * (levels.count / 2)
    }
  }

  /// Values of the monic orthogonal polynomials of degree 0 ..< q on the levels, `[degree][level]`.
  ///
  /// Orthogonal when all levels weigh the same: 1, s - <s>, ... by Gram and Schmidt.
  var polynomials: [[Double]] {
    let x = levels.map(Double.init)
    var basis: [[Double]] = []
    for degree in x.indices {
      var values = degree == 0 ? x.map { _ in 1.0 } : zip(basis[degree - 1], x).map { $0 * $1 }
      // Twice, so that rounding of the first round is taken out, too.
      for _ in 0..<2 {
        for other in basis {
          let overlap = zip(values, other).reduce(0) { $0 + $1.0 * $1.1 }
          let norm = other.reduce(0) { $0 + $1 * $1 }
          for index in values.indices { values[index] -= overlap / norm * other[index] }
        }
      }
      basis.append(values)
    }
    return basis
  }
}

/// Ways to divide n things into groups, each written as the group of every thing, numbered from 0 in order of
/// first occurrence.
enum SetPartition {
  /// All with at most `blocks` groups, those of most groups first.
  static func all(of count: Int, blocks: Int) -> [[Int]] {
    var found: [[Int]] = [[]]
    for _ in 0..<count {
      found = found.flatMap { partial -> [[Int]] in
        let used = (partial.max() ?? -1) + 1
        return (0...used).filter { $0 < blocks }.map { partial + [$0] }
      }
    }
    return found.enumerated().sorted {
      let (one, other) = ($0.element.max() ?? 0, $1.element.max() ?? 0)
      return one != other ? one > other : $0.offset < $1.offset
    }.map(\.element)
  }

  /// Sum of the Stirling numbers of the second kind with at most `blocks` groups.
  static func count(of count: Int, blocks: Int) -> Int {
    // numbers[b]: ways to divide the things so far into b groups.
    var numbers = [1] + [Int](repeating: 0, count: count)
    for _ in 0..<count {
      numbers = numbers.indices.map { b in
        b == 0 ? 0 : b * numbers[b] + numbers[b - 1]
      }
    }
    return numbers.prefix(blocks + 1).reduce(0, +)
  }

  /// The division of positions by which of them have equal values.
  static func byEquality(_ values: [Int]) -> [Int] {
    var numbers: [Int: Int] = [:]
    return values.map { value in
      let number = numbers[value] ?? numbers.count
      numbers[value] = number
      return number
    }
  }
}
