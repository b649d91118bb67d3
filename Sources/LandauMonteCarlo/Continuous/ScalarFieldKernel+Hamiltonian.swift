internal import CLandauKernels
import LandauCore

/// Field and momenta, for the integrator.
///
/// From two dimensions on, trajectories are made as a whole by loops in C; these are the plain ones, with the same results
/// bit for bit.
struct ScalarFieldMotion: HamiltonianSystem {
  let kernel: ScalarFieldKernel
  let momenta: UnsafeMutablePointer<Double>
  var backup: UnsafeMutablePointer<Double> { kernel.spares[0] }
  var positions: UnsafeMutablePointer<Double> { kernel.field }
  var positionCount: Int { kernel.siteCount }

  func drift(_ step: Double) {
    let (field, momenta) = (kernel.field, momenta)
    for site in 0..<kernel.siteCount { field[site] += step * momenta[site] }
  }

  /// -dS/dphi = k sum of neighbours - (2 d k + a) phi - b phi^3.
  func kick(_ step: Double) {
    let kernel = kernel
    let width = kernel.width
    let entries = 2 * (kernel.dimension - 1)
    let pull = step * kernel.gradient
    let linear = -step * (2 * Double(kernel.dimension) * kernel.gradient + kernel.quadratic)
    let cubic = -step * kernel.quartic
    for row in 0..<kernel.rowCount {
      let here = UnsafePointer(kernel.field + row * width)
      let own = momenta + row * width
      let rows = kernel.rows + row * entries
      if entries == 0 {
        Self.alone(own, here, width, pull, linear, cubic)
        continue
      }
      // The first other axis in one pass with the row itself, further ones in a pass each.
      Self.inPlane(
        own, here, UnsafePointer(kernel.field + Int(rows[0])),
        UnsafePointer(kernel.field + Int(rows[1])), width, pull, linear, cubic)
      for axis in 1..<max(1, kernel.dimension - 1) {
        let after = UnsafePointer(kernel.field + Int(rows[2 * axis]))
        let before = UnsafePointer(kernel.field + Int(rows[2 * axis + 1]))
        for column in 0..<width { own[column] += pull * (after[column] + before[column]) }
      }
    }
  }

  @inline(__always)
  private static func alone(
    _ own: UnsafeMutablePointer<Double>, _ here: UnsafePointer<Double>, _ width: Int,
    _ pull: Double, _ linear: Double, _ cubic: Double
  ) {
    for column in 0..<width {
      let value = here[column]
      let left = here[column > 0 ? column &- 1 : width &- 1]
      let right = here[column &+ 1 < width ? column &+ 1 : 0]
      own[column] += pull * (left + right) + value * (linear + cubic * value * value)
    }
  }

  @inline(__always)
  private static func inPlane(
    _ own: UnsafeMutablePointer<Double>, _ here: UnsafePointer<Double>,
    _ after: UnsafePointer<Double>, _ before: UnsafePointer<Double>, _ width: Int, _ pull: Double,
    _ linear: Double, _ cubic: Double
  ) {
    @inline(__always)
    func moved(_ column: Int, _ left: Double, _ right: Double) -> Double {
      let value = here[column]
      let sum = (after[column] + before[column]) + (left + right)
      return own[column] + pull * sum + value * (linear + cubic * (value * value))
    }
    let last = width &- 1
    own[0] = moved(0, here[last], here[width > 1 ? 1 : 0])
    var column = 1
    // Four at a time, written out: rows overlap nothing, which the compiler cannot know.
    while column &+ 4 <= last {
      let value = load(here, column)
      let sum =
        (load(after, column) + load(before, column))
        + (load(here, column &- 1) + load(here, column &+ 1))
      let moved =
        load(UnsafePointer(own), column) + pull * sum
        + value * (linear + cubic * (value * value))
      UnsafeMutableRawPointer(own + column).storeBytes(of: moved, as: SIMD4<Double>.self)
      column &+= 4
    }
    while column < last {
      own[column] = moved(column, here[column &- 1], here[column &+ 1])
      column &+= 1
    }
    if last > 0 { own[last] = moved(last, here[last &- 1], here[0]) }
  }

  @inline(__always)
  private static func load(_ pointer: UnsafePointer<Double>, _ index: Int) -> SIMD4<Double> {
    UnsafeRawPointer(pointer + index).loadUnaligned(as: SIMD4<Double>.self)
  }

  /// Half the squared momenta plus the action.
  func total() -> Double {
    var kinetic = 0.0
    for site in 0..<kernel.siteCount { kinetic += momenta[site] * momenta[site] }
    return kinetic / 2 + kernel.action(kernel.totals())
  }

  /// From eight streams, which start from words of the given one anew for every trajectory.
  func drawMomenta(using generator: inout RandomStream) {
    RandomLanes.started(from: &generator) {
      kernel.level.normals(momenta, ScalarFieldKernel.padded(kernel.siteCount), $0)
    }
  }
}

extension ScalarFieldKernel {
  /// The field with room for momenta, as trajectories move it.
  func motion() -> ScalarFieldMotion { ScalarFieldMotion(kernel: self, momenta: momenta!) }

  func trajectory(_ path: TrajectoryPath, using rng: inout RandomStream) -> TrajectoryResult {
    let motion = motion()
    guard dimension > 1 else { return motion.trajectory(path, using: &rng) }
    motion.drawMomenta(using: &rng)
    let (end, before, after) = moved(along: path)
    let result = path.judge(violation: after - before, using: &rng)
    if result.isAccepted { field.update(from: end, count: siteCount) }
    return result
  }

  /// The end of a trajectory from the field, which stays, and the momenta, which move; total energies before and after.
  ///
  /// From two dimensions on. Parts of the trajectory follow one another through the field, so that each finds its numbers
  /// in a near cache.
  func moved(
    along path: TrajectoryPath
  ) -> (end: UnsafeMutablePointer<Double>, before: Double, after: Double) {
    var description = lk_field(
      rows: rowCount, width: width, slice_rows: sliceRows, row_neighbours: 2 * (dimension - 1),
      neighbours: UnsafePointer(rows), pull: gradient,
      linear: -(2 * Double(dimension) * gradient + quadratic), cubic: -quartic)
    let limit = 2 * path.steps + 1
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * limit + 8) { memory in
      let kicks = memory.baseAddress!
      let (drifts, sums) = (kicks + limit, kicks + 2 * limit)
      var parts = 0
      path.integrator.forEachPart(steps: path.steps, step: path.step) { kick, drift in
        (kicks[parts], drifts[parts]) = (kick, drift ?? 0)
        parts += 1
      }
      let fields: [UnsafeMutablePointer<Double>?] = [field, spares[0], spares[1]]
      level.field_trajectory(&description, parts, kicks, drifts, fields, momenta, sums)
      func total(_ sums: UnsafeMutablePointer<Double>) -> Double {
        var totals = Totals()
        (totals.square, totals.fourth, totals.products) = (sums[1], sums[2], sums[3])
        return sums[0] / 2 + action(totals)
      }
      // The last part but one writes the last field.
      return (spares[parts % 2], total(sums), total(sums + 4))
    }
  }
}
