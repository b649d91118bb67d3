import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The full matrix of a Markov chain on the configurations of a small model.
struct TransitionMatrix {
  let count: Int
  var entries: [Double]

  init(count: Int) {
    self.count = count
    entries = [Double](repeating: 0, count: count * count)
  }

  subscript(from: Int, to: Int) -> Double {
    get { entries[from * count + to] }
    set { entries[from * count + to] = newValue }
  }

  /// The largest deviation of a row's sum from one.
  var rowError: Double {
    (0..<count).map { row in abs((0..<count).reduce(-1) { $0 + self[row, $1] }) }.max()!
  }

  /// The largest deviation of (weights times matrix) from weights, relative to the largest weight.
  func invarianceError(of weights: [Double]) -> Double {
    (0..<count).map { to in
      abs((0..<count).reduce(-weights[to]) { $0 + weights[$1] * self[$1, to] })
    }.max()! / weights.max()!
  }

  var isPositive: Bool { entries.allSatisfy { $0 > 0 } }

  /// Whether some power is positive: irreducible and aperiodic.
  ///
  /// Wielandt: if any power is, the one with exponent (n - 1)^2 + 1 is, and all later ones.
  var isPrimitive: Bool {
    var reach = entries.map { $0 > 0 }
    var exponent = 1
    while exponent < (count - 1) * (count - 1) + 1 {
      reach = Self.product(reach, reach, count)
      exponent *= 2
    }
    return !reach.contains(false)
  }

  private static func product(_ a: [Bool], _ b: [Bool], _ n: Int) -> [Bool] {
    var result = [Bool](repeating: false, count: n * n)
    for i in 0..<n {
      for k in 0..<n where a[i * n + k] {
        for j in 0..<n where b[k * n + j] { result[i * n + j] = true }
      }
    }
    return result
  }

  func times(_ other: TransitionMatrix) -> TransitionMatrix {
    var result = TransitionMatrix(count: count)
    for i in 0..<count {
      for k in 0..<count where self[i, k] != 0 {
        for j in 0..<count { result[i, j] += self[i, k] * other[k, j] }
      }
    }
    return result
  }

  /// (this + other) / 2
  func averaged(with other: TransitionMatrix) -> TransitionMatrix {
    var result = self
    for i in entries.indices { result.entries[i] = (entries[i] + other.entries[i]) / 2 }
    return result
  }

  static func identity(count: Int) -> TransitionMatrix {
    var result = TransitionMatrix(count: count)
    for i in 0..<count { result[i, i] = 1 }
    return result
  }
}

/// Configuration number `index`: bit i set is variable i up.
func configuration(_ index: Int, count: Int) -> [Int8] {
  (0..<count).map { index >> $0 & 1 == 1 ? 1 : -1 }
}

func index(of spins: some Sequence<Int8>) -> Int {
  spins.enumerated().reduce(0) { $0 | ($1.element > 0 ? 1 << $1.offset : 0) }
}

/// Boltzmann probabilities of all configurations.
func boltzmann<Model: LatticeModel>(_ model: Model, beta: Double) -> [Double]
where Model.Spin == Int8 {
  let energies = (0..<(1 << model.variableCount)).map {
    model.energy(of: configuration($0, count: model.variableCount).span)
  }
  let lowest = energies.min()!
  let weights = energies.map { exp(-beta * ($0 - lowest)) }
  let sum = weights.reduce(0, +)
  return weights.map { $0 / sum }
}
