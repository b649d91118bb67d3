import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// |sum over sites of order vectors exp(i k r)|^2 / N^2, averaged over the smallest wave vectors of a crystal.
///
/// Wave vectors are those of the periodic piece (helical boundaries turn them a little; antiperiodic and open axes are
/// taken as periodic), the shortest ones by |k|, one of each pair k, -k. Positions within the cell count.
final class StructureFactor {
  /// Phases per step along each axis.
  private struct Wave {
    var perCell: [Double]
    var basis: [Double]
  }

  private let waveCount: Int
  private let rowLength: Int
  private let rowCount: Int
  private let basisCount: Int
  /// Different steps along the last axis; each wave's, and whether it is zero.
  private let lastSteps: [Double]
  private let stepOfWave: [Int]
  /// cos and sin along a row, `[step, position, 2]`.
  private let rowPhases: UnsafeMutablePointer<Double>
  /// cos and sin of a row and a basis site, `[wave, row, basis, 2]`.
  private let outerPhases: UnsafeMutablePointer<Double>
  private let stateCount: Int
  private let orderVectors: [[Double]]
  /// By state: sums along one row, `[step, state, 2]`, and over all, `[wave, state, 2]`.
  private let rowSums: UnsafeMutablePointer<Double>
  private let sums: UnsafeMutablePointer<Double>
  private let siteCount: Int
  private let owned = OwnedBuffers()

  /// nil for a graph, and where no wave fits (all sides 1).
  init?(_ model: DiscreteModel) {
    guard let vectors = Self.shortestWaves(model.lattice), let cell = model.lattice.cell else {
      return nil
    }
    let sides = model.lattice.sides
    waveCount = vectors.count
    rowLength = sides[sides.count - 1]
    basisCount = cell.basis.count
    siteCount = model.siteCount
    rowCount = siteCount / (rowLength * basisCount)
    stateCount = model.stateCount
    orderVectors = model.spins.orderVectors
    var steps: [Double] = []
    var stepOfWave: [Int] = []
    for wave in vectors {
      let step = wave.perCell.last!
      if let known = steps.firstIndex(of: step) {
        stepOfWave.append(known)
      } else {
        stepOfWave.append(steps.count)
        steps.append(step)
      }
    }
    lastSteps = steps
    self.stepOfWave = stepOfWave
    rowPhases = owned.make(2 * steps.count * rowLength, 0)
    for (index, step) in steps.enumerated() {
      for position in 0..<rowLength {
        let place = 2 * (index * rowLength + position)
        rowPhases[place] = cos(step * Double(position))
        rowPhases[place + 1] = sin(step * Double(position))
      }
    }
    outerPhases = owned.make(2 * vectors.count * rowCount * basisCount, 0)
    for (index, wave) in vectors.enumerated() {
      for row in 0..<rowCount {
        var rest = row
        var phase = 0.0
        for axis in (0..<(sides.count - 1)).reversed() {
          phase += wave.perCell[axis] * Double(rest % sides[axis])
          rest /= sides[axis]
        }
        for site in 0..<basisCount {
          let place = 2 * ((index * rowCount + row) * basisCount + site)
          outerPhases[place] = cos(phase + wave.basis[site])
          outerPhases[place + 1] = sin(phase + wave.basis[site])
        }
      }
    }
    rowSums = owned.make(2 * steps.count * stateCount, 0)
    sums = owned.make(2 * vectors.count * stateCount, 0)
  }

  func value(_ states: UnsafeMutablePointer<UInt8>) -> Double {
    for index in 0..<(2 * waveCount * stateCount) { sums[index] = 0 }
    for row in 0..<rowCount {
      for site in 0..<basisCount {
        addRow(row, site, states + row * rowLength * basisCount + site)
      }
    }
    var total = 0.0
    for wave in 0..<waveCount {
      for component in orderVectors[0].indices {
        var (real, imaginary) = (0.0, 0.0)
        for state in 0..<stateCount {
          let place = 2 * (wave * stateCount + state)
          real += orderVectors[state][component] * sums[place]
          imaginary += orderVectors[state][component] * sums[place + 1]
        }
        total += real * real + imaginary * imaginary
      }
    }
    return total / (Double(waveCount) * Double(siteCount) * Double(siteCount))
  }

  private func addRow(_ row: Int, _ site: Int, _ states: UnsafeMutablePointer<UInt8>) {
    let (rowSums, stateCount) = (rowSums, stateCount)
    for index in 0..<(2 * lastSteps.count * stateCount) { rowSums[index] = 0 }
    for (step, value) in lastSteps.enumerated() {
      let sums = rowSums + 2 * step * stateCount
      let phases = rowPhases + 2 * step * rowLength
      if value == 0 {
        for position in 0..<rowLength {
          sums[2 &* Int(states[position &* basisCount])] += 1
        }
        continue
      }
      for position in 0..<rowLength {
        let place = 2 &* Int(states[position &* basisCount])
        sums[place] += phases[2 &* position]
        sums[place &+ 1] += phases[2 &* position &+ 1]
      }
    }
    for wave in 0..<waveCount {
      let outer = outerPhases + 2 * ((wave * rowCount + row) * basisCount + site)
      let inner = rowSums + 2 * stepOfWave[wave] * stateCount
      let into = sums + 2 * wave * stateCount
      for state in 0..<stateCount {
        let (real, imaginary) = (inner[2 * state], inner[2 * state + 1])
        into[2 * state] += real * outer[0] - imaginary * outer[1]
        into[2 * state + 1] += real * outer[1] + imaginary * outer[0]
      }
    }
  }

  /// The shortest wave vectors that are not zero; nil where there is none.
  private static func shortestWaves(_ lattice: Lattice) -> [Wave]? {
    guard let cell = lattice.cell else { return nil }
    let sides = lattice.sides
    let reciprocal = reciprocalVectors(cell.vectors)
    var best: [(perCell: [Double], vector: [Double])] = []
    var shortest = Double.infinity
    for numbers in combinations(sides.map { $0 == 1 ? 0 : 2 }) {
      // The first that is not zero is positive: one of k and -k.
      guard let first = numbers.first(where: { $0 != 0 }), first > 0 else { continue }
      let perCell = phases(numbers, lattice)
      let vector = cell.vectors[0].indices.map { k in
        perCell.indices.reduce(0) { $0 + perCell[$1] * reciprocal[$1][k] }
      }
      let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      if length < shortest * (1 - 1e-9) {
        shortest = length
        best = []
      }
      if length <= shortest * (1 + 1e-9) { best.append((perCell, vector)) }
    }
    if best.isEmpty { return nil }
    return best.map { wave in
      Wave(
        perCell: wave.perCell,
        basis: cell.basis.map { zip(wave.vector, $0).reduce(0) { $0 + $1.0 * $1.1 } })
    }
  }

  /// Phase of one step along each axis for the given whole numbers of waves.
  private static func phases(_ numbers: [Int], _ lattice: Lattice) -> [Double] {
    var phases = [Double](repeating: 0, count: numbers.count)
    for axis in numbers.indices {
      var turn = 2 * Double.pi * Double(numbers[axis])
      if axis > 0 && lattice.boundary[axis] == .helical { turn += phases[axis - 1] }
      phases[axis] = turn / Double(lattice.sides[axis])
    }
    return phases
  }

  /// All whole vectors with entries up to the given sizes.
  private static func combinations(_ reach: [Int]) -> [[Int]] {
    reach.reduce([[]]) { known, size in
      known.flatMap { start in (-size...size).map { start + [$0] } }
    }
  }

  /// Vectors b_a in the span of the primitive vectors v_a with b_a . v_c = 1 for a = c, else 0.
  static func reciprocalVectors(_ vectors: [[Double]]) -> [[Double]] {
    let count = vectors.count
    // Gauss and Jordan on [V V^T | 1].
    var rows = (0..<count).map { one in
      (0..<count).map { other in
        zip(vectors[one], vectors[other]).reduce(0) { $0 + $1.0 * $1.1 }
      } + (0..<count).map { $0 == one ? 1.0 : 0.0 }
    }
    for pivot in 0..<count {
      let best = (pivot..<count).max { abs(rows[$0][pivot]) < abs(rows[$1][pivot]) }!
      rows.swapAt(pivot, best)
      let scale = rows[pivot][pivot]
      for k in rows[pivot].indices { rows[pivot][k] /= scale }
      for other in 0..<count where other != pivot {
        let factor = rows[other][pivot]
        for k in rows[other].indices { rows[other][k] -= factor * rows[pivot][k] }
      }
    }
    return (0..<count).map { one in
      vectors[0].indices.map { k in
        (0..<count).reduce(0) { $0 + rows[one][count + $1] * vectors[$1][k] }
      }
    }
  }
}
