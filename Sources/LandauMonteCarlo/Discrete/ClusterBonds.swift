import LandauCore
import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How likely the two ends of a bond belong to one cluster when clusters are mirrored by a
/// reflection R: 1 - exp(-beta (E(R s_i, s_j) - E(s_i, s_j))) where mirroring one end costs energy,
/// else 0. Times 2^32.
///
/// Swendsen and Wang 1987, Wolff 1989; for a general R the embedding of Wolff, and Wang, Swendsen
/// and Kotecky 1990.
final class ClusterBonds {
  enum Kind {
    /// Bonds tell equal states from others, all couplings are equal and favour equal ones.
    case equal(UInt32)
    /// The same with couplings of their own: by place and by bond. Where `against` is 1 different
    /// states of two are favoured.
    case signed
    /// Any energies, one coupling: by the two energy levels between which mirroring leads.
    case levels
    /// Any energies, any couplings: computed each time.
    case computed
  }

  let storage: DiscreteStorage
  private(set) var kind = Kind.equal(0)
  private(set) var beta = 0.0

  let placeThresholds: UnsafeMutablePointer<UInt32>
  let placeAgainst: UnsafeMutablePointer<UInt8>
  let bondThresholds: UnsafeMutablePointer<UInt32>
  let bondAgainst: UnsafeMutablePointer<UInt8>
  /// `[level, level]`
  let levelThresholds: UnsafeMutablePointer<UInt32>
  /// `[state, state]`
  let levelOf: UnsafeMutablePointer<UInt8>
  let levelCount: Int
  private let levels: [Double]

  /// Reflections, `[reflection, state]`.
  let reflections: UnsafeMutablePointer<UInt8>
  let reflectionCount: Int
  /// For each state the reflections that change it, or all reflections where that would be unfair,
  /// because a state is changed by more of them than a state that it becomes.
  let movers: [[Int]]
  /// Whether a reflection changes the energy of a site alone: in a field.
  let changesSites: Bool

  private let owned = OwnedBuffers()

  init(storage: DiscreteStorage) {
    self.storage = storage
    let spins = storage.model.spins
    let isSigned = spins.isPottsLike
    let isByPlace = isSigned && !Self.isEqual(storage)
    placeThresholds = owned.make(isByPlace ? storage.placeCount : 0, 0)
    placeAgainst = owned.make(isByPlace ? storage.placeCount : 0, 0)
    bondThresholds = owned.make(isByPlace ? storage.bondCount : 0, 0)
    bondAgainst = owned.make(isByPlace ? storage.bondCount : 0, 0)
    let pairs = spins.pairEnergies.joined()
    // Equal but for rounding is equal.
    var levels: [Double] = []
    for energy in pairs.sorted() where levels.isEmpty || energy > levels.last! + 1e-12 {
      levels.append(energy)
    }
    self.levels = levels
    levelCount = levels.count
    levelOf = owned.make(
      of: pairs.map { energy in
        UInt8(levels.lastIndex { $0 <= energy + 1e-12 }!)
      })
    levelThresholds = owned.make(levels.count * levels.count, 0)
    reflections = owned.make(of: Array(spins.reflections.joined()))
    reflectionCount = spins.reflections.count
    movers = Self.movers(spins)
    let states = spins.stateCount
    changesSites = (0..<storage.siteRowCount).contains { row in
      spins.reflections.contains { reflection in
        (0..<states).contains { state in
          let mirrored = storage.siteRows[row * states + Int(reflection[state])]
          return abs(mirrored - storage.siteRows[row * states + state]) > 1e-12
        }
      }
    }
  }

  private static func movers(_ spins: DiscreteModel.SpinSpace) -> [[Int]] {
    let all = Array(spins.reflections.indices)
    let moving = (0..<spins.stateCount).map { state in
      all.filter { Int(spins.reflections[$0][state]) != state }
    }
    let isFair = (0..<spins.stateCount).allSatisfy { state in
      moving[state].allSatisfy {
        moving[Int(spins.reflections[$0][state])].count == moving[state].count
      }
    }
    return isFair ? moving : moving.map { _ in all }
  }

  /// Whether all couplings are equal and favour equal states.
  private static func isEqual(_ storage: DiscreteStorage) -> Bool {
    guard let coupling = storage.uniformCoupling else { return false }
    return coupling * gap(storage) >= 0
  }

  /// Energy of different states above that of equal ones, for coupling 1.
  private static func gap(_ storage: DiscreteStorage) -> Double {
    storage.stateCount < 2 ? 0 : storage.pairs[1] - storage.pairs[0]
  }

  func setBeta(_ beta: Double) {
    self.beta = beta
    guard storage.model.spins.isPottsLike else {
      guard let coupling = storage.uniformCoupling else {
        kind = .computed
        return
      }
      for (one, from) in levels.enumerated() {
        for (other, to) in levels.enumerated() {
          levelThresholds[one * levelCount + other] = threshold(coupling * (to - from))
        }
      }
      kind = .levels
      return
    }
    let gap = Self.gap(storage)
    if Self.isEqual(storage) {
      kind = .equal(threshold(abs(storage.uniformCoupling! * gap)))
      return
    }
    kind = .signed
    for place in 0..<storage.placeCount {
      let cost = storage.placeCouplings[place] * gap
      placeThresholds[place] = threshold(abs(cost))
      placeAgainst[place] = cost < 0 ? 1 : 0
    }
    for bond in 0..<storage.bondCount {
      let cost = storage.bondCouplings[bond] * gap
      bondThresholds[bond] = threshold(abs(cost))
      bondAgainst[bond] = cost < 0 ? 1 : 0
    }
  }

  @inline(__always)
  func threshold(_ cost: Double) -> UInt32 {
    cost <= 0 ? 0 : UInt32(min(-expm1(-beta * cost) * 0x1p32, 0x1p32 - 1))
  }

  /// For states at a bond's ends, mirroring the first: of any kind.
  @inline(__always)
  func threshold(
    _ one: Int, _ other: Int, mirrored: Int, coupling: Double, isLevels: Bool
  ) -> UInt32 {
    let count = storage.stateCount
    if isLevels {
      let from = Int(levelOf[one &* count &+ other])
      let to = Int(levelOf[mirrored &* count &+ other])
      return levelThresholds[from &* levelCount &+ to]
    }
    let change = storage.pairs[mirrored &* count &+ other] - storage.pairs[one &* count &+ other]
    return threshold(coupling * change)
  }
}
