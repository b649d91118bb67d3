/// Complex numbers from their real and imaginary parts, which broadcast.
public func complex(_ real: Tensor, _ imaginary: Tensor) -> Tensor {
  let (a, b) = Tensor.aligned(real, imaginary, "complex")
  return .apply(.complex, [a, b])
}

/// The real part; a real tensor itself.
public func real(_ z: Tensor) -> Tensor {
  z.scalarType.isComplex ? .apply(.part(.real), [z]) : z
}

/// The imaginary part; zeros for a real tensor.
public func imaginary(_ z: Tensor) -> Tensor {
  z.scalarType.isComplex ? .apply(.part(.imaginary), [z]) : z.like(0)
}

/// The complex conjugate; a real tensor itself.
public func conjugate(_ z: Tensor) -> Tensor {
  z.scalarType.isComplex ? .apply(.unary(.conjugate), [z]) : z
}

/// The angle of a complex number to the real axis, from -pi to pi.
public func argument(_ z: Tensor) -> Tensor { atan2(imaginary(z), real(z)) }
