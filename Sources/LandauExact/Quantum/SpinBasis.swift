import LandauCore

/// Basis states of spins 1/2: all, those with so many down spins, or their combinations in one sector of a symmetry group.
///
/// A combination is |r) = (|G| s)^(-1/2) sum over g of chi(g) g|r>, r the smallest state of its orbit and s the number of
/// elements that leave r alone.
public struct SpinBasis: Sendable {
  public let siteCount: Int
  /// nil for all.
  public let downCount: Int?
  public let group: SpinSymmetryGroup?
  /// Ascending; empty where all states are taken.
  let states: [UInt32]
  /// Square roots of s.
  let weights: [Double]
  private let shift: Int
  private let starts: [Int32]

  public static let maximumSiteCount = 32

  /// - Complexity: one pass over 2^N states, of the group's order each where they are few.
  public init(siteCount: Int, downCount: Int? = nil, group: SpinSymmetryGroup? = nil) {
    precondition(
      (1...Self.maximumSiteCount).contains(siteCount), "\(siteCount) spins in words of 32 bits")
    precondition(group == nil || group!.siteCount == siteCount, "a group of other sites")
    self.siteCount = siteCount
    self.downCount = downCount
    self.group = group
    guard downCount != nil || group != nil else {
      (states, weights, shift, starts) = ([], [], 0, [])
      return
    }
    var states: [UInt32] = []
    var weights: [Double] = []
    for state in 0..<UInt64(1) << UInt64(siteCount) {
      if let downCount, state.nonzeroBitCount != downCount { continue }
      if let group {
        guard let count = group.stabilizer(UInt32(state)) else { continue }
        weights.append(Double(count).squareRoot())
      } else {
        weights.append(1)
      }
      states.append(UInt32(state))
    }
    let shift = max(0, siteCount - 16)
    var starts = [Int32](repeating: 0, count: (1 << min(16, siteCount)) + 1)
    for state in states { starts[Int(state >> UInt32(shift)) + 1] += 1 }
    for index in 1..<starts.count { starts[index] += starts[index - 1] }
    (self.states, self.weights, self.shift, self.starts) = (states, weights, shift, starts)
  }

  /// Whether states of real Hamiltonians may be taken real.
  var isReal: Bool { group?.isReal ?? true }

  public var isFull: Bool { downCount == nil && group == nil }

  public var dimension: Int { isFull ? 1 << siteCount : states.count }

  /// Where a state stands in the list; nil if it is not there.
  @inline(__always)
  func index(of state: UInt32) -> Int? {
    if isFull { return Int(state) }
    let bucket = Int(state >> UInt32(shift))
    var (low, high) = (Int(starts[bucket]), Int(starts[bucket + 1]))
    while low < high {
      let middle = (low + high) / 2
      if states[middle] < state { low = middle + 1 } else { high = middle }
    }
    return low < states.count && states[low] == state ? low : nil
  }

  /// The amplitudes of all 2^N states from those in this basis.
  ///
  /// - Parameter vector: real parts and, of complex states, below them imaginary parts.
  func expanded(_ vector: [Double]) -> [Complex] {
    let amplitudes = (0..<dimension).map {
      Complex(vector[$0], vector.count > dimension ? vector[dimension + $0] : 0)
    }
    if isFull { return amplitudes }
    var full = [Complex](repeating: Complex(0), count: 1 << siteCount)
    for (index, amplitude) in amplitudes.enumerated() {
      guard let group else {
        full[Int(states[index])] = amplitude
        continue
      }
      let scale = 1 / (Double(group.order).squareRoot() * weights[index])
      for element in group.elements {
        let image = Int(element.image(states[index]))
        full[image] = full[image] + scale * amplitude * element.character
      }
    }
    return full
  }
}
