import LandauCore

/// Something that may be done to any configuration of a model without changing its energy.
public struct ModelSymmetry<Spin: BitwiseCopyable & Sendable>: Sendable {
  /// As it is called in messages.
  public let name: String
  /// The image of a configuration.
  public let image: @Sendable ([Spin]) -> [Spin]

  public init(_ name: String, image: @escaping @Sendable ([Spin]) -> [Spin]) {
    self.name = name
    self.image = image
  }

  /// Every variable changed in the same way.
  public static func map(
    _ name: String, _ change: @escaping @Sendable (Spin) -> Spin
  ) -> ModelSymmetry {
    ModelSymmetry(name) { $0.map(change) }
  }

  /// Variables moved: what stands at i goes to `targets[i]`, blocks of `width` numbers together.
  public static func move(_ name: String, to targets: [Int], width: Int = 1) -> ModelSymmetry {
    ModelSymmetry(name) { old in
      var new = old
      for (place, target) in targets.enumerated() {
        for k in 0..<width { new[target * width + k] = old[place * width + k] }
      }
      return new
    }
  }
}

extension Lattice {
  /// Shifts by one cell along each axis that is closed, for variables of `width` numbers per site; none for a
  /// diluted lattice and a graph.
  func shifts<Spin>(width: Int = 1) -> [ModelSymmetry<Spin>] {
    guard cell != nil else { return [] }
    return sides.indices.compactMap { axis in
      translation(along: axis).map { .move("a shift along axis \(axis)", to: $0, width: width) }
    }
  }
}

extension DiscreteModel {
  /// What leaves the energy as it is: reflections of states where neither fields nor site energies mind, shifts
  /// where couplings and fields are the same everywhere.
  public var symmetries: [ModelSymmetry<UInt8>] {
    var symmetries: [ModelSymmetry<UInt8>] = []
    for reflection in spins.reflections {
      let keeps = spins.siteEnergies.indices.allSatisfy { state in
        let image = Int(reflection[state])
        let isSameCharge =
          fields.allSatisfy { $0 == 0 } || spins.charges[state] == spins.charges[image]
        return spins.siteEnergies[state] == spins.siteEnergies[image] && isSameCharge
      }
      if keeps { symmetries.append(.map("the reflection \(reflection)") { reflection[Int($0)] }) }
    }
    let isUniform = fields.allSatisfy { $0 == fields[0] }
    if uniformCoupling != nil && isUniform { symmetries += lattice.shifts() }
    return symmetries
  }
}

extension IsingModel {
  /// The flip of all spins where there is no field, and shifts along the axes.
  public var symmetries: [ModelSymmetry<Int8>] {
    let shifts: [ModelSymmetry<Int8>] = lattice.sides.indices.map { axis in
      .move(
        "a shift along axis \(axis)",
        to: (0..<siteCount).map { lattice.neighbour(of: $0, axis: axis) })
    }
    return (field == 0 ? [.map("the flip of all spins") { -$0 }] : []) + shifts
  }
}

extension IsingGaugeModel {
  /// Gauge transformations at one site each, and shifts along the axes.
  public var symmetries: [ModelSymmetry<Int8>] {
    let model = self
    let gauge: [ModelSymmetry<Int8>] = (0..<min(siteCount, 8)).map { site in
      ModelSymmetry("a gauge transformation at site \(site)") { old in
        var links = old
        let signs = (0..<model.siteCount).map { $0 == site ? Int8(-1) : 1 }
        model.transform(&links, by: signs.span)
        return links
      }
    }
    let shifts: [ModelSymmetry<Int8>] = (0..<dimension).map { axis in
      let shift = (0..<siteCount).map { lattice.neighbour(of: $0, axis: axis) }
      return .move(
        "a shift along axis \(axis)",
        to: (0..<dimension).flatMap { kind in shift.map { $0 + kind * siteCount } })
    }
    return gauge + shifts
  }
}
