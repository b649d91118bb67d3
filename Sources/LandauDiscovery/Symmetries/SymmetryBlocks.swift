import LandauCore
import LandauStatistics

/// Means over independent pieces of the data of what the images of snapshots under the powers of a transformation look like.
struct SymmetryBlocks {
  /// `[block][power][observable]`: by how much the means change from power k to power k + 1.
  let changes: [[[Double]]]

  enum Failure: Error {
    /// Too few pieces that are independent: how many there are.
    case tooFew(Int)
    /// Snapshots of this kind have no observable that the transformation changes.
    case unseen
  }

  static let maximalCount = 64

  /// Cuts the snapshots at one value of the parameter into blocks.
  ///
  /// Sixteen chains or more are the blocks. Fewer ones are cut into blocks of at least ten of the longest integrated
  /// times of all observables; independent shots into blocks of equal size.
  ///
  /// - Parameters:
  ///   - samples: in order of time within each chain.
  ///   - order: of the transformation.
  ///   - neededCount: fewer blocks are a failure.
  init(
    _ snapshots: Snapshots, levelNumbers: [UInt8], samples: [Int],
    transformation: SnapshotTransformation, order: Int, observables: SnapshotObservables,
    neededCount: Int
  ) throws(Failure) {
    let width = snapshots.siteCount * snapshots.channels.count
    func changes(_ sample: Int) -> [[Double]] {
      var x = Array(levelNumbers[sample * width..<(sample + 1) * width])
      var values: [[Double]] = []
      for power in 0..<order {
        if power > 0 { x = transformation(x) }
        values.append(observables(x))
      }
      return (0..<order).map { power in
        zip(values[power], values[(power + 1) % order]).map { $0 - $1 }
      }
    }
    // Chains of numbers of samples; independent shots are one list.
    var chains: [[Int]] = []
    if snapshots.isSequential {
      var index: [Int32: Int] = [:]
      for sample in samples {
        let chain = snapshots.chain[sample]
        if index[chain] == nil {
          index[chain] = chains.count
          chains.append([])
        }
        chains[index[chain]!].append(sample)
      }
    } else {
      chains = [samples]
    }
    let measured = chains.map { $0.map(changes) }
    guard measured.contains(where: { $0.contains { $0.contains { $0.contains { $0 != 0 } } } })
    else { throw .unseen }
    let blocks: [[[[Double]]]] =
      if snapshots.isSequential && chains.count >= 16 {
        measured
      } else {
        Self.cut(
          measured, minimalLength: snapshots.isSequential ? Self.length(measured) : 1)
      }
    guard blocks.count >= neededCount else { throw .tooFew(blocks.count) }
    self.changes = blocks.map { block in
      (0..<order).map { power in
        (0..<observables.count).map { observable in
          block.reduce(0) { $0 + $1[power][observable] } / Double(block.count)
        }
      }
    }
  }

  /// Ten of the longest integrated times, in samples.
  private static func length(_ measured: [[[[Double]]]]) -> Int {
    let count = measured[0][0][0].count
    let longest = (0..<count).reduce(0.5) { longest, observable in
      let series = Series(measured.map { $0.map { $0[0][observable] } })
      guard series.count > 1, !series.isConstant else { return longest }
      return max(longest, Autocorrelation(of: series).integratedTime.value)
    }
    return Int((10 * longest).rounded(.up))
  }

  /// Blocks of equal length within each chain; what is left over goes to the last one of the chain.
  private static func cut(
    _ measured: [[[[Double]]]], minimalLength: Int
  ) -> [[[[Double]]]] {
    let total = measured.reduce(0) { $0 + $1.count }
    let length = max(minimalLength, (total + maximalCount - 1) / maximalCount)
    return measured.flatMap { chain -> [[[[Double]]]] in
      let count = chain.count / length
      return (0..<count).map { block in
        Array(chain[(block * length)..<(block == count - 1 ? chain.count : (block + 1) * length)])
      }
    }
  }
}
