/// The numbers in a file's name, each under the key that stands before it, and the other words.
///
/// `N=150_J=1_g=0.52_y.csv` gives N, J and g and the word `y`; `tfim_z_0.30.csv` gives one number
/// without a key and the words `tfim` and `z`; `T2.50.dat` gives T.
struct FileNameFields: Sendable, Hashable {
  struct Field: Sendable, Hashable {
    /// Empty for a number that stands alone.
    var key: String
    var value: Double
  }

  var fields: [Field] = []
  var words: [String] = []
  /// A part such as `g-0.30`, where `-` may be a sign or not.
  var ambiguous: String?

  init(_ name: String) {
    var stem = name[...]
    if let dot = stem.lastIndex(of: "."),
      NumberText.parse(String(stem[stem.index(after: dot)...])) == nil
    {
      stem = stem[..<dot]
    }
    for part in stem.split(whereSeparator: { $0 == "_" || $0 == " " || $0 == "," }) {
      add(String(part))
    }
  }

  private mutating func add(_ part: String) {
    if let equals = part.lastIndex(of: "=") {
      let key = String(part[..<equals])
      if let value = NumberText.parse(String(part[part.index(after: equals)...])), value.isFinite {
        fields.append(Field(key: key, value: value))
        return
      }
      words.append(part)
      return
    }
    if let value = NumberText.parse(part), value.isFinite {
      fields.append(Field(key: "", value: value))
      return
    }
    let letters = part.prefix { $0.isLetter }
    let rest = part.dropFirst(letters.count)
    guard !letters.isEmpty, let value = NumberText.parse(String(rest)), value.isFinite else {
      words.append(part)
      return
    }
    if rest.hasPrefix("-") || rest.hasPrefix("+") { ambiguous = part }
    fields.append(Field(key: String(letters), value: value))
  }
}
