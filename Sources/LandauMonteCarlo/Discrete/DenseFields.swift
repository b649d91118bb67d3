internal import CLandauKernels
import LandauCore

/// How much state 1 of every site costs above its state 0, kept up to date while sites change: for two states and
/// couplings between most pairs of sites, as in Sherrington and Kirkpatrick's model.
///
/// Summed afresh, a field takes N steps at every attempt. Kept, it takes one addition of a row of couplings to all
/// fields where an attempt succeeds, and few do in a cold glass; the energy takes N steps instead of N^2/2.
///
/// With a_i the field of site i and s_j = 0, 1 the states, a_i = c_i + sum_j S_ij s_j, where S_ij = J_ij times the
/// second difference of the pair energies, and the energy above that of all zeros is
///
///     sum_i c_i s_i + (1/2) sum_ij S_ij s_i s_j = (1/2) sum_i s_i (c_i + a_i).
///
/// All numbers are whole multiples of one unit, so that rounding never adds up and the fields are a function of the
/// configuration alone. The unit is that of the energies where they have one; else a power of two about 2^-52 of the
/// largest cost, larger where the total of that many sites would not fit: rounding a coupling to it
/// costs what summing in double precision would.
final class DenseFields {
  /// Energy of one unit.
  let unit: Double
  /// `[site]`, valid while `isCurrent`.
  let fields: UnsafeMutablePointer<Int64>
  private(set) var isCurrent = false

  private let count: Int
  /// c_i, the fields of all zeros.
  private let alone: UnsafeMutablePointer<Int64>
  /// `[site, site]`: S_ij, zeros on the diagonal.
  private let rows: UnsafeMutablePointer<Int64>
  /// Energy of all zeros, in units, without what no configuration changes.
  private let zeros: Int64
  private let constant: Double
  private let kernels = KernelLevel.current.kernels
  private let owned = OwnedBuffers()

  /// Whether fields are worth keeping: rows are short enough for the neighbours there are.
  static func suit(_ storage: DiscreteStorage) -> Bool {
    let count = storage.count
    return storage.stateCount == 2 && count >= 16 && 2 * storage.placeCount >= count * count
  }

  /// - Complexity: O(sites^2), and 8 sites^2 bytes.
  init(_ storage: DiscreteStorage) {
    let count = storage.count
    self.count = count
    fields = owned.make(count, 0)
    alone = owned.make(count, 0)
    rows = owned.make(count * count, 0)
    if let whole = storage.whole {
      unit = whole.units.unit
    } else {
      let bits = min(52, 60 - Int(Double(count).exponent))
      let exponent = max(storage.largestCost, .leastNormalMagnitude).exponent + 1
      unit = Double(sign: .plus, exponent: Int(exponent) - bits, significand: 1)
    }
    let pairs = storage.pairs
    let base = pairs[2] - pairs[0]
    let step = pairs[3] - pairs[1] - base
    constant = storage.constant
    var zeros: Int64 = 0
    for bond in 0..<storage.bondCount {
      zeros += Self.count(storage.bondCouplings[bond] * pairs[0], unit)
    }
    for site in 0..<count {
      let own = storage.siteRow(site)
      zeros += Self.count(own[0], unit)
      alone[site] = Self.count(own[1] - own[0], unit)
      for place in Int(storage.start[site])..<Int(storage.start[site + 1]) {
        let coupling = storage.placeCouplings[place]
        rows[site * count + Int(storage.neighbours[place])] += Self.count(coupling * step, unit)
        alone[site] += Self.count(coupling * base, unit)
      }
    }
    self.zeros = zeros
  }

  private static func count(_ energy: Double, _ unit: Double) -> Int64 {
    Int64((energy / unit).rounded())
  }

  /// Makes the fields those of a configuration.
  ///
  /// - Complexity: O(sites^2).
  func refresh(_ states: UnsafePointer<UInt8>) {
    fields.update(from: alone, count: count)
    for site in 0..<count where states[site] == 1 { change(site, to: 1) }
    isCurrent = true
  }

  /// The configuration is another one.
  func invalidate() { isCurrent = false }

  /// Site `site` has got another state.
  @inline(__always)
  func change(_ site: Int, to new: UInt8) {
    kernels.add_longs(fields, rows + site &* count, count, new == 1 ? 1 : 0)
  }

  /// H of the configuration that the fields belong to.
  func energy(_ states: UnsafePointer<UInt8>) -> Double {
    var sum: Int64 = 0
    for site in 0..<count where states[site] == 1 { sum &+= alone[site] &+ fields[site] }
    return Double(zeros + sum / 2) * unit + constant
  }
}
