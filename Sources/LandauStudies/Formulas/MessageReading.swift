import LandauCore
import LandauDiscovery
import LandauNN
import LandauStatistics
import LandauTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A graph network trained on accelerations, and what its messages turn out to be.
///
/// Every particle hears from every other, so a node's update is a function of the sum of its messages: a deep
/// set of its incoming edges. Messages have as many components as the force (the bottleneck of Cranmer et al., section 3)
/// and a small L1 price: where the sum of two components has to carry a force of two, messages are a linear map of it.
struct MessageReading: Sendable {
  struct Settings: Sendable {
    var samples: Int
    var epochs: Int
    /// Whether the acceleration is a linear map of the summed messages, else a perceptron of them.
    var isLinear = true
    var price = 0.001
    var effort: SymbolicRegression.Effort
  }

  let law: ParticleDynamics.Law
  /// Share of the accelerations' variance that the network explains in new samples.
  let accelerationR2: Double
  /// Of the two components, the stronger first: share of the variance that a linear map of the force explains.
  let forceR2: [Double]
  /// Values of the strongest component in test edges, and the best linear map of the force.
  let message: [Double]
  let linearMap: [Double]
  let front: ParetoFront
  /// Share of the found formula's variance that the law with free direction and size explains, on edges
  /// in twice the range of distances.
  let lawR2: Double
  /// p in (a dx + b dy) times the law's other factors over r^p, fitted to the message.
  let exponent: Estimate

  init(_ law: ParticleDynamics.Law, _ settings: Settings, run: StudyRun, repetition: Int) throws {
    self.law = law
    let seed = run.seed.child(law.rawValue, repetition)
    let dynamics = ParticleDynamics(law: law)
    let training = dynamics.samples(settings.samples, seed.child("training"))
    let test = dynamics.samples(1200, seed.child("test"))
    let network = Self.train(training, settings, seed, run)
    try run.cancellation.check()
    accelerationR2 = Self.accelerationR2(network, test)
    let edges = test.flatMap(\.edges)
    let columns = Self.messages(network, test)
    let variances = columns.map(Self.variance)
    let order = variances.indices.sorted { variances[$0] > variances[$1] }
    let pulls = edges.map(dynamics.pull)
    let fits = order.prefix(2).map { LinearMap(columns[$0], pulls) }
    forceR2 = fits.map(\.r2)
    message = columns[order[0]]
    linearMap = fits[0].values
    front = try Self.formula(message, edges, settings, seed, run)
    lawR2 = Self.lawR2(front.chosen.expression, dynamics, seed.child("law"))
    exponent = Self.exponent(message, edges, law)
  }

  // MARK: The network

  private typealias Network = DeepSet<Sequential, Sequential>

  private static func train(
    _ samples: [ParticleDynamics.Sample], _ settings: Settings, _ seed: Seed, _ run: StudyRun
  ) -> Network {
    var rng = seed.child("network").makeStream()
    var network = DeepSet(
      element: Sequential.perceptron(
        widths: [4, 64, 64, 2], activation: .silu, using: &rng),
      whole: Sequential.perceptron(
        widths: settings.isLinear ? [2, 2] : [2, 32, 2], activation: .silu, using: &rng))
    let (x, y) = ParticleDynamics.tensors(samples)
    var optimizer = AdamW.adam(learningRate: 3e-3)
    let price = settings.price
    _ = fit(
      &network, using: &optimizer, training: [x, y],
      options: TrainingOptions(
        epochs: settings.epochs, batchSize: 128, schedule: .cosine(warmUp: 50)),
      seed: seed.child("fit"), cancellation: run.cancellation, progress: run.progress
    ) { network, batch in
      let messages = network.element(batch[0])
      let prediction = network.whole(messages.sum(axes: [1]))
      return Loss.meanSquaredError(prediction, batch[1]) + abs(messages).mean() * price
    }
    return network
  }

  private static func accelerationR2(
    _ network: Network, _ samples: [ParticleDynamics.Sample]
  ) -> Double {
    let (x, y) = ParticleDynamics.tensors(samples)
    let predicted = network(x).scalars(Float.self).map(Double.init)
    let exact = y.scalars(Float.self).map(Double.init)
    let residuals = zip(predicted, exact).map { $0 - $1 }
    return 1 - residuals.reduce(0) { $0 + $1 * $1 } / exact.reduce(0) { $0 + $1 * $1 }
  }

  /// One column per component, over all edges of all samples.
  private static func messages(
    _ network: Network, _ samples: [ParticleDynamics.Sample]
  ) -> [[Double]] {
    let (x, _) = ParticleDynamics.tensors(samples)
    let messages = network.element(x)
    let width = messages.shape[2]
    let flat = messages.scalars(Float.self)
    return (0..<width).map { component in
      stride(from: component, to: flat.count, by: width).map { Double(flat[$0]) }
    }
  }

  private static func variance(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
  }

  // MARK: Formulas

  /// Products and powers of what an edge shows; differences of a fifth of a per cent of the variance count as none.
  private static func formula(
    _ message: [Double], _ edges: [[Double]], _ settings: Settings, _ seed: Seed, _ run: StudyRun
  ) throws -> ParetoFront {
    let step = max(1, edges.count / 900)
    let chosen = stride(from: 0, to: edges.count, by: step)
    let names = ["dx", "dy", "r", "m"]
    let data = try SymbolicData(
      variables: names.indices.map { column in
        .init(names[column], chosen.map { edges[$0][column] })
      }, target: chosen.map { message[$0] }, name: "message")
    let grammar = SymbolicGrammar(
      unary: [.square, .cube, .inverse], largestComplexity: 18, constantLimit: 4)
    var effort = settings.effort
    effort.indifference = 0.002
    return try SymbolicRegression(grammar: grammar, effort: effort).run(
      data, seed: seed.child("search"), pool: run.pool, cancellation: run.cancellation)
  }

  /// How far the formula is the law in some direction and of some size, on edges of 0.4 to 4.
  private static func lawR2(
    _ formula: Expression, _ dynamics: ParticleDynamics, _ seed: Seed
  ) -> Double {
    var rng = seed.makeStream()
    let edges = (0..<500).map { _ -> [Double] in
      let (r, angle) = (0.4 + 3.6 * rng.uniform(), 2 * Double.pi * rng.uniform())
      return [r * cos(angle), r * sin(angle), r, 0.5 + rng.uniform()]
    }
    return LinearMap(edges.map(formula.evaluate), edges.map(dynamics.pull)).r2
  }

  /// Fits (a dx + b dy) m / r^p + c, or (a dx + b dy) (1 - r^-p) + c for springs.
  private static func exponent(
    _ message: [Double], _ edges: [[Double]], _ law: ParticleDynamics.Law
  ) -> Estimate {
    let scale = variance(message).squareRoot()
    let fit = NonlinearFit(
      edges, values: message, errors: [Double](repeating: 0.1 * scale, count: message.count),
      initial: [scale, scale, 1.5, 0.1 * scale]
    ) { edge, p in
      let radial =
        law == .spring ? 1 - pow(edge[2], -p[2]) : edge[3] * pow(edge[2], -p[2])
      return (p[0] * edge[0] + p[1] * edge[1]) * radial + p[3]
    }
    let value = fit.parameter(2)
    // The size of the residuals is not known beforehand.
    let unit = (fit.chiSquare / Double(max(1, fit.degreesOfFreedom))).squareRoot()
    return Estimate(value.value, error: value.error * unit)
  }
}

/// Values as a linear map of vectors in the plane and a constant.
private struct LinearMap {
  var values: [Double]
  var r2: Double

  init(_ target: [Double], _ vectors: [(Double, Double)]) {
    let mean = target.reduce(0, +) / Double(target.count)
    let total = target.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let fit = LinearFit(
      design: vectors.map { [$0.0, $0.1, 1] }, values: target,
      errors: [Double](repeating: 1, count: target.count))
    guard let fit, total > 0, total.isFinite else {
      values = target.map { _ in mean }
      r2 = 0
      return
    }
    let c = fit.coefficients
    values = vectors.map { c[0] * $0.0 + c[1] * $0.1 + c[2] }
    r2 = 1 - fit.chiSquare / total
  }
}
