import Landau

/// What all steps share: where pictures go, the seed, and the points that are to be told apart.
struct Tutorial {
  let folder: String
  let seed: Seed

  func draw(_ figure: Figure, _ name: String) throws {
    try Plot.draw(figure, to: "\(folder)/\(name)")
    print("  picture: \(folder)/\(name).png\n")
  }

  /// Points of two classes in the plane: `[count, 2]`, and labels `[count, 1]` of 0 and 1.
  struct Points: Sendable {
    var x: Tensor
    var y: Tensor

    /// Two clouds side by side, which a line divides but for a few points.
    static func clouds(_ count: Int, _ seed: Seed) -> Points {
      make(count, seed) { label, rng in
        let centre = label == 0 ? -1.0 : 1.0
        return (centre + 0.7 * rng.normal(), 0.5 * centre + 0.7 * rng.normal())
      }
    }

    /// A disc within a ring, which no line divides.
    static func rings(_ count: Int, _ seed: Seed) -> Points {
      make(count, seed) { label, rng in
        let radius = (label == 0 ? 0.5 : 1.5) + 0.25 * rng.normal()
        let angle = 2 * Double.pi * rng.uniform()
        return (radius * cosine(angle), radius * cosine(angle - Double.pi / 2))
      }
    }

    private static func make(
      _ count: Int, _ seed: Seed, _ point: (Int, inout RandomStream) -> (Double, Double)
    ) -> Points {
      var rng = seed.makeStream()
      var (places, labels): ([Float], [Float]) = ([], [])
      for index in 0..<count {
        let (x, y) = point(index % 2, &rng)
        places += [Float(x), Float(y)]
        labels.append(Float(index % 2))
      }
      return Points(x: Tensor(places, shape: [count, 2]), y: Tensor(labels, shape: [count, 1]))
    }

    /// One class as points of a picture.
    func series(_ label: String, _ wanted: Double, color: Int) -> Figure.Series {
      let (places, labels) = (x.scalars(Double.self), y.scalars(Double.self))
      let chosen = labels.indices.filter { labels[$0] == wanted }
      return Figure.Series(
        label, x: chosen.map { places[2 * $0] }, y: chosen.map { places[2 * $0 + 1] },
        style: .points, color: color)
    }
  }

  /// What a network says at every place of the plane, as a map under the points.
  func plane(_ title: String, _ points: Points, _ network: (Tensor) -> Tensor) -> Figure.Panel {
    let axis = (0...60).map { -3 + 0.1 * Double($0) }
    let places = axis.flatMap { y in axis.flatMap { x in [Float(x), Float(y)] } }
    let grid = Tensor(places, shape: [axis.count * axis.count, 2])
    return Figure.Panel(
      title: title, xAxis: .init("x"), yAxis: .init("y"),
      series: [points.series("class 0", 0, color: 5), points.series("class 1", 1, color: 1)],
      map: .init(
        "probability of class 1", x: axis, y: axis, values: network(grid).scalars(Double.self)))
  }

  /// The share of points on the right side of one half, with its binomial error.
  func accuracy(_ points: Points, _ network: (Tensor) -> Tensor) -> Estimate {
    let (said, labels) = (network(points.x).scalars(Double.self), points.y.scalars(Double.self))
    let right = Double(zip(said, labels).count { ($0 > 0.5) == ($1 > 0.5) })
    let count = Double(labels.count)
    let share = right / count
    return Estimate(
      share, error: max(1 / (count * count), share * (1 - share) / count).squareRoot())
  }

  /// A network with two inputs and one output, whose sigmoid is the probability of class 1.
  static func perceptron(_ hidden: [Int], _ seed: Seed) -> Sequential {
    var rng = seed.makeStream()
    return .perceptron(widths: [2] + hidden + [1], activation: .tanh, using: &rng)
  }

  static func loss(_ network: Sequential, _ batch: [Tensor]) -> Tensor {
    Loss.binaryCrossEntropy(logits: network(batch[0]), targets: batch[1])
  }
}

/// The cosine of a number, through a tensor: the one function a picture needs.
func cosine(_ x: Double) -> Double { cos(Tensor(x)).item() }
