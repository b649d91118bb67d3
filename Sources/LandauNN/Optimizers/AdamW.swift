import CLandauKernels
import LandauCore
public import LandauTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Adam (Kingma and Ba 2015) and, with a decay, AdamW (Loshchilov and Hutter 2019).
///
/// The decay is decoupled: parameters shrink by learningRate · weightDecay per step, apart from the
/// gradient's statistics. A decay of zero is Adam.
public struct AdamW: GradientOptimizer, ElementwiseRule {
  public var learningRate: Double
  public let beta1: Double
  public let beta2: Double
  public let epsilon: Double
  public let weightDecay: Double
  public var factors: [ParameterFactor] = []
  public var state = OptimizerState("mean", "square")

  public init(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0.01
  ) {
    precondition(
      (0..<1).contains(beta1) && (0..<1).contains(beta2),
      "betas \(beta1), \(beta2) are not in [0, 1)")
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// AdamW without decay.
  public static func adam(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8
  ) -> AdamW {
    AdamW(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: 0)
  }

  public mutating func step(_ parameters: inout [Tensor], gradients: [Tensor]) {
    stepElementwise(&parameters, gradients)
  }

  @inline(__always)
  mutating func update<T: BinaryFloatingPoint & TensorScalar>(
    _ parameter: inout Tensor, _ gradient: Tensor, _ index: Int, _ type: T.Type
  ) {
    // Moments start at zero; dividing by 1 - beta^t takes out that bias.
    let time = Double(state.stepCount)
    let constants = lk_adam(
      rate: rate(index) / (1 - pow(beta1, time)), unbias: 1 / (1 - pow(beta2, time)),
      beta1: beta1, beta2: beta2, complement1: 1 - beta1, complement2: 1 - beta2,
      keep: remainder(index, decay: weightDecay), epsilon: epsilon)
    let kernels = KernelLevel.current.kernels.adam
    let kernel = (T.scalarType == .float ? kernels.0 : kernels.1)!
    let pool = state.pool
    var (mean, square) = (state.take(0, index), state.take(1, index))
    parameter.withMutableReals { (p: UnsafeMutableBufferPointer<T>) in
      mean.withMutableReals { (m: UnsafeMutableBufferPointer<T>) in
        square.withMutableReals { (v: UnsafeMutableBufferPointer<T>) in
          gradient.withReals { (g: UnsafeBufferPointer<T>) in
            guard let p0 = p.baseAddress, let g0 = g.baseAddress, let m0 = m.baseAddress,
              let v0 = v.baseAddress
            else { return }
            nonisolated(unsafe) let (ps, gs, ms, vs) = (p0, g0, m0, v0)
            Fused.share(p.count, among: pool) { from, to in
              var step = constants
              kernel(to - from, &step, ps + from, gs + from, ms + from, vs + from)
            }
          }
        }
      }
    }
    (state[0, index], state[1, index]) = (mean, square)
  }

  /// The kernel's loop in plain Swift: mean and square are running means of the gradient and its square.
  @inline(__always)
  static func reference<T: BinaryFloatingPoint>(
    _ a: lk_adam, _ p: T, _ g: T, _ m: T, _ v: T
  ) -> (T, T, T) {
    let mean = T(a.beta1) * m + T(a.complement1) * g
    let square = T(a.beta2) * v + T(a.complement2) * (g * g)
    let root = (square * T(a.unbias)).squareRoot() + T(a.epsilon)
    return (p * T(a.keep) - T(a.rate) * mean / root, mean, square)
  }
}
