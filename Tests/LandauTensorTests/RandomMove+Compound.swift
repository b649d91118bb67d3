@testable import LandauTensor

extension RandomMove {
  /// By way of the complex plane and back, away from the cuts of the functions.
  static let complexes: [RandomMove] = [
    RandomMove("complex functions") { pool in
      let x = pool.any()
      let z = complex(x * 0.2 + 1, pool.broadcastable(to: x) * 0.3)
      let w =
        switch pool.below(6) {
        case 0: exp(z) * 0.4
        case 1: log(z)
        case 2: sqrt(z)
        case 3: tanh(z)
        case 4: sin(z) * z
        default: pow(z, conjugate(z)) * 0.6
        }
      return pool.below(2) == 0 ? real(w) : imaginary(w)
    },
    RandomMove("complex magnitude") { pool in
      let x = pool.any()
      return abs(complex(x + 3, pool.broadcastable(to: x))) * 0.3
    },
  ]
}

extension RandomMove {
  /// Linear algebra on matrices with well separated eigenvalues.
  static let matrices: [RandomMove] = [
    RandomMove("Fourier") { pool in
      guard let (x, axis) = pool.axis(longer: 1) else { return nil }
      let waves = fft(complex(x, x * x * 0.5), axes: [axis])
      return pool.below(2) == 0
        ? real(waves) * (0.5 / Double(x.shape[axis]))
        : imaginary(inverseFFT(waves * waves, axes: [axis])) * (0.2 / Double(x.shape[axis]))
    },
    RandomMove("linear algebra") { pool in
      guard let x = pool.any(where: { $0.rank >= 2 && $0.shape[$0.rank - 2] <= 4 }) else {
        return nil
      }
      let (size, inner) = (x.shape[x.rank - 2], x.shape[x.rank - 1])
      let turned = x.transposed(axes: Array(0..<(x.rank - 2)) + [x.rank - 1, x.rank - 2])
      let steps = Tensor(
        (0..<(size * size)).map { index in
          index % (size + 1) == 0 ? 1.5 + 2 * Double(index / (size + 1)) : 0
        }, shape: [size, size]
      ).asType(x.scalarType)
      let matrix = matmul(x, turned) * (0.1 / Double(inner)) + steps
      return switch pool.below(6) {
      case 0: solve(matrix, x)
      case 1: cholesky(matrix) * 0.4
      case 2: logDeterminant(matrix).logarithm * 0.2
      case 3: matrixExponential(matrix * 0.1) * 0.5
      case 4: symmetricEigen(matrix).values * 0.2
      default: qr(matrix).r * 0.2
      }
    },
  ]
}

extension RandomMove {
  /// Loops and conditions, some of them decided by the numbers.
  static let control: [RandomMove] = [
    RandomMove("scan") { pool in
      guard let x = pool.any(where: { $0.rank >= 1 }) else { return nil }
      let start = x.sliced(axis: 0, 0..<1).squeezed(axis: 0)
      let factor = pool.any().mean()
      let result = scan([start], over: [x], reversed: pool.below(2) == 0) { carry, slices in
        let next = tanh(carry[0] * factor + slices[0])
        return ([next], [next * carry[0]])
      }
      return pool.below(2) == 0 ? result.carry[0] : result.outputs[0]
    },
    RandomMove("while") { pool in
      let x = pool.any()
      return whileLoop([x, x * 0.5], maximumCount: 4) {
        ($0[0] * $0[0]).mean() .> 0.3
      } body: {
        [$0[0] * 0.7, sin($0[1] + $0[0])]
      }[1]
    },
    RandomMove("conditional") { pool in
      let x = pool.any()
      let y = pool.broadcastable(to: x)
      return conditional(y.mean() .> 0, [x, y]) {
        [$0[0] * 0.5 + $0[1] * 0.5]
      } otherwise: {
        [sin($0[0]) * $0[1]]
      }[0]
    },
    RandomMove("checkpoint") { pool in
      let factor = pool.any().mean()
      return checkpoint { [sin($0[0] * $0[0]) * factor] }([pool.any()])[0]
    },
  ]
}

extension RandomMove {
  /// Operations with rules of their own.
  static let extensions: [RandomMove] = [
    RandomMove("custom derivative") { pool in
      let softplus = customDerivative({ [log(exp($0[0]) + 1), $0[0] * 0.5] }) { x, _, g in
        [g[0] * sigmoid(x[0]) + g[1] * 0.5]
      }
      let both = softplus([pool.any() * 0.5])
      return both[pool.below(2)]
    }
  ]
}
