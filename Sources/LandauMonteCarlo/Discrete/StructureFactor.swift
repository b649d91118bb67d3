import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// |sum over sites of order vectors exp(i k r)|^2 / N^2, averaged over the smallest wave vectors of
/// a crystal (`Lattice.smallestWaveVectors`).
///
/// Sites are taken row by row along the last axis: their phase is that of the row and the site of
/// the cell times that of the position, which many waves share. Where sites are missing everything
/// is one row.
final class StructureFactor {
  private let waveCount: Int
  private let rowLength: Int
  private let rowCount: Int
  private let basisCount: Int
  /// Different phases along a row, whether they are all 1, and which one each wave has.
  private let isConstant: [Bool]
  private let stepOfWave: [Int]
  /// cos and sin along a row, `[step, position, 2]`.
  private let rowPhases: UnsafeMutablePointer<Double>
  /// Their sums.
  private let rowTotals: [SIMD2<Double>]
  /// cos and sin of a row and a basis site, `[wave, row, basis, 2]`.
  private let outerPhases: UnsafeMutablePointer<Double>
  private let stateCount: Int
  private let orderVectors: [[Double]]
  /// By state: sums along one row, `[step, state, 2]`, and over all, `[wave, state, 2]`.
  private let rowSums: UnsafeMutablePointer<Double>
  private let sums: UnsafeMutablePointer<Double>
  private let siteCount: Int
  private let owned = OwnedBuffers()

  /// nil where no wave fits: on a graph, on one cell, and where a boundary is open or antiperiodic.
  init?(_ model: DiscreteModel) {
    let lattice = model.lattice
    let waves = lattice.smallestWaveVectors
    guard !waves.isEmpty else { return nil }
    // The unit cell, where no site is missing.
    let cell = lattice.cell
    let isWhole = cell != nil
    waveCount = waves.count
    siteCount = model.siteCount
    rowLength = isWhole ? lattice.sides[lattice.sides.count - 1] : siteCount
    basisCount = cell?.basis.count ?? 1
    rowCount = siteCount / (rowLength * basisCount)
    stateCount = model.stateCount
    orderVectors = model.spins.orderVectors
    var steps: [Double] = []
    var stepOfWave: [Int] = []
    var rows: [Double] = []
    outerPhases = owned.make(2 * waves.count * rowCount * basisCount, 0)
    for (index, wave) in waves.enumerated() {
      let phases = lattice.wavePhases(wave)
      // The phase of a step along the last axis: the same for all rows.
      let step = cell.map { Self.product(wave, $0.vectors[$0.axisCount - 1]) } ?? Double(index)
      if let known = isWhole ? steps.firstIndex(where: { abs($0 - step) < 1e-12 }) : nil {
        stepOfWave.append(known)
      } else {
        stepOfWave.append(steps.count)
        steps.append(step)
        for position in 0..<rowLength {
          rows +=
            isWhole
            ? [cos(step * Double(position)), sin(step * Double(position))]
            : [phases.cosines[position], phases.sines[position]]
        }
      }
      for row in 0..<rowCount {
        for site in 0..<basisCount {
          let place = 2 * ((index * rowCount + row) * basisCount + site)
          let first = row * rowLength * basisCount + site
          outerPhases[place] = isWhole ? phases.cosines[first] : 1
          outerPhases[place + 1] = isWhole ? phases.sines[first] : 0
        }
      }
    }
    isConstant = steps.map { isWhole && $0 == 0 }
    self.stepOfWave = stepOfWave
    rowPhases = owned.make(of: rows)
    let length = rowLength
    rowTotals = steps.indices.map { step in
      (0..<length).reduce(.zero) { sum, position in
        let place = 2 * (step * length + position)
        return sum + SIMD2(rows[place], rows[place + 1])
      }
    }
    rowSums = owned.make(2 * steps.count * stateCount, 0)
    sums = owned.make(2 * waves.count * stateCount, 0)
  }

  private static func product(_ one: [Double], _ other: [Double]) -> Double {
    zip(one, other).reduce(0) { $0 + $1.0 * $1.1 }
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
    for index in 0..<(2 * isConstant.count * stateCount) { rowSums[index] = 0 }
    for step in isConstant.indices {
      let sums = rowSums + 2 * step * stateCount
      let phases = rowPhases + 2 * step * rowLength
      if stateCount == 2 {
        addTwoStates(step, states, phases, to: sums)
        continue
      }
      if isConstant[step] {
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

  /// The state 1 of two by itself, and the other as what is left: no sum waits for the one before.
  private func addTwoStates(
    _ step: Int, _ states: UnsafeMutablePointer<UInt8>, _ phases: UnsafeMutablePointer<Double>,
    to sums: UnsafeMutablePointer<Double>
  ) {
    let (basisCount, rowLength) = (basisCount, rowLength)
    if isConstant[step] {
      var ones: Int32 = 0
      for position in 0..<rowLength { ones &+= Int32(states[position &* basisCount]) }
      sums[0] = Double(Int32(rowLength) - ones)
      sums[2] = Double(ones)
      return
    }
    var lanes = (SIMD2<Double>.zero, SIMD2<Double>.zero, SIMD2<Double>.zero, SIMD2<Double>.zero)
    @inline(__always)
    func term(_ position: Int) -> SIMD2<Double> {
      SIMD2(phases[2 &* position], phases[2 &* position &+ 1])
        * Double(states[position &* basisCount])
    }
    var position = 0
    while position &+ 3 < rowLength {
      lanes.0 += term(position)
      lanes.1 += term(position &+ 1)
      lanes.2 += term(position &+ 2)
      lanes.3 += term(position &+ 3)
      position &+= 4
    }
    while position < rowLength {
      lanes.0 += term(position)
      position &+= 1
    }
    let ones = lanes.0 + lanes.1 + (lanes.2 + lanes.3)
    sums[2] = ones.x
    sums[3] = ones.y
    sums[0] = rowTotals[step].x - ones.x
    sums[1] = rowTotals[step].y - ones.y
  }
}
