import LandauCore

extension ParsedArguments {
  /// Sides of a lattice: `64`, or one number per axis as in `16x16x8`.
  ///
  /// - Throws: when a side is no whole number from 1 to `maximumSide`, or the product of the sides
  ///   does not fit in 62 bits.
  func size(_ name: String = "size") throws(InputError) -> [Int]? {
    guard let text = text(name) else { return nil }
    return try Self.size(text, of: name)
  }

  /// A comma list of sizes, each as in `size`.
  func sizes(_ name: String = "size") throws(InputError) -> [[Int]]? {
    guard let text = text(name) else { return nil }
    var sizes: [[Int]] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let size = try Self.size(String(part), of: name)
      if sizes.contains(size) { throw InputError("--\(name) is \(text); \(part) is in it twice") }
      sizes.append(size)
    }
    return sizes
  }

  static let maximumSide = 1 << 30

  private static func size(_ text: String, of name: String) throws(InputError) -> [Int] {
    var sides: [Int] = []
    var product = 1
    for part in text.split(separator: "x", omittingEmptySubsequences: false) {
      guard let side = Int(part), (1...maximumSide).contains(side) else {
        throw .notAllowed(
          "--\(name)", text.isEmpty ? "empty" : text,
          allowed: "sides from 1 to \(maximumSide), as in 64 or 16x16x8")
      }
      let (next, overflow) = product.multipliedReportingOverflow(by: side)
      guard !overflow, next < 1 << 62 else {
        throw InputError("--\(name) is \(text); a lattice of that many sites does not exist")
      }
      product = next
      sides.append(side)
    }
    return sides
  }
}
