import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where the time of a compiled function goes, step by step.
///
///     print(profile(step, [parameters, batch]))
public struct ProgramProfile: Sendable, CustomStringConvertible {
  public struct Step: Sendable {
    /// The operations done in one pass, the shapes of the last one's operands and the type of its value.
    public let name: String
    /// Of the processor, the median over the runs.
    public let seconds: Double
    /// Bytes of operands and results; what stays in registers and the first cache does not count.
    public let byteCount: Int
    /// Additions and multiplications of products and convolutions, one for an element of any other operation.
    public let operationCount: Int

    /// The time that memory and arithmetic need at least, the larger of the two.
    public func floor(_ machine: Machine) -> Double {
      max(
        Double(byteCount) / machine.bytesPerSecond,
        Double(operationCount) / machine.operationsPerSecond)
    }
  }

  /// What one core can do.
  public struct Machine: Sendable {
    public var bytesPerSecond: Double
    public var operationsPerSecond: Double

    /// - Parameters: by default those of a desktop processor: 1e10 and 1e11.
    public init(bytesPerSecond: Double = 1e10, operationsPerSecond: Double = 1e11) {
      self.bytesPerSecond = bytesPerSecond
      self.operationsPerSecond = operationsPerSecond
    }
  }

  /// In the order in which they run.
  public let steps: [Step]
  public var machine: Machine

  public var seconds: Double { steps.reduce(0) { $0 + $1.seconds } }

  /// The steps, slowest first: microseconds, part of the whole, floor, gigabytes and gigaflops a second.
  public var description: String {
    let total = max(seconds, 1e-12)
    var lines = ["      us    %  floor us   GB/s  GFlop/s  operations"]
    func column(_ value: Double, _ digits: Int, _ width: Int) -> String {
      let text = Estimate.fixed(value, digits: digits)
      return String(repeating: " ", count: max(0, width - text.count)) + text
    }
    for step in steps.sorted(by: { $0.seconds > $1.seconds }) {
      let time = max(step.seconds, 1e-12)
      lines.append(
        column(1e6 * step.seconds, 1, 8) + column(100 * step.seconds / total, 1, 5)
          + column(1e6 * step.floor(machine), 1, 10)
          + column(1e-9 * Double(step.byteCount) / time, 1, 7)
          + column(1e-9 * Double(step.operationCount) / time, 1, 9) + "  \(step.name)")
    }
    let floor = steps.reduce(0) { $0 + $1.floor(machine) }
    lines.append(
      "\(Estimate.fixed(1e6 * seconds, digits: 1)) us in \(steps.count) steps, floor "
        + "\(Estimate.fixed(1e6 * floor, digits: 1)) us")
    return lines.joined(separator: "\n")
  }
}

/// Runs a compiled function several times and takes the time of every step.
///
/// - Parameters:
///   - f: the function, not compiled; it is compiled as `compile` would.
///   - runs: the first two are not counted.
public func profile(
  _ f: @escaping @Sendable ([Tensor]) -> [Tensor], _ arguments: [Tensor], runs: Int = 12,
  machine: ProgramProfile.Machine = ProgramProfile.Machine()
) -> ProgramProfile {
  let compiled = CompiledFunction(f)
  guard let plan = compiled.plan(for: arguments.map(\.type)) else {
    misuse("a profile of a function that captures traced values")
  }
  let storages = arguments.map { Evaluation.storage(of: $0.node) }
  var times = [[Double]](repeating: [], count: plan.stepCount)
  for run in 0..<max(3, runs) {
    var last = processorSeconds()
    _ = plan.run(storages) { step in
      let now = processorSeconds()
      if run >= 2 { times[step].append(now - last) }
      last = processorSeconds()
    }
  }
  let steps = times.indices.map { step in
    ProgramProfile.Step(
      name: plan.describe(step: step), seconds: times[step].sorted()[times[step].count / 2],
      byteCount: plan.byteCount(ofStep: step), operationCount: plan.operationCount(ofStep: step))
  }
  return ProgramProfile(steps: steps, machine: machine)
}

/// Of this thread.
private func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

extension Program {
  /// Additions and multiplications of an instruction; one for an element of what does neither.
  func operationCount(_ index: Int) -> Int {
    let instruction = instructions[index]
    switch instruction.op {
    case .matmul:
      return 2 * instruction.type.count * (self[instruction.inputs[0]].type.shape.last ?? 0)
    case .convolution(let op):
      var shapes = [op.result: instruction.type.shape]
      for (role, input) in zip(op.operands, instruction.inputs) {
        shapes[role] = self[input].type.shape
      }
      return 2 * shapes[.output]!.reduce(1, *) * shapes[.kernel]!.dropFirst().reduce(1, *)
    case .reduce: return self[instruction.inputs[0]].type.count
    case .input, .constant, .full, .reshape, .stopGradient, .result: return 0
    default: return instruction.type.isBundle ? 0 : instruction.type.count
    }
  }
}

extension Op {
  /// The name without attributes.
  fileprivate var word: Substring { description.prefix { $0 != " " } }

  /// The name, and which of its forms a convolution or a reduction is.
  var shortName: String {
    switch self {
    case .reduce(let op, let axes): "\(op)\(axes)"
    case .convolution: description
    default: String(word)
    }
  }
}
