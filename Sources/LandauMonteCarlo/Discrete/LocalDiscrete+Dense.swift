#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension LocalDiscrete {
  /// Attempts at sites of two states whose fields are kept.
  ///
  /// Where energies have a unit the outcome is, bit for bit, that of summing over neighbours.
  @inline(__always)
  func twoStates<Generator: RandomNumberGenerator>(
    _ dense: DenseFields, _ steps: Range<Int>, using generator: inout Generator,
    _ site: (Int, inout Generator) -> Int
  ) -> Int {
    if !dense.isCurrent { dense.refresh(storage.states) }
    let unit = dense.unit
    if storage.whole != nil {
      let thresholds = isHeatBath ? thresholds + cost : thresholds
      if isHeatBath {
        return twoStates(dense, steps, using: &generator, site) { above, _, word in
          word < thresholds[above] ? 1 : 0
        }
      }
      return twoStates(dense, steps, using: &generator, site) { above, old, word in
        old ^ (word < thresholds[max(0, old == 0 ? above : 0 &- above)] ? 1 : 0)
      }
    }
    if isHeatBath {
      return twoStates(dense, steps, using: &generator, site) { above, _, word in
        word < heatThreshold(Double(above) * unit) ? 1 : 0
      }
    }
    let (laziness, scale, gate) = (-log(rule.factor), beta * unit, ExponentialGate.shared)
    return twoStates(dense, steps, using: &generator, site) { above, old, word in
      let cost = laziness + scale * Double(max(0, old == 0 ? above : 0 &- above))
      return old ^ (gate.accepts(Self.complement(word), cost: cost) ? 1 : 0)
    }
  }

  /// - Parameter outcome: the new state, from the cost of state 1 above state 0 in units, the old state and a random word.
  @inline(__always)
  private func twoStates<Generator: RandomNumberGenerator>(
    _ dense: DenseFields, _ steps: Range<Int>, using generator: inout Generator,
    _ site: (Int, inout Generator) -> Int,
    outcome: (_ above: Int, _ old: UInt8, _ word: UInt64) -> UInt8
  ) -> Int {
    var rng = generator
    let (states, fields) = (storage.states, dense.fields)
    var changed = 0
    for index in steps {
      let site = site(index, &rng)
      let old = states[site]
      let new = outcome(Int(fields[site]), old, rng.next())
      if new == old { continue }
      states[site] = new
      dense.change(site, to: new)
      changed &+= 1
    }
    generator = rng
    return changed
  }
}
