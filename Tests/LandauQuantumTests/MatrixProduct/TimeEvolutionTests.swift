import LandauCore
import LandauExact
import LandauLattice
import LandauTestSupport
import Testing

@testable import LandauQuantum

private typealias Number = LandauCore.Complex<Double>

@Suite struct TimeEvolutionTests {
  private static func chain(_ n: Int) throws -> Lattice {
    try Lattice.named("chain", sides: [n], boundary: [.open])
  }

  /// A chain with every kind of term: fields, different couplings, a complex one.
  private static func hamiltonian(_ n: Int) throws -> PauliSum {
    var sum = PauliSum.xxz(try chain(n), coupling: 0.7, anisotropy: 1.4, field: 0.2)
    for i in 0..<n { sum.add(0.3 + 0.1 * Double(i), [.x(i)]) }
    for i in 0..<n - 1 {
      sum.add(0.25, [.x(i), .y(i + 1)])
      sum.add(-0.25, [.y(i), .x(i + 1)])
    }
    return sum
  }

  private static func neel(_ n: Int) -> TimeEvolution.State {
    TimeEvolution.State(
      product: (0..<n).map {
        $0 % 2 == 0 ? (Number(1), Number.zero) : (Number.zero, Number(1))
      })
  }

  /// |1 - |<exact|state>|| and what is left of the phase: the distance of amplitudes.
  private static func distance(_ state: TimeEvolution.State, _ exact: [Number]) -> Double {
    let amplitudes = MatrixProductStateTests.amplitudes(state)
    return zip(amplitudes, exact).reduce(0.0) { $0 + ($1.0 - $1.1).squaredMagnitude }.squareRoot()
  }

  /// exp(-i H t) psi from all levels.
  private static func evolved(_ psi: [Number], _ sum: PauliSum, time: Double) throws -> [Number] {
    var result = [Number](repeating: .zero, count: psi.count)
    for level in try SpinDiagonalization(sum).spectrum() {
      let vector = level.state.amplitudes
      let overlap = zip(vector, psi).reduce(Number.zero) { $0 + $1.0.conjugate * $1.1 }
      let factor = overlap * Number.unit(angle: -level.energy * time)
      for index in result.indices { result[index] += factor * vector[index] }
    }
    return result
  }

  /// Halving the step divides the error by 4 or 16, and the error is small.
  @Test func `Trotter errors have their orders`() throws {
    let n = 6
    let sum = try Self.hamiltonian(n)
    let start = Self.neel(n)
    let exact = try Self.evolved(MatrixProductStateTests.amplitudes(start), sum, time: 2)
    for (order, ratio, bound) in [
      (TimeEvolution.Order.second, 4.0, 3e-2), (.fourth, 16, 1e-3),
    ] {
      var errors: [Double] = []
      for steps in [20, 40, 80] {
        var state = start
        var loss = TimeEvolution.Loss()
        try TimeEvolution(sum, timeStep: 2 / Double(steps), order: order, cutoff: 0)
          .advance(&state, steps: steps, loss: &loss)
        #expect(loss.discardedWeight < 1e-20 && loss.largestBondDimension == 8)
        errors.append(Self.distance(state, exact))
      }
      #expect(errors[1] < bound, "\(order): \(errors)")
      for k in 0..<2 {
        #expect(abs(errors[k] / errors[k + 1] / ratio - 1) < 0.1, "\(order): \(errors)")
      }
    }
  }

  /// Energy, magnetisation and length of a longer chain, up to what truncation takes; and back again.
  @Test(.slow) func `What is conserved stays`() throws {
    let n = 20
    let sum = PauliSum.xxz(try Self.chain(n), anisotropy: 0.5)
    let start = Self.neel(n)
    let energy = try start.expectation(sum)
    #expect(abs(energy + 0.5 * Double(n - 1)) < 1e-12)
    var state = start
    var loss = TimeEvolution.Loss()
    var forth = try TimeEvolution(sum, timeStep: 0.02, maximumBondDimension: 60, cutoff: 1e-12)
    try forth.advance(&state, steps: 40, loss: &loss)
    #expect(abs(try state.expectation(sum) - energy) < 1e-5)
    #expect(abs(state.norm * state.norm - (1 - loss.discardedWeight)) < 1e-8)
    #expect(loss.discardedWeight < 1e-8)
    var total = PauliSum(siteCount: n)
    for i in 0..<n { total.add(1, [.z(i)]) }
    #expect(abs(try state.expectation(total)) < 1e-7)
    // The Neel order has melted in the middle.
    var single = PauliSum(siteCount: n)
    single.add(1, [.z(n / 2)])
    #expect(try state.expectation(single) < 0.7)
    let back = try TimeEvolution(sum, timeStep: -0.02, maximumBondDimension: 60, cutoff: 1e-12)
    try back.advance(&state, steps: 40, loss: &loss)
    #expect(abs(state.overlap(start).magnitude - 1) < 1e-6)
    // With too few states the loss is seen.
    forth.maximumBondDimension = 4
    var (poor, poorLoss) = (start, TimeEvolution.Loss())
    try forth.advance(&poor, steps: 40, loss: &poorLoss)
    #expect(poorLoss.discardedWeight > 1e-4 && poorLoss.largestBondDimension == 4)
    #expect(abs(poor.norm * poor.norm - (1 - poorLoss.discardedWeight)) < 1e-2)
  }

  @Test func `Imaginary time leads to the ground state`() throws {
    let sum = PauliSum.transverseIsing(try Self.chain(10), transverseField: 1.3)
    let ground = try SpinDiagonalization(sum).lowest(1, seed: .test())[0]
    var state = TimeEvolution.State(
      product: [(up: Number, down: Number)](repeating: (Number(1), Number(0.4)), count: 10))
    var loss = TimeEvolution.Loss()
    for step in [0.1, 0.02] {
      try TimeEvolution(sum, timeStep: step, isImaginary: true, cutoff: 1e-13)
        .advance(&state, steps: Int(12 / step), loss: &loss)
    }
    #expect(abs(state.norm - 1) < 1e-12)
    #expect(abs(try state.expectation(sum) - ground.energy) < 1e-7)
  }

  @Test func `Other couplings are refused`() throws {
    var sum = PauliSum(siteCount: 4)
    sum.add(1, [.z(0), .z(2)])
    do {
      _ = try TimeEvolution(sum, timeStep: 0.1)
      Issue.record("accepted")
    } catch let error as InputError { #expect("\(error)".contains("0, 2")) }
  }
}
