import Landau

extension Tutorial {
  /// The loss is a function of all weights; a slice through the minimum along two random directions, each filter as
  /// long as the filter it moves, shows its shape.
  func landscape(of network: Sequential) throws {
    print("6. The loss landscape")
    let points = Points.rings(400, seed.child("rings"))
    let data = [points.x, points.y]
    var rng = seed.child("landscape").makeStream()
    let parameters = network.tensors
    let first = LossLandscape.filterNormalizedDirection(of: parameters, using: &rng)
    let second = LossLandscape.filterNormalizedDirection(of: parameters, using: &rng)
    let axis = (-20...20).map { Double($0) / 20 }
    let loss = compile { [Self.loss(network.replacing($0), data)] }
    let plane = LossLandscape.plane(
      through: parameters, along: first, and: second, at: axis, and: axis
    ) { loss($0)[0].item() }
    let spectrum = HessianSpectrum(at: parameters, steps: 30, using: &rng) {
      Self.loss(network.replacing($0), data)
    }
    print("  largest curvature \(Estimate.fixed(spectrum.largest.value, digits: 3))")
    try draw(
      Figure(
        title: "The loss landscape",
        panels: [
          Figure.Panel(
            title: "Slice through the trained network", xAxis: .init("first direction"),
            yAxis: .init("second direction"), series: [],
            map: .init("loss", x: axis, y: axis, values: plane.losses, logarithmic: true))
        ]), "6-loss-landscape")
  }
}
