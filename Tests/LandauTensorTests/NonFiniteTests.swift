import LandauCore
import Testing

@testable import LandauTensor

/// The first bad operation is named, with its operands and the line it is on.
struct NonFiniteTests {
  private let x = Tensor([0.5, -1.0, 2.0])

  @Test func aFiniteRunFindsNothing() {
    let (values, first) = tracingNonFinite([x]) { [exp($0[0]), $0[0].sum()] }
    #expect(first == nil)
    #expect(distance(values[0], exp(x)) == 0 && values[1].item(Double.self) == 1.5)
    // What leaves the call is an ordinary value again.
    #expect(values[0].node.watch == nil && (values[0] * 2).node.watch == nil)
  }

  @Test func theFirstOfManyIsNamed() throws {
    let (values, first) = tracingNonFinite([x]) { x in
      let shifted = x[0] * 3
      let roots = log(shifted)
      return [exp(roots).sum() / 0]
    }
    #expect(values[0].item(Double.self).isNaN)
    let finding = try #require(first)
    #expect(finding.operation == "logarithm")
    #expect(finding.result.nanCount == 1 && finding.result.infinityCount == 0)
    #expect(finding.operands.map(\.range) == [-3...6])
    #if os(Linux)
      let place = "LandauTensorTests/NonFiniteTests.swift:\(#line - 9)"
      #expect(finding.places.first?.hasPrefix("at \(place) in ") == true, "\(finding.places)")
    #endif
    #expect(
      finding.description.hasPrefix(
        """
        the first NaN comes from logarithm
          result: double[3], 1 NaN, the others from 0.4054651081081644 to 1.791759469228055
          operand 0: double[3], from -3.0 to 6.0
        """))
  }

  @Test func infinitiesOfFiniteNumbers() throws {
    let division = try #require(tracingNonFinite([x]) { [$0[0] / ($0[0] - 2)] }.first)
    #expect(division.operation == "divide" && division.result.infinityCount == 1)
    #expect(division.operands[1].range == -3...0)
    let overflow = try #require(tracingNonFinite([x]) { [exp($0[0] * 1000)] }.first)
    #expect(overflow.operation == "exponential")
  }

  /// A mask of -infinity is meant; a row that is masked out altogether is a NaN of the softmax.
  @Test func masksAreNoFinding() throws {
    let mask = Tensor([0, -Double.infinity, 0, -.infinity, -.infinity, -.infinity], shape: [2, 3])
    let masked: ([Tensor]) -> [Tensor] = { x in
      [(x[0] + mask.sliced(axis: 0, 0..<1)).softmax()]
    }
    #expect(tracingNonFinite([x], masked).first == nil)
    let finding = try #require(tracingNonFinite([x]) { [($0[0] + mask).softmax()] }.first)
    #expect(finding.operation == "subtract" && finding.result.nanCount == 3)
  }

  @Test func derivativesAreSearched() throws {
    // sqrt is finite at zero, its derivative is not.
    let zero = Tensor([0.0, 1.0])
    let finding = try #require(
      tracingNonFinite([zero]) { x in
        let root: ([Tensor]) -> Tensor = { sqrt($0[0]).sum() }
        return valueAndGradient(of: root)(x).gradients
      }.first)
    #expect(finding.operation == "divide" && finding.result.infinityCount == 1)
    // Also where the gradient's function captures what is watched.
    let captured = tracingNonFinite([zero]) { x in [grad { ($0 * log(x[0])).sum() }(x[0] + 1)] }
    #expect(captured.first?.operation == "logarithm")
  }

  @Test func compiledFunctionsAreSearched() throws {
    let compiled = compile { x in
      let y = x[0] - 5
      return [log(y)]
    }
    let finding = try #require(tracingNonFinite([x], compiled).first)
    #expect(finding.operation == "logarithm")
    #if os(Linux)
      #expect(finding.places.first?.contains("NonFiniteTests.swift:\(#line - 5)") == true)
    #endif
    // (x 1e200) 1e200 overflows at once where the constants are multiplied first.
    let merged = compile { [$0[0] * 1e-200 * 1e200 * 1e200] }
    #expect(tracingNonFinite([x * 1e-100], merged).first == nil)
  }

  @Test func operationsWithSeveralResults() throws {
    let two = customDerivative({ [$0[0] * 2, log($0[0])] }) { x, _, g in [g[0] * 2 + g[1] / x[0]] }
    let finding = try #require(tracingNonFinite([x]) { [two($0)[0] + two($0)[1]] }.first)
    #expect(finding.operation == "custom" && finding.result.nanCount == 1)
    #expect(finding.result.range == -2...4)
  }

  @Test func argumentsAndCapturesThatAreBadAlready() throws {
    let bad = Tensor([1.0, .nan])
    let finding = try #require(tracingNonFinite([x, bad]) { [$0[1] + 1] }.first)
    #expect(finding.operation == "argument 1" && finding.operands.isEmpty)
    let captured = try #require(tracingNonFinite([Tensor([1.0, 2])]) { [$0[0] * bad] }.first)
    #expect(captured.operation == "multiply" && captured.operands[1].nanCount == 1)
  }
}
