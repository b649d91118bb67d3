import LandauCore

extension Program: CustomStringConvertible {
  /// One line an instruction: `%3: float[2, 4] = matmul %0 %2`; behind `//` the names of inputs and what
  /// larger constants hold; programs inside follow in braces.
  public var description: String {
    var lines: [String] = []
    for (index, instruction) in instructions.enumerated() {
      let operands = instruction.inputs.map { " %\($0.index)" }.joined()
      var line = "%\(index): \(instruction.type) = \(instruction.op)\(operands)\(comment(index))"
      if case .extension(let operation) = instruction.op {
        line += operation.rule.subPrograms.map(\.block).joined()
      }
      lines.append(line)
    }
    lines.append("return" + outputs.map { " %\($0.index)" }.joined())
    return lines.joined(separator: "\n")
  }

  private func comment(_ index: Int) -> String {
    switch instructions[index].op {
    case .input(let number, _): return inputName(number).map { "  // \($0)" } ?? ""
    case .constant(let constant) where constant.type.count > 4:
      let contents = NonFinite.Numbers(constant.storage, constant.type).contents
      return contents.isEmpty ? "" : "  // \(contents)"
    default: return ""
    }
  }

  /// The program in braces, indented.
  private var block: String {
    " {\n" + description.split(separator: "\n").map { "  \($0)\n" }.joined() + "}"
  }
}

extension Op: CustomStringConvertible {
  /// The print rule: name and attributes, without the operands.
  var description: String {
    switch self {
    case .input(let index, _): "input \(index)"
    case .constant(let constant): "constant \(constant.text)"
    case .full(let fill): "full \(fill.value)"
    case .unary(let op): "\(op)"
    case .binary(let op): "\(op)"
    case .compare(let op): "\(op)"
    case .select: "select"
    case .cast(let type): "cast \(type)"
    case .complex: "complex"
    case .part(let part): "\(part)"
    case .stopGradient: "stopGradient"
    case .broadcast(let shape): "broadcast \(shape)"
    case .reshape(let shape): "reshape \(shape)"
    case .transpose(let permutation): "transpose \(permutation)"
    case .slice(let slice): "slice \(slice.starts) \(slice.stops) \(slice.strides)"
    case .pad(let pad): "pad \(pad.low) \(pad.high) \(pad.interior)"
    case .concatenate(let axis): "concatenate axis \(axis)"
    case .reduce(let op, let axes): "reduce \(op) \(axes)"
    case .matmul: "matmul"
    case .convolution(let op): op.description
    case .gather(let indexing): "gather axis \(indexing.axis) batch \(indexing.batchAxes)"
    case .scatterAdd(let indexing, let count):
      "scatterAdd axis \(indexing.axis) batch \(indexing.batchAxes) count \(count)"
    case .argSort(let descending): descending ? "argSort descending" : "argSort"
    case .randomBits(let bits): "randomBits \(bits.scalar)\(bits.shape)"
    case .extension(let operation): "\(operation.rule)"
    case .result(let index): "result \(index)"
    }
  }
}

extension Constant {
  /// The scalars of a small constant; larger ones are dots.
  fileprivate var text: String {
    guard type.count <= 4 else { return "…" }
    switch type.scalar {
    case .float: return list(Float.self)
    case .double: return list(Double.self)
    case .int32: return list(Int32.self)
    case .bool: return list(Bool.self)
    case .complexFloat: return list(Complex<Float>.self)
    case .complexDouble: return list(Complex<Double>.self)
    }
  }

  private func list<S: TensorScalar>(_ scalar: S.Type) -> String {
    let pointer = storage.pointer.assumingMemoryBound(to: S.self)
    return "\(Array(UnsafeBufferPointer(start: pointer, count: type.count)))"
  }
}
