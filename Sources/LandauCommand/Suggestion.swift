/// Finds what somebody may have meant.
enum Suggestion {
  /// The candidate nearest to `word`, if it is near enough to be a slip of the hand: at most a third
  /// of the letters differ, or one of the two begins with the other.
  static func nearest(to word: String, among candidates: [String]) -> String? {
    let ranked = candidates.map { ($0, distance(word, $0)) }
    let limit = max(1, word.count / 3)
    if let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= limit { return best.0 }
    guard word.count >= 3 else { return nil }
    return candidates.first { $0.hasPrefix(word) || word.hasPrefix($0) }
  }

  /// ` (did you mean 'NAME'?)` or nothing.
  static func hint(for word: String, among candidates: [String], prefix: String = "") -> String {
    nearest(to: word, among: candidates).map { " (did you mean '\(prefix)\($0)'?)" } ?? ""
  }

  /// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`.
  static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var table = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
    for i in 0...a.count { table[i][0] = i }
    for j in 0...b.count { table[0][j] = j }
    for i in 1...a.count {
      for j in 1...b.count {
        let same = a[i - 1] == b[j - 1] ? 0 : 1
        table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + same)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
        }
      }
    }
    return table[a.count][b.count]
  }
}
