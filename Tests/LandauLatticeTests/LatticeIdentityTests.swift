import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Exact relations between lattices, which a wrong bond anywhere would break.
@Suite struct LatticeIdentityTests {
  /// ln Z by summing over all states.
  private func logPartition(_ model: DiscreteModel, beta: Double = 1) -> Double {
    var sum = 0.0
    var states = [UInt8](repeating: 0, count: model.siteCount)
    for index in 0..<(1 << model.siteCount) {
      for site in states.indices { states[site] = UInt8(index >> site & 1) }
      sum += exp(-beta * model.energy(of: states.span))
    }
    return log(sum)
  }

  private func ising(_ cell: UnitCell, _ sides: [Int], _ coupling: Double) throws -> DiscreteModel {
    try .ising(Lattice(cell, sides: sides), coupling: coupling)
  }

  static let sides = [[1, 1], [2, 1], [1, 3], [2, 2], [3, 2], [2, 3], [4, 2], [3, 3]]

  /// Summing over one sublattice of the honeycomb lattice gives the triangular one:
  /// 2 cosh(K (a + b + c)) = A exp(K' (ab + bc + ca)). Silent error 16: wrong bonds at sides 1 and 2.
  @Test(arguments: sides, [0.3, 1.1])
  func starsAndTriangles(_ sides: [Int], _ coupling: Double) throws {
    let (aligned, mixed) = (log(2 * cosh(3 * coupling)), log(2 * cosh(coupling)))
    let triangle = (aligned - mixed) / 4
    let factor = mixed + triangle
    let cells = Double(sides.reduce(1, *))
    let honeycomb = logPartition(try ising(.honeycomb, sides, coupling))
    let triangular = logPartition(try ising(.triangular, sides, triangle))
    expectClose(honeycomb, cells * factor + triangular, relative: 1e-12)
  }

  /// A spin in the middle of every honeycomb bond: summing over the old spins gives the kagome lattice, summing over
  /// the new ones the honeycomb lattice with exp(2 K'') = cosh 2K.
  @Test(arguments: [[1, 1], [2, 1], [1, 3], [2, 2]], [0.4, 0.9])
  func decoratedHoneycombIsKagome(_ sides: [Int], _ coupling: Double) throws {
    let (aligned, mixed) = (log(2 * cosh(3 * coupling)), log(2 * cosh(coupling)))
    let triangle = (aligned - mixed) / 4
    let bond = log(cosh(2 * coupling)) / 2
    let cells = Double(sides.reduce(1, *))
    let kagome = logPartition(try ising(.kagome, sides, triangle))
    let honeycomb = logPartition(try ising(.honeycomb, sides, bond))
    expectClose(
      2 * cells * (mixed + triangle) + kagome, 3 * cells * (log(2) + bond) + honeycomb,
      relative: 1e-12)
  }

  /// The ladder by its 4 x 4 transfer matrix.
  @Test(arguments: [1, 2, 3, 6])
  func theLadderByTransferMatrix(_ side: Int) throws {
    let coupling = 0.7
    func spin(_ state: Int, _ leg: Int) -> Double { state >> leg & 1 == 1 ? 1 : -1 }
    let matrix = (0..<4).map { one in
      (0..<4).map { other in
        exp(
          coupling
            * (spin(one, 0) * spin(other, 0) + spin(one, 1) * spin(other, 1)
              + spin(one, 0) * spin(one, 1)))
      }
    }
    var power = (0..<4).map { row in (0..<4).map { $0 == row ? 1.0 : 0 } }
    for _ in 0..<side {
      power = power.map { row in
        (0..<4).map { column in (0..<4).reduce(0) { $0 + row[$1] * matrix[$1][column] } }
      }
    }
    let trace = (0..<4).reduce(0) { $0 + power[$1][$1] }
    expectClose(logPartition(try ising(.ladder, [side], coupling)), log(trace), relative: 1e-12)
  }

  /// A screw of width w is the ring with bonds to the next site and to the w-th next; for L x L of the
  /// square lattice the energy of any state is that sum.
  @Test func theScrewIsARing() throws {
    let (rows, width) = (3, 4)
    let model = try DiscreteModel.ising(
      Lattice(.square, sides: [rows, width], boundary: [.periodic, .helical]))
    var rng = Seed.test().makeStream()
    for _ in 0..<20 {
      let states = (0..<12).map { _ in UInt8(rng.index(below: 2)) }
      let spins = states.map { 2 * Double($0) - 1 }
      let energy = (0..<12).reduce(0.0) {
        $0 - spins[$1] * (spins[($1 + 1) % 12] + spins[($1 + width) % 12])
      }
      expectClose(model.energy(of: states.span), energy, absolute: 1e-13)
    }
  }

  /// The second-moment correlation length of the Ising ring is sqrt(t)/(1 - t), t = tanh K, for every number of
  /// sites: with exp(i k r) and the lattice's k^2 no correction is left.
  @Test(arguments: [3, 4, 7, 12])
  func theCorrelationLengthOfTheRing(_ side: Int) throws {
    let coupling = 0.8
    let model = try ising(.chain, [side], coupling)
    let wave = try #require(model.lattice.smallestWaveVectors.first)
    let (cosines, sines) = model.lattice.wavePhases(wave)
    var (uniform, modulated) = (0.0, 0.0)
    var states = [UInt8](repeating: 0, count: side)
    for index in 0..<(1 << side) {
      for site in states.indices { states[site] = UInt8(index >> site & 1) }
      let weight = exp(-model.energy(of: states.span))
      let spins = states.map { 2 * Double($0) - 1 }
      let sum = spins.reduce(0, +)
      let real = zip(spins, cosines).reduce(0) { $0 + $1.0 * $1.1 }
      let imaginary = zip(spins, sines).reduce(0) { $0 + $1.0 * $1.1 }
      uniform += weight * sum * sum
      modulated += weight * (real * real + imaginary * imaginary)
    }
    let t = tanh(coupling)
    let square = (uniform / modulated - 1) / model.lattice.momentumSquared(wave)
    expectClose(square, t / ((1 - t) * (1 - t)), relative: 1e-10)
  }

  /// On the Nishimori line beta = ln((1 - p)/p)/2 the energy per bond is -(1 - 2p), averaged over the couplings of any
  /// lattice (Nishimori 1981): a wrong sign, fraction or lattice would show. Finds biases of 0.015.
  @Test(arguments: [0.1, 0.25])
  func theNishimoriLine(_ fraction: Double) throws {
    let lattice = try Lattice(.triangular, sides: [3, 3])
    let beta = log((1 - fraction) / fraction) / 2
    let glass = try DisorderedModel.edwardsAnderson(
      lattice, couplings: .bimodal(1, negativeFraction: fraction))
    let bonds = Double(lattice.bondCount)
    try expectAgreement(
      with: -(1 - 2 * fraction), seed: .test(fraction), minimalBias: 0.015
    ) { seed, effort in
      let count = 1500 * effort
      var (sum, squares) = (0.0, 0.0)
      for index in 0..<count {
        let model = try glass.realisation(index, of: seed)
        var (weights, energies) = (0.0, 0.0)
        var states = [UInt8](repeating: 0, count: 9)
        // The other half is the mirror image.
        for state in 0..<256 {
          for site in 0..<8 { states[site] = UInt8(state >> site & 1) }
          let energy = model.energy(of: states.span)
          let weight = exp(-beta * energy)
          weights += weight
          energies += weight * energy
        }
        let energy = energies / weights / bonds
        sum += energy
        squares += energy * energy
      }
      let mean = sum / Double(count)
      let variance = squares / Double(count) - mean * mean
      return Estimate(
        mean, error: (variance / Double(count)).squareRoot(), effectiveCount: Double(count))
    }
  }
}
