import LandauCore

/// What `inspect` says of one configuration of a gauge theory.
struct GaugeLinksReport: Sendable {
  var format: String
  var links: GaugeLinks

  func report(_ path: String) -> Report {
    let planes = links.planePlaquettes
    func mean(_ isTime: Bool) -> Double? {
      let values = planes.filter { ($0.axes.0 == 0) == isTime }.map(\.value)
      return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
    let polyakov = links.polyakovLoop
    let group = "su\(links.rank)"
    let numbers: [(name: String, text: String, value: Double?)] = [
      ("plaquette", "plaquette", links.plaquette),
      ("spacePlaquette", "in planes of space", mean(false)),
      ("timePlaquette", "in planes with time", mean(true)),
      ("linkTrace", "trace of a link", links.linkTrace),
      ("polyakovLoopReal", "Polyakov loop, real", polyakov.real),
      ("polyakovLoopImaginary", "Polyakov loop, imaginary", polyakov.imaginary),
    ]
    let error = links.unitarityError
    var text = "\(path): \(format), links of \(group)"
    text += " on \(links.sides.map(String.init).joined(separator: "x")) (t, z, y, x)\n\n"
    var table = TextTable(["quantity", "Re tr / N"])
    for number in numbers {
      if let value = number.value { table.append([number.text, Estimate.fixed(value, digits: 7)]) }
    }
    text += table.text(leftColumns: 1) + "\nlargest element of U U^dagger - 1: \(error)\n"
    let json: [JSONValue.Member] =
      [
        .init("format", .string(format)), .init("group", .string(group)),
        .init("size", .integers(links.sides)),
      ] + numbers.map { .init($0.name, $0.value.map { .number($0) } ?? .null) }
      + [.init("unitarityError", .number(error))]
    return Report(json: json, text: text)
  }
}
