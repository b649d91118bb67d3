public import LandauCore

extension InstanceFile {
  /// Reads the text of an instance file.
  ///
  /// - Parameters:
  ///   - layout: nil finds it out; `edges` has to be asked for.
  ///   - firstSite: the number of the first site, 1 in all collections; 0 for lists of edges that count from there.
  /// - Throws: `InputError`, one line that begins with the number of the line where there is one.
  public init(
    reading text: String, layout: Layout? = nil, firstSite: Int = 1
  ) throws(InputError) {
    precondition(
      firstSite == 0 || firstSite == 1, "sites are numbered from 0 or 1, not \(firstSite)")
    var reader = InstanceReader(layout: layout, firstSite: firstSite)
    let bytes = Array(text.utf8)
    // Some editors put a byte order mark before the text.
    var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var number = 0
    while start < bytes.count {
      var end = start
      // A line ends with \n, \r\n or \r.
      while end < bytes.count && bytes[end] != 10 && bytes[end] != 13 { end += 1 }
      number += 1
      do throws(InputError) {
        try reader.read(bytes[start..<end])
      } catch {
        throw InputError("line \(number): \(error.message)")
      }
      start = end + 1
      if end + 1 < bytes.count && bytes[end] == 13 && bytes[end + 1] == 10 { start += 1 }
    }
    self = try reader.finished()
  }
}

/// What has been read of an instance file so far.
private struct InstanceReader {
  let wanted: InstanceFile.Layout?
  let firstSite: Int
  var layout: InstanceFile.Layout?
  var name = ""
  var siteCount: Int?
  var bondCount: Int?
  var kind: String?
  var columns: Int?
  var largest = -1
  var bonds: [Lattice.Bond] = []
  var weights: [Double] = []

  init(layout: InstanceFile.Layout?, firstSite: Int) {
    wanted = layout
    self.firstSite = firstSite
    if layout == .edges || layout == .server { self.layout = layout }
  }

  mutating func read(_ line: ArraySlice<UInt8>) throws(InputError) {
    let words = line.split { $0 == 32 || $0 == 9 || $0 == 44 }.map {
      String(decoding: $0, as: UTF8.self)
    }
    guard let first = words.first, first.utf8.first != 35, first.utf8.first != 37 else { return }
    if first == "c" && layout != .edges { return }
    if layout == nil || layout == .server, let colon = line.firstIndex(of: 58) {
      return try readServerHeader(line, colon: colon)
    }
    if first == "p" || first == "e" || first == "a" { return try readDimacs(words) }
    if layout == nil {
      guard wanted == nil || wanted == .counted else {
        throw InputError(
          "the line is '\(clipped(first))'; \(wanted!.rawValue) files begin otherwise")
      }
      layout = .counted
      return try readCounts(words)
    }
    if layout == .dimacs {
      throw .notAllowed("the line's first word", clipped(first), allowed: "c, e in a DIMACS file")
    }
    try readBond(words)
  }

  private mutating func readServerHeader(
    _ line: ArraySlice<UInt8>, colon: Int
  ) throws(InputError) {
    func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
      let isBlank: (UInt8) -> Bool = { $0 == 32 || $0 == 9 }
      let kept = bytes.drop(while: isBlank)
      let count = kept.reversed().drop(while: isBlank).count
      return String(decoding: kept.prefix(count), as: UTF8.self)
    }
    guard wanted == nil || wanted == .server else {
      throw InputError("a line 'key: value' in a file read as \(wanted!.rawValue)")
    }
    guard bonds.isEmpty else { throw InputError("a line 'key: value' after the first bond") }
    layout = .server
    let value = trimmed(line[(colon + 1)...])
    switch trimmed(line[..<colon]) {
    case "name": name = value
    case "type":
      guard ["pm", "gauss", "pm3", "gauss3", "sk", "ising"].contains(value) else {
        throw .notAllowed("type", clipped(value), allowed: "pm, gauss, pm3, gauss3, sk, ising")
      }
      kind = value
    case "size":
      siteCount = try whole(value, "size", 1...InstanceFile.maximumSiteCount)
    case let key: throw .notAllowed("the key", clipped(key), allowed: "type, size, name")
    }
  }

  private mutating func readDimacs(_ words: [String]) throws(InputError) {
    if words[0] == "p" {
      guard layout == nil, wanted == nil || wanted == .dimacs else {
        throw InputError(
          layout == .dimacs
            ? "a second line 'p'" : "a line 'p' of a DIMACS file in a file of another layout")
      }
      guard words.count == 4 else {
        throw InputError("the line has \(words.count) words; allowed: p KIND SITES BONDS")
      }
      layout = .dimacs
      return try readCounts(Array(words.dropFirst(2)))
    }
    guard layout == .dimacs else {
      throw InputError("a line '\(words[0])' of a DIMACS file before its line 'p KIND SITES BONDS'")
    }
    try readBond(Array(words.dropFirst()))
  }

  private mutating func readCounts(_ words: [String]) throws(InputError) {
    guard words.count == 2 else {
      throw InputError(
        "the line has \(words.count) words; allowed: two whole numbers, of sites and of bonds")
    }
    siteCount = try whole(words[0], "the number of sites", 1...InstanceFile.maximumSiteCount)
    bondCount = try whole(words[1], "the number of bonds", 0...(Lattice.maximumCount / 2))
  }

  private mutating func readBond(_ words: [String]) throws(InputError) {
    guard words.count == 2 || words.count == 3 else {
      throw InputError("the bond has \(words.count) words; allowed: two sites, and a weight")
    }
    if let columns, columns != words.count {
      throw InputError("the bond has \(words.count) words, those before had \(columns)")
    }
    columns = words.count
    if let bondCount, bonds.count == bondCount {
      throw InputError("one bond more than the \(bondCount) announced")
    }
    // The size in a server's header is that of a side.
    let last = (layout == .server ? nil : siteCount) ?? InstanceFile.maximumSiteCount
    let allowed = firstSite...(last - 1 + firstSite)
    let source = try whole(words[0], "the site", allowed) - firstSite
    let target = try whole(words[1], "the site", allowed) - firstSite
    guard source != target else {
      throw InputError("site \(words[0]) is joined with itself; a bond has two sites")
    }
    bonds.append(Lattice.Bond(source: source, target: target))
    largest = max(largest, source, target)
    guard words.count == 3 else { return weights.append(1) }
    guard let weight = Double(words[2]), weight.isFinite else {
      throw .notAllowed("the weight", clipped(words[2]), allowed: "finite numbers")
    }
    weights.append(weight)
  }

  func finished() throws(InputError) -> InstanceFile {
    guard layout != nil else { throw InputError("there is no line 'SITES BONDS' and no bond") }
    if let bondCount, bonds.count != bondCount {
      throw InputError("the file has \(bonds.count) bonds, its header announces \(bondCount)")
    }
    let count = try resolvedSiteCount()
    guard largest < count else {
      throw InputError(
        "a bond leads to site \(largest + firstSite), the header's size means \(count) sites")
    }
    return try InstanceFile(name: name, siteCount: count, bonds: bonds, weights: weights)
  }

  private func resolvedSiteCount() throws(InputError) -> Int {
    if layout == .server, let side = siteCount {
      switch kind {
      case "pm", "gauss": return try power(side, 2)
      case "pm3", "gauss3": return try power(side, 3)
      case "sk": return side
      // Without a type the size says nothing about the number of sites.
      default: break
      }
    }
    if layout == .server || layout == .edges {
      guard largest >= 0 else { throw InputError("there is no bond in the file") }
      return largest + 1
    }
    return siteCount ?? 0
  }

  private func power(_ side: Int, _ exponent: Int) throws(InputError) -> Int {
    var product = 1
    for _ in 0..<exponent {
      let (next, overflow) = product.multipliedReportingOverflow(by: side)
      guard !overflow, next <= InstanceFile.maximumSiteCount else {
        throw .notAllowed(
          "size", side, allowed: "at most \(InstanceFile.maximumSiteCount) sites in all")
      }
      product = next
    }
    return product
  }

  private func whole(
    _ word: String, _ name: String, _ allowed: ClosedRange<Int>
  ) throws(InputError) -> Int {
    guard let value = Int(word), allowed.contains(value) else {
      throw .notAllowed(
        name, clipped(word),
        allowed: "whole numbers from \(allowed.lowerBound) to \(allowed.upperBound)")
    }
    return value
  }

  /// A word of the file as a message may show it: one line, not long, printable.
  private func clipped(_ word: String) -> String {
    let shown = word.unicodeScalars.prefix(40).map {
      $0.value >= 32 && $0.value != 127 ? Character($0) : "?"
    }
    return String(shown) + (word.unicodeScalars.count > 40 ? "..." : "")
  }
}
