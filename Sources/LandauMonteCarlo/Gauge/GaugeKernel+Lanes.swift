internal import CLandauKernels
import LandauCore

/// Eight links at once on boxes with even sides, from eight streams that start from words of the given one anew for
/// every sweep.
extension GaugeKernel {
  /// Draws all links, as `heated` does each; false, and nothing is done, where the lattice or the field does not allow it.
  func heatInLanes(strength: Double, using rng: inout RandomStream) -> Bool {
    let strongest = strength * Double(2 * Link.rank * (dimension - 1))
    guard colours != nil, strongest <= VectorBoard.largestField else { return false }
    return RandomLanes.started(from: &rng) { updateInLanes(strength: strength, state: $0) }
  }

  /// Turns all links over, as `reflected` does each; false where the lattice does not allow it.
  func reflectInLanes() -> Bool { updateInLanes(strength: 0, state: nil) }

  /// Axis by axis, links that start at sites of one colour and then those of the other: no two of them share a
  /// plaquette but where one continues the other, and then neither is among the staples of the other.
  private func updateInLanes(strength: Double, state: UnsafeMutablePointer<UInt64>?) -> Bool {
    guard let colours else { return false }
    let update =
      switch Link.rank {
      case 1: level.vectors.pointee.update_links.0!
      case 2: level.vectors.pointee.update_links.1!
      default: level.vectors.pointee.update_links.2!
      }
    var links = lk_links(
      links: UnsafeMutableRawPointer(links).assumingMemoryBound(to: Double.self),
      after: UnsafePointer(after), before: UnsafePointer(before), dimension: dimension)
    let half = siteCount / 2
    for axis in 0..<dimension {
      for colour in 0..<2 {
        update(&links, Int32(axis), colours + colour * half, half, strength, state)
      }
    }
    return true
  }
}
