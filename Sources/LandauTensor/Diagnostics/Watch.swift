import Synchronization

/// Looks at every result that depends on the arguments of one call of `tracingNonFinite`.
///
/// Nodes hand the watch on to what is made of them, so that nothing outside the call is touched.
final class Watch: Sendable {
  private let finding = Mutex<NonFinite?>(nil)

  var first: NonFinite? { finding.withLock { $0 } }

  /// Computes a node that was just made, and remembers it if it is the first to go wrong.
  func look(at node: Node, _ inputs: [Node]) {
    // A value being traced has no number yet; what is made of the trace is looked at.
    guard node.trace == 0 else { return }
    // A bundle was looked at with all its parts when it was made.
    if case .result = node.op { return }
    let storage = Evaluation.storage(of: node)
    if first != nil { return }
    let result = NonFinite.Numbers(storage, node.type)
    if result.isFinite { return }
    let operands = inputs.map { input in
      NonFinite.Numbers(Evaluation.storage(of: input), input.type)
    }
    let hadNaN = zip(inputs, operands).contains { $0.watch != nil && $1.nanCount > 0 }
    let isNew =
      result.nanCount > 0 ? !hadNaN : operands.allSatisfy { $0.isFinite } && !inputs.isEmpty
    if isNew { record("\(node.op)", result, operands) }
  }

  func look(at storage: Storage, _ type: TensorType, argument name: String) {
    let numbers = NonFinite.Numbers(storage, type)
    if numbers.nanCount > 0 && first == nil {
      record(name.isEmpty ? "the argument" : "argument \(name)", numbers, [])
    }
  }

  private func record(
    _ operation: String, _ result: NonFinite.Numbers, _ operands: [NonFinite.Numbers]
  ) {
    let places = CallSite.current().map(\.description)
    let new = NonFinite(operation: operation, result: result, operands: operands, places: places)
    finding.withLock { if $0 == nil { $0 = new } }
  }
}

extension NonFinite.Numbers {
  var isFinite: Bool { nanCount == 0 && infinityCount == 0 }

  init(_ storage: Storage, _ type: TensorType) {
    if type.isBundle {
      let parts = zip(storage.parts, type.parts).map { Self($0, $1) }
      let ranges = parts.compactMap(\.range)
      self.init(
        type, ranges.dropFirst().reduce(ranges.first) { Self.hull($0!, $1) },
        parts.map(\.nanCount).reduce(0, +), parts.map(\.infinityCount).reduce(0, +))
      return
    }
    switch type.scalar {
    case .float: self.init(storage.pointer.assumingMemoryBound(to: Float.self), type)
    case .double: self.init(storage.pointer.assumingMemoryBound(to: Double.self), type)
    case .int32:
      let words = storage.pointer.assumingMemoryBound(to: Int32.self)
      let all = UnsafeBufferPointer(start: words, count: type.count)
      self.init(type, all.min().map { Double($0)...Double(all.max()!) }, 0, 0)
    case .bool: self.init(type, nil, 0, 0)
    case .complexFloat, .complexDouble:
      // The parts, one after the other.
      let parts = TensorType(type.shape + [2], type.scalar.part!)
      let both = Self(storage, parts)
      self.init(type, both.range, both.nanCount, both.infinityCount)
    }
  }

  private static func hull(
    _ a: ClosedRange<Double>, _ b: ClosedRange<Double>
  ) -> ClosedRange<Double> {
    min(a.lowerBound, b.lowerBound)...max(a.upperBound, b.upperBound)
  }

  private init(_ type: TensorType, _ range: ClosedRange<Double>?, _ nans: Int, _ infinite: Int) {
    self.type = type
    self.range = range
    nanCount = nans
    infinityCount = infinite
  }

  private init<S: BinaryFloatingPoint>(_ pointer: UnsafePointer<S>, _ type: TensorType) {
    var (nans, infinite, low, high) = (0, 0, S.infinity, -S.infinity)
    for x in UnsafeBufferPointer(start: pointer, count: type.count) {
      if x.isFinite {
        if x < low { low = x }
        if x > high { high = x }
      } else if x.isNaN {
        nans += 1
      } else {
        infinite += 1
      }
    }
    self.init(type, low <= high ? Double(low)...Double(high) : nil, nans, infinite)
  }
}
