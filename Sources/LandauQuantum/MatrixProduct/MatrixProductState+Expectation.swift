import LandauCore
public import LandauLattice
import LandauLinearAlgebra

extension MatrixProductState {
  /// <psi|O|psi> of a product of Pauli matrices, psi of any length.
  ///
  /// - Complexity: O(chi^3) for each site between the outermost factors and the centre.
  @_specialize(where Scalar == Double)
  @_specialize(where Scalar == LandauCore.Complex<Double>)
  public func expectation(_ product: PauliSum.Product) -> Double {
    // What lies outside of the factors and the centre is the identity.
    let sites = [center, product.support.first ?? center, product.support.last ?? center]
    let (low, high) = (sites.min()!, sites.max()!)
    precondition(high < siteCount, "a factor at \(high) of \(siteCount) spins")
    if !Scalar.isComplex && !product.isReal { return 0 }
    var environment = DenseMatrix<Scalar>.identity(tensors[low].left)
    var phase = Complex(1)
    for site in low...high {
      let (ket, factor) = Self.acted(product.axis(at: site), on: tensors[site])
      phase = phase * factor
      environment = Self.transferred(environment, bra: tensors[site], ket: ket)
    }
    var trace = Scalar.zero
    for k in 0..<environment.rows { trace += environment.entries[k * environment.columns + k] }
    return (phase * trace.parts).real
  }

  /// A Pauli matrix on a spin; y as a real matrix and a factor of -i.
  private static func acted(
    _ axis: SpinAxis?, on tensor: SiteTensor<Scalar>
  ) -> (SiteTensor<Scalar>, Complex<Double>) {
    let (one, minus) = (Scalar(real: 1), Scalar(real: -1))
    switch axis {
    case nil: return (tensor, Complex(1))
    case .x: return (tensor.applying([.zero, one, one, .zero]), Complex(1))
    case .y: return (tensor.applying([.zero, one, minus, .zero]), Complex(0, -1))
    case .z: return (tensor.applying([one, .zero, .zero, minus]), Complex(1))
    }
  }

  /// <psi|O|psi> of a sum of products.
  ///
  /// - Precondition: a real sum where amplitudes are real.
  /// - Throws: `LinearAlgebraError`.
  public func expectation(_ sum: PauliSum) throws -> Double {
    expectation(try MatrixProductOperator<Scalar>(sum))
  }

  /// <psi|O|psi>.
  ///
  /// - Complexity: O(N D chi^3).
  @_specialize(where Scalar == Double)
  @_specialize(where Scalar == LandauCore.Complex<Double>)
  public func expectation(_ operators: MatrixProductOperator<Scalar>) -> Double {
    precondition(operators.siteCount == siteCount, "\(operators.siteCount) and \(siteCount) sites")
    var environment = OperatorEnvironment<Scalar>()
    for (tensor, site) in zip(tensors, operators.sites) {
      environment = environment.extended(tensor, site)
    }
    return environment.matrix.entries[0].parts.real
  }

  /// <O^2> - <O>^2 of a state of unit length: of the Hamiltonian, zero in its eigenstates alone.
  ///
  /// - Complexity: O(N D^2 chi^3); rounding of about 1e-15 <O^2>.
  @_specialize(where Scalar == Double)
  @_specialize(where Scalar == LandauCore.Complex<Double>)
  public func variance(_ operators: MatrixProductOperator<Scalar>) -> Double {
    let mean = expectation(operators)
    var environment = OperatorEnvironment<Scalar>()
    for (tensor, site) in zip(tensors, operators.sites) {
      environment = environment.extended(tensor, site, site)
    }
    return environment.matrix.entries[0].parts.real - mean * mean
  }

  /// Means of one component at all sites and of all its products of two: `[i, j]`, row-major, 1 where i = j.
  ///
  /// - Complexity: O(N^2 chi^3).
  @_specialize(where Scalar == Double)
  @_specialize(where Scalar == LandauCore.Complex<Double>)
  public func correlations(_ axis: SpinAxis) -> (means: [Double], pairs: [Double]) {
    let n = siteCount
    var state = self
    state.moveCenter(to: 0)
    var (means, pairs) = ([Double](repeating: 0, count: n), [Double](repeating: 1, count: n * n))
    for i in 0..<n {
      state.moveCenter(to: i)
      let (ket, phase) = Self.acted(axis, on: state.tensors[i])
      var environment = Self.transferred(
        .identity(state.tensors[i].left), bra: state.tensors[i], ket: ket)
      means[i] = (phase * Self.trace(environment).parts).real
      for j in i + 1..<max(i + 1, n) {
        let tensor = state.tensors[j]
        let bra = tensor.tall.conjugated
        let moved = SiteTensor<Scalar>(wide: environment * tensor.wide)
        let (acted, second) = Self.acted(axis, on: moved)
        let product = (phase * second * Self.trace(bra, acted).parts).real
        (pairs[i * n + j], pairs[j * n + i]) = (product, product)
        environment = bra.transposedTimes(moved.tall)
      }
    }
    return (means, pairs)
  }

  private static func trace(_ matrix: DenseMatrix<Scalar>) -> Scalar {
    (0..<matrix.rows).reduce(Scalar.zero) { $0 + matrix.entries[$1 * matrix.columns + $1] }
  }

  /// The sum of products of elements: the trace over the right bond, where the rest of the chain is the identity.
  private static func trace(
    _ bra: DenseMatrix<Scalar>, _ ket: SiteTensor<Scalar>
  ) -> Scalar {
    var sum = Scalar.zero
    for (a, b) in zip(bra.entries, ket.entries) { sum += a * b }
    return sum
  }
}
