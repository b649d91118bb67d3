/// Which instructions of a program run together, and in which order.
///
/// From the last instruction to the first every elementwise operation joins the operations that use it, and so
/// do operations before reductions; several users become one group. A group runs as a whole, so nothing between
/// two of its members may lie outside it: whatever depends on a member and leads to another one forbids the union.
struct Fusion {
  /// Instructions that run together, in order: one of any kind, or elementwise ones and reductions of them.
  private(set) var units: [[Int]] = []

  private static let mostMembers = 64
  private let program: Program
  /// For every value the instruction whose elements it has, in the same order.
  let origin: [Int]
  /// For every instruction those that read its elements.
  private var users: [[Int32]]
  private var groupOf: [Int]
  private var groups: [[Int]] = []
  private var visits: [Int32]
  private var groupVisits: [Int32] = []
  private var visit: Int32 = 0

  init(_ program: Program) {
    self.program = program
    let count = program.instructions.count
    var origin = Array(0..<count)
    var users = [[Int32]](repeating: [], count: count)
    for (index, instruction) in program.instructions.enumerated() {
      if Self.keepsElements(instruction, in: program) {
        origin[index] = origin[instruction.inputs[0].index]
        continue
      }
      for input in instruction.inputs { users[origin[input.index]].append(Int32(index)) }
    }
    (self.origin, self.users) = (origin, users)
    groupOf = [Int](repeating: -1, count: count)
    visits = [Int32](repeating: 0, count: count)
    for index in program.instructions.indices.reversed() { join(index) }
    while !order() {}
  }

  /// Whether the value has the elements of its first input in the same order.
  static func keepsElements(_ instruction: Program.Instruction, in program: Program) -> Bool {
    switch instruction.op {
    case .reshape, .stopGradient: true
    case .broadcast: instruction.type.count == program[instruction.inputs[0]].type.count
    default: false
    }
  }

  static func isElementwise(_ op: Op) -> Bool {
    switch op {
    case .unary, .binary, .compare, .select, .cast, .complex, .part: true
    case .input, .constant, .full, .stopGradient, .broadcast, .reshape, .transpose, .slice, .pad,
      .concatenate, .reduce, .matmul, .convolution, .gather, .scatterAdd, .argSort, .randomBits,
      .extension, .result:
      false
    }
  }

  /// Whether the instruction is part of a fused kernel.
  func isFused(_ index: Int) -> Bool { groupOf[index] >= 0 }

  /// Whether one instruction alone reads the value.
  func hasOneUser(_ index: Int) -> Bool { users[index].count == 1 }

  /// Whether a reduction can take its input block by block.
  private func isStreamed(_ index: Int) -> Bool {
    let instruction = program.instructions[index]
    guard case .reduce(let op, let axes) = instruction.op, !instruction.type.scalar.isComplex
    else { return false }
    let kernel = ReductionKernel(op, program[instruction.inputs[0]].type.shape, axes: axes)
    return ReductionStream(kernel, instruction.type.scalar) != nil
  }

  private mutating func join(_ index: Int) {
    let instruction = program.instructions[index]
    if !Self.isElementwise(instruction.op) {
      if isStreamed(index) { make([index]) }
      return
    }
    var candidates: [Int] = []
    for user in users[index] {
      let group = groupOf[Int(user)]
      if group >= 0, !candidates.contains(group), works(Int(user), on: instruction.type.count) {
        candidates.append(group)
      }
    }
    candidates.sort { groups[$0][0] < groups[$1][0] }
    make([index])
    for candidate in candidates {
      let own = groupOf[index]
      if groups[own].count + groups[candidate].count > Self.mostMembers { continue }
      if mayUnite(own, candidate) { unite(candidate, into: own) }
    }
  }

  /// Whether a member of a group works on so many elements.
  private func works(_ index: Int, on count: Int) -> Bool {
    let instruction = program.instructions[index]
    if Self.isElementwise(instruction.op) { return instruction.type.count == count }
    return program[instruction.inputs[0]].type.count == count
  }

  private mutating func make(_ members: [Int]) {
    for member in members { groupOf[member] = groups.count }
    groups.append(members)
    groupVisits.append(0)
  }

  private mutating func unite(_ other: Int, into group: Int) {
    for member in groups[other] { groupOf[member] = group }
    groups[group] = (groups[group] + groups[other]).sorted()
    groups[other] = []
  }

  /// Whether no way leads from one of two groups through other instructions to a member of either.
  private mutating func mayUnite(_ a: Int, _ b: Int) -> Bool {
    visit += 1
    let last = max(groups[a].last!, groups[b].last!)
    var stack: [Int] = []
    func isInside(_ index: Int) -> Bool { groupOf[index] == a || groupOf[index] == b }
    for member in groups[a] + groups[b] {
      let isElementwise = Self.isElementwise(program.instructions[member].op)
      for user in users[member] {
        let user = Int(user)
        if isInside(user) {
          // The result of a reduction is there only when the group is done.
          if !isElementwise { return false }
          continue
        }
        stack.append(user)
      }
    }
    while let index = stack.popLast() {
      // Ways back through groups that began earlier are found when the groups are ordered.
      if index > last || visits[index] == visit { continue }
      visits[index] = visit
      let group = groupOf[index]
      if group >= 0 {
        if groupVisits[group] == visit { continue }
        groupVisits[group] = visit
        for member in groups[group] where visits[member] != visit {
          visits[member] = visit
          if !push(member) { return false }
        }
      }
      if !push(index) { return false }
    }
    return true

    func push(_ index: Int) -> Bool {
      for user in users[index] {
        if isInside(Int(user)) { return false }
        stack.append(Int(user))
      }
      return true
    }
  }

  /// Puts what runs together in an order in which operands come first; a group whose operands need one of its
  /// results is taken apart.
  ///
  /// - Returns: false where a group was taken apart.
  private mutating func order() -> Bool {
    units = []
    // 0: not seen, 1: waiting for operands, 2: done; of a group under its first member.
    var state = [UInt8](repeating: 0, count: program.instructions.count)
    for start in program.instructions.indices {
      if groupOf[start] >= 0, groups[groupOf[start]].last! != start { continue }
      var stack = [start]
      while let index = stack.last {
        let group = groupOf[index]
        let members = group >= 0 ? groups[group] : [index]
        let head = members[0]
        if state[head] == 2 {
          stack.removeLast()
          continue
        }
        if state[head] == 1 {
          state[head] = 2
          units.append(members)
          stack.removeLast()
          continue
        }
        state[head] = 1
        for member in members {
          for input in program.instructions[member].inputs {
            // Fused kernels read through what only keeps elements.
            let source = group >= 0 ? origin[input.index] : input.index
            let other = groupOf[source]
            if other >= 0 && other == group { continue }
            let first = other >= 0 ? groups[other][0] : source
            if state[first] == 1 {
              // What waits is the circle, and a way to it; one of its groups has several members.
              let waiting = stack.map { groupOf[$0] }.filter { $0 >= 0 && groups[$0].count > 1 }
              takeApart(waiting.first { state[groups[$0][0]] == 1 }!)
              return false
            }
            if state[first] == 0 { stack.append(source) }
          }
        }
      }
    }
    return true
  }

  private mutating func takeApart(_ group: Int) {
    for member in groups[group].dropFirst() { make([member]) }
    groups[group] = [groups[group][0]]
  }
}
