import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Quantities {
  /// Moves of the topological charge without which its spread says nothing.
  static let leastTunnellings = 10

  /// Of gauge theories with a continuous group: plaquette, action and its fluctuation, the Polyakov loop, Wilson
  /// loops and Creutz' ratios, topological charge.
  func links(_ gauge: GaugeModel) -> [Named] {
    guard let plaquette = recording[.plaquette] else { return [] }
    let mean = plaquette.estimate()
    var action = mean.scaled(by: beta)
    action.value = beta * (1 - mean.value)
    let heat =
      beta == 0
      ? Estimate(0, error: 0)
      : Estimate.jackknife(plaquette) {
        beta * beta * Double(gauge.plaquetteCount) * $0.variance
      }
    return [
      ("plaquette", mean), ("actionPerPlaquette", action), ("specificHeatPerPlaquette", heat),
    ] + polyakov() + loops() + potential() + topology(gauge)
  }

  /// The loop that winds round axis 0: its modulus, and its square.
  private func polyakov() -> [Named] {
    guard let real = recording[.polyakovReal], let imaginary = recording[.polyakovImaginary]
    else { return [] }
    let squares = zip(real.chains, imaginary.chains).map { zip($0, $1).map { $0 * $0 + $1 * $1 } }
    let square = Series(squares, spacing: real.spacing)
    return [
      ("absPolyakovLoop", square.map { $0.squareRoot() }.estimate()),
      ("polyakovLoopSquared", square.estimate()),
    ]
  }

  /// Rectangles, and of squares Creutz' ratio -ln W(R, R) W(R-1, R-1) / W(R, R-1)^2, a string tension at large R.
  private func loops() -> [Named] {
    var quantities: [Named] = []
    var ratios: [Named] = []
    for shape in WilsonLoop.upTo(32) {
      guard let series = recording[shape.observable] else { continue }
      quantities.append((shape.observable.name, series.estimate()))
      let side = shape.width
      guard shape.height == side, let oblong = recording[WilsonLoop(side - 1, side).observable],
        let smaller = recording[side == 2 ? .plaquette : WilsonLoop(side - 1, side - 1).observable]
      else { continue }
      let ratio = Estimate.jackknife([series, smaller, oblong]) {
        -log($0[0] * $0[1] / ($0[2] * $0[2]))
      }
      // Loops that vanish within their errors have no logarithm.
      if ratio.value.isFinite && ratio.error.isFinite && series.mean > 0 {
        ratios.append(("creutzRatio\(side)", ratio))
      }
    }
    return quantities + ratios
  }

  /// The static potential V(R) = ln W(R, T - 1)/W(R, T) of smeared loops at the largest T measured, in units of the
  /// inverse lattice spacing, and t^2 E of the flow.
  private func potential() -> [Named] {
    var quantities: [Named] = []
    for width in 1...32 {
      let series = (1...32).compactMap { recording[.timeLoop(width, $0)] }
      guard series.count > 1, let last = series.last else { break }
      let ratio = Estimate.jackknife([series[series.count - 2], last]) { log($0[0] / $0[1]) }
      if ratio.value.isFinite && ratio.error.isFinite && last.mean > 0 {
        quantities.append(("staticPotential\(width)", ratio))
      }
    }
    if let flowed = recording[.flowedAction] {
      quantities.append(("flowedActionDensity", flowed.estimate()))
    }
    return quantities
  }

  /// <Q> and <Q^2>/V with a warning instead of errors where the charge hardly moved.
  private func topology(_ gauge: GaugeModel) -> [Named] {
    guard let charge = recording[.topologicalCharge] else { return [] }
    let moves = charge.chains.reduce(0) { sum, chain in
      sum + zip(chain, chain.dropFirst()).count { $0.rounded() != $1.rounded() }
    }
    var quantities: [Named] = [
      ("topologicalCharge", charge.estimate()),
      (
        "topologicalSusceptibility",
        charge.map { $0 * $0 }.estimate().scaled(by: 1 / sites)
      ),
    ]
    guard moves < Self.leastTunnellings else { return quantities }
    for index in quantities.indices {
      quantities[index].estimate.error = .nan
      quantities[index].estimate.warning =
        "frozen topology: the charge changed \(moves) times in all chains, and fewer than "
        + "\(Self.leastTunnellings) give no error"
    }
    return quantities
  }
}
