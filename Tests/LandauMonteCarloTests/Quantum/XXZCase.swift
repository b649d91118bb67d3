import LandauCore
import LandauExact
import LandauLattice
import Testing

@testable import LandauMonteCarlo

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A small magnet with what all its levels say.
struct XXZCase: Sendable, CustomTestStringConvertible {
  var name: String
  var lattice = "chain"
  var sides = [8]
  var boundary = Lattice.Boundary.periodic
  /// One, or several that alternate over the bonds.
  var transverse = [1.0]
  var longitudinal: [Double]
  var field = 0.0
  var beta: Double
  /// In units of the largest coupling (or field): what is found in energies and, a tenth of it, in correlations.
  var bias = 0.1
  var testDescription: String { name }

  func parts() throws -> (lattice: Lattice, transverse: [Double], longitudinal: [Double]) {
    let lattice = try Lattice.named(self.lattice, sides: sides, boundary: [boundary])
    return (
      lattice, lattice.bonds.indices.map { transverse[$0 % transverse.count] },
      lattice.bonds.indices.map { longitudinal[$0 % longitudinal.count] }
    )
  }

  func chain(_ seed: Seed) throws -> XXZSeries {
    let parts = try parts()
    let reach = parts.lattice.isTranslationInvariant ? parts.lattice.sides[0] / 2 : 0
    return try XXZSeries(
      lattice: parts.lattice, transverse: parts.transverse, longitudinal: parts.longitudinal,
      field: field, beta: beta, reach: reach, seed: seed)
  }

  /// H, with a twist by an angle of what crosses the boundary of axis 0.
  func hamiltonian(twist: Double = 0) throws -> PauliSum {
    let (lattice, transverse, longitudinal) = try parts()
    var sum = PauliSum(siteCount: lattice.siteCount)
    for (number, bond) in lattice.bonds.enumerated() where !bond.isSelfBond {
      let (i, j) = (Int(bond.source), Int(bond.target))
      let angle = twist * Double(lattice.crossings[number * lattice.sides.count])
      let (c, s) = (transverse[number] * cos(angle), transverse[number] * sin(angle))
      sum.add(c, [.x(i), .x(j)])
      sum.add(c, [.y(i), .y(j)])
      sum.add(longitudinal[number], [.z(i), .z(j)])
      if s != 0 {
        sum.add(s, [.x(i), .y(j)])
        sum.add(-s, [.y(i), .x(j)])
      }
    }
    for i in 0..<lattice.siteCount { sum.add(-field, [.z(i)]) }
    return sum
  }

  /// All observables but |m|, whose operator is no short sum, and windings.
  func exact() throws -> [(Observable, Double)] {
    let (lattice, _, _) = try parts()
    let n = lattice.siteCount
    let empty = PauliSum(siteCount: n)
    let bonds = lattice.bonds.filter { !$0.isSelfBond }
    var names: [Observable] = []
    var sums: [PauliSum] = []
    func add(_ name: Observable, _ build: (inout PauliSum) -> Void) {
      var sum = empty
      build(&sum)
      names.append(name)
      sums.append(sum)
    }
    for (name, axis) in [
      (XXZSeries.transverseBonds, SpinAxis.x), (XXZSeries.longitudinalBonds, .z),
    ] {
      add(name) { sum in
        for bond in bonds {
          sum.add(
            1 / Double(bonds.count), [.init(axis, Int(bond.source)), .init(axis, Int(bond.target))])
        }
      }
    }
    add(.order(0)) { sum in for i in 0..<n { sum.add(1 / Double(n), [.z(i)]) } }
    func square(_ name: Observable, _ axis: SpinAxis, _ sign: (Int) -> Double) {
      add(name) { sum in
        for i in 0..<n {
          for j in 0..<n {
            sum.add(
              sign(i) * sign(j) / Double(n * n), i == j ? [] : [.init(axis, i), .init(axis, j)])
          }
        }
      }
    }
    square(.orderSquared, .z) { _ in 1 }
    square(XXZSeries.transverseSquared, .x) { _ in 1 }
    if let signs = lattice.sublatticeSigns {
      square(.staggeredOrderSquared, .z) { Double(signs[$0]) }
      square(XXZSeries.transverseStaggeredSquared, .x) { Double(signs[$0]) }
    }
    if let shift = lattice.translation(along: 0), lattice.isTranslationInvariant {
      var target = Array(0..<n)
      for distance in 0..<lattice.sides[0] / 2 {
        target = target.map { shift[$0] }
        add(XXZSeries.correlation(distance + 1)) { sum in
          for i in 0..<n { sum.add(1 / Double(n), [.z(i), .z(target[i])]) }
        }
      }
    }
    let averages = try SpinDiagonalization(try hamiltonian()).canonicalAverages(
      beta: beta, of: sums)
    return [(.energyPerSite, averages.energy / Double(n))] + zip(names, averages.observables)
  }

  /// <W^2> along axis 0 from the free energy of twisted boundaries: beta F'' by differences of two angles, extrapolated.
  func exactWinding() throws -> Double {
    func logPartition(_ twist: Double) throws -> Double {
      let levels = try SpinDiagonalization(try hamiltonian(twist: twist)).spectrum().map(\.energy)
      return log(levels.reduce(0) { $0 + exp(-beta * ($1 - levels[0])) })
        - beta * levels[0]
    }
    let zero = try logPartition(0)
    let slopes = try [0.02, 0.04].map { angle in
      -2 * (try logPartition(angle) - zero) / (angle * angle)
    }
    return (4 * slopes[0] - slopes[1]) / 3
  }
}
