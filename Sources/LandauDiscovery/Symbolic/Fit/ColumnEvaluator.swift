/// Evaluates formulas over all samples, and differentiates them with respect to their constants.
///
/// Samples go through in blocks that stay in the cache, node after node, each a loop over a block. Nothing is
/// allocated after the beginning. Derivatives are by reverse mode: a formula is a tree, so every node has
/// one parent and its adjoint is written once; subtrees without constants are left out.
final class ColumnEvaluator {
  static let block = 64
  static let nodeLimit = 64
  typealias Numbers = UnsafeMutablePointer<Double>

  let count: Int
  /// `count` rounded up to whole blocks; the last sample is repeated with weight zero.
  let paddedCount: Int
  let variableCount: Int
  private let columns: Numbers
  let target: Numbers
  /// 1/error², divided by the number of samples: a sum of weighted squares is chi-square per sample.
  let weights: Numbers
  /// The last result.
  let output: Numbers
  private let values: Numbers
  private let adjoints: Numbers
  private let places: UnsafeMutablePointer<UnsafePointer<Double>>
  private let left: UnsafeMutablePointer<Int>
  private let hasConstant: UnsafeMutablePointer<Bool>
  private let stack: UnsafeMutablePointer<Int>

  init(_ samples: SymbolicSamples) {
    precondition(samples.count > 0, "no samples to evaluate on")
    count = samples.count
    paddedCount = (samples.count + Self.block - 1) / Self.block * Self.block
    variableCount = samples.columns.count
    columns = .allocate(capacity: max(1, variableCount * paddedCount))
    target = .allocate(capacity: paddedCount)
    weights = .allocate(capacity: paddedCount)
    output = .allocate(capacity: paddedCount)
    values = .allocate(capacity: Self.nodeLimit * Self.block)
    adjoints = .allocate(capacity: Self.nodeLimit * Self.block)
    places = .allocate(capacity: Self.nodeLimit)
    left = .allocate(capacity: Self.nodeLimit)
    hasConstant = .allocate(capacity: Self.nodeLimit)
    stack = .allocate(capacity: Self.nodeLimit)
    for sample in 0..<paddedCount {
      let source = min(sample, count - 1)
      for variable in 0..<variableCount {
        columns[variable * paddedCount + sample] = samples.columns[variable][source]
      }
      target[sample] = samples.target[source]
      let error = samples.errors[source]
      weights[sample] = sample < count ? 1 / (error * error * Double(count)) : 0
      output[sample] = 0
    }
    values.initialize(repeating: 0, count: Self.nodeLimit * Self.block)
    adjoints.initialize(repeating: 0, count: Self.nodeLimit * Self.block)
  }

  deinit {
    for pointer in [columns, target, weights, output, values, adjoints] { pointer.deallocate() }
    places.deallocate()
    left.deallocate()
    hasConstant.deallocate()
    stack.deallocate()
  }

  /// Links nodes to their operands and writes out the constants, which are the same in every block.
  private func prepare(_ nodes: borrowing [Expression.Node]) {
    precondition(nodes.count <= Self.nodeLimit, "a formula of \(nodes.count) nodes")
    var depth = 0
    for index in nodes.indices {
      let node = nodes[index]
      let place = values + index * Self.block
      places[index] = UnsafePointer(place)
      switch node.operation.arity {
      case 0:
        hasConstant[index] = node.operation == .constant
        if node.operation == .constant {
          for i in 0..<Self.block { place[i] = node.value }
        }
      case 1:
        depth -= 1
        hasConstant[index] = hasConstant[index - 1]
      default:
        depth -= 2
        left[index] = stack[depth]
        hasConstant[index] = hasConstant[stack[depth]] || hasConstant[index - 1]
      }
      stack[depth] = index
      depth += 1
    }
  }

  /// Values of all nodes in one block.
  private func forward(_ nodes: borrowing [Expression.Node], start: Int) {
    for index in nodes.indices {
      let node = nodes[index]
      let d = values + index * Self.block
      switch node.operation {
      case .constant: continue
      case .variable:
        places[index] = UnsafePointer(columns + Int(node.index) * paddedCount + start)
        continue
      case .add, .subtract, .multiply, .divide:
        Kernels.binary(node.operation, places[left[index]], places[index - 1], d)
      default: Kernels.unary(node, places[index - 1], d)
      }
    }
  }

  /// Fills `output` with the formula's values.
  func evaluate(_ nodes: borrowing [Expression.Node]) {
    prepare(nodes)
    let last = nodes.count - 1
    for start in stride(from: 0, to: paddedCount, by: Self.block) {
      forward(nodes, start: start)
      let result = places[last]
      for i in 0..<Self.block { output[start + i] = result[i] }
    }
  }

  /// Calls `body` block by block with the values and their derivatives by the constants, in the constants' order.
  ///
  /// - Parameter body: is given where the block starts, the values, and where the derivatives by each
  ///   constant are; valid during the call.
  func differentiate(
    _ nodes: borrowing [Expression.Node],
    _ body: (Int, UnsafePointer<Double>, (Int) -> UnsafePointer<Double>) -> Void
  ) {
    prepare(nodes)
    let last = nodes.count - 1
    for start in stride(from: 0, to: paddedCount, by: Self.block) {
      forward(nodes, start: start)
      let top = adjoints + last * Self.block
      for i in 0..<Self.block { top[i] = 1 }
      for index in stride(from: last, through: 0, by: -1) where hasConstant[index] {
        backward(nodes[index], index)
      }
      body(start, places[last]) { UnsafePointer(self.adjoints + $0 * Self.block) }
    }
  }

  /// Hands the adjoint of one node down to its operands.
  private func backward(_ node: Expression.Node, _ index: Int) {
    let g = UnsafePointer(adjoints + index * Self.block)
    switch node.operation {
    case .constant, .variable: return
    case .add, .subtract, .multiply, .divide:
      let (a, b) = (left[index], index - 1)
      if hasConstant[a] {
        Kernels.backwardLeft(node.operation, g, places[b], adjoints + a * Self.block)
      }
      if hasConstant[b] {
        Kernels.backwardRight(
          node.operation, g, places[a], places[b], adjoints + b * Self.block)
      }
    default:
      Kernels.backward(
        node, g, places[index - 1], UnsafePointer(values + index * Self.block),
        adjoints + (index - 1) * Self.block)
    }
  }
}
