import Landau

/// What Metropolis in strips gives in the very mode that is timed, beside the infinite lattice.
///
/// At T = 2.5 the correlation length is a few lattice constants, so that a side of 1024 and more is
/// infinite to far more digits than are measured. One chain, one thread, no pool.
func verify(side: Int, sweeps: Int, seed: UInt64, temperature: Double = 2.5) throws {
  let beta = 1 / temperature
  let model = try IsingModel(sides: [side, side])
  let chain = try IsingChain(model: model, beta: beta, update: .metropolis, seed: Seed(seed))
  let spacing = 4
  print("\(chain.model.lattice), T = \(temperature), \(sweeps) sweeps: \(chain.algorithm)")
  chain.burnIn(1000)
  var energies: [Double] = []
  var diagonals: [Double] = []
  var seconds = 0.0
  for measurement in 0..<(sweeps / spacing) {
    let start = threadSeconds()
    chain.sweep(spacing)
    seconds += threadSeconds() - start
    energies.append(chain.energyPerSite)
    if measurement % 25 == 0 { diagonals.append(diagonalCorrelator(chain.spins, side: side)) }
  }
  let exact = Onsager()
  let energy = Series(energies, spacing: spacing)
  let sites = Double(model.siteCount)
  show("energyPerSite", energy.estimate(), exact.energyPerSite(beta: beta))
  show(
    "specificHeatPerSite", Estimate.jackknife(energy) { beta * beta * sites * $0.variance },
    exact.specificHeatPerSite(beta: beta))
  show(
    "diagonalCorrelator", Series(diagonals, spacing: 25 * spacing).estimate(),
    exact.diagonalCorrelation(beta: beta))
  let rate = Double(sweeps / spacing * spacing) * sites / seconds
  print("rate: \(Estimate.fixed(1e-9 * rate, digits: 3)) attempts/ns on one core")
  if let acceptance = chain.acceptanceRate { print("acceptanceRate: \(acceptance)") }
}

private func show(_ name: String, _ estimate: Estimate, _ exact: Double) {
  let pull = Estimate.fixed(estimate.pull(to: exact), digits: 2)
  let time = Estimate.fixed(estimate.integratedTime ?? .nan, digits: 2)
  print(
    "\(name): \(estimate.value) +/- \(estimate.error), exact \(exact), pull \(pull), "
      + "integrated time \(time)")
}

/// Mean of s(r, c) s(r + 1, c + 1).
private func diagonalCorrelator(_ spins: [Int8], side: Int) -> Double {
  var sum = 0
  spins.withUnsafeBufferPointer { spins in
    for row in 0..<side {
      let here = row * side
      let below = (row + 1) % side * side
      var part = 0
      for column in 0..<(side - 1) {
        part += Int(spins[here + column] &* spins[below + column + 1])
      }
      sum += part + Int(spins[here + side - 1] &* spins[below])
    }
  }
  return Double(sum) / Double(side * side)
}
