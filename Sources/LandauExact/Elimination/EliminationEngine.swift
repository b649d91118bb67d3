import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Carries out an elimination plan with given weights.
struct EliminationEngine<A: Algebra>: Sendable {
  let plan: EliminationPlan
  let algebra: A
  let bonds: [(Int, Int)]
  /// `[bond, state of first, state of second]`.
  let bondWeights: [A.Element]
  /// `[site, state]`.
  let siteWeights: [A.Element]
  /// How many sites are summed over before the table is brought back into range.
  var rescaleInterval = 1

  private var states: Int { plan.states }

  /// The result for one choice of the fixed values; the total is `value` times e^`logScale`.
  struct Outcome: Sendable {
    var value: A.Element
    var logScale: Double
  }

  /// Working memory of one thread.
  final class Tables {
    let capacity: Int
    var current: UnsafeMutablePointer<A.Element>
    var other: UnsafeMutablePointer<A.Element>

    init(_ plan: EliminationPlan) {
      var size = 1
      for _ in 0..<plan.width { size *= plan.states }
      capacity = size
      current = .allocate(capacity: size)
      other = .allocate(capacity: size)
    }

    deinit {
      current.deallocate()
      other.deallocate()
    }
  }

  /// - Parameters:
  ///   - values: the states of the plan's fixed sites, in its order.
  ///   - observer: called before each step that sums over a site, with its index and the table.
  func run(
    fixed values: [Int], in tables: Tables,
    observer: ((Int, UnsafeBufferPointer<A.Element>) -> Void)? = nil
  ) -> Outcome {
    var state = [Int](repeating: -1, count: plan.siteCount)
    for (site, value) in zip(plan.fixed, values) { state[site] = value }
    var size = 1
    var logScale = 0.0
    var sinceRescale = 0
    tables.current[0] = fixedWeight(state)
    for (index, step) in plan.steps.enumerated() {
      switch step {
      case .introduce(let site):
        introduce(siteVector(site, state), in: tables, size: size)
        size *= states
      case .replace(let slot, let site, let between):
        observer?(index, UnsafeBufferPointer(start: tables.current, count: size))
        let matrix = replacement(site: site, bonds: between, vector: siteVector(site, state))
        replace(matrix, stride: power(slot), in: tables, size: size)
        sinceRescale += 1
        if sinceRescale >= rescaleInterval {
          sinceRescale = 0
          logScale += algebra.rescale(
            UnsafeMutableBufferPointer(start: tables.current, count: size))
        }
      case .bond(let lower, let upper, let bond, let lowerIsFirst):
        multiply(
          weights(bond, transposed: !lowerIsFirst), lower: power(lower), upper: power(upper),
          in: tables, size: size)
      case .eliminate(let slot):
        observer?(index, UnsafeBufferPointer(start: tables.current, count: size))
        eliminate(stride: power(slot), in: tables, size: size)
        size /= states
      }
    }
    return Outcome(value: tables.current[0], logScale: logScale)
  }

  func power(_ slot: Int) -> Int {
    var stride = 1
    for _ in 0..<slot { stride *= states }
    return stride
  }

  /// `[state of the new site's partner, state of the new site]` with the new site's own weights.
  func replacement(site: Int, bonds between: [Int], vector: [A.Element]) -> [A.Element] {
    var matrix = [A.Element](repeating: algebra.one, count: states * states)
    for old in 0..<states {
      for new in 0..<states {
        var weight = vector[new]
        for bond in between {
          weight = algebra.times(
            weight, bonds[bond].0 == site ? self[bond, new, old] : self[bond, old, new])
        }
        matrix[old * states + new] = weight
      }
    }
    return matrix
  }

  /// The weight of each value of a site, with its bonds to fixed sites.
  func siteVector(_ site: Int, _ state: [Int]) -> [A.Element] {
    (0..<states).map { value in
      var weight = siteWeights[site * states + value]
      for bond in plan.outerBonds[site] {
        let (a, b) = bonds[bond]
        weight = algebra.times(
          weight, self[bond, a == site ? value : state[a], b == site ? value : state[b]])
      }
      return weight
    }
  }

  private subscript(bond: Int, first: Int, second: Int) -> A.Element {
    bondWeights[(bond * states + first) * states + second]
  }

  private func weights(_ bond: Int, transposed: Bool) -> [A.Element] {
    (0..<states * states).map {
      let (lower, upper) = ($0 / states, $0 % states)
      return transposed ? self[bond, upper, lower] : self[bond, lower, upper]
    }
  }

  private func fixedWeight(_ state: [Int]) -> A.Element {
    var weight = algebra.one
    for site in plan.fixed {
      weight = algebra.times(weight, siteWeights[site * states + state[site]])
    }
    for bond in plan.fixedBonds {
      weight = algebra.times(weight, self[bond, state[bonds[bond].0], state[bonds[bond].1]])
    }
    return weight
  }
}

// The loops over tables.
extension EliminationEngine {
  private func introduce(_ vector: [A.Element], in tables: Tables, size: Int) {
    let table = tables.current
    for value in (0..<states).reversed() {
      let weight = vector[value]
      let target = table + value * size
      for index in 0..<size { target[index] = algebra.times(table[index], weight) }
    }
  }

  private func replace(_ matrix: [A.Element], stride: Int, in tables: Tables, size: Int) {
    if states == 2 {
      replacePairs(matrix, stride: stride, table: tables.current, size: size)
      return
    }
    let (source, target) = (tables.current, tables.other)
    let block = stride * states
    for base in Swift.stride(from: 0, to: size, by: block) {
      for new in 0..<states {
        let to = target + base + new * stride
        let first = matrix[new]
        for low in 0..<stride { to[low] = algebra.times(source[base + low], first) }
        for old in 1..<states {
          let from = source + base + old * stride
          let weight = matrix[old * states + new]
          for low in 0..<stride {
            to[low] = algebra.plus(to[low], algebra.times(from[low], weight))
          }
        }
      }
    }
    (tables.current, tables.other) = (target, source)
  }

  /// Two states, in place.
  private func replacePairs(
    _ matrix: [A.Element], stride: Int, table: UnsafeMutablePointer<A.Element>, size: Int
  ) {
    let (w00, w01, w10, w11) = (matrix[0], matrix[1], matrix[2], matrix[3])
    for base in Swift.stride(from: 0, to: size, by: 2 * stride) {
      let (lower, upper) = (table + base, table + base + stride)
      for low in 0..<stride {
        let (x, y) = (lower[low], upper[low])
        lower[low] = algebra.plus(algebra.times(x, w00), algebra.times(y, w10))
        upper[low] = algebra.plus(algebra.times(x, w01), algebra.times(y, w11))
      }
    }
  }

  private func multiply(
    _ matrix: [A.Element], lower: Int, upper: Int, in tables: Tables, size: Int
  ) {
    let table = tables.current
    for base in Swift.stride(from: 0, to: size, by: upper * states) {
      for high in 0..<states {
        let start = base + high * upper
        for middle in Swift.stride(from: start, to: start + upper, by: lower * states) {
          for value in 0..<states {
            let weight = matrix[value * states + high]
            let target = table + middle + value * lower
            for low in 0..<lower { target[low] = algebra.times(target[low], weight) }
          }
        }
      }
    }
  }

  private func eliminate(stride: Int, in tables: Tables, size: Int) {
    let table = tables.current
    var target = table
    for base in Swift.stride(from: 0, to: size, by: stride * states) {
      let source = table + base
      for low in 0..<stride {
        var sum = source[low]
        for value in 1..<states { sum = algebra.plus(sum, source[value * stride + low]) }
        target[low] = sum
      }
      target += stride
    }
  }
}

extension EliminationEngine {
  /// Runs every choice in `choices` (each the values of the fixed sites), shared out over a pool, and
  /// combines the outcomes in order, block by block.
  func total<T: Sendable>(
    over count: Int, pool: WorkerPool, choice: @escaping @Sendable (Int) -> [Int],
    reduce: @escaping @Sendable (inout T?, Int, Outcome) -> Void,
    merge: (inout T?, T) -> Void
  ) -> T? {
    let blocks = min(count, 64)
    let engine = self
    let parts =
      try? pool.map(blocks) { block -> T? in
        let tables = Tables(engine.plan)
        var part: T?
        for index in (block * count / blocks)..<((block + 1) * count / blocks) {
          reduce(&part, index, engine.run(fixed: choice(index), in: tables))
        }
        return part
      }
    var result: T?
    for part in parts ?? [] {
      guard let part else { continue }
      if result == nil { result = part } else { merge(&result, part) }
    }
    return result
  }
}
