import LandauCore
import LandauLattice
import LandauMonteCarlo
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Metropolis on any `DiscreteModel` by its energies alone: slow and plain, to test what runs chains.
final class ReferenceChain: PopulationChain {
  let model: DiscreteModel
  var beta: Double
  /// A fault to be found: the temperature really used is off by this factor.
  let fault: Double
  private(set) var states: [UInt8]
  private var rng: RandomStream

  init(_ model: DiscreteModel, beta: Double, seed: Seed, fault: Double = 1) {
    self.model = model
    self.beta = beta
    self.fault = fault
    rng = seed.makeStream()
    states = []
    states = (0..<model.siteCount).map { _ in UInt8(rng.index(below: model.stateCount)) }
  }

  let observables: [Observable] = [.energyPerSite, .order(0)]

  var energy: Double {
    let states = states
    return model.energy(of: states.span)
  }

  func sweep(_ count: Int) {
    var states = states
    for _ in 0..<(count * model.siteCount) {
      let site = rng.index(below: model.siteCount)
      let other = UInt8(rng.index(below: model.stateCount - 1))
      let new = other < states[site] ? other : other + 1
      let change = model.energyChange(at: site, to: new, in: states.span)
      if rng.uniform() < exp(-beta * fault * change) { states[site] = new }
    }
    self.states = states
  }

  func measure(into row: inout [Double]) {
    let states = states
    row.append(energy / Double(model.siteCount))
    row.append(model.order(of: states.span)[0] / Double(model.siteCount))
  }

  func copyConfiguration(from other: ReferenceChain) {
    states = other.states
    beta = other.beta
  }

  func save(to writer: inout StateWriter) {
    writer.write(bytes: states)
    writer.write(rng)
    writer.write(beta)
  }

  func restore(from reader: inout StateReader) throws(InputError) {
    states = try reader.bytes(count: states.count)
    rng = try reader.stream()
    beta = try reader.number()
  }
}

/// Small models that are enumerated: both signs of the coupling, frustration, fields, several states.
struct SmallModel: CustomTestStringConvertible, Sendable {
  let name: String
  let make: @Sendable () throws -> DiscreteModel

  var testDescription: String { name }

  static let all = [
    SmallModel(name: "ising 3x3 J=1") { try .ising(square(3)) },
    SmallModel(name: "ising 3x3 J=-1 h=0.3") { try .ising(square(3), coupling: -1, field: 0.3) },
    SmallModel(name: "+-J 3x3") { try frustrated(gaussian: false) },
    SmallModel(name: "Gaussian 3x3") { try frustrated(gaussian: true) },
    SmallModel(name: "potts q=3 2x3") {
      try .potts(Lattice(.hypercubic(2), sides: [2, 3]), states: 3)
    },
    SmallModel(name: "blume-capel 2x2") {
      try .blumeCapel(square(2), coupling: -1, crystalField: 0.4)
    },
  ]

  static func square(_ side: Int) throws -> Lattice {
    try Lattice(.hypercubic(2), sides: [side, side])
  }

  static func frustrated(gaussian: Bool, side: Int = 3) throws -> DiscreteModel {
    let lattice = try square(side)
    var rng = Seed(7).child("couplings").makeStream()
    return try .ising(
      lattice,
      couplings: lattice.bonds.map { _ in
        gaussian ? rng.normal() : rng.next() & 1 == 0 ? 1 : -1
      })
  }
}
