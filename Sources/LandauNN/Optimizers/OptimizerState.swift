public import LandauCore
public import LandauTensor

/// What an optimiser remembers: named lists of tensors, named numbers, a random stream.
///
/// Kept and taken up again through `named` and `restore`, without loss of a bit.
public struct OptimizerState: Sendable {
  /// One memory of the rule, as a rule one tensor per parameter.
  public struct Slot: Sendable {
    public let name: String
    /// Empty before the first step.
    public var tensors: [Tensor] = []
  }

  /// Steps taken so far.
  public var stepCount = 0
  public internal(set) var slots: [Slot]
  public internal(set) var numbers: [String: Double]
  public internal(set) var stream: RandomStream?
  /// Whose threads share the steps of rules that treat every number alike, where parameters are large; the numbers are the same without. No part
  /// of what is remembered.
  public var pool: WorkerPool?

  init(_ slots: String..., numbers: [String: Double] = [:], stream: RandomStream? = nil) {
    self.slots = slots.map { Slot(name: $0) }
    self.numbers = numbers
    self.stream = stream
  }

  /// The memory `slot` of parameter `index`.
  subscript(slot: Int, index: Int) -> Tensor {
    get { slots[slot].tensors[index] }
    set { slots[slot].tensors[index] = newValue }
  }

  /// Takes a memory out, so that it can be changed in place; it is put back by the subscript.
  mutating func take(_ slot: Int, _ index: Int) -> Tensor {
    var taken = Self.nothing
    swap(&taken, &slots[slot].tensors[index])
    return taken
  }

  private static let nothing = Tensor.zeros([0])

  /// Counts a step; fills memories with zeros before the first one and checks them afterwards.
  ///
  /// - Parameter isUsed: whether a memory is needed for a parameter; others take no room.
  mutating func begin(
    _ parameters: [Tensor], isUsed: (_ slot: Int, _ index: Int) -> Bool = { _, _ in true }
  ) {
    stepCount += 1
    for slot in slots.indices where slots[slot].tensors.isEmpty {
      slots[slot].tensors = parameters.enumerated().map { index, parameter in
        .zeros(isUsed(slot, index) ? parameter.shape : [0], type: parameter.scalarType)
      }
    }
    for slot in slots {
      precondition(
        slot.tensors.count == parameters.count
          && zip(slot.tensors, parameters).allSatisfy { $0.count == 0 || $0.type == $1.type },
        "an optimiser with the memories \(slot.tensors.map(\.type)) was given the parameters "
          + "\(parameters.map(\.type))")
    }
  }

  /// Everything as named tensors: `mean.0`, `mean.1`, … and `number.stepCount`, `stream`.
  public var named: [(name: String, tensor: Tensor)] {
    var result = [("number.stepCount", Tensor(Double(stepCount)))]
    for (name, value) in numbers.sorted(by: { $0.key < $1.key }) {
      result.append(("number.\(name)", Tensor(value)))
    }
    if let stream { result.append(("stream", Tensor(words: stream.state))) }
    for slot in slots {
      for (index, tensor) in slot.tensors.enumerated() {
        result.append(("\(slot.name).\(index)", tensor))
      }
    }
    return result
  }

  /// Takes up what `named` of the same kind of optimiser gave.
  ///
  /// - Throws: `InputError` where something is missing, left over or of another form; the state is then unchanged.
  public mutating func restore(
    _ named: [(name: String, tensor: Tensor)]
  ) throws(InputError) {
    var left = Dictionary(named.map { ($0.name, $0.tensor) }) { first, _ in first }
    var restored = self
    func number(_ name: String) throws(InputError) -> Double {
      guard let tensor = left.removeValue(forKey: "number.\(name)"), tensor.count == 1 else {
        throw InputError("the optimiser's state has no number '\(name)'")
      }
      return tensor.item()
    }
    let steps = try number("stepCount")
    guard let count = Int(exactly: steps), count >= 0 else {
      throw InputError("the optimiser's state counts \(steps) steps")
    }
    restored.stepCount = count
    for name in numbers.keys { restored.numbers[name] = try number(name) }
    if stream != nil {
      guard let words = left.removeValue(forKey: "stream")?.words, words.count == 4,
        words.contains(where: { $0 != 0 })
      else { throw InputError("the optimiser's state has no random stream") }
      restored.stream = RandomStream(state: words)
    }
    for slot in slots.indices {
      var tensors: [Tensor] = []
      while let tensor = left.removeValue(forKey: "\(slots[slot].name).\(tensors.count)") {
        tensors.append(tensor)
      }
      restored.slots[slot].tensors = tensors
    }
    if let name = left.keys.min() {
      throw InputError("the optimiser's state holds '\(name)', which this optimiser does not have")
    }
    self = restored
  }
}

extension Tensor {
  /// 64-bit words as halves of 32 bits, low one first.
  init(words: [UInt64]) {
    self.init(
      words.flatMap { word in
        [UInt32(truncatingIfNeeded: word), UInt32(truncatingIfNeeded: word >> 32)].map {
          Int32(bitPattern: $0)
        }
      })
  }

  /// The words that `init(words:)` was given; nil for other tensors.
  var words: [UInt64]? {
    guard scalarType == .int32, rank == 1, count % 2 == 0 else { return nil }
    let halves = scalars(Int32.self).map { UInt64(UInt32(bitPattern: $0)) }
    return stride(from: 0, to: halves.count, by: 2).map { halves[$0] | halves[$0 + 1] << 32 }
  }
}
