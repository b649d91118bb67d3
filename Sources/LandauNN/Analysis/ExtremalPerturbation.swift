public import LandauTensor

/// The smooth mask of a given area that keeps a network's score highest: what the network looks at.
///
/// The mask is the smooth maximum of Gaussian bumps on a coarse grid, each scaled by a parameter in [0, 1]. The area is
/// held by a penalty on its sorted values, which are to be ones for the fraction `area` and zeros for the rest; its
/// weight grows in the course of the steps. Outside the mask the image is replaced by a baseline.
/// - Note: Fong, Patrick and Vedaldi 2019, arXiv:1910.08485.
public struct ExtremalPerturbation: Sendable, Hashable {
  /// The fraction of the image that is kept.
  public var area: Double
  /// Sites from one bump to the next, and the bumps' standard deviation.
  public var spacing: Int
  public var steps: Int
  public var learningRate: Double
  /// Weight of the area penalty at the first step and at the last, relative to the change of the score.
  public var penalty: ClosedRange<Double>

  public init(
    area: Double, spacing: Int = 4, steps: Int = 300, learningRate: Double = 0.05,
    penalty: ClosedRange<Double> = 1...20
  ) {
    precondition(area > 0 && area < 1, "an area of \(area); allowed: between 0 and 1")
    precondition(spacing >= 1 && steps >= 1, "spacing \(spacing), \(steps) steps")
    self.area = area
    self.spacing = spacing
    self.steps = steps
    self.learningRate = learningRate
    self.penalty = penalty
  }

  public struct Result: Sendable {
    /// `[rows, columns]`, between 0 and 1.
    public let mask: Tensor
    /// The score of the masked image, of the whole image and of the baseline alone.
    public let score: Double
    public let wholeScore: Double
    public let baselineScore: Double
    /// The mean of the mask: close to the area asked for where the penalty was strong enough.
    public let area: Double
  }

  /// - Parameters:
  ///   - image: `[channels, rows, columns]`.
  ///   - baseline: what stands outside the mask, e.g. a blurred image; the mean of each channel by default.
  ///   - score: a scalar of `[1, channels, rows, columns]`. What it captures is frozen.
  /// - Complexity: one gradient of the score per step, and a mask of sites times bumps.
  public func callAsFunction(
    _ image: Tensor, baseline: Tensor? = nil, score: @escaping @Sendable (Tensor) -> Tensor
  ) -> Result {
    precondition(image.rank == 3, "a mask for \(image.type); it takes [channels, rows, columns]")
    let type = image.scalarType
    let ground = baseline ?? image.mean(axes: [1, 2], keepingAxes: true).broadcast(to: image.shape)
    let (rows, columns) = (image.shape[1], image.shape[2])
    let bumps = Bumps(rows: rows, columns: columns, spacing: spacing, type: type)
    let kept = Int((area * Double(rows * columns)).rounded())
    let target = Tensor((0..<(rows * columns)).map { $0 < kept ? 1.0 : 0.0 }).asType(type)
    let perturbed = { @Sendable (mask: Tensor) in
      let m = mask.reshaped([1, rows, columns])
      return (image * m + ground * (1 - m)).expandedDimension(at: 0)
    }
    let whole: Double = score(image.expandedDimension(at: 0)).reshaped([]).item()
    let empty: Double = score(ground.expandedDimension(at: 0)).reshaped([]).item()
    // The penalty is weighed against the score's own range.
    let range = max(abs(whole - empty), 1e-12)
    let step = compile { arguments in
      let (order, weight) = (arguments[1], arguments[2])
      let both = valueAndGradient { heights in
        let mask = bumps.mask(heights[0])
        let difference = mask.gathered(order, axis: 0) - target
        return (difference * difference).mean() * weight
          - score(perturbed(mask)).reshaped([]) * (1 / range)
      }
      let (value, gradients) = both([arguments[0]])
      return [value] + gradients
    }
    var heights = [Tensor.full([bumps.count], 0.5, type: type)]
    var optimizer = AdamW.adam(learningRate: learningRate)
    for number in 0..<steps {
      let fraction = Double(number) / Double(max(1, steps - 1))
      let weight = penalty.lowerBound + (penalty.upperBound - penalty.lowerBound) * fraction
      let values = bumps.mask(heights[0]).scalars(Double.self)
      // Sorting is piecewise a permutation: its derivative is that of the permutation.
      let order = values.indices.sorted { (values[$0], $1) > (values[$1], $0) }.map { Int32($0) }
      let results = step([heights[0], Tensor(order), Tensor(weight).asType(type)])
      optimizer.step(&heights, gradients: [results[1]])
      heights[0] = minimum(maximum(heights[0], 0), 1)
      heights[0].eval()
    }
    let mask = bumps.mask(heights[0]).reshaped([rows, columns])
    mask.eval()
    return Result(
      mask: mask, score: score(perturbed(mask)).reshaped([]).item(), wholeScore: whole,
      baselineScore: empty, area: mask.mean().item())
  }
}

/// Gaussian bumps on a coarse grid and their smooth maximum.
private struct Bumps: Sendable {
  let count: Int
  /// `[sites, bumps]`.
  private let kernel: Tensor
  /// Small against one: close to the maximum, and still every bump gets a derivative.
  private static let temperature = 0.05

  init(rows: Int, columns: Int, spacing: Int, type: ScalarType) {
    func centres(_ extent: Int) -> [Double] {
      let number = max(1, (extent + spacing - 1) / spacing)
      return (0..<number).map { (Double($0) + 0.5) * Double(extent) / Double(number) - 0.5 }
    }
    func squares(_ extent: Int) -> Tensor {
      let c = centres(extent)
      return Tensor(
        (0..<extent).flatMap { x in c.map { (Double(x) - $0) * (Double(x) - $0) } },
        shape: [extent, c.count])
    }
    let (a, b) = (squares(rows), squares(columns))
    let (m, n) = (a.shape[1], b.shape[1])
    let sum = a.reshaped([rows, 1, m, 1]) + b.reshaped([1, columns, 1, n])
    let width = 2 * Double(spacing * spacing)
    kernel = exp(sum * (-1 / width)).reshaped([rows * columns, m * n]).asType(type)
    kernel.eval()
    count = m * n
  }

  /// Sum over bumps f exp(f / T) / sum over bumps exp(f / T), f = kernel · height.
  func mask(_ heights: Tensor) -> Tensor {
    let f = kernel * heights
    return (f * (f * (1 / Self.temperature)).softmax()).sum(axes: [1])
  }
}
