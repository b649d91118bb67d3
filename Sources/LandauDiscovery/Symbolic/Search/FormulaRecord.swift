/// The best formula of every complexity.
struct FormulaRecord: Sendable {
  struct Entry: Sendable {
    var expression: Expression
    var complexity: Int
    var loss: Double
  }

  private(set) var entries: [Entry?]

  init(limit: Int) { entries = [Entry?](repeating: nil, count: limit + 1) }

  mutating func removeAll() {
    for index in entries.indices { entries[index] = nil }
  }

  /// Whether a formula of that size or a little larger would be the best of its size.
  func wants(complexity: Int, loss: Double) -> Bool {
    guard loss.isFinite, complexity < entries.count else { return false }
    return entries[complexity...min(entries.count - 1, complexity + 3)].contains {
      $0.map { loss < $0.loss } ?? true
    }
  }

  mutating func offer(_ expression: Expression, complexity: Int, loss: Double) {
    guard loss.isFinite, complexity < entries.count else { return }
    if let old = entries[complexity], old.loss <= loss { return }
    entries[complexity] = Entry(expression: expression, complexity: complexity, loss: loss)
  }

  mutating func merge(_ other: FormulaRecord) {
    for case .some(let entry) in other.entries {
      offer(entry.expression, complexity: entry.complexity, loss: entry.loss)
    }
  }

  /// Those that no smaller formula equals, ascending in complexity.
  var front: [Entry] {
    var best = Double.infinity
    var result: [Entry] = []
    for case .some(let entry) in entries where entry.loss < best * (1 - 1e-6) {
      result.append(entry)
      best = entry.loss
    }
    return result
  }
}
