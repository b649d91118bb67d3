@testable import LandauTensor

/// Control flow in the harness of the primitives: both orders, both modes, batched, compiled.
extension PrimitiveCase {
  static let control: [PrimitiveCase] = [
    PrimitiveCase("scan", [[3], [4, 3], [3]]) { all in
      let (carry, outputs) = scan([all[0]], over: [all[1]]) { carry, x in
        let h = tanh(carry[0] * all[2] + x[0])
        return ([h], [h * carry[0]])
      }
      return concatenated([carry[0].expandedDimension(at: 0), outputs[0]])
    },
    PrimitiveCase("scan reversed", [[2], [3, 2]]) { all in
      // One carried value moves only through another, one is a whole number.
      let counter = Tensor(0 as Int32)
      let (carry, outputs) = scan(
        [all[0], all[0] * 0, counter], over: [all[1]], reversed: true
      ) { carry, x in
        let next = sin(carry[0]) * x[0]
        let count = carry[2] + 1
        return ([next, carry[1] + next * count.asType(next.scalarType), count], [carry[1]])
      }
      return carry[1] + outputs[0].sum(axes: [0]) * carry[0]
    },
    PrimitiveCase("scan without inputs", [[2, 2], [2, 3]]) { all in
      scan([all[1]], length: 3) { carry, _ in
        ([tanh(matmul(all[0], carry[0]))], [])
      }.carry[0]
    },
    PrimitiveCase("scan without carry", [[3, 2], [2]]) { all in
      scan([], over: [all[0]]) { _, x in ([], [sin(x[0] * all[1])]) }.outputs[0]
    },
    PrimitiveCase("scan in scan", [[2], [2]]) { all in
      scan([all[0]], length: 2) { outer, _ in
        let inner = scan([outer[0] * all[1]], length: 2) { carry, _ in
          ([sin(carry[0] + outer[0])], [carry[0]])
        }
        return ([inner.carry[0] + inner.outputs[0].sum(axes: [0])], [])
      }.carry[0]
    },
    PrimitiveCase("while", [[3], []], positive: true) { all in
      // Four steps of Newton's method for a cube root, at most six allowed.
      let result = whileLoop(
        [all[0], Tensor(0 as Int32)], maximumCount: 6, while: { $0[1] .< 4 },
        body: { state in
          let x = state[0]
          return [x - (x * x * x - all[1]) / (x * x * 3), state[1] + 1]
        })
      return result[0]
    },
    PrimitiveCase("while on data", [[2]], positive: true, low: 1.1) { all in
      // As many steps as the data asks for: different ones along a batch.
      whileLoop([all[0]], maximumCount: 8, while: { $0[0].sum() .< 20 }) { [$0[0] * $0[0]] }[0]
    },
    PrimitiveCase("conditional", [[3], [3]]) { all in
      conditional(
        all[0].sum() .> 0, [all[0]], then: { [sin($0[0]) * all[1]] },
        otherwise: { [$0[0] * $0[0] * $0[0]] })[0]
    },
    PrimitiveCase("conditional shared", [[3], [3]]) { all in
      conditional(
        Tensor(true), all, then: { [sin($0[0] * $0[1]), $0[0] * 2] },
        otherwise: { [$0[0], $0[1]] }
      ).reduce(Tensor.zeros([3], type: all[0].scalarType)) { $0 + $1 }
    },
    PrimitiveCase("checkpoint", [[3], [3]]) { all in
      checkpoint { [sin($0[0] * all[1]) * $0[0]] }([all[0]])[0] * all[1]
    },
    PrimitiveCase("checkpointed scan", [[3], [3]]) { all in
      scan([all[0]], length: 3) { carry, _ in
        (checkpoint { [sin($0[0]) * all[1] + $0[0]] }(carry), [])
      }.carry[0]
    },
  ]
}
