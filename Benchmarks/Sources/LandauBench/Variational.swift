import Landau

/// An iteration of variational Monte Carlo on the critical ring of 32 spins: a real machine with as many hidden units as spins, stochastic
/// reconfiguration (rate 0.05, shift 0.01), 1008 states of 16 chains. The median of blocks of ten iterations, sampling included, and the energy
/// that 300 iterations lead to: the mean of the last 20, beside the exact one.
func variational() throws {
  let n = 32
  let model = PauliSum.transverseIsing(
    try Lattice.named("chain", sides: [n]), transverseField: 1)
  let exact = try TransverseIsingChain(siteCount: n, field: 1).energy
  let machine = RestrictedBoltzmannMachine(siteCount: n, filterCount: n, seed: Seed(1))
  let run = try VariationalMonteCarlo(
    machine, model, plan: .init(iterations: 301), seed: Seed(2))
  let pool = WorkerPool(threadCount: 1)
  var energies = [try run.advance(pool: pool).energy.value]
  let figure = try time(blocks: 30) {
    for _ in 0..<10 { energies.append(try run.advance(pool: pool).energy.value) }
    return 10
  }
  let energy = energies.suffix(20).reduce(0, +) / 20
  print(
    "variational_N\(n): \(Estimate.fixed(1e3 * figure.median, digits: 2)) ms/iteration "
      + "(best \(Estimate.fixed(1e3 * figure.best, digits: 2))), energy "
      + "\(Estimate.fixed(energy, digits: 4)), exact \(Estimate.fixed(exact, digits: 4))")
}
