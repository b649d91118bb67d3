internal import CLandauKernels
import LandauCore
import LandauLattice

/// |sum over sites of order vectors exp(i k r)|^2 / N^2, averaged over the smallest wave vectors of
/// a crystal (`Lattice.smallestWaveVectors`).
///
/// Sites are taken row by row along the last axis: their phase is that of the row times that of the
/// position in it, which many waves share. Where sites are missing everything is one row.
final class StructureFactor {
  private let waveCount: Int
  private let rowLength: Int
  private let rowCount: Int
  /// Different phases along a row, whether they are all 1, and which one each wave has.
  private let isConstant: [Bool]
  private let patternOfWave: [Int]
  /// `[pattern, 2, position]`: all cosines, then all sines.
  private let rowPhases: UnsafeMutablePointer<Double>
  /// Their sums, `[pattern, 2]`.
  private let rowTotals: UnsafeMutablePointer<Double>
  /// cos and sin of a row, `[wave, row, 2]`.
  private let outerPhases: UnsafeMutablePointer<Double>
  private let stateCount: Int
  /// By state, along one row.
  private let rowCounts: UnsafeMutablePointer<Int>
  private let orderVectors: [[Double]]
  /// By state: sums along one row, `[pattern, state, 2]`, and over all, `[wave, state, 2]`.
  private let rowSums: UnsafeMutablePointer<Double>
  private let sums: UnsafeMutablePointer<Double>
  private let siteCount: Int
  private let kernels = KernelLevel.current.kernels
  private let owned = OwnedBuffers()

  /// nil where no wave fits: on a graph, on one cell, and where a boundary is open or antiperiodic.
  init?(_ model: DiscreteModel) {
    let lattice = model.lattice
    let waves = lattice.smallestWaveVectors
    guard !waves.isEmpty else { return nil }
    waveCount = waves.count
    siteCount = model.siteCount
    // The unit cell, where no site is missing.
    rowLength =
      lattice.cell.map { lattice.sides[lattice.sides.count - 1] * $0.basis.count } ?? siteCount
    rowCount = siteCount / rowLength
    stateCount = model.stateCount
    orderVectors = model.spins.orderVectors
    var patterns: [[SIMD2<Double>]] = []
    var patternOfWave: [Int] = []
    outerPhases = owned.make(2 * waves.count * rowCount, 0)
    for (index, wave) in waves.enumerated() {
      let phases = lattice.wavePhases(wave)
      let all = zip(phases.cosines, phases.sines).map { SIMD2($0, $1) }
      for row in 0..<rowCount {
        outerPhases[2 * (index * rowCount + row)] = all[row * rowLength].x
        outerPhases[2 * (index * rowCount + row) + 1] = all[row * rowLength].y
      }
      let first = all[0]
      let pattern = all[..<rowLength].map { phase in
        SIMD2(
          phase.x * first.x + phase.y * first.y, phase.y * first.x - phase.x * first.y)
      }
      let known = patterns.firstIndex { zip($0, pattern).allSatisfy { Self.isClose($0, $1) } }
      if known == nil { patterns.append(pattern) }
      patternOfWave.append(known ?? patterns.count - 1)
    }
    isConstant = patterns.map { $0.allSatisfy { Self.isClose($0, SIMD2(1, 0)) } }
    self.patternOfWave = patternOfWave
    rowPhases = owned.make(of: patterns.flatMap { $0.map(\.x) + $0.map(\.y) })
    rowTotals = owned.make(
      of: patterns.flatMap { pattern in
        let total = pattern.reduce(.zero, +)
        return [total.x, total.y]
      })
    rowCounts = owned.make(stateCount, 0)
    rowSums = owned.make(2 * patterns.count * stateCount, 0)
    sums = owned.make(2 * waves.count * stateCount, 0)
  }

  private static func isClose(_ one: SIMD2<Double>, _ other: SIMD2<Double>) -> Bool {
    max(abs(one.x - other.x), abs(one.y - other.y)) < 1e-12
  }

  func value(_ states: UnsafeMutablePointer<UInt8>) -> Double {
    for index in 0..<(2 * waveCount * stateCount) { sums[index] = 0 }
    for row in 0..<rowCount { addRow(row, states + row * rowLength) }
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

  private func addRow(_ row: Int, _ states: UnsafeMutablePointer<UInt8>) {
    let (rowSums, stateCount) = (rowSums, stateCount)
    for pattern in isConstant.indices {
      let sums = rowSums + 2 * pattern * stateCount
      if isConstant[pattern] {
        kernels.state_counts(states, rowLength, stateCount, rowCounts)
        for state in 0..<stateCount { sums[2 * state] = Double(rowCounts[state]) }
        continue
      }
      let cosines = rowPhases + 2 * pattern * rowLength
      kernels.state_sums(
        states, rowLength, stateCount, cosines, cosines + rowLength, rowTotals + 2 * pattern, sums)
    }
    for wave in 0..<waveCount {
      let outer = outerPhases + 2 * (wave * rowCount + row)
      let inner = rowSums + 2 * patternOfWave[wave] * stateCount
      let into = sums + 2 * wave * stateCount
      for state in 0..<stateCount {
        let (real, imaginary) = (inner[2 * state], inner[2 * state + 1])
        into[2 * state] += real * outer[0] - imaginary * outer[1]
        into[2 * state + 1] += real * outer[1] + imaginary * outer[0]
      }
    }
  }
}
