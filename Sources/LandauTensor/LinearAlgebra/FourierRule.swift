import LandauLinearAlgebra

/// The discrete Fourier transform `X(k) = Σⱼ x(j) exp(-2πi jk/n)` along one to three axes, any extents.
///
/// - Parameters:
///   - x: real or complex; at least one number along each axis.
///   - axes: the axes to transform, the last by default.
/// - Returns: complex, of the shape of `x`, in the order of non-negative, then negative frequencies.
/// - Complexity: O(N log N). FFTW with estimated plans: the same result in every run.
public func fft(_ x: Tensor, axes: [Int] = [-1]) -> Tensor {
  transform(x.asComplex, axes, isInverse: false)
}

/// The inverse of `fft`, with the factor 1/n for every axis.
public func inverseFFT(_ x: Tensor, axes: [Int] = [-1]) -> Tensor {
  let count = axes.reduce(1) { $0 * x.shape[x.axisIndex($1)] }
  return transform(x.asComplex, axes, isInverse: true) * (1 / Double(max(1, count)))
}

/// The transform of real numbers: of the last of `axes` the n/2 + 1 non-negative frequencies, which determine the rest.
public func realFFT(_ x: Tensor, axes: [Int] = [-1]) -> Tensor {
  require(x.scalarType.complex != nil && !axes.isEmpty, "realFFT of \(x.type) along \(axes)")
  let half = onLastAxes(x, [axes.last!]) {
    Tensor.apply(RealFourier(extent: $0.shape.last!, isInverse: false), [$0])[0]
  }
  return axes.count == 1 ? half : transform(half, axes.dropLast(), isInverse: false)
}

/// The inverse of `realFFT`: real numbers, `extent` of them along the last of `axes`.
///
/// The imaginary parts at frequency zero and, for even extents, n/2 of that axis count as zero.
public func inverseRealFFT(_ x: Tensor, extent: Int, axes: [Int] = [-1]) -> Tensor {
  require(x.scalarType.isComplex && !axes.isEmpty, "inverseRealFFT of \(x.type) along \(axes)")
  let partly = axes.count == 1 ? x : inverseFFT(x, axes: axes.dropLast())
  return onLastAxes(partly, [axes.last!]) {
    Tensor.apply(RealFourier(extent: extent, isInverse: true), [$0])[0]
  } * (1 / Double(extent))
}

private func transform(_ x: Tensor, _ axes: [Int], isInverse: Bool) -> Tensor {
  onLastAxes(x, axes) {
    Tensor.apply(Fourier(axisCount: axes.count, isInverse: isInverse), [$0])[0]
  }
}

/// Moves axes to the end, and back after `body`.
private func onLastAxes(_ x: Tensor, _ axes: [Int], _ body: (Tensor) -> Tensor) -> Tensor {
  let last = axes.map { x.axisIndex($0) }
  require(
    (1...3).contains(last.count) && Set(last).count == last.count,
    "a Fourier transform of \(x.type) along the axes \(axes); there must be one to three, different ones"
  )
  let order = (0..<x.rank).filter { !last.contains($0) } + last
  return body(x.transposed(axes: order)).transposed(axes: Op.inverse(order))
}

extension Tensor {
  fileprivate var asComplex: Tensor {
    guard !scalarType.isComplex else { return self }
    guard let type = scalarType.complex else { misuse("a Fourier transform of \(self.type)") }
    return asType(type)
  }
}

/// A linear operation of one input and one result along the last axes, which a batch leaves where they are.
private protocol LinearRule: OperationRule {
  /// The cotangent of the input from that of the result.
  func transposed(_ g: Tensor) -> Tensor
}

extension LinearRule {
  func pullback(
    _ site: Site, _ cotangents: [Value?], wanted: [Bool], in b: inout ProgramBuilder
  ) -> [Value?] {
    b.write([cotangents[0]!]) { [transposed($0[0])] }.map { $0 }
  }

  func pushforward(_ site: Site, _ tangents: [Value?], in b: inout ProgramBuilder) -> Pushed {
    Pushed(tangents: b.apply(self, [tangents[0]!]))
  }

  func batch(
    _ operands: [Value], batched: [Bool], count: Int, in b: inout ProgramBuilder
  ) -> [Batched] {
    b.apply(self, operands).map { Batched(value: $0, isBatched: true) }
  }
}

/// Complex to complex without normalisation along the last axes; its matrix is symmetric.
struct Fourier: LinearRule {
  let axisCount: Int
  let isInverse: Bool

  var description: String { "\(isInverse ? "inverse " : "")fft of \(axisCount) axes" }

  func resultTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard inputs.count == 1, inputs[0].scalar.isComplex, inputs[0].rank >= axisCount,
      inputs[0].shape.suffix(axisCount).allSatisfy({ $0 > 0 })
    else { throw ShapeError("\(self) of \(inputs)") }
    return inputs
  }

  func kernel(_ inputs: [TensorType]) -> ExtensionKernel {
    let (shape, scalar) = (inputs[0].shape, inputs[0].scalar)
    let plan = FourierTransform.plan(
      isInverse ? .backward : .forward, extents: shape.suffix(axisCount),
      count: shape.dropLast(axisCount).reduce(1, *), isFloat: scalar == .complexFloat)
    return ExtensionKernel { operands, results, _ in plan.run(operands[0], into: results[0]) }
  }

  func transposed(_ g: Tensor) -> Tensor { Tensor.apply(self, [g])[0] }
}

/// Real to half-complex along the last axis, or back, without normalisation.
struct RealFourier: LinearRule {
  /// Of the real array.
  let extent: Int
  let isInverse: Bool

  var description: String { "\(isInverse ? "inverse " : "")real fft of \(extent)" }

  func resultTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let half = extent / 2 + 1
    guard let input = inputs.first, extent > 0, input.shape.last == (isInverse ? half : extent),
      let scalar = isInverse ? input.scalar.part : input.scalar.complex
    else { throw ShapeError("\(self) of \(inputs)") }
    return [TensorType(input.shape.dropLast() + [isInverse ? extent : half], scalar)]
  }

  func kernel(_ inputs: [TensorType]) -> ExtensionKernel {
    let plan = FourierTransform.plan(
      isInverse ? .realBackward : .realForward, extents: [extent],
      count: inputs[0].shape.dropLast().reduce(1, *), isFloat: inputs[0].scalar.real == .float)
    return ExtensionKernel { operands, results, _ in plan.run(operands[0], into: results[0]) }
  }

  /// Backward, `x(j) = Σₖ w(k) Re(X(k) exp(2πi jk/n))` with w = 1 at the frequencies 0 and n/2 and 2 between. Under the
  /// pairing Re Σ g t the transposes are therefore: of forward, backward of `conj(g) / w`; of backward, `w` times the
  /// conjugate of forward.
  func transposed(_ g: Tensor) -> Tensor {
    let half = extent / 2 + 1
    let (extent, isInverse) = (extent, isInverse)
    let type = isInverse ? g.scalarType.complex! : g.scalarType
    let weights = Tensor.pattern(1, half, type) { _, k in
      let w = k == 0 || 2 * k == extent ? 1.0 : 2.0
      return isInverse ? w : 1 / w
    }.reshaped([half])
    let other = RealFourier(extent: extent, isInverse: !isInverse)
    return isInverse
      ? conjugate(Tensor.apply(other, [g])[0]) * weights
      : Tensor.apply(other, [conjugate(g) * weights])[0]
  }
}
