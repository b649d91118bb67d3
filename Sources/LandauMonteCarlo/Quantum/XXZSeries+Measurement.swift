public import LandauCore
import LandauLattice

extension XXZSeries {
  /// Averages over bonds of (x x' + y y')/2 and of z z'.
  public static let transverseBonds: Observable = "xxPerBond"
  public static let longitudinalBonds: Observable = "zzPerBond"
  /// <(sum x)^2>/N^2, and with the signs of the sublattices.
  public static let transverseSquared: Observable = "xSquaredPerSite"
  public static let transverseStaggeredSquared: Observable = "xStaggeredSquaredPerSite"
  /// W^2 averaged over axes, W how often spins up go round the torus: <W^2>/beta is the second derivative of the free energy by
  /// the angle of a twist of the boundary.
  public static let windingSquared: Observable = "windingSquared"
  /// <z z'> at a distance along axis 0.
  public static func correlation(_ distance: Int) -> Observable {
    Observable("zCorrelation\(distance)")
  }

  public var observables: [Observable] {
    var list: [Observable] = [
      .energyPerSite, Self.transverseBonds, Self.longitudinalBonds, .order(0), .absOrder,
      .orderSquared, Self.transverseSquared,
    ]
    if !sublattices.isEmpty {
      list += [.staggeredOrderSquared, Self.transverseStaggeredSquared]
    }
    if lattice.isClosed { list.append(Self.windingSquared) }
    return list + (0..<reach).map { Self.correlation($0 + 1) }
  }

  /// Diagonal quantities are averaged over all propagated states, but for squares where loops make better estimators, and
  /// correlations, both of time zero.
  public func measure(into row: inout [Double]) {
    let n = Double(state.count)
    let count = Double(operatorCount)
    let propagated = propagatedSums()
    let slices = Double(max(1, operatorCount))
    row.append((constant - count / beta) / n)
    let bondCount = Double(max(1, ends.count / 2))
    row.append(-propagated.exchanges / (2 * beta * bondCount))
    row.append(propagated.bonds / (slices * bondCount))
    // The magnetisation is conserved.
    let m = Double(state.elements.reduce(0) { $0 + Int($1) }) / n
    row += [m, abs(m), isDeterministic ? loops.order : m * m, loops.transverse]
    if !sublattices.isEmpty {
      row.append(isDeterministic ? loops.staggered : propagated.staggered / (slices * n * n))
      row.append(loops.transverseStaggered)
    }
    if lattice.isClosed {
      let squares = propagated.windings.reduce(0.0) { $0 + Double($1 * $1) }
      row.append(squares / Double(propagated.windings.count))
    }
    if reach > 0 { row += correlations }
  }

  private struct Propagated {
    /// Sum over exchanges of 1/Jxy.
    var exchanges = 0.0
    /// Sums over states of z z' of all bonds and of the squared staggered sum.
    var bonds = 0.0
    var staggered = 0.0
    var windings: [Int] = []
  }

  private func propagatedSums() -> Propagated {
    let spins = state.pointer
    let (ends, kinds) = (ends.pointer, kindOfBond.pointer)
    let axes = lattice.boundary.count
    var sums = Propagated()
    sums.windings = [Int](repeating: 0, count: axes)
    var pairs = 0
    for bond in 0..<self.ends.count / 2 {
      pairs += Int(spins[Int(ends[2 * bond])]) * Int(spins[Int(ends[2 * bond + 1])])
    }
    var staggered = sublattices.indices.reduce(0) { $0 + Int(sublattices[$1]) * Int(spins[$1]) }
    if operatorCount == 0 {
      sums.bonds = Double(pairs)
      sums.staggered = Double(staggered * staggered)
    }
    let inverse = self.kinds.map { 1 / $0.kind.transverse }
    for code in operators.elements where code >= 0 {
      sums.bonds += Double(pairs)
      sums.staggered += Double(staggered * staggered)
      guard code & 1 == 1 else { continue }
      let bond = Int(code >> 1)
      sums.exchanges += inverse[Int(kinds[bond])]
      let source = Int(ends[2 * bond])
      if lattice.isClosed {
        let crossings = bonds[bond] * axes
        for axis in 0..<axes {
          sums.windings[axis] += Int(spins[source]) * Int(lattice.crossings[crossings + axis])
        }
      }
      for end in 0..<2 {
        let site = Int(ends[2 * bond + end])
        var around = 0
        for place in activeStarts[site]..<activeStarts[site + 1] {
          around += Int(spins[Int(activeNeighbours[Int(place)])])
        }
        pairs -= 2 * Int(spins[site]) * around
        // After all of them every spin is as it was.
        spins[site] = -spins[site]
        if !sublattices.isEmpty { staggered += 2 * Int(sublattices[site]) * Int(spins[site]) }
      }
    }
    return sums
  }

  private var correlations: [Double] {
    var shifted = (0..<state.count).map { $0 }
    return (0..<reach).map { _ in
      for site in shifted.indices { shifted[site] = translations[shifted[site]] }
      let sum = shifted.indices.reduce(0) {
        $0 + Int(state.pointer[$1]) * Int(state.pointer[shifted[$1]])
      }
      return Double(sum) / Double(state.count)
    }
  }
}

extension XXZSeries: SeriesExpansion {
  public var algorithm: String {
    isDeterministic
      ? "stochastic series expansion, operator loops"
      : "stochastic series expansion, directed loops"
  }
  public var updateCount: Int { visits }
  public var acceptanceRate: Double? { nil }

  public var snapshotWidth: Int { state.count }
  public func appendSnapshot(to array: inout [Int8]) { array += state.elements }

  /// Sweeps, and of directed loops sets how many make a sweep: the second half counts the legs they visit.
  public func burnIn(_ stage: inout BurnIn, unless isOver: () -> Bool) {
    guard !isDeterministic else {
      stage.makeSweeps(unless: isOver) { sweep(1) }
      return
    }
    if stage.learnt.isEmpty { stage.learnt = [0, 0, 0] }
    while stage.made < stage.count {
      if isOver() { return }
      let made = loopCount
      sweep(1)
      stage.made += 1
      // The first half follows at once, within a factor of two.
      let wanted = loopsWanted(Double(loops.legs), Double(made), Double(operatorCount))
      loopCount = min(2 * made, max(made / 2, wanted))
      if 2 * stage.made > stage.count {
        stage.learnt[0] += Double(loops.legs)
        stage.learnt[1] += Double(made)
        stage.learnt[2] += Double(operatorCount)
      }
    }
    if stage.learnt[1] > 0 {
      // Mean operators of a sweep.
      let sweeps = Double(stage.count - stage.count / 2)
      loopCount = loopsWanted(stage.learnt[0], stage.learnt[1], stage.learnt[2] / sweeps)
    }
    stage.isComplete = true
  }

  /// As many loops as visit two legs for each operator, from the legs that some loops visited; at least four, of which one is measured.
  private func loopsWanted(_ legs: Double, _ loops: Double, _ operators: Double) -> Int {
    max(4, Int((2 * operators * loops / max(legs, 1)).rounded(.up)))
  }

  public func save(to writer: inout StateWriter) {
    writer.write(signed: state.elements)
    writer.write(operators: operators)
    writer.write(rng)
    writer.write(visits)
    writer.write(loopCount)
  }

  public func restore(from reader: inout StateReader) throws(InputError) {
    let values = try reader.signed(count: state.count)
    let codes = try reader.operators(below: ends.count)
    guard let codes, values.allSatisfy({ $0 == 1 || $0 == -1 })
    else { throw InputError("the checkpoint holds no series of this model") }
    state.replace(with: values)
    operators.replace(with: codes)
    operatorCount = operators.elements.count { $0 >= 0 }
    rng = try reader.stream()
    visits = try reader.integer()
    loopCount = try reader.integer()
    guard loopCount >= 1 else { throw .damagedCheckpoint }
  }
}
