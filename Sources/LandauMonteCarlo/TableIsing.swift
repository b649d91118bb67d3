import LandauCore
import LandauLattice

/// Metropolis with a table of acceptance thresholds: any sides, dimension, coupling and field, where there are no
/// strips and no blocks.
///
/// A sweep attempts every site once in a fixed order: row by row along the last axis, within a row the
/// even positions and then the odd ones. One attempt after the other uses the spins as they are then,
/// so the order is valid for odd sides too. Every attempt draws one 64-bit word.
final class TableIsing: IsingEngine {
  let buffer: SpinBuffer
  private var rng: RandomStream
  /// Thresholds of a spin s and a neighbour sum n from -2d to 2d, at `centre + s * spread + n`.
  private let thresholds: UnsafeMutablePointer<UInt64>
  private let centre: Int
  private let spread: Int
  /// For each row along the last axis: the rows beside it, two for each other axis of side above 1.
  private let rowNeighbours: [Int32]
  private let rowNeighbourCount: Int
  private(set) var updateCount = 0
  private var acceptedCount = 0
  let algorithm: String

  init(
    model: IsingModel, beta: Double, start: [Int8], level: KernelLevel, using stream: RandomStream
  ) {
    buffer = SpinBuffer(model: model, spins: start, level: level)
    rng = stream
    let lattice = model.lattice
    let reach = 2 * lattice.dimension
    spread = reach + 1
    centre = spread + reach
    let coupling = model.isStaggered ? -model.coupling : model.coupling
    let rule = MetropolisAcceptance(
      beta: beta, largestCost: 2 * (abs(coupling) * Double(reach) + abs(model.field)))
    algorithm = "metropolis, site by site, acceptance \(rule)"
    thresholds = .allocate(capacity: 2 * centre + 1)
    thresholds.initialize(repeating: 0, count: 2 * centre + 1)
    for spin in [-1, 1] {
      for sum in -reach...reach {
        thresholds[centre + spin * spread + sum] = rule.threshold(
          energyChange: 2 * Double(spin) * (coupling * Double(sum) + model.field))
      }
    }
    let side = lattice.sides[lattice.dimension - 1]
    let axes = (0..<lattice.dimension - 1).filter { lattice.sides[$0] > 1 }
    rowNeighbourCount = 2 * axes.count
    var rows: [Int32] = []
    rows.reserveCapacity(rowNeighbourCount * (lattice.siteCount / side))
    for first in stride(from: 0, to: lattice.siteCount, by: side) {
      for axis in axes {
        rows.append(Int32(lattice.neighbour(of: first, axis: axis)))
        rows.append(Int32(lattice.neighbour(of: first, axis: axis, step: -1)))
      }
    }
    rowNeighbours = rows
  }

  deinit { thresholds.deallocate() }

  func bondSum() -> Int { buffer.bondSum() }
  func magnetization() -> Int { buffer.magnetization() }
  func staggeredMagnetization() -> Int { buffer.staggeredMagnetization() }
  func appendSpins(to array: inout [Int8]) { buffer.append(to: &array) }
  func sliceSums(along axis: Int) -> [Int] { buffer.sliceSums(along: axis) }

  var acceptanceRate: Double? {
    updateCount == 0 ? nil : Double(acceptedCount) / Double(updateCount)
  }

  func sweep(_ count: Int) {
    for _ in 0..<count {
      var stream = rng
      acceptedCount += sweep(using: &stream)
      rng = stream
      updateCount += buffer.count
    }
  }

  func save(to writer: inout StateWriter) {
    buffer.save(to: &writer)
    writer.write(rng)
    writer.write(updateCount)
    writer.write(acceptedCount)
  }

  func restore(from reader: inout StateReader) throws(InputError) {
    try buffer.restore(from: &reader)
    rng = try reader.stream()
    updateCount = try reader.integer()
    acceptedCount = try reader.integer()
  }

  /// One sweep; returns the number of flipped spins.
  func sweep(using rng: inout some RandomNumberGenerator) -> Int {
    switch rowNeighbourCount {
    case 0: return sweepRows(using: &rng) { _, _, _ in 0 }
    case 2:
      return sweepRows(using: &rng) { spins, row, position in
        Int(spins[Int(row[0]) + position] &+ spins[Int(row[1]) + position])
      }
    case 4:
      return sweepRows(using: &rng) { spins, row, position in
        let first = spins[Int(row[0]) + position] &+ spins[Int(row[1]) + position]
        return Int(first &+ spins[Int(row[2]) + position] &+ spins[Int(row[3]) + position])
      }
    default:
      let reach = rowNeighbourCount
      return sweepRows(using: &rng) { spins, row, position in
        var sum = 0
        for i in 0..<reach { sum += Int(spins[Int(row[i]) + position]) }
        return sum
      }
    }
  }

  /// One sweep; `across` sums the neighbours in other rows.
  @inline(__always)
  private func sweepRows(
    using generator: inout some RandomNumberGenerator,
    across: (UnsafeMutablePointer<Int8>, UnsafePointer<Int32>, Int) -> Int
  ) -> Int {
    let sides = buffer.model.lattice.sides
    let side = sides[sides.count - 1]
    let (middle, spread) = (thresholds + centre, spread)
    let spins = buffer.spins
    // A copy that no call can see may stay in registers.
    var rng = generator
    var accepted = 0
    rowNeighbours.withUnsafeBufferPointer { rows in
      // An array without entries may have no address; nothing is read through it then.
      var row = rows.baseAddress ?? UnsafePointer(bitPattern: 8)!
      for first in stride(from: 0, to: buffer.count, by: side) {
        let here = spins + first
        @inline(__always)
        func attempt(_ position: Int, _ left: Int, _ right: Int) {
          var sum = across(spins, row, position)
          if side > 1 { sum += Int(here[left] &+ here[right]) }
          let spin = here[position]
          // Without a branch, which would be mispredicted as often as flips are neither rare nor sure.
          let mask: Int8 = rng.next() < middle[Int(spin) &* spread &+ sum] ? -2 : 0
          here[position] = spin ^ mask
          accepted &-= Int(mask)
        }
        attempt(0, side - 1, side > 1 ? 1 : 0)
        for position in stride(from: 2, to: side - 1, by: 2) {
          attempt(position, position - 1, position + 1)
        }
        if side % 2 == 1 && side > 1 { attempt(side - 1, side - 2, 0) }
        for position in stride(from: 1, to: side - 1, by: 2) {
          attempt(position, position - 1, position + 1)
        }
        if side % 2 == 0 { attempt(side - 1, side - 2, 0) }
        row += rowNeighbourCount
      }
    }
    generator = rng
    return accepted / 2
  }
}
