typealias Value = Program.Value

/// One instruction seen by a rule: its result and its operands.
struct Site {
  let result: Value
  let inputs: [Value]
}

extension Op {
  /// The pullback rule: cotangents of the inputs, in order; nil where the op is constant in that input.
  func pullback(_ site: Site, _ g: Value, in b: inout ProgramBuilder) -> [Value?] {
    switch self {
    case .input, .constant, .full: return []
    case .unary(let op): return [op.derivative(site, times: g, in: &b)]
    case .binary(let op):
      return [
        op.derivative(0, site, times: g, in: &b), op.derivative(1, site, times: g, in: &b),
      ]
    case .compare, .randomBits: return [nil, nil]
    case .select:
      let zero = b.full(0, like: g)
      return [nil, b.select(site.inputs[0], g, zero), b.select(site.inputs[0], zero, g)]
    case .cast: return [Self.castPullback(site, g, in: &b)]
    case .complex:
      return [b.append(.part(.real), [g]), b.negate(b.append(.part(.imaginary), [g]))]
    case .part(let part): return [part.pullback(site, g, in: &b)]
    case .stopGradient, .argSort: return [nil]
    case .broadcast: return [Self.broadcastPullback(site, g, in: &b)]
    case .reshape: return [b.reshape(g, b.shape(of: site.inputs[0]))]
    case .transpose(let permutation): return [b.transpose(g, Self.inverse(permutation))]
    case .slice(let slice):
      return [b.append(.pad(slice.transposed(shape: b.shape(of: site.inputs[0]))), [g])]
    case .pad(let pad):
      return [b.append(.slice(pad.transposed(shape: b.shape(of: site.inputs[0]))), [g])]
    case .concatenate(let axis): return Self.concatenatePullback(site, g, axis, in: &b)
    case .reduce(let op, let axes): return [op.pullback(site, g, axes, in: &b)]
    case .matmul:
      return [
        b.matmul(g, b.matrixTranspose(site.inputs[1])),
        b.matmul(b.matrixTranspose(site.inputs[0]), g),
      ]
    case .convolution(let op): return op.pullback(site, g, in: &b)
    case .gather(let indexing):
      let count = b.shape(of: site.inputs[0])[indexing.axis]
      return [b.append(.scatterAdd(indexing, count: count), [g, site.inputs[1]]), nil]
    case .scatterAdd(let indexing, _):
      return [b.append(.gather(indexing), [g, site.inputs[1]]), nil]
    case .extension, .result: preconditionFailure("\(self) has cotangents result by result")
    }
  }

  /// The pushforward rule: the tangent of the result from those of the inputs; nil stands for zero.
  func pushforward(_ site: Site, _ tangents: [Value?], in b: inout ProgramBuilder) -> Value? {
    switch self {
    case .input, .constant, .full, .compare, .stopGradient, .argSort, .randomBits: return nil
    case .unary(let op):
      guard let t = tangents[0] else { return nil }
      return op.derivative(site, times: t, in: &b)
    case .binary(let op):
      var total: Value?
      for (position, tangent) in tangents.enumerated() {
        guard let tangent, let part = op.derivative(position, site, times: tangent, in: &b) else {
          continue
        }
        total = total.map { b.add($0, part) } ?? part
      }
      return total
    case .select:
      if tangents[1] == nil && tangents[2] == nil { return nil }
      let zero = b.full(0, like: site.result)
      return b.select(site.inputs[0], tangents[1] ?? zero, tangents[2] ?? zero)
    case .cast(let scalar):
      guard scalar.isFloating, let t = tangents[0] else { return nil }
      return b.append(self, [t])
    case .broadcast, .reshape, .transpose, .slice, .pad:
      return tangents[0].map { b.append(self, [$0]) }
    case .part(let part): return tangents[0].map { part.pushforward(site, $0, in: &b) }
    case .concatenate, .complex:
      if tangents.allSatisfy({ $0 == nil }) { return nil }
      let parts = zip(site.inputs, tangents).map { $1 ?? b.full(0, like: $0) }
      return b.append(self, parts)
    case .reduce(let op, let axes):
      return tangents[0].map { op.pushforward(site, $0, axes, in: &b) }
    case .matmul, .convolution:
      let left = tangents[0].map { b.append(self, [$0, site.inputs[1]]) }
      let right = tangents[1].map { b.append(self, [site.inputs[0], $0]) }
      guard let left else { return right }
      return right.map { b.add(left, $0) } ?? left
    case .gather, .scatterAdd:
      return tangents[0].map { b.append(self, [$0, site.inputs[1]]) }
    case .extension, .result: preconditionFailure("\(self) has tangents result by result")
    }
  }
}
