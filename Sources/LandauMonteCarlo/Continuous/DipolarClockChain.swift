public import LandauCore
public import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Observable {
  /// |m| cos(q arg m) of the clock order m: positive where it points along a state, negative between two.
  public static let clockAnisotropy: Observable = "clockAnisotropyPerSite"
  /// Mean dipole and its absolute value.
  public static let dipoleOrder: Observable = "dipoleOrderPerSite"
  public static let absDipoleOrder: Observable = "absDipoleOrderPerSite"
  /// Sum over the half reciprocal vectors k of |mean of sigma exp(i k r)|^2: the M points of the triangular lattice,
  /// where it is 1 for stripes one row wide.
  public static let stripeSquared: Observable = "stripeSquaredPerSite"
  /// The largest |mean of sigma exp(i k r)| among all k along reciprocal vectors of the crystal and their sum:
  /// stripes of any width.
  public static let stripePeak: Observable = "stripePeakPerSite"
}

/// Metropolis' chain of the dipolar clock model.
///
/// The field of all other dipoles at every site is kept up to date: an attempt costs O(1), a dipole that turns
/// O(sites). Rounding that gathers there is removed every 256 sweeps by summing anew.
public final class DipolarClockChain: TemperedChain, SnapshotChain, ReportingChain {
  public let model: DipolarClockModel
  public let observables: [Observable]

  public var beta: Double {
    didSet { precondition(beta >= 0 && beta.isFinite, "beta is \(beta)") }
  }

  private let siteCount: Int
  private let stateCount: Int
  private let rows: Int
  private let columns: Int
  private let basis: Int
  private let states: UnsafeMutablePointer<Int8>
  /// Sum over the other sites of sigma_j times their 1/r^3, images included.
  private let fields: UnsafeMutablePointer<Double>
  /// As in the model, with 0 for a site and its own images.
  private let sums: UnsafeMutablePointer<Double>
  /// cos(2 pi (s - t)/q) at `s q + t`.
  private let cosines: UnsafeMutablePointer<Double>
  private let start: UnsafeMutablePointer<Int32>
  private let neighbours: UnsafeMutablePointer<Int32>
  /// Energy of bonds of sites with themselves and of dipoles with their own images.
  private let selfEnergy: Double
  private var rng: RandomStream
  private var attempted = 0
  private var accepted = 0
  private var sweepCount = 0

  /// Sweeps between exact sums of the fields.
  private static let refreshEvery = 256

  /// - Parameters:
  ///   - origin: where to start, `random` states or all 0.
  ///   - seed: of the start and of all updates.
  /// - Throws: `InputError` when beta is negative or not finite.
  public init(
    model: DipolarClockModel, beta: Double, start origin: VectorStart = .random, seed: Seed
  ) throws(InputError) {
    try InputError.check(beta: beta)
    self.model = model
    self.beta = beta
    let lattice = model.lattice
    siteCount = model.siteCount
    stateCount = model.stateCount
    (rows, columns) = (lattice.sides[0], lattice.sides[1])
    basis = lattice.cell!.basis.count
    states = .allocate(capacity: siteCount)
    fields = .allocate(capacity: siteCount)
    sums = .allocate(capacity: model.dipolarSums.count)
    cosines = .allocate(capacity: stateCount * stateCount)
    start = .allocate(capacity: siteCount + 1)
    neighbours = .allocate(capacity: max(1, lattice.neighbours.count))
    for (index, sum) in model.dipolarSums.enumerated() { sums[index] = sum }
    var images = 0.0
    for place in 0..<basis {
      let own = place * rows * columns * basis + place
      images += sums[own]
      sums[own] = 0
    }
    let loops = lattice.bonds.count { $0.isSelfBond }
    selfEnergy =
      -model.coupling * Double(loops) + model.dipolarCoupling / 2 * images * Double(rows * columns)
    for one in 0..<stateCount {
      for other in 0..<stateCount {
        cosines[one * stateCount + other] = model.cosine(one - other)
      }
    }
    for (index, value) in lattice.neighbourStart.enumerated() { start[index] = value }
    for (index, value) in lattice.neighbours.enumerated() { neighbours[index] = value }
    rng = seed.child("update").makeStream()
    var names: [Observable] = [
      .energyPerSite, .order(0), .order(1), .absOrder, .orderSquared, .clockAnisotropy,
      .dipoleOrder, .absDipoleOrder,
    ]
    if rows % 2 == 0 && columns % 2 == 0 { names.append(.stripeSquared) }
    names.append(.stripePeak)
    observables = names
    var draws = seed.child("start").makeStream()
    for site in 0..<siteCount {
      states[site] = origin == .random ? Int8(draws.index(below: stateCount)) : 0
    }
    refresh()
  }

  deinit {
    states.deallocate()
    fields.deallocate()
    sums.deallocate()
    cosines.deallocate()
    start.deallocate()
    neighbours.deallocate()
  }

  // MARK: Configurations

  public var snapshotWidth: Int { siteCount }

  public func appendSnapshot(to array: inout [Int8]) {
    array.append(contentsOf: UnsafeBufferPointer(start: states, count: siteCount))
  }

  /// The present states, site by site.
  public var configuration: [Int8] {
    get { Array(UnsafeBufferPointer(start: states, count: siteCount)) }
    set {
      precondition(
        newValue.count == siteCount,
        "the configuration has \(newValue.count) states, the lattice \(siteCount) sites")
      for site in 0..<siteCount {
        precondition(
          (0..<stateCount).contains(Int(newValue[site])), "state \(newValue[site]) of \(stateCount)"
        )
        states[site] = newValue[site]
      }
      refresh()
    }
  }

  /// Total energy, with the fields as they are kept.
  public var energy: Double {
    var exchange = 0.0
    var dipolar = 0.0
    for site in 0..<siteCount {
      let own = Int(states[site]) &* stateCount
      for place in Int(start[site])..<Int(start[site + 1]) {
        exchange += cosines[own &+ Int(states[Int(neighbours[place])])]
      }
      dipolar += dipole(site) * fields[site]
    }
    return selfEnergy + (model.dipolarCoupling * dipolar - model.coupling * exchange) / 2
  }

  @inline(__always)
  private func dipole(_ site: Int) -> Double { states[site] & 1 == 0 ? 1 : -1 }

  /// Sums all fields anew.
  private func refresh() {
    for site in 0..<siteCount { fields[site] = 0 }
    if model.dipolarCoupling == 0 { return }
    for site in 0..<siteCount { add(dipole(site), from: site) }
  }

  /// Adds the field of a dipole to all others.
  private func add(_ dipole: Double, from site: Int) {
    let cell = site / basis
    let (row, column) = (cell / columns, cell % columns)
    let width = columns &* basis
    let ahead = (columns &- column) &* basis
    let first = sums + (site % basis) * rows * width
    for step in 0..<rows {
      var target = row &+ step
      if target >= rows { target &-= rows }
      let line = fields + target * width
      let weights = first + step * width
      let shifted = line + column * basis
      for index in 0..<ahead { shifted[index] += dipole * weights[index] }
      let rest = weights + ahead
      for index in 0..<(width &- ahead) { line[index] += dipole * rest[index] }
    }
  }

  // MARK: Updates

  public func sweep(_ count: Int) {
    for _ in 0..<count {
      sweepOnce()
      sweepCount += 1
      if sweepCount % Self.refreshEvery == 0 { refresh() }
    }
  }

  public func burnIn(_ stage: inout BurnIn, unless isOver: () -> Bool) {
    stage.makeSweeps(unless: isOver) { sweep(1) }
    if stage.isComplete { (attempted, accepted) = (0, 0) }
  }

  /// One attempt per site, in order; the new state is drawn from all, the old one included, so that no order of
  /// sites and no temperature makes the chain run in circles.
  private func sweepOnce() {
    var rng = rng
    let gate = ExponentialGate.shared
    let (q, states, cosines) = (stateCount, states, cosines)
    let exchange = -beta * model.coupling
    let dipolar = beta * model.dipolarCoupling
    for site in 0..<siteCount {
      let old = Int(states[site])
      let new = rng.index(below: q)
      if new == old { continue }
      var sum = 0.0
      for place in Int(start[site])..<Int(start[site &+ 1]) {
        let other = Int(states[Int(neighbours[place])])
        sum += cosines[new &* q &+ other] - cosines[old &* q &+ other]
      }
      var cost = exchange * sum
      let turn = Double(2 &* (old & 1) &- 2 &* (new & 1))
      if turn != 0 { cost += dipolar * turn * fields[site] }
      guard gate.accepts(rng.uniform(), cost: cost) else { continue }
      states[site] = Int8(truncatingIfNeeded: new)
      accepted &+= 1
      if turn != 0 && dipolar != 0 { add(turn, from: site) }
    }
    attempted &+= siteCount
    self.rng = rng
  }

  public var algorithm: String { "metropolis with the dipoles' fields kept" }
  /// Attempts since burn-in.
  public var updateCount: Int { attempted }
  /// Share of attempts that changed a state since burn-in.
  public var acceptanceRate: Double? {
    attempted == 0 ? nil : Double(accepted) / Double(attempted)
  }

  // MARK: Measurements

  public func measure(into row: inout [Double]) {
    let sites = Double(siteCount)
    row.append(energy / sites)
    var counts = [Int](repeating: 0, count: stateCount)
    for site in 0..<siteCount { counts[Int(states[site])] += 1 }
    var (x, y, mean) = (0.0, 0.0, 0.0)
    for state in 0..<stateCount {
      let share = Double(counts[state]) / sites
      let angle = 2 * Double.pi * Double(state) / Double(stateCount)
      x += share * cos(angle)
      y += share * sin(angle)
      mean += state % 2 == 0 ? share : -share
    }
    let square = x * x + y * y
    let length = square.squareRoot()
    row.append(x)
    row.append(y)
    row.append(length)
    row.append(square)
    row.append(length * cos(Double(stateCount) * atan2(y, x)))
    row.append(mean)
    row.append(abs(mean))
    let stripes = DipolarStripes(
      states, rows: rows, columns: columns, places: stripePlaces)
    if rows % 2 == 0 && columns % 2 == 0 { row.append(stripes.halves) }
    row.append(stripes.peak)
  }

  /// Sites of the cell in units of the primitive vectors.
  private lazy var stripePlaces: [SIMD2<Double>] = {
    let cell = model.lattice.cell!
    let (a, b) = (cell.vectors[0], cell.vectors[1])
    let area = a[0] * b[1] - a[1] * b[0]
    return cell.basis.map {
      SIMD2($0[0] * b[1] - $0[1] * b[0], a[0] * $0[1] - a[1] * $0[0]) / area
    }
  }()

  // MARK: Checkpoints

  public func save(to writer: inout StateWriter) {
    writer.write("dipolar clock chain 1")
    writer.write(beta)
    writer.write(rng)
    writer.write(signed: UnsafeBufferPointer(start: states, count: siteCount))
    writer.write(numbers: UnsafeBufferPointer(start: fields, count: siteCount))
    for number in [attempted, accepted, sweepCount] { writer.write(number) }
  }

  public func restore(from reader: inout StateReader) throws(InputError) {
    let damaged = InputError("the checkpoint is damaged or belongs to another job or version")
    guard try reader.text() == "dipolar clock chain 1" else { throw damaged }
    let stored = try reader.number()
    guard stored >= 0, stored.isFinite else { throw damaged }
    beta = stored
    rng = try reader.stream()
    let values = try reader.signed(count: siteCount)
    guard values.allSatisfy({ (0..<stateCount).contains(Int($0)) }) else { throw damaged }
    let kept = try reader.numbers(count: siteCount)
    for site in 0..<siteCount {
      states[site] = values[site]
      fields[site] = kept[site]
    }
    attempted = try reader.integer()
    accepted = try reader.integer()
    sweepCount = try reader.integer()
  }
}
