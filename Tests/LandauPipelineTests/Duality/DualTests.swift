import LandauCore
import LandauDiscovery
import LandauLattice
import LandauTestSupport
import Testing

@testable import LandauPipeline

@Suite struct DualTests {
  private func square(_ beta: Double, side: Int = 4, _ couplings: [Double] = [1, 1]) -> DualSystem {
    DualSystem(
      spins: .ising, cell: .square, partner: .spins(.square), side: side,
      bondCouplings: couplings, beta: beta, plaquette: nil)
  }

  /// By the exact transfer matrix, five digits.
  @Test(arguments: [
    (0.2, 4, 0.78475), (0.2, 8, 0.81119), (0.3, 6, 0.60098), (0.4, 8, 0.46037), (0.4, 10, 0.46815),
    (0.5, 8, 0.36883), (0.6, 4, 0.26435), (0.6, 8, 0.30586),
  ])
  func `The one-link root is that of the transfer matrix`(beta: Double, side: Int, root: Double)
    throws
  {
    let found = try #require(DualReference.finiteSize(square(beta, side: side)))
    #expect(abs(found - root) < 0.6e-5)
  }

  /// The dual with the least loss of the thirteen loop features on the periodic 4 x 4 torus, enumerated independently.
  @Test(arguments: [
    (0.2, [0.7827, -2.287, 2.497], 8.7e-6), (0.3, [0.5559, -1.352, 1.685], 1.33e-4),
    (0.4, [0.4150, -0.925, 1.364], 4.05e-4),
  ])
  func `The enumerated optimum of the loop features is known`(
    beta: Double, parameters: [Double], loss: Double
  ) throws {
    let exact = try loopsOnly(beta)
    let fit = try #require(exact.dual.fit(exact.frame, dual: exact.configurations))
    let found = [fit.couplings[0].value, fit.slopes[0].value, fit.offsets[0].value]
    for (one, other) in zip(found, parameters) { #expect(abs(one - other) < 1e-3) }
    #expect(abs(fit.loss - loss) < 0.01 * loss)
    #expect(fit.couplings[0].error == 0)
  }

  /// At the identity, and at the sign flip on this bipartite lattice, nothing is left; both are recognised.
  @Test func `The identity is a solution and no dual`() throws {
    let exact = try loopsOnly(0.2)
    let trivial = exact.dual.ansatz.allFrames.filter { exact.dual.ansatz.isTrivial($0) }
    let frame = try #require(trivial.first)
    let fit = try #require(exact.dual.fit(frame, dual: exact.configurations, starts: [0.15]))
    #expect(fit.loss < 1e-18)
    #expect(abs(abs(fit.slopes[0].value) - 1) < 1e-6)
    #expect(abs(fit.couplings[0].value - fit.slopes[0].value * 0.2) < 1e-6)
    #expect(!exact.dual.ansatz.isTrivial(exact.frame))
  }

  private func loopsOnly(
    _ beta: Double
  ) throws -> (dual: ExactDual, frame: DualFrame, configurations: [[Int8]]) {
    let system = square(beta)
    let full = system.ansatz
    let ansatz = DualAnsatz(
      original: full.original, dual: full.dual, features: DualFeatures(loopsOf: .square),
      radius: 1.01, isSelfMap: true)
    let periodic = system.bondValues(twisted: [false, false])
    // The dual links that cross the original ones.
    let frame = try #require(
      ansatz.allFrames.first { $0.choices.allSatisfy { $0.distance == 0 } })
    return (
      ExactDual(ansatz: ansatz, couplings: system.couplings, original: periodic), frame, periodic
    )
  }

  /// Duality of the torus, to rounding: with twists summed the coupling is Kramers and Wannier's, and the frame of least loss among all is
  /// the one of crossing links.
  @Test(arguments: [[1.0], [1, 0.6]])
  func `With twists summed the torus has an exact dual`(couplings: [Double]) throws {
    var options = DualOptions(model: "ising")
    options.isExact = true
    options.sectors = .summed
    options.betas = [0.3]
    options.couplings = couplings
    let point = try #require(
      try DualJob(options, writesFiles: false).points(
        seed: .test(), pool: WorkerPool(), progress: .silent, cancellation: .never
      ).first)
    let fit = try #require(point.result.fit)
    #expect(fit.loss < 1e-14)
    #expect(fit.frame.choices.allSatisfy { $0.distance == 0 })
    #expect(point.verdict == .dual)
    for (found, exact) in zip(point.couplings, try #require(point.infinite)) {
      #expect(abs(found.value - exact) < 1e-5)
    }
  }

  /// Sampled, in the sectors of the dual: within four errors, which are below 0.01. A dual coupling off by 0.03 is found.
  @Test(.slow) func `The dual of a Potts model is found and blindness changes nothing`() throws {
    try withTemporaryFolder { folder in
      var options = DualOptions(model: "potts")
      options.states = 3
      options.betas = [0.9]
      options.side = 6
      options.sectors = .summed
      options.starts = 4
      options.effort = 0.2
      options.output = folder + "/dual"
      func run() throws -> Report {
        try DualJob(options).run(pool: WorkerPool(), progress: .silent, cancellation: .never)
      }
      let report = try run()
      options.isBlind = true
      let blind = try run()
      let object = JSONValue.object(report.json)
      let blindObject = JSONValue.object(blind.json)
      #expect(object["dual"] != nil && object["dual"] == blindObject["dual"])
      #expect(object["reference"] != nil && blindObject["reference"] == nil)
      #expect(object["verdict"] == .string("dual"))
      guard case .number(let value)? = object["dual"]?["beta"]?["value"],
        case .number(let error)? = object["dual"]?["beta"]?["error"],
        case .number(let exact)? = object["reference"]?["infinite"]
      else {
        Issue.record("no numbers in \(report.text)")
        return
      }
      #expect(error < 0.01 && abs(value - exact) < 4 * error)
    }
  }

  /// Wegner: tanh K~ = exp(-2 K), 0.7034 at 0.25. A bias of 0.01 is found.
  @Test(.slow) func `The dual of the cubic Ising model is the gauge theory`() throws {
    var options = DualOptions(model: "ising")
    options.lattice = "cubic"
    options.betas = [0.25]
    options.starts = 20
    options.effort = 0.25
    let point = try #require(
      try DualJob(options, writesFiles: false).points(
        seed: .test(), pool: WorkerPool(), progress: .silent, cancellation: .never
      ).first)
    let found = try #require(point.couplings.first)
    #expect(found.error < 0.0025 && abs(found.value - 0.703415) < 4 * found.error)
    #expect(point.verdict == .dual)
  }

  /// Four clocks have a dual with one cosine, five one with two. A dual of five with one is nearly one: less than the noise.
  @Test(.slow, arguments: [(4, 1, 1.0), (5, 2, 1.1)])
  func `Clock models have duals with all cosines`(
    states: Int, harmonics: Int, beta: Double
  ) throws {
    var options = DualOptions(model: "clock")
    options.states = states
    options.harmonics = harmonics
    options.betas = [beta]
    options.side = 4
    options.sectors = .summed
    options.starts = 4
    options.effort = 0.25
    let point = try #require(
      try DualJob(options, writesFiles: false).points(
        seed: .test(states, harmonics), pool: WorkerPool(), progress: .silent, cancellation: .never
      ).first)
    #expect(point.verdict == .dual)
    let exact = try #require(point.infinite)
    #expect(point.couplings.count == exact.count)
    for (found, exact) in zip(point.couplings, exact) {
      #expect(found.error < 0.5 && abs(found.value - exact) < 4 * found.error)
    }
    options.harmonics = 1
    let one = try DualJob(options, writesFiles: false).systems[0]
    #expect((DualReference.infinite(one) == nil) == (states == 5))
  }

  /// Exactly, cosines of two and three times the angle are -0.088 and 0.045 beside 1.116 of the angle: less than the noise, and then the
  /// verdict is not that there is none to be left out.
  @Test(.slow) func `Six clocks have no dual with one cosine, or it stays open`() throws {
    var options = DualOptions(model: "clock")
    options.states = 6
    options.harmonics = 1
    options.betas = [1.5]
    options.side = 4
    options.sectors = .summed
    options.starts = 2
    options.effort = 0.5
    let point = try #require(
      try DualJob(options, writesFiles: false).points(
        seed: .test(), pool: WorkerPool(), progress: .silent, cancellation: .never
      ).first)
    #expect(point.verdict == .undetermined || point.verdict == .none)
  }

  /// No exact dual is known with plaquettes; without them the same search, in the same couplings, finds Kramers and Wannier's.
  @Test(.slow, arguments: [0.4, 0.0])
  func `The verdict on a model with plaquettes is that there is no dual`(strength: Double) throws {
    var options = DualOptions(model: "ising")
    options.betas = [0.25]
    options.plaquette = strength
    options.sectors = .summed
    options.side = 6
    options.starts = 4
    options.effort = 0.25
    let point = try #require(
      try DualJob(options, writesFiles: false).points(
        seed: .test(strength), pool: WorkerPool(), progress: .silent, cancellation: .never
      ).first)
    let fit = try #require(point.result.fit)
    if strength > 0 {
      #expect(point.verdict == .none)
      #expect(fit.loss > 10 * fit.noiseFloor)
    } else {
      #expect(point.verdict == .dual)
      let found = fit.couplings[0]
      #expect(abs(found.value - DualPoint.kramersWannier(0.25)) < 4 * found.error)
    }
  }

  @Test func `What cannot be asked for is refused with the option's name`() {
    var wrong = DualOptions(model: "xy")
    wrong.betas = [0.4]
    #expect(throws: InputError.self) { try DualJob(wrong, writesFiles: false) }
    var plaquettes = DualOptions(model: "ising")
    plaquettes.betas = [0.25]
    plaquettes.plaquette = .infinity
    let error = #expect(throws: InputError.self) { try DualJob(plaquettes, writesFiles: false) }
    #expect(error?.message.contains("--plaquette") == true)
    var clock = DualOptions(model: "clock")
    clock.betas = [1]
    clock.states = 5
    clock.harmonics = 3
    let harmonics = #expect(throws: InputError.self) { try DualJob(clock, writesFiles: false) }
    #expect(harmonics?.message.contains("--harmonics") == true)
    var none = DualOptions(model: "ising")
    none.side = 4
    #expect(throws: InputError.self) { try DualJob(none, writesFiles: false) }
  }
}
