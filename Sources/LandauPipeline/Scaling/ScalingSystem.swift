import LandauCore
import LandauLattice
import LandauMonteCarlo

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A model on a lattice whose size is still to be chosen: what a finite-size study works on.
struct ScalingSystem: Sendable, Hashable {
  enum Spins: Sendable, Hashable {
    case ising
    case potts(Int)
    case clock(Int)
    /// Unit vectors with this many components.
    case vector(Int)
  }

  var spins: Spins
  var cell: UnitCell
  var coupling: Double

  /// Names the model, the lattice and the coupling.
  var title: String {
    let name =
      switch spins {
      case .ising: "Ising model"
      case .potts(let states): "\(states)-state Potts model"
      case .clock(let states): "\(states)-state clock model"
      case .vector(2): "XY model"
      case .vector(3): "Heisenberg model"
      case .vector(let components): "O(\(components)) model"
      }
    return "\(name), \(cell.name) lattice, J = \(SampleJob.short(coupling))"
  }

  /// What the numbers mean, in one line.
  var convention: String {
    let energy =
      switch spins {
      case .ising: "-J sum_<ij> s_i s_j, s = +-1"
      case .potts: "-J sum_<ij> delta(s_i, s_j)"
      case .clock(let states): "-J sum_<ij> cos(2 pi (s_i - s_j)/\(states))"
      case .vector: "-J sum_<ij> s_i . s_j, unit vectors"
      }
    return "H = \(energy), periodic, L cells along each axis of the unit cell; k_B = 1"
  }

  var dimension: Int { cell.axisCount }

  func siteCount(side: Int) -> Int {
    (0..<dimension).reduce(cell.basis.count) { product, _ in product * side }
  }

  /// Where mean-field theory, which overestimates order, has its transition: the true one has a larger beta.
  var meanFieldBeta: Double {
    Self.meanFieldStrength(spins) / (coordination * coupling)
  }

  private static func meanFieldStrength(_ spins: Spins) -> Double {
    switch spins {
    case .ising, .clock(2): return 1
    case .vector(let components): return Double(components)
    case .clock(3): return meanFieldStrength(.potts(3)) / 1.5
    case .clock: return 2
    case .potts(2): return 2
    case .potts(let states):
      // Of first order.
      let q = Double(states)
      return 2 * (q - 1) / (q - 2) * log(q - 1)
    }
  }

  /// The XY model in two dimensions, whose transition is that of Berezinskii, Kosterlitz and Thouless.
  var isPlaneRotor: Bool { dimension == 2 && spins == .vector(2) }

  /// Why the study would answer the wrong question, nil where it does not.
  var refusal: String? {
    switch spins {
    case .vector(let components) where dimension == 2 && components > 2:
      "a continuous symmetry of more than two components has no transition in two dimensions"
    case .clock(let states) where dimension == 2 && states > 4:
      "two transitions of Kosterlitz and Thouless's kind; only one transition is looked for"
    default: nil
    }
  }

  /// Area or volume per site in units of the nearest-neighbour distance.
  var siteArea: Double { cell.siteArea }

  /// Single-site updates of all precision runs at effort 1: some minutes on two cores.
  var siteUpdates: Double {
    if case .vector = spins { return 6e9 }
    // A site takes about 3 ns, and each of its neighbours 2; larger lattices miss caches in three dimensions.
    return (dimension == 2 ? 7e11 : 5.6e11) / (3 + 2 * coordination)
  }

  private var coordination: Double { 2 * Double(cell.bonds.count) / Double(cell.basis.count) }

  /// 2 sin(k/2) of the smallest wave vectors, for the second-moment correlation length.
  func minimalWaveNumber(side: Int) -> Double {
    2 * sin(0.5 * cell.shortestReciprocalVector / Double(side))
  }
}

extension UnitCell {
  /// Length of the shortest vectors of the reciprocal lattice.
  fileprivate var shortestReciprocalVector: Double {
    let count = axisCount
    let reciprocal = reciprocalVectors
    var shortest = Double.infinity
    var total = 1
    for _ in 0..<count { total *= 3 }
    for code in 0..<total where code != total / 2 {
      var sum = [Double](repeating: 0, count: reciprocal[0].count)
      var rest = code
      for axis in 0..<count {
        let step = Double(rest % 3 - 1)
        rest /= 3
        for k in sum.indices { sum[k] += step * reciprocal[axis][k] }
      }
      shortest = min(shortest, sum.reduce(0) { $0 + $1 * $1 }.squareRoot())
    }
    return shortest
  }

  /// Vectors b with a_i b_j = 2 pi delta_ij, in the span of the primitive vectors.
  private var reciprocalVectors: [[Double]] {
    let count = axisCount
    // Rows of the Gram matrix beside the unit matrix, reduced by Gauss and Jordan.
    var rows = (0..<count).map { i in
      (0..<count).map { j in zip(vectors[i], vectors[j]).reduce(0) { $0 + $1.0 * $1.1 } }
        + (0..<count).map { $0 == i ? 1.0 : 0.0 }
    }
    for pivot in 0..<count {
      let best = (pivot..<count).max { abs(rows[$0][pivot]) < abs(rows[$1][pivot]) }!
      rows.swapAt(pivot, best)
      let scale = rows[pivot][pivot]
      rows[pivot] = rows[pivot].map { $0 / scale }
      for other in 0..<count where other != pivot {
        let factor = rows[other][pivot]
        rows[other] = zip(rows[other], rows[pivot]).map { $0 - factor * $1 }
      }
    }
    return (0..<count).map { j in
      vectors[0].indices.map { k in
        2 * Double.pi * (0..<count).reduce(0) { $0 + rows[j][count + $1] * vectors[$1][k] }
      }
    }
  }
}

extension ScalingSystem {
  /// A chain with cluster updates.
  ///
  /// - Throws: `InputError` where lattice or model cannot be made, or clusters do not apply.
  func makeChain(side: Int, beta: Double, seed: Seed) throws(InputError) -> any MarkovChain {
    let lattice = try Lattice(cell, sides: [Int](repeating: side, count: dimension))
    if case .vector(let components) = spins {
      return try VectorChain(
        model: VectorModel(lattice, components: components, coupling: coupling), beta: beta,
        update: .wolff, seed: seed)
    }
    return try DiscreteChain(model: discreteModel(lattice), beta: beta, update: .wolff, seed: seed)
  }

  /// The model of a size, which has to be of few-valued spins.
  func discreteModel(side: Int) throws(InputError) -> DiscreteModel {
    try discreteModel(Lattice(cell, sides: [Int](repeating: side, count: dimension)))
  }

  private func discreteModel(_ lattice: Lattice) throws(InputError) -> DiscreteModel {
    switch spins {
    case .ising, .vector: try .ising(lattice, coupling: coupling)
    case .potts(let states): try .potts(lattice, states: states, coupling: coupling)
    case .clock(let states): try .clock(lattice, states: states, coupling: coupling)
    }
  }
}

extension UnitCell {
  /// Area per site in units of the nearest-neighbour distance; 1 except on two axes.
  var siteArea: Double {
    guard axisCount == 2 else { return 1 }
    let (a, b) = (vectors[0], vectors[1])
    return abs(a[0] * b[1] - a[1] * b[0]) / Double(basis.count)
  }
}
