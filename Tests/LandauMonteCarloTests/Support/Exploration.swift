/// Runs code once for every outcome of its random choices, each with its probability.
///
/// The code draws words from the generator it is given. Word number n is replaced by each entry of
/// `alphabet(n)` in turn: words that stand for all others which lead to the same decisions, with the
/// probability of the lot.
func explore(
  alphabet: (Int) -> [WeightedWord], _ body: (inout ScriptedWords) -> Void,
  found: (Double) -> Void
) {
  let script = Script()
  while true {
    script.cursor = 0
    script.weight = 1
    script.choices = (0..<script.path.count).map(alphabet)
    // Choices beyond the path are appended with the first word; more than this many draws is a mistake.
    withoutActuallyEscaping(alphabet) { alphabet in
      script.alphabet = alphabet
      var generator = ScriptedWords(script: script)
      body(&generator)
      script.alphabet = nil
    }
    precondition(
      script.cursor == script.path.count, "the number of draws depends on more than words")
    found(script.weight)
    while let last = script.path.last, last + 1 == script.choices[script.path.count - 1].count {
      script.path.removeLast()
    }
    guard !script.path.isEmpty else { return }
    script.path[script.path.count - 1] += 1
  }
}

struct WeightedWord {
  var word: UInt64
  var weight: Double
}

final class Script {
  fileprivate var path: [Int] = []
  fileprivate var choices: [[WeightedWord]] = []
  fileprivate var alphabet: ((Int) -> [WeightedWord])?
  fileprivate var cursor = 0
  fileprivate var weight = 1.0

  fileprivate func next() -> UInt64 {
    if cursor == path.count {
      path.append(0)
      choices.append(alphabet!(cursor))
    }
    let choice = choices[cursor][path[cursor]]
    cursor += 1
    weight *= choice.weight
    return choice.word
  }
}

struct ScriptedWords: RandomNumberGenerator {
  let script: Script
  mutating func next() -> UInt64 { script.next() }
}

/// The same words for every draw.
func always(_ words: [WeightedWord]) -> (Int) -> [WeightedWord] { { _ in words } }

/// One word below each threshold and above all, with the length of its interval.
func wordsAround(thresholds: [UInt64]) -> [WeightedWord] {
  let edges = [0] + Set(thresholds).subtracting([0]).sorted()
  return edges.indices.map { index in
    let next = index + 1 < edges.count ? Double(edges[index + 1]) : 0x1p64
    return WeightedWord(word: edges[index], weight: (next - Double(edges[index])) * 0x1p-64)
  }
}

/// Both 32-bit halves below `threshold` or not.
func wordsOfTwoBonds(threshold: UInt32) -> [WeightedWord] {
  let joins = Double(threshold) * 0x1p-32
  let halves = [(UInt64(0), joins), (UInt64(UInt32.max), 1 - joins)].filter { $0.1 > 0 }
  return halves.flatMap { high in
    halves.map { low in WeightedWord(word: high.0 << 32 | low.0, weight: high.1 * low.1) }
  }
}

/// A word for each value of `index(below:)`.
func wordsOfIndex(below count: Int) -> [WeightedWord] {
  let step = UInt64.max / UInt64(count)
  return (0..<count).map {
    WeightedWord(word: UInt64($0) * step + step / 2, weight: 1 / Double(count))
  }
}

/// A word for each pattern of its lowest bits.
func wordsOfCoins(_ count: Int) -> [WeightedWord] {
  (0..<(1 << count)).map { WeightedWord(word: UInt64($0), weight: 1 / Double(1 << count)) }
}
