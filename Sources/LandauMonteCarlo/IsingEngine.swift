import CLandauKernels
import LandauCore
import LandauLattice

/// What an `IsingChain` asks of the update it runs on; called once per sweep or less.
protocol IsingEngine: AnyObject {
  /// What was done, for the report; a function of the job alone.
  var algorithm: String { get }
  /// Sum of s_i s_j over all bonds, and the sum of spins.
  func bondSum() -> Int
  func magnetization() -> Int
  /// Sum of the spins, each times the sign of its sublattice; on bipartite lattices.
  func staggeredMagnetization() -> Int
  func appendSpins(to array: inout [Int8])
  func sweep(_ count: Int)
  /// Stops early when asked to, between sweeps or clusters.
  func burnIn(_ stage: inout BurnIn, unless isOver: () -> Bool)
  /// Attempts that were made (Metropolis), spins visited (Swendsen-Wang), spins flipped (Wolff).
  var updateCount: Int { get }
  var acceptanceRate: Double? { get }
  /// Sums of the spins of every slice at right angles to an axis.
  func sliceSums(along axis: Int) -> [Int]
  /// |m|^2 and |m|^4 averaged over the signs of the clusters of the last sweep; nil without such a
  /// sweep.
  func improvedMoments() -> ImprovedMoments?
  /// All that changes during a run.
  func save(to writer: inout StateWriter)
  func restore(from reader: inout StateReader) throws(InputError)
}

extension IsingEngine {
  func burnIn(_ stage: inout BurnIn, unless isOver: () -> Bool) {
    stage.makeSweeps(unless: isOver) { sweep(1) }
  }
  var acceptanceRate: Double? { nil }
  func improvedMoments() -> ImprovedMoments? { nil }
}

/// Spins in bytes, row-major; on a staggered model each times the sign of its sublattice, so that
/// the stored spins are those of a ferromagnet.
final class SpinBuffer {
  let model: IsingModel
  let count: Int
  let spins: UnsafeMutablePointer<Int8>
  /// Sublattice signs of a staggered model.
  private let signs: UnsafeMutablePointer<Int8>?
  private let kernels: lk_kernels

  init(model: IsingModel, spins start: [Int8], level: KernelLevel) {
    self.model = model
    count = model.siteCount
    kernels = level.kernels
    spins = .allocate(capacity: count)
    signs = model.isStaggered ? .allocate(capacity: count) : nil
    if let signs {
      for site in 0..<count { signs[site] = model.lattice.sublatticeSign(of: site) }
    }
    load(start)
  }

  /// Takes over true spins.
  func load(_ values: [Int8]) {
    precondition(
      values.count == count, "spins has \(values.count) entries, the lattice \(count) sites")
    for site in 0..<count { spins[site] = values[site] }
    if let signs { for site in 0..<count { spins[site] &*= signs[site] } }
  }

  deinit {
    spins.deallocate()
    signs?.deallocate()
  }

  /// Sum of stored s_i s_j over the bonds between different sites.
  private func storedBondSum() -> Int {
    let lattice = model.lattice
    var sum = 0
    for axis in lattice.sides.indices where lattice.sides[axis] > 1 {
      let stride = lattice.strides[axis]
      let span = stride * lattice.sides[axis]
      if stride == 1 {
        // All neighbours in memory at once, then rows are closed instead of joined.
        sum += Int(kernels.dot_signs(spins, spins + 1, count - 1))
        for start in Swift.stride(from: 0, to: count, by: span) {
          let end = start + span - 1
          sum += Int(spins[end] &* spins[start])
          if end + 1 < count { sum -= Int(spins[end] &* spins[end + 1]) }
        }
        continue
      }
      for start in Swift.stride(from: 0, to: count, by: span) {
        let block = spins + start
        sum += Int(kernels.dot_signs(block, block + stride, span - stride))
        sum += Int(kernels.dot_signs(block + span - stride, block, stride))
      }
    }
    return sum
  }

  func bondSum() -> Int {
    (signs == nil ? storedBondSum() : -storedBondSum()) + model.lattice.selfBondCount
  }

  func magnetization() -> Int {
    if let signs { return Int(kernels.dot_signs(spins, signs, count)) }
    return Int(kernels.sum_signs(spins, count))
  }

  func staggeredMagnetization() -> Int {
    // On a staggered model spins are stored with the sign of their sublattice.
    if signs != nil { return Int(kernels.sum_signs(spins, count)) }
    return (0..<count).reduce(0) {
      $0 + Int(spins[$1] &* model.lattice.sublatticeSign(of: $1))
    }
  }

  func sliceSums(along axis: Int) -> [Int] {
    let lattice = model.lattice
    let (side, stride) = (lattice.sides[axis], lattice.strides[axis])
    var sums = [Int](repeating: 0, count: side)
    if stride == 1 && side > 1 {
      // Rows lie side by side: all columns at once.
      var columns = [Int32](repeating: 0, count: side)
      columns.withUnsafeMutableBufferPointer { columns in
        for start in Swift.stride(from: 0, to: count, by: side) {
          if let signs {
            for x in 0..<side { columns[x] &+= Int32(spins[start &+ x] &* signs[start &+ x]) }
          } else {
            for x in 0..<side { columns[x] &+= Int32(spins[start &+ x]) }
          }
        }
      }
      return columns.map { Int($0) }
    }
    for (block, start) in Swift.stride(from: 0, to: count, by: stride).enumerated() {
      sums[block % side] +=
        signs.map { Int(kernels.dot_signs(spins + start, $0 + start, stride)) }
        ?? Int(kernels.sum_signs(spins + start, stride))
    }
    return sums
  }

  func save(to writer: inout StateWriter) {
    writer.write(signed: UnsafeBufferPointer(start: spins, count: count))
  }

  func restore(from reader: inout StateReader) throws(InputError) {
    let stored = try reader.signed(count: count)
    guard stored.allSatisfy({ $0 == 1 || $0 == -1 }) else {
      throw InputError("the checkpoint does not hold Ising spins")
    }
    for site in 0..<count { spins[site] = stored[site] }
  }

  func append(to array: inout [Int8]) {
    let start = array.count
    array.append(contentsOf: UnsafeBufferPointer(start: spins, count: count))
    if let signs { for site in 0..<count { array[start + site] &*= signs[site] } }
  }
}
