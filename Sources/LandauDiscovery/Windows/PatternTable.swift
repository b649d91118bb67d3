#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The functions of one window of few-valued variables, tabulated: which class each pattern belongs to, and
/// what each function is on each class.
///
/// The mean of a function over positions is the sum over classes of their frequency times the function, so
/// one count of classes gives all of them. Pattern p has digit p / q^v % q for variable v, which is
/// `site * channelCount + channel`.
struct PatternTable: Sendable {
  let terms: [Term]
  /// `[pattern]`
  let classes: [Int32]
  let classCount: Int
  /// `[class, term]`
  let values: [Float]

  /// - Precondition: the patterns can be tabulated (`Alphabet.featureCount` is not nil).
  init(_ alphabet: Alphabet, window: Window, channelCount: Int) {
    let sites = window.offsets.flatMap { offset in
      (0..<channelCount).map { Term.Factor(offset, channel: $0) }
    }
    guard let count = alphabet.patternCount(variables: sites.count) else {
      preconditionFailure(
        "window \(window.name) has \(alphabet.levels.count)^\(sites.count) patterns")
    }
    let q = alphabet.levels.count
    let digits = (0..<count).map { pattern in
      var rest = pattern
      return sites.indices.map { _ in
        defer { rest /= q }
        return rest % q
      }
    }
    switch alphabet.symmetry {
    case .none: self.init(products: alphabet, sites, digits)
    case .permutations where sites.count > 1: self.init(equalities: q, sites, digits)
    case .permutations:
      self.init(
        terms: alphabet.levels.dropFirst().map { level in
          var factor = sites[0]
          factor.index = Int(level)
          return Term([factor], kind: .level)
        }, digits
      ) { term, digits in digits[0] == term + 1 ? 1 : 0 }
    case .rotations: self.init(angles: q, sites, digits)
    }
  }

  /// Every pattern its own class.
  private init(terms: [Term], _ digits: [[Int]], _ value: (_ term: Int, _ digits: [Int]) -> Double)
  {
    self.terms = terms
    classes = digits.indices.map { Int32($0) }
    classCount = digits.count
    values = digits.flatMap { pattern in terms.indices.map { Float(value($0, pattern)) } }
  }

  private init(products alphabet: Alphabet, _ sites: [Term.Factor], _ digits: [[Int]]) {
    let polynomials = alphabet.polynomials
    // Function number d takes the polynomial of degree d_v for variable v: the digits of a pattern again.
    let degrees = digits.dropFirst()
    self.init(
      terms: degrees.map { degrees in
        Term(
          zip(sites, degrees).filter { $0.1 > 0 }.map { site, degree in
            var factor = site
            factor.index = degree
            return factor
          })
      }, digits
    ) { term, pattern in
      zip(degrees[term + 1], pattern).reduce(1.0) { $0 * polynomials[$1.0][$1.1] }
    }
  }

  /// Products of Kronecker deltas, one for each division of the variables into groups of equals. Where
  /// there are fewer values than variables not all are independent; the simplest that are stay.
  private init(equalities q: Int, _ sites: [Term.Factor], _ digits: [[Int]]) {
    let orbits = SetPartition.all(of: sites.count, blocks: q)
    let numbers = Dictionary(uniqueKeysWithValues: orbits.enumerated().map { ($1, Int32($0)) })
    classes = digits.map { numbers[SetPartition.byEquality($0)]! }
    classCount = orbits.count
    var candidates = SetPartition.all(of: sites.count, blocks: sites.count)
    candidates.removeFirst()  // all alone: the constant
    func isConstantOnGroups(_ orbit: [Int], _ division: [Int]) -> Bool {
      var seen: [Int: Int] = [:]
      for (group, value) in zip(division, orbit) {
        if let before = seen[group], before != value { return false }
        seen[group] = value
      }
      return true
    }
    // Rows reduced so far, each with its pivot; the constant is the first.
    var reduced: [(pivot: Int, row: [Double])] = [(0, orbits.map { _ in 1 })]
    var chosen: [(term: Term, row: [Double])] = []
    for division in candidates where reduced.count < orbits.count {
      let row = orbits.map { isConstantOnGroups($0, division) ? 1.0 : 0 }
      var rest = row
      for (pivot, other) in reduced where rest[pivot] != 0 {
        let factor = rest[pivot] / other[pivot]
        for index in rest.indices { rest[index] -= factor * other[index] }
      }
      guard let pivot = rest.indices.first(where: { abs(rest[$0]) > 1e-9 }) else { continue }
      reduced.append((pivot, rest))
      let sizes = Dictionary(division.map { ($0, 1) }, uniquingKeysWith: +)
      let factors = zip(sites, division).filter { sizes[$0.1]! > 1 }.map { site, group in
        var factor = site
        factor.index = group
        return factor
      }
      chosen.append((Term(factors, kind: .equality), row))
    }
    terms = chosen.map(\.term)
    values = orbits.indices.flatMap { orbit in chosen.map { Float($0.row[orbit]) } }
  }

  private init(angles q: Int, _ sites: [Term.Factor], _ digits: [[Int]]) {
    let turn = 2 * Double.pi / Double(q)
    guard sites.count > 1 else {
      self.init(
        terms: [1, 2].map { component in
          var factor = sites[0]
          factor.index = component
          return Term([factor], kind: .component)
        }, digits
      ) { term, digits in
        term == 0 ? cos(turn * Double(digits[0])) : sin(turn * Double(digits[0]))
      }
      return
    }
    let pairs = sites.indices.flatMap { one in
      (one + 1..<max(sites.count, one + 1)).flatMap { other in
        (1...max(1, q / 2)).map { (one: one, other: other, multiple: $0) }
      }
    }
    self.init(
      terms: pairs.map { pair in
        Term(
          [pair.one, pair.other].map { site in
            var factor = sites[site]
            factor.index = pair.multiple
            return factor
          }, kind: .angle)
      }, digits
    ) { term, digits in
      let pair = pairs[term]
      return cos(turn * Double(pair.multiple * (digits[pair.one] - digits[pair.other])))
    }
  }
}
