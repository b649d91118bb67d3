internal import CLandauKernels
import LandauCore
import LandauLattice

/// Models of which 512 replicas fit into eight words a site (`lk_packed`).
enum PackedSpins: Sendable, Hashable {
  case ising
  case potts(states: Int)
  case blumeCapel

  init?(_ spins: DiscreteModel.SpinSpace) {
    let crystalField = spins.siteEnergies[0]
    if spins.pairEnergies == DiscreteModel.SpinSpace.ising.pairEnergies {
      self = .ising
    } else if [3, 4].contains(spins.stateCount),
      spins.pairEnergies == DiscreteModel.SpinSpace.potts(spins.stateCount).pairEnergies
    {
      self = .potts(states: spins.stateCount)
    } else if spins.pairEnergies
      == DiscreteModel.SpinSpace.blumeCapel(crystalField: 0).pairEnergies,
      spins.siteEnergies == [crystalField, 0, crystalField]
    {
      self = .blumeCapel
    } else {
      return nil
    }
  }

  /// Bonds at one site: a counter of four bits takes one or two of each.
  var maximumDegree: Int { self == .ising ? 15 : 7 }
  var planeCount: Int { self == .ising ? 1 : 2 }
}

/// The attempts at one kind of site by what they cost.
struct PackedCosts: Hashable {
  var degree: Int
  /// Energy of state 1 above that of state 0 by the field, for Ising spins.
  var field: Double

  /// Attempts that cost energy: what the counter shows, of which kind (-1: of any), and the cost. The meanings of
  /// counter and kind stand with `lk_kernels.packed_ising` and its siblings.
  struct Class {
    var value: Int
    var kind: Int
    var cost: Double
  }

  /// - Parameters:
  ///   - coupling: J; its modulus for Ising spins, where the signs of bonds are elsewhere.
  ///   - crystalField: of Blume and Capel's model.
  func classes(_ spins: PackedSpins, coupling: Double, crystalField: Double) -> [Class] {
    let all: [Class]
    switch spins {
    case .ising:
      let kinds = field == 0 ? [-1] : [0, 1]
      all = kinds.flatMap { kind in
        (0...degree).map { unsatisfied in
          Class(
            value: unsatisfied, kind: kind,
            cost: 2 * coupling * Double(degree - 2 * unsatisfied)
              + (kind == -1 ? 0 : kind == 0 ? field : -field))
        }
      }
    case .potts:
      all = (0...2 * degree).map {
        Class(value: $0, kind: -1, cost: abs(coupling) * Double($0 - degree))
      }
    case .blumeCapel:
      all = (0...2).flatMap { kind in
        (0...2 * degree).map { shown in
          let pull = coupling * Double(shown - degree)
          let cost = [crystalField - pull, pull - crystalField, 2 * pull][kind]
          return Class(value: shown, kind: kind, cost: cost)
        }
      }
    }
    return all.filter { $0.cost > 0 }
  }
}

/// The rules of all kinds of sites, in the buffers that kernels read.
final class PackedRules {
  let rules: UnsafeMutablePointer<lk_packed_rule>
  private(set) var acceptance: MetropolisAcceptance
  /// Costs of the classes of each kind; class 0 is what costs nothing.
  private let costs: [[Double]]
  private let thresholds: [UnsafeMutablePointer<UInt64>]
  private let bits: [UnsafeMutablePointer<UInt64>]
  private let owned = OwnedBuffers()

  init(_ classes: [[PackedCosts.Class]], beta: Double) {
    let owned = owned
    costs = classes.map { [0] + $0.map(\.cost) }
    thresholds = costs.map { owned.make($0.count, 0) }
    bits = costs.map { owned.make(64 * $0.count, 0) }
    let tables = zip(thresholds, bits)
    rules = owned.make(
      of: zip(classes, tables).map { classes, tables in
        lk_packed_rule(
          count: Int32(1 + classes.count),
          values: owned.make(of: [0] + classes.map { Int8($0.value) }),
          kinds: owned.make(of: [-1] + classes.map { Int8($0.kind) }),
          thresholds: tables.0, bits: tables.1)
      })
    acceptance = MetropolisAcceptance(beta: beta, largestCost: 0)
    setBeta(beta)
  }

  func setBeta(_ beta: Double) {
    acceptance = MetropolisAcceptance(
      beta: beta, largestCost: costs.lazy.map { $0.max()! }.max() ?? 0)
    for kind in costs.indices {
      for (number, cost) in costs[kind].enumerated() {
        let threshold = acceptance.threshold(energyChange: cost)
        thresholds[kind][number] = threshold
        let bits = bits[kind] + 64 * number
        for bit in 0..<64 { bits[bit] = 0 &- (threshold >> UInt64(63 &- bit) & 1) }
      }
    }
  }
}
