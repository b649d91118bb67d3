public import LandauTensor

/// A convolution that also turns and reflects its window: from a field to a field of group elements.
///
/// y[o, g](v) = sum over c, u of x[c](v + u) w[o, c](g⁻¹ u). When the input is transformed by h, the output is
/// transformed in the same way and its group axis is permuted: y[o, g](v) becomes y[o, h⁻¹ g](h⁻¹ v), exactly up to
/// the order of additions. On a torus of equal sides. Cohen and Welling 2016, arXiv:1602.07576.
public struct LiftingConvolution: Layer {
  /// `[outputs, inputs, window sites]`, the sites in the order of `PointGroup.window`.
  public var weight: Tensor
  /// `[outputs]`, the same for all elements of the group.
  public var bias: Tensor?
  public let group: PointGroup
  public let radius: Int

  public init(
    inputs: Int, outputs: Int, group: PointGroup, radius: Int = 1, hasBias: Bool = true,
    initialization: Initialization = .heNormal, type: ScalarType = .float,
    using rng: inout some RandomNumberGenerator
  ) {
    let sites = group.window(radius: radius).count
    weight = initialization.weights(
      [outputs, inputs, sites], inputs: inputs * sites, outputs: outputs * sites, type: type,
      using: &rng)
    bias = hasBias ? .zeros([outputs], type: type) : nil
    self.group = group
    self.radius = radius
  }

  /// - Parameter x: `[batch, inputs, side, side]`.
  /// - Returns: `[batch, outputs, group, side, side]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    precondition(x.rank == 4, "a lifting convolution of \(x.type); it takes [batch, inputs, x, y]")
    let kernel = group.kernel(weight.expandedDimension(at: 2), radius: radius, isLifting: true)
    return group.convolved(x, kernel, bias)
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    visit("weight", &weight)
    visitBias(&bias, visit)
  }
}

/// A convolution over translations and a point group: from a field of group elements to another.
///
/// y[o, g](v) = sum over c, h, u of x[c, h](v + u) w[o, c](g⁻¹ h, g⁻¹ u); it moves with transformations as
/// `LiftingConvolution` does. Cost: that of a convolution with group order times the channels.
public struct GroupConvolution: Layer {
  /// `[outputs, inputs, group, window sites]`.
  public var weight: Tensor
  /// `[outputs]`, the same for all elements of the group.
  public var bias: Tensor?
  public let group: PointGroup
  public let radius: Int

  public init(
    inputs: Int, outputs: Int, group: PointGroup, radius: Int = 1, hasBias: Bool = true,
    initialization: Initialization = .heNormal, type: ScalarType = .float,
    using rng: inout some RandomNumberGenerator
  ) {
    let sites = group.window(radius: radius).count
    weight = initialization.weights(
      [outputs, inputs, group.order, sites], inputs: inputs * group.order * sites,
      outputs: outputs * group.order * sites, type: type, using: &rng)
    bias = hasBias ? .zeros([outputs], type: type) : nil
    self.group = group
    self.radius = radius
  }

  /// - Parameter x: `[batch, inputs, group, side, side]`.
  /// - Returns: `[batch, outputs, group, side, side]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    precondition(
      x.rank == 5 && x.shape[2] == group.order,
      "a convolution over \(group.name) of \(x.type); it takes [batch, inputs, \(group.order), x, y]"
    )
    let flat = x.reshaped([x.shape[0], x.shape[1] * group.order, x.shape[3], x.shape[4]])
    return group.convolved(flat, group.kernel(weight, radius: radius, isLifting: false), bias)
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    visit("weight", &weight)
    visitBias(&bias, visit)
  }
}

/// Group elements become one: from a field of group elements to a field that moves with transformations.
public struct GroupPooling: Layer {
  public let pooling: Pooling

  public init(_ pooling: Pooling = .mean) { self.pooling = pooling }

  /// - Parameter x: `[batch, channels, group, side, side]`.
  /// - Returns: `[batch, channels, side, side]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    precondition(
      x.rank == 5, "pooling over a group of \(x.type); it takes [batch, channels, group, x, y]")
    return switch pooling {
    case .sum: x.sum(axes: [2])
    case .mean: x.mean(axes: [2])
    case .maximum: x.max(axes: [2])
    }
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {}
}

extension PointGroup {
  /// One ordinary kernel `[outputs · group, inputs · sources, window, window]` that holds all transformed ones.
  ///
  /// - Parameter weight: `[outputs, inputs, sources, sites]`; sources are group elements, or one for lifting.
  fileprivate func kernel(_ weight: Tensor, radius: Int, isLifting: Bool) -> Tensor {
    let sites = window(radius: radius)
    let (outputs, inputs, side) = (weight.shape[0], weight.shape[1], 2 * radius + 1)
    let sources = weight.shape[2]
    // One more element, a zero, for what lies in the square and outside the hexagon.
    let outside = sources * sites.count
    var indices: [Int32] = []
    for g in 0..<order {
      let undo = inverse(g)
      for h in 0..<sources {
        let source = isLifting ? 0 : product(undo, h)
        for x in -radius...radius {
          for y in -radius...radius {
            let from = apply(undo, to: (x, y))
            let site = sites.firstIndex { $0.x == from.x && $0.y == from.y }
            indices.append(Int32(site.map { source * sites.count + $0 } ?? outside))
          }
        }
      }
    }
    let flat = weight.reshaped([outputs, inputs, outside])
    let padded = concatenated(
      [flat, .zeros([outputs, inputs, 1], type: weight.scalarType)], axis: 2)
    return padded.gathered(Tensor(indices, shape: [order, sources, side, side]), axis: 2)
      .transposed(axes: [0, 2, 1, 3, 4, 5])
      .reshaped([outputs * order, inputs * sources, side, side])
  }

  fileprivate func convolved(_ x: Tensor, _ kernel: Tensor, _ bias: Tensor?) -> Tensor {
    let flat = convolution(x, kernel, boundary: .circular)
    let y = flat.reshaped([
      flat.shape[0], flat.shape[1] / order, order, flat.shape[2], flat.shape[3],
    ])
    return bias.map { y + $0.alongChannels(of: y) } ?? y
  }
}
