extension Term {
  /// What the field calls the average of this function, where it has a name.
  ///
  /// - Parameters:
  ///   - linkChannels: tells that the channels are the two link directions of a square lattice, channel 0
  ///     stepping to the next row and channel 1 to the next column.
  ///   - bonds: the functions that the energy of the model is a sum of, where it is known.
  public func familiarName(
    siteDimension: Int, linkChannels: Bool, bonds: Set<Term> = []
  ) -> String? {
    if degree == 0 { return "constant" }
    if bonds.contains(self) {
      return degree == 2 ? "nearest-neighbour correlator" : "\(degree)-spin energy density"
    }
    if linkChannels {
      return self == .plaquette ? "plaquette" : nil
    }
    let channels = Set(factors.map(\.channel))
    guard channels.count == 1 else { return nil }
    switch kind {
    case .level: return "share of one value"
    case .component: return "magnetisation"
    case .product:
      guard factors.allSatisfy({ $0.index == 1 }) else { return squareName }
    case .equality:
      guard degree == 2 else { return degree == 3 ? "three equal spins" : nil }
    case .angle:
      guard factors[0].index == 1 else { return nil }
    }
    if degree == 1 { return "magnetisation" }
    if degree == 2 { return pairName(siteDimension: siteDimension) }
    let square = Window(rows: 2, columns: 2).offsets.map {
      Factor($0, channel: factors[0].channel)
    }
    return kind == .product && self == Term(square) ? "four-spin plaquette" : nil
  }

  /// Products in which all factors are squares.
  private var squareName: String? {
    guard factors.allSatisfy({ $0.index == 2 }) else { return nil }
    return degree == 1 ? "mean square" : nil
  }

  private func pairName(siteDimension: Int) -> String {
    let steps = [
      factors[1].layer, abs(factors[1].row - factors[0].row),
      abs(factors[1].column - factors[0].column),
    ]
    let used = steps.filter { $0 > 0 }
    if used == [1] { return "nearest-neighbour correlator" }
    if siteDimension == 1 && used == [2] { return "next-nearest-neighbour correlator" }
    if used == [1, 1] { return "diagonal correlator" }
    let far =
      used.count == 1 && steps[2] > 0
      ? "\(steps[2])"
      : "("
        + (siteDimension > 2 ? steps[...] : steps.dropFirst()).map(String.init)
        .joined(separator: ", ") + ")"
    return "two-point correlator at distance \(far)"
  }

  /// `<s(0) s(1)>`, `<s(0,0) s(0,1)>`, with channels `<z(0) z(1)>`, for labels
  /// `<delta(s(0,0), s(0,1))>`, for angles `<cos(t(0,0) - t(0,1))>`; `[s^2]` is the orthogonal polynomial of
  /// degree two.
  public func formula(siteDimension: Int, channels: [String]) -> String {
    if degree == 0 { return "1" }
    func letter(_ factor: Factor, of one: String = "s") -> String {
      channels.count == 1 && channels[0] == "spin" ? one : channels[factor.channel]
    }
    func place(_ factor: Factor) -> String { "(\(Self.place(factor, siteDimension)))" }
    switch kind {
    case .product:
      return "<"
        + factors.map {
          ($0.index == 1 ? letter($0) : "[\(letter($0))^\($0.index)]") + place($0)
        }.joined(separator: " ") + ">"
    case .equality:
      return "<"
        + groups.map { group in
          "delta(" + group.map { letter($0) + place($0) }.joined(separator: ", ") + ")"
        }.joined(separator: " ") + ">"
    case .level: return "<delta(\(letter(factors[0]))\(place(factors[0])), \(factors[0].index))>"
    case .angle:
      let difference =
        letter(factors[0], of: "t") + place(factors[0]) + " - " + letter(factors[1], of: "t")
        + place(factors[1])
      return factors[0].index == 1
        ? "<cos(\(difference))>" : "<cos(\(factors[0].index) (\(difference)))>"
    case .component:
      return "<\(factors[0].index == 1 ? "cos" : "sin") \(letter(factors[0], of: "t"))"
        + place(factors[0]) + ">"
    }
  }

  public func latex(siteDimension: Int, channels: [String]) -> String {
    if degree == 0 { return "1" }
    func symbol(_ factor: Factor, of one: String = "s") -> String {
      let letter =
        channels.count == 1 && channels[0] == "spin"
        ? one : "\\sigma^{\(channels[factor.channel])}"
      return "\(letter)_{\(Self.place(factor, siteDimension))}"
    }
    let inner: String
    switch kind {
    case .product:
      inner = factors.map {
        $0.index == 1 ? symbol($0) : "[\(symbol($0))^{\($0.index)}]"
      }.joined(separator: " ")
    case .equality:
      inner = groups.map { group in
        "\\delta(" + group.map { symbol($0) }.joined(separator: ", ") + ")"
      }.joined(separator: " ")
    case .level: inner = "\\delta(\(symbol(factors[0])), \(factors[0].index))"
    case .angle:
      let multiple = factors[0].index == 1 ? "" : "\(factors[0].index) "
      inner =
        "\\cos \(multiple)(\(symbol(factors[0], of: "\\theta")) - \(symbol(factors[1], of: "\\theta")))"
    case .component:
      inner =
        "\\\(factors[0].index == 1 ? "cos" : "sin") \(symbol(factors[0], of: "\\theta"))"
    }
    return "\\langle \(inner) \\rangle"
  }

  /// Factors that belong together, of an equality.
  private var groups: [[Factor]] {
    Set(factors.map(\.index)).sorted().map { index in factors.filter { $0.index == index } }
  }

  private static func place(_ factor: Factor, _ siteDimension: Int) -> String {
    switch siteDimension {
    case 1: "\(factor.column)"
    case 2: "\(factor.row),\(factor.column)"
    default: "\(factor.layer),\(factor.row),\(factor.column)"
    }
  }
}
