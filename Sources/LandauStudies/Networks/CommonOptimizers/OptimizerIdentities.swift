import LandauCore
import LandauNN
import LandauTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What is known exactly of optimisers: first steps, contraction rates, and their formulas written out again for plain
/// numbers.
struct OptimizerIdentities {
  let adamFirstStep: Double
  let heavyBallRate: Double
  /// The largest difference to the plain formulas, by name.
  let trajectories: [(name: String, difference: Double)]
  static let conditionNumber = 100.0

  init() {
    adamFirstStep = Self.adamFirstStep()
    heavyBallRate = Self.heavyBallRate()
    trajectories = Self.trajectories()
  }

  /// Adam's first step is -rate sign(gradient), up to epsilon over the gradient: the largest relative difference.
  private static func adamFirstStep() -> Double {
    let gradient = [3.0, -0.02, 700, -1e-3]
    var adam = AdamW.adam(learningRate: 0.05, epsilon: 1e-12)
    var parameters = [Tensor.zeros([gradient.count], type: .double)]
    adam.step(&parameters, gradients: [Tensor(gradient)])
    let moved = parameters[0].scalars(Double.self)
    return zip(moved, gradient).map { abs($0 / (-0.05 * ($1 > 0 ? 1 : -1)) - 1) }.max() ?? .nan
  }

  /// How much of the distance a step of the optimally tuned heavy ball leaves on a quadratic with curvatures from 1 to
  /// k, after many steps.
  ///
  /// With the rate 4/(1 + sqrt k)^2 and momentum ((sqrt k - 1)/(sqrt k + 1))^2 the two-step recursion of every
  /// curvature has two complex eigenvalues of modulus sqrt(momentum); at the ends of the range they coincide, and the
  /// distance falls as n times the power. Polyak 1964.
  private static func heavyBallRate() -> Double {
    let curvatures = Tensor((0..<25).map { pow(conditionNumber, Double($0) / 24) })
    let root = conditionNumber.squareRoot()
    let momentum = pow((root - 1) / (root + 1), 2)
    var ball = SGD(learningRate: 4 / pow(root + 1, 2), momentum: momentum)
    var place = [Tensor.ones([25], type: .double)]
    func distance() -> Double { (place[0] * place[0]).sum().item(Double.self).squareRoot() }
    func move(_ steps: Int) {
      for _ in 0..<steps { ball.step(&place, gradients: [curvatures * place[0]]) }
    }
    // n rho^n: the quotient of distances at 2n and n is 2 rho^n up to 1/n.
    let steps = 300
    move(steps)
    let half = distance()
    move(steps)
    return pow(distance() / half / 2, 1 / Double(steps))
  }

  // MARK: Trajectories

  /// A curved valley, f = (1 - x)^2 + 5 (y - x^2)^2, and its gradient.
  static func gradient(_ place: [Double]) -> [Double] {
    let (x, y) = (place[0], place[1])
    return [-2 * (1 - x) - 20 * x * (y - x * x), 10 * (y - x * x)]
  }

  /// One step of a formula for plain numbers: place, gradient and two memories of one coordinate, and the number of
  /// the step from 1.
  private typealias Formula = (
    _ p: inout Double, _ g: Double, _ a: inout Double, _ b: inout Double, _ step: Int
  ) -> Void

  private static func trajectories() -> [(name: String, difference: Double)] {
    let rate = 0.01
    return [
      ("gradient descent", difference(SGD(learningRate: rate)) { p, g, _, _, _ in p -= rate * g }),
      (
        "momentum",
        difference(SGD(learningRate: rate, momentum: 0.9)) { p, g, v, _, _ in
          v = 0.9 * v + g
          p -= rate * v
        }
      ),
      (
        "Nesterov",
        difference(SGD(learningRate: rate, momentum: 0.9, isNesterov: true)) { p, g, v, _, _ in
          v = 0.9 * v + g
          p -= rate * (g + 0.9 * v)
        }
      ),
      (
        "Adagrad",
        difference(Adagrad(learningRate: 0.1, epsilon: 1e-10)) { p, g, s, _, _ in
          s += g * g
          p -= 0.1 * g / (s.squareRoot() + 1e-10)
        }
      ),
      (
        "RMSProp",
        difference(RMSProp(learningRate: rate, decay: 0.9, epsilon: 1e-8)) { p, g, s, _, _ in
          s = 0.9 * s + 0.1 * g * g
          p -= rate * g / (s.squareRoot() + 1e-8)
        }
      ),
      (
        "Adam",
        difference(AdamW.adam(learningRate: rate)) { p, g, m, s, step in
          m = 0.9 * m + 0.1 * g
          s = 0.999 * s + 0.001 * g * g
          let mean = m / (1 - pow(0.9, Double(step)))
          let square = s / (1 - pow(0.999, Double(step)))
          p -= rate * mean / (square.squareRoot() + 1e-8)
        }
      ),
    ]
  }

  private static func difference(_ optimizer: some GradientOptimizer, _ formula: Formula) -> Double
  {
    var optimizer = optimizer
    var parameters = [Tensor([-0.6, 0.9])]
    var place = [-0.6, 0.9]
    var (first, second) = ([0.0, 0], [0.0, 0])
    var worst = 0.0
    for step in 1...200 {
      let here = parameters[0].scalars(Double.self)
      optimizer.step(&parameters, gradients: [Tensor(gradient(here))])
      let slope = gradient(place)
      for axis in 0..<2 {
        formula(&place[axis], slope[axis], &first[axis], &second[axis], step)
      }
      for (a, b) in zip(parameters[0].scalars(Double.self), place) {
        worst = max(worst, abs(a - b))
      }
    }
    return worst
  }

  var findings: [StudyFinding] {
    let root = Self.conditionNumber.squareRoot()
    let rate = (root - 1) / (root + 1)
    return [
      .bounded(
        "adamFirstStep", "Adam's first step over -rate sign(gradient), minus 1", adamFirstStep,
        1e-8, "exact up to epsilon/|gradient|"),
      StudyFinding(
        "heavyBall", "contraction of the heavy ball, curvatures 1 to 100",
        measured: Estimate(heavyBallRate, error: 0), expected: .value(rate, error: 1e-4),
        reference: "(sqrt k - 1)/(sqrt k + 1), Polyak 1964; measured from steps 300 to 600"),
    ]
      + trajectories.map { name, difference in
        .bounded(
          "path"
            + name.split(separator: " ").map { $0.prefix(1).uppercased() + $0.dropFirst() }
            .joined(), "\(name): 200 steps, minus the plain formula", difference, 1e-12,
          "the formula, number by number")
      }
  }

  // MARK: Picture

  /// Paths from one start over the valley.
  static func panel() -> Figure.Panel {
    let axis = (0...60).map { -1.5 + 0.05 * Double($0) }
    let heights = axis.flatMap { y in axis.map { x in height([x, y]) + 1e-3 } }
    let racers: [(String, any GradientOptimizer)] = [
      ("gradient descent", SGD(learningRate: 0.01)),
      ("momentum", SGD(learningRate: 0.01, momentum: 0.9)),
      ("RMSProp", RMSProp(learningRate: 0.02)), ("Adam", AdamW.adam(learningRate: 0.05)),
    ]
    let series = racers.enumerated().map { index, racer in
      let path = path(racer.1)
      return Figure.Series(
        racer.0, x: path.map { $0[0] }, y: path.map { $0[1] }, color: index == 0 ? -1 : index)
    }
    return Figure.Panel(
      title: "300 steps in a curved valley", xAxis: .init("x"), yAxis: .init("y"), series: series,
      map: .init("(1 - x)^2 + 5 (y - x^2)^2", x: axis, y: axis, values: heights, logarithmic: true))
  }

  private static func height(_ p: [Double]) -> Double {
    pow(1 - p[0], 2) + 5 * pow(p[1] - p[0] * p[0], 2)
  }

  private static func path(_ optimizer: any GradientOptimizer) -> [[Double]] {
    var optimizer = optimizer
    var parameters = [Tensor([-1.2, -1.2])]
    var path: [[Double]] = [[-1.2, -1.2]]
    for step in 0..<300 {
      optimizer.step(&parameters, gradients: [Tensor(gradient(path[step]))])
      path.append(parameters[0].scalars(Double.self))
    }
    return path
  }
}
