import LandauLattice
import LandauStore

extension InstanceFile {
  /// Sixteen hexadecimal digits that tell instances apart by what they are: sites, bonds in their order, weights. Names and
  /// layouts do not count.
  var checksum: String {
    var sum = Checksum()
    sum.update(words: [UInt64(siteCount)])
    sum.update(
      words: bonds.map {
        UInt64(UInt32(bitPattern: $0.source)) << 32 | UInt64(UInt32(bitPattern: $0.target))
      })
    sum.update(words: weights.map(\.bitPattern))
    return sum.text
  }
}

extension Checksum {
  fileprivate mutating func update(words: [UInt64]) {
    words.map(\.littleEndian).withUnsafeBytes { update($0) }
  }
}
