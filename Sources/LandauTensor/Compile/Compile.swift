public import LandauCore
import Synchronization

/// The function, traced and simplified once for each combination of argument types and then replayed.
///
/// Everything the function captures (Swift numbers, tensors) is frozen when it is traced: what changes from
/// call to call must be an argument. A compiled function may be called from several threads at once. Inside
/// another transformation it is that transformation's own. Plans for the last 16 combinations are kept.
///
/// With a pool its threads share large steps (products, convolutions, fused operations), with results that do not depend on how many
/// they are; a call from inside a loop of a pool runs on the calling thread alone.
///
/// - Note: `f` must only compute: what else it does happens when it is traced, not when it is called.
public func compile(
  on pool: WorkerPool? = nil, _ f: @escaping @Sendable ([Tensor]) -> [Tensor]
) -> @Sendable ([Tensor]) -> [Tensor] {
  let compiled = CompiledFunction(f, on: pool)
  return { compiled.call($0) }
}

final class CompiledFunction: Sendable {
  static let capacity = 16

  private let function: @Sendable ([Tensor]) -> [Tensor]
  /// Most recently used last.
  private let plans = Mutex<[(types: [TensorType], plan: Plan)]>([])

  private let pool: WorkerPool?

  init(_ function: @escaping @Sendable ([Tensor]) -> [Tensor], on pool: WorkerPool? = nil) {
    self.function = function
    self.pool = pool
  }

  var planCount: Int { plans.withLock { $0.count } }

  func call(_ arguments: [Tensor]) -> [Tensor] {
    if arguments.contains(where: { $0.node.trace != 0 }) { return function(arguments) }
    if let watch = arguments.lazy.compactMap(\.node.watch).first {
      return watched(arguments, by: watch)
    }
    guard let plan = plan(for: arguments.map(\.type)) else { return function(arguments) }
    return plan.run(arguments.map { Evaluation.storage(of: $0.node) }, on: pool)
  }

  /// Operation by operation: as the function was written, and if all is well as it was compiled.
  private func watched(_ arguments: [Tensor], by watch: Watch) -> [Tensor] {
    let values = function(arguments)
    guard watch.first == nil else { return values }
    let trace = Trace(arguments.map(\.type), inlining: true, function)
    guard trace.captures.isEmpty else { return values }
    return trace.program.simplified().replay(on: arguments)
  }

  /// The plan for arguments of these types; nil where the function captures traced values.
  func plan(for types: [TensorType]) -> Plan? {
    let known = plans.withLock { plans -> Plan? in
      guard let index = plans.lastIndex(where: { $0.types == types }) else { return nil }
      if index < plans.count - 1 { plans.append(plans.remove(at: index)) }
      return plans[plans.count - 1].plan
    }
    if let known { return known }
    let trace = Trace(types, inlining: true, function)
    guard trace.captures.isEmpty else { return nil }
    var builder = PlanBuilder(
      trace.program.simplified().lowered(), threads: pool?.threadCount ?? 1)
    let plan = builder.plan()
    plans.withLock { plans in
      plans.append((types, plan))
      if plans.count > Self.capacity { plans.removeFirst() }
    }
    return plan
  }
}
