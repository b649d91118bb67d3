/// A convolution in any number of dimensions, as a form that is linear in each of three arrays:
///
///     T(x, k, y) = sum x[n, c, s p + d w - low] k[o, c, w] y[n, o, p]
///
/// over samples n, channels c, outputs o, window elements w and places p, with strides s and dilations d;
/// channels and outputs fall into groups that do not mix. Positions outside the input give zero, or come
/// in again at the other side where the input is periodic. The primitive takes two of the arrays and
/// gives the derivative of T in the third: the convolution itself (`output`), its transpose (`input`)
/// or the gradient of a kernel (`kernel`). Their derivatives are again of these three, to any order.
struct Convolution: Sendable, Hashable {
  enum Role: UInt8, Sendable, CaseIterable {
    /// `[n, c] + input`
    case input
    /// `[o, c / groups] + window`
    case kernel
    /// `[n, o] + output`
    case output
  }

  var result = Role.output
  let input: [Int]
  let window: [Int]
  let output: [Int]
  let strides: [Int]
  let dilations: [Int]
  /// How far the first window begins before the first element.
  let low: [Int]
  let isPeriodic: Bool
  var groups: Int

  /// The roles of the operands, in order.
  var operands: [Role] { Role.allCases.filter { $0 != result } }

  private func extents(of role: Role) -> [Int] {
    switch role {
    case .input: input
    case .kernel: window
    case .output: output
    }
  }

  func resultType(_ a: TensorType, _ b: TensorType) throws(ShapeError) -> TensorType {
    let roles = operands
    guard a.scalar == b.scalar, a.scalar.isFloating, groups >= 1,
      a.rank == input.count + 2, b.rank == a.rank,
      Array(a.shape[2...]) == extents(of: roles[0]), Array(b.shape[2...]) == extents(of: roles[1]),
      let leading = leadingAxes(a.shape, b.shape)
    else { throw ShapeError("\(Op.convolution(self)) of \(a) and \(b)") }
    return a.with(shape: leading + extents(of: result))
  }

  /// The first two extents of the result; nil where those of the operands do not fit.
  private func leadingAxes(_ a: [Int], _ b: [Int]) -> [Int]? {
    func areGrouped(_ counts: Int...) -> Bool { counts.allSatisfy { $0 % groups == 0 } }
    switch result {
    case .output: return a[1] == b[1] * groups && areGrouped(b[0]) ? [a[0], b[0]] : nil
    case .input: return a[0] == b[1] && areGrouped(a[0]) ? [b[0], a[1] * groups] : nil
    case .kernel:
      return a[0] == b[0] && areGrouped(a[1], b[1]) ? [b[1], a[1] / groups] : nil
    }
  }

  /// The derivative of T in `role` from the two other arrays.
  func derivative(
    in role: Role, _ values: [Role: Value], in b: inout ProgramBuilder
  ) -> Value {
    var op = self
    op.result = role
    return b.append(.convolution(op), op.operands.map { values[$0]! })
  }

  func pullback(_ site: Site, _ g: Value, in b: inout ProgramBuilder) -> [Value?] {
    let roles = operands
    return [
      derivative(in: roles[0], [result: g, roles[1]: site.inputs[1]], in: &b),
      derivative(in: roles[1], [result: g, roles[0]: site.inputs[0]], in: &b),
    ]
  }

  /// The batch rule. The result has the new axis; where one operand has it too, it is merged into the
  /// axis that both share (samples, channels or outputs), where both have it, into the groups.
  func batch(
    _ operands: [Value], batched: [Bool], count: Int, in b: inout ProgramBuilder
  ) -> Value {
    var op = self
    let roles = self.operands
    var places: [Role: (axis: Int, groups: Int)]
    if batched[0] && batched[1] {
      places = [.input: (1, 1), .kernel: (0, 1), .output: (1, 1)]
      op.groups *= count
    } else {
      let carriers: Set<Role> = [result, batched[0] ? roles[0] : roles[1]]
      if !carriers.contains(.kernel) {
        places = [.input: (0, 1), .output: (0, 1)]
      } else if !carriers.contains(.input) {
        places = [.kernel: (0, groups), .output: (1, groups)]
      } else {
        places = [.input: (1, groups), .kernel: (1, 1)]
      }
    }
    let merged = roles.indices.map { position in
      guard batched[position], let place = places[roles[position]] else {
        return operands[position]
      }
      return Self.merge(operands[position], into: place.axis, behind: place.groups, in: &b)
    }
    let place = places[result]!
    return Self.split(
      b.append(.convolution(op), merged), count, outOf: place.axis, behind: place.groups, in: &b)
  }

  /// Merges the leading axis into `axis` of the others, whose extent counts groups first.
  private static func merge(
    _ value: Value, into axis: Int, behind groups: Int, in b: inout ProgramBuilder
  ) -> Value {
    let shape = b.shape(of: value)
    let rest = Array(shape[1...])
    let parts = [groups, rest[axis] / groups]
    let split = b.reshape(value, [shape[0]] + rest[..<axis] + parts + rest[(axis + 1)...])
    var order = Array(0..<(rest.count + 2))
    order.insert(order.remove(at: 0), at: axis + 1)
    var merged = rest
    merged[axis] *= shape[0]
    return b.reshape(b.transpose(split, order), merged)
  }

  /// The inverse of `merge`.
  private static func split(
    _ value: Value, _ count: Int, outOf axis: Int, behind groups: Int, in b: inout ProgramBuilder
  ) -> Value {
    let shape = b.shape(of: value)
    let inner = count == 0 ? 0 : shape[axis] / (groups * count)
    let split = b.reshape(
      value, shape[..<axis] + [groups, count, inner] + shape[(axis + 1)...])
    var order = Array(0..<(shape.count + 2))
    order.insert(order.remove(at: axis + 1), at: 0)
    var rest = shape
    rest[axis] = groups * inner
    return b.reshape(b.transpose(split, order), [count] + rest)
  }
}

extension Convolution: CustomStringConvertible {
  /// What it gives, then what is not the default: `convolution [3, 3] low [1, 1] periodic`.
  var description: String {
    var words = ["convolution \(window)"]
    switch result {
    case .input: words.append("to input \(input)")
    case .kernel: words.append("to kernel")
    case .output: break
    }
    if strides.contains(where: { $0 != 1 }) { words.append("strides \(strides)") }
    if dilations.contains(where: { $0 != 1 }) { words.append("dilations \(dilations)") }
    if low.contains(where: { $0 != 0 }) { words.append("low \(low)") }
    if isPeriodic { words.append("periodic") }
    if groups != 1 { words.append("groups \(groups)") }
    return words.joined(separator: " ")
  }
}
