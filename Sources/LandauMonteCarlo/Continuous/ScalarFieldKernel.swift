internal import CLandauKernels
import LandauCore
import LandauLattice

/// A scalar field on a box in plain memory, and the loops over it.
///
/// Loops go row by row along the last axis, whose interior the compiler can make vectors of; other axes
/// are whole rows further on. A view: copies share the memory, which `deallocate` frees.
struct ScalarFieldKernel {
  let siteCount: Int
  /// Sites along the last axis, and how many such rows there are.
  let width: Int
  let rowCount: Int
  /// Rows with the same coordinate along the first axis.
  let sliceRows: Int
  let dimension: Int
  /// How often a site is its own neighbour: twice for every axis of side 1.
  let selfNeighbours: Double
  /// k, a, b of S = sum [k/2 sum (Delta phi)^2 + a/2 phi^2 + b/4 phi^4].
  let gradient: Double
  let quadratic: Double
  let quartic: Double
  let field: UnsafeMutablePointer<Double>
  /// First sites of the rows after and before each row along each axis but the last: `2 (dimension - 1)`
  /// entries per row, forward and backward in turn.
  let rows: UnsafeMutablePointer<Int32>
  let momenta: UnsafeMutablePointer<Double>?
  /// Where trajectories keep the fields that they move.
  let spares: [UnsafeMutablePointer<Double>]
  /// The loops that this processor runs best, all with the same results.
  let level: lk_vectors

  /// Room for whole vectors of normal numbers.
  static func padded(_ count: Int) -> Int { (count + 15) / 16 * 16 }

  init(_ model: ScalarFieldModel, hasMomenta: Bool, level: KernelLevel = .current) {
    self.level = level.kernels.vectors.pointee
    let lattice = model.lattice
    siteCount = lattice.siteCount
    dimension = lattice.dimension
    width = lattice.sides[dimension - 1]
    rowCount = siteCount / width
    sliceRows = dimension > 1 ? rowCount / lattice.sides[0] : 1
    selfNeighbours = 2 * Double(lattice.sides.count { $0 == 1 })
    (gradient, quadratic, quartic) = model.coefficients
    field = .onCacheLine(siteCount, repeating: 0)
    momenta = hasMomenta ? .onCacheLine(Self.padded(siteCount), repeating: 0) : nil
    spares = (0..<(hasMomenta ? 2 : 0)).map { [siteCount] _ in .onCacheLine(siteCount, repeating: 0)
    }
    rows = .allocate(capacity: max(1, rowCount * 2 * (dimension - 1)))
    var place = 0
    for row in 0..<rowCount {
      for axis in 0..<(dimension - 1) {
        for step in [1, -1] {
          rows[place] = Int32(lattice.neighbour(of: row * width, axis: axis, step: step))
          place += 1
        }
      }
    }
  }

  func deallocate() {
    field.deallocate()
    rows.deallocate()
    momenta?.deallocate()
    for spare in spares { spare.deallocate() }
  }

  /// Sum of the fields at the ends of all bonds of a site.
  @inline(__always)
  func neighbourSum(at site: Int, row: Int) -> Double {
    let column = site &- row &* width
    let first = site &- column
    var sum = field[column &+ 1 < width ? site &+ 1 : first]
    sum += field[column > 0 ? site &- 1 : first &+ width &- 1]
    let entries = 2 &* (dimension &- 1)
    for entry in 0..<entries { sum += field[Int(rows[row &* entries &+ entry]) &+ column] }
    return sum
  }

  /// Sums over all sites.
  struct Totals {
    var field = 0.0
    var square = 0.0
    var fourth = 0.0
    /// Of phi(x) phi(x + mu) over all bonds.
    var products = 0.0
  }

  func totals() -> Totals {
    var totals = Totals()
    // Four sums side by side: else each addition waits for the one before.
    var (ones, squares, fourths) = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)
    let whole = siteCount & ~3
    for site in stride(from: 0, to: whole, by: 4) {
      let value = SIMD4(field[site], field[site &+ 1], field[site &+ 2], field[site &+ 3])
      let square = value * value
      ones += value
      squares += square
      fourths += square * square
    }
    for site in whole..<siteCount {
      let square = field[site] * field[site]
      ones[0] += field[site]
      squares[0] += square
      fourths[0] += square * square
    }
    totals.field = ones.sum()
    totals.square = squares.sum()
    totals.fourth = fourths.sum()
    totals.products = products()
    return totals
  }

  /// Sum of phi(x) phi(x + mu) over all bonds.
  private func products() -> Double {
    var total = 0.0
    let entries = 2 &* (dimension &- 1)
    for row in 0..<rowCount {
      let here = field + row * width
      total += Self.product(here, here + 1, width - 1) + here[width - 1] * here[0]
      for axis in 0..<(dimension - 1) {
        total += Self.product(here, field + Int(rows[row * entries + 2 * axis]), width)
      }
    }
    return total
  }

  @inline(__always)
  private static func product(
    _ a: UnsafeMutablePointer<Double>, _ b: UnsafeMutablePointer<Double>, _ count: Int
  ) -> Double {
    var sums = SIMD4<Double>.zero
    let whole = count & ~3
    var index = 0
    while index < whole {
      let left = SIMD4(a[index], a[index &+ 1], a[index &+ 2], a[index &+ 3])
      sums += left * SIMD4(b[index], b[index &+ 1], b[index &+ 2], b[index &+ 3])
      index &+= 4
    }
    var sum = sums.sum()
    while index < count {
      sum += a[index] * b[index]
      index &+= 1
    }
    return sum
  }

  /// Total action from the sums: sum over bonds of (Delta phi)^2 = 2 d sum phi^2 - 2 sum phi phi'.
  func action(_ totals: Totals) -> Double {
    let steps = 2 * Double(dimension) * totals.square - 2 * totals.products
    return gradient / 2 * steps + quadratic / 2 * totals.square + quartic / 4 * totals.fourth
  }

  func append(to array: inout [Double]) {
    array.append(contentsOf: UnsafeBufferPointer(start: field, count: siteCount))
  }

  func load(_ configuration: [Double]) {
    for site in 0..<siteCount { field[site] = configuration[site] }
  }
}
