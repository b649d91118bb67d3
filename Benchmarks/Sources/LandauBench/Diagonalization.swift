import Landau

/// Seconds for the ground energy of the critical transverse-field Ising ring: among all states without a matrix, and with a sparse one in the sector of
/// momentum 0, even under reflection and flip; the basis is built each time.
func diagonalization(siteCount n: Int, blocks: Int) throws {
  let exact = try TransverseIsingChain(siteCount: n, field: 1).energy
  let model = PauliSum.transverseIsing(
    try Lattice.named("chain", sides: [n]), transverseField: 1)
  func show(_ name: String, _ basis: () -> SpinBasis) throws {
    var energy = 0.0
    let figure = try time(blocks: blocks) {
      energy = try SpinDiagonalization(model, basis: basis()).lowest(1, seed: Seed(1))[0].energy
      return 1
    }
    precondition(abs(energy - exact) < 1e-8, "\(energy) for \(exact)")
    print(
      "diagonalization_\(name)_N\(n): \(Estimate.fixed(figure.median, digits: 4)) s "
        + "(best \(Estimate.fixed(figure.best, digits: 4)))")
  }
  try show("full") { SpinBasis(siteCount: n) }
  try show("symmetric") {
    SpinBasis(
      siteCount: n,
      group: SpinSymmetryGroup(
        siteCount: n,
        generators: [
          .translation(siteCount: n), .reflection(siteCount: n), .spinFlip(siteCount: n),
        ]))
  }
}
