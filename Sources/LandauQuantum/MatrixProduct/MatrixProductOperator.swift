import LandauCore
public import LandauLattice

/// A sum of Pauli products as a product of one tensor per site, H = sum over bonds of W_1 W_2 ... W_N.
///
/// Built from left to right. A bond carries "nothing yet" (only identities so far), "done" (only identities to come) and what
/// is in progress: left parts of products, with the coefficients of the right parts that belong to each. At every site
/// the products in progress and those that begin are the rows of a matrix of coefficients, with the remaining right parts
/// for columns; rows that are multiples of one another become one, and where the rows are still dependent the singular vectors take their
/// place. The number of bonds in progress is the rank of that matrix, and the whole exact to rounding, long-range tails included
/// (parallel rows: Hubig, McCulloch and Schollwoeck 2017, arXiv:1611.02498; ranks of coefficients: Chan et al. 2016, arXiv:1605.02611).
///
/// y is written as -i times the real matrix (0, 1; -1, 0), so that products with an even number of them are real.
public struct MatrixProductOperator<Scalar: AmplitudeScalar>: Sendable {
  /// One element of a tensor: what multiplies the state between bonds and spins.
  struct Entry: Sendable {
    var left: Int
    var right: Int
    /// Spin of the bra and of the ket, 0 up.
    var out: Int
    var into: Int
    var value: Scalar

    /// Elements at the same place added, zeros left out, in a fixed order.
    static func merged(_ entries: [Entry]) -> [Entry] {
      var position: [[Int]: Int] = [:]
      var result: [Entry] = []
      for entry in entries {
        let place = [entry.left, entry.right, entry.out, entry.into]
        if let old = position[place] {
          result[old].value += entry.value
        } else {
          position[place] = result.count
          result.append(entry)
        }
      }
      return result.filter { $0.value != .zero }
    }
  }

  struct Site: Sendable {
    var left: Int
    var right: Int
    var entries: [Entry]

    /// Read from the other end.
    var mirrored: Site {
      Site(
        left: right, right: left,
        entries: entries.map {
          Entry(left: $0.right, right: $0.left, out: $0.out, into: $0.into, value: $0.value)
        })
    }
  }

  let sites: [Site]

  public var siteCount: Int { sites.count }
  /// Between neighbouring sites, at most two above the rank.
  public var bondDimensions: [Int] { sites.dropLast().map(\.right) }

  /// - Precondition: a real sum where amplitudes are real.
  /// - Throws: `LinearAlgebraError` where singular values do not converge.
  /// - Complexity: O(N m^2 t) of m products in progress and t right parts.
  @_specialize(where Scalar == Double)
  @_specialize(where Scalar == LandauCore.Complex<Double>)
  public init(_ sum: PauliSum) throws {
    precondition(Scalar.isComplex || sum.isReal, "products with an odd number of y are complex")
    var builder = OperatorBuilder<Scalar>(sum)
    var sites: [Site] = []
    for _ in 0..<sum.siteCount { sites.append(try builder.next()) }
    self.sites = sites
  }

  init(sites: [Site]) { self.sites = sites }
}

/// The state of the construction between two sites.
private struct OperatorBuilder<Scalar: AmplitudeScalar> {
  typealias Product = PauliSum.Product
  typealias Site = MatrixProductOperator<Scalar>.Site
  typealias Entry = MatrixProductOperator<Scalar>.Entry

  private let siteCount: Int
  /// Products by the first site at which they act; the identity acts at the first.
  private var beginning: [[(product: Product, coefficient: Scalar)]]
  private let lastBeginning: Int
  private var site = 0
  /// Coefficients of right parts, for each bond in progress.
  private var open: [[Product: Scalar]] = []
  private var hasStart = true
  private var hasDone = false

  /// Singular values below this part of the largest are rounding.
  private static var rankTolerance: Double { 1e-15 }

  init(_ sum: PauliSum) {
    siteCount = sum.siteCount
    beginning = Array(repeating: [], count: sum.siteCount)
    var last = 0
    for (product, coefficient) in sum.terms {
      // (-i)^n = 1, -i, -1, i.
      let phase = [
        Complex(1), Complex(0, -1), Complex(-1), Complex(0, 1),
      ][product.imaginaryCount % 4]
      let first = product.support.first ?? 0
      last = max(last, first)
      beginning[first].append((product, Scalar(parts: coefficient * phase)))
    }
    lastBeginning = last
  }

  private struct Row {
    /// Bond on the left and the axis at the site.
    var left: Int
    var axis: SpinAxis?
    var rest: [Product: Scalar] = [:]
  }

  mutating func next() throws -> Site {
    let start = open.count
    let doneLeft = start + (hasStart ? 1 : 0)
    let leftCount = doneLeft + (hasDone ? 1 : 0)
    let isLast = site == siteCount - 1
    var rows: [Row] = []
    var ending: [(left: Int, axis: SpinAxis?, value: Scalar)] = []
    func advance(_ left: Int, _ parts: [(product: Product, coefficient: Scalar)]) {
      var found: [SpinAxis?: Int] = [:]
      for (product, coefficient) in parts {
        let axis = product.axis(at: site)
        var here = SiteSet()
        here.insert(site)
        let rest = Product(
          flippedSites: product.flippedSites.subtracting(here),
          signedSites: product.signedSites.subtracting(here))
        if rest.support.isEmpty {
          ending.append((left, axis, coefficient))
          continue
        }
        if found[axis] == nil {
          found[axis] = rows.count
          rows.append(Row(left: left, axis: axis))
        }
        rows[found[axis]!].rest[rest, default: .zero] += coefficient
      }
    }
    for (left, parts) in open.enumerated() {
      advance(left, parts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }
    advance(start, beginning[site])
    let (weights, next) = try Self.reduced(rows.map(\.rest))
    let startsLater = site < lastBeginning
    let startRight = next.count
    let doneRight = startRight + (startsLater ? 1 : 0)
    let isDone = hasDone || !ending.isEmpty || isLast || doneRight == 0
    var entries: [Entry] = []
    func add(_ left: Int, _ right: Int, _ axis: SpinAxis?, _ value: Scalar) {
      let (one, minus) = (value, Scalar.zero - value)
      let elements: [(Int, Int, Scalar)] =
        switch axis {
        case nil: [(0, 0, one), (1, 1, one)]
        case .x: [(0, 1, one), (1, 0, one)]
        case .y: [(0, 1, one), (1, 0, minus)]
        case .z: [(0, 0, one), (1, 1, minus)]
        }
      for (out, into, value) in elements {
        entries.append(Entry(left: left, right: right, out: out, into: into, value: value))
      }
    }
    for (row, weights) in zip(rows, weights) {
      for (right, weight) in weights { add(row.left, right, row.axis, weight) }
    }
    for item in ending { add(item.left, doneRight, item.axis, item.value) }
    if startsLater { add(start, startRight, nil, Scalar(real: 1)) }
    if hasDone { add(doneLeft, doneRight, nil, Scalar(real: 1)) }
    (open, hasStart, hasDone) = (next, startsLater, isDone)
    site += 1
    return Site(
      left: leftCount, right: doneRight + (isDone ? 1 : 0), entries: Entry.merged(entries))
  }

  /// Independent rows, and the weights of these in each of the rows given.
  private static func reduced(
    _ rows: [[Product: Scalar]]
  ) throws -> (weights: [[(Int, Scalar)]], rows: [[Product: Scalar]]) {
    let columns = Array(Set(rows.flatMap(\.keys))).sorted()
    guard !columns.isEmpty else { return ([], []) }
    let place = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1, $0) })
    // Multiples of one another once, with the weight of each.
    var all: [Scalar] = []
    var unique: [(row: [Scalar], square: Double)] = []
    var weights: [[(Int, Scalar)]] = []
    for row in rows {
      var dense = [Scalar](repeating: .zero, count: columns.count)
      for (product, coefficient) in row { dense[place[product]!] = coefficient }
      all += dense
      let square = dense.reduce(0.0) { $0 + $1.parts.squaredMagnitude }
      guard square > 0 else {
        weights.append([])
        continue
      }
      var known: (Int, Scalar)?
      for (index, old) in unique.enumerated() {
        let overlap = zip(old.row, dense).reduce(Scalar.zero) { $0 + $1.0.conjugated * $1.1 }
        let ratio = Scalar(real: 1 / old.square) * overlap
        let rest = zip(old.row, dense).reduce(0.0) {
          $0 + ($1.1 - ratio * $1.0).parts.squaredMagnitude
        }
        if rest < 1e-30 * square {
          known = (index, ratio)
          break
        }
      }
      weights.append([known ?? (unique.count, Scalar(real: 1))])
      if known == nil { unique.append((dense, square)) }
    }
    func sparse(_ row: some Sequence<Scalar>) -> [Product: Scalar] {
      var result: [Product: Scalar] = [:]
      for (column, value) in zip(columns, row) where value != .zero { result[column] = value }
      return result
    }
    // The size of coefficients stays with the right parts and the left ones are orthonormal, so that what is small can be told
    // at every site.
    let (u, values, v) = try DenseMatrix(rows.count, columns.count, all).singularValues()
    let rank = values.count(where: { $0 > rankTolerance * values[0] })
    if rank >= unique.count { return (weights, unique.map { sparse($0.row) }) }
    let k = values.count
    return (
      rows.indices.map { row in (0..<rank).map { ($0, u.entries[row * k + $0]) } },
      (0..<rank).map { b in
        sparse(
          v.entries[b * columns.count..<(b + 1) * columns.count].map {
            Scalar(real: values[b]) * $0
          })
      }
    )
  }
}
