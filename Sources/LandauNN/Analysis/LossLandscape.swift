public import LandauCore
public import LandauTensor

/// Slices of a loss through a point of parameter space, along directions that are comparable between networks.
public enum LossLandscape {
  /// A random direction in which every filter is as long as the filter of the parameters it belongs to.
  ///
  /// Rescaling a layer and undoing it in the next one then changes nothing. A filter is what feeds one unit: a
  /// column of a matrix `[inputs, outputs]`, a block of a kernel `[outputs, inputs, window…]`. Biases and other
  /// vectors do not move.
  /// - Note: Li et al. 2018, arXiv:1712.09913.
  public static func filterNormalizedDirection(
    of parameters: [Tensor], using rng: inout some RandomNumberGenerator
  ) -> [Tensor] {
    let directions = parameters.map { parameter -> Tensor in
      precondition(
        !parameter.scalarType.isComplex, "a filter-normalised direction of \(parameter.type)")
      guard parameter.rank >= 2, parameter.scalarType.isFloating else {
        return .zeros(parameter.shape, type: parameter.scalarType)
      }
      let random = Tensor.normal(parameter.shape, type: parameter.scalarType, using: &rng)
      let axes = parameter.rank == 2 ? [0] : Array(1..<parameter.rank)
      func length(_ x: Tensor) -> Tensor { sqrt((x * x).sum(axes: axes, keepingAxes: true)) }
      return random * (length(parameter) / length(random))
    }
    eval(directions)
    return directions
  }

  /// The loss at parameters + x · direction.
  public static func line(
    through parameters: [Tensor], along direction: [Tensor], at positions: [Double],
    loss: (_ parameters: [Tensor]) -> Double
  ) -> LossLine {
    LossLine(
      positions: positions,
      losses: positions.map { loss(moved(parameters, [(direction, $0)])) })
  }

  /// The loss at parameters + x · first + y · second.
  public static func plane(
    through parameters: [Tensor], along first: [Tensor], and second: [Tensor],
    at positions: [Double], and others: [Double], loss: (_ parameters: [Tensor]) -> Double
  ) -> LossPlane {
    LossPlane(
      positions: positions, others: others,
      losses: others.flatMap { y in
        positions.map { x in loss(moved(parameters, [(first, x), (second, y)])) }
      })
  }

  private static func moved(
    _ parameters: [Tensor], _ parts: [(direction: [Tensor], length: Double)]
  ) -> [Tensor] {
    let result = parameters.indices.map { index -> Tensor in
      guard parameters[index].scalarType.isFloating else { return parameters[index] }
      return parts.reduce(parameters[index]) { $0 + $1.direction[index] * $1.length }
    }
    eval(result)
    return result
  }
}

/// A loss along a line.
public struct LossLine: Sendable, Hashable {
  public let positions: [Double]
  public let losses: [Double]

  public func figure(title: String) -> Figure {
    Figure(
      title: title,
      panels: [
        Figure.Panel(
          title: "", xAxis: Figure.Axis("distance"), yAxis: Figure.Axis("loss"),
          series: [Figure.Series("loss", x: positions, y: losses)])
      ])
  }
}

/// A loss on a rectangular grid; for a drawing its positions are equally spaced and ascending.
public struct LossPlane: Sendable, Hashable {
  public let positions: [Double]
  public let others: [Double]
  /// Row by row: `losses[row * positions.count + column]` is at `positions[column]`, `others[row]`.
  public let losses: [Double]

  /// Colours over the plane.
  ///
  /// - Parameter logarithmic: whether colours follow the logarithm of the loss; it takes positive losses.
  public func figure(title: String, logarithmic: Bool = true) -> Figure {
    Figure(
      title: title,
      panels: [
        Figure.Panel(
          title: "", xAxis: Figure.Axis("first direction"),
          yAxis: Figure.Axis("second direction"), series: [],
          map: Figure.Map(
            "loss", x: positions, y: others, values: losses, logarithmic: logarithmic))
      ])
  }
}
