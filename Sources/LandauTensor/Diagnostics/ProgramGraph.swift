/// A program as boxes and arrows, for drawing: numbers known beforehand are written into the boxes that
/// use them.
struct ProgramGraph {
  enum Family: String, CaseIterable {
    case input, constant, elementwise, movement, contraction, indexing, other, output
  }

  struct Box {
    let title: String
    let subtitle: String
    let family: Family
    /// The boxes its operands come from, in the order of the operands.
    var sources: [Int]
  }

  private(set) var boxes: [Box] = []

  init(_ program: Program) {
    var numbers: [Int?] = []
    for (index, instruction) in program.instructions.enumerated() {
      guard program.inlineText(index) == nil || program.outputs.contains(Value(index)) else {
        numbers.append(nil)
        continue
      }
      // A dot stands for an operand that comes by an arrow, where not all of them do.
      let known = instruction.inputs.map { program.inlineText($0.index) }
      let hasNumbers = known.contains { $0 != nil }
      numbers.append(boxes.count)
      boxes.append(
        Box(
          title: ([program.title(index)] + (hasNumbers ? known.map { $0 ?? "·" } : []))
            .joined(separator: " "),
          subtitle: "\(instruction.type)", family: instruction.op.family,
          sources: instruction.inputs.compactMap { numbers[$0.index] }))
    }
    for (position, output) in program.outputs.enumerated() {
      boxes.append(
        Box(
          title: program.outputs.count == 1 ? "result" : "result \(position)", subtitle: "",
          family: .output, sources: [numbers[output.index]!]))
    }
  }
}

extension Program {
  /// The program as text for Graphviz (`dot -Tsvg`): one box an operation, with its type.
  public var graphviz: String {
    let graph = ProgramGraph(self)
    var lines = [
      "digraph program {", "  node [shape=box, style=\"rounded,filled\", fontname=\"Helvetica\"];",
    ]
    for (index, box) in graph.boxes.enumerated() {
      let label = [box.title, box.subtitle].filter { !$0.isEmpty }
        .map { $0.escaped(["\\": "\\\\", "\"": "\\\""]) }.joined(separator: "\\n")
      lines.append("  v\(index) [label=\"\(label)\", fillcolor=\"\(box.family.color)\"];")
      lines += box.sources.map { "  v\($0) -> v\(index);" }
    }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }

  /// The text of a number that needs no box of its own.
  fileprivate func inlineText(_ index: Int) -> String? {
    switch instructions[index].op {
    case .full(let fill): "\(fill.value)"
    case .constant(let constant) where constant.type.count == 1: "\(constant.firstScalar)"
    default: nil
    }
  }

  fileprivate func title(_ index: Int) -> String {
    let op = instructions[index].op
    if case .input(let number, _) = op, let name = inputName(number) { return name }
    return "\(op)"
  }
}

extension ProgramGraph.Family {
  /// Pale enough for black text.
  var color: String {
    switch self {
    case .input: "#cfe3f7"
    case .constant: "#e6e6e6"
    case .elementwise: "#fff6d6"
    case .movement: "#efe6fa"
    case .contraction: "#fde0cc"
    case .indexing: "#d9f0d8"
    case .other: "#d5ecec"
    case .output: "#ffffff"
    }
  }
}

extension Op {
  /// What kind of box draws the operation.
  var family: ProgramGraph.Family {
    switch self {
    case .input: .input
    case .constant, .full: .constant
    case .unary, .binary, .compare, .select, .cast, .complex, .part, .stopGradient:
      .elementwise
    case .broadcast, .reshape, .transpose, .slice, .pad, .concatenate: .movement
    case .reduce, .matmul, .convolution: .contraction
    case .gather, .scatterAdd, .argSort: .indexing
    case .randomBits, .extension, .result: .other
    }
  }
}

extension String {
  func escaped(_ replacements: [Character: String]) -> String {
    reduce(into: "") { $0 += replacements[$1] ?? String($1) }
  }
}
