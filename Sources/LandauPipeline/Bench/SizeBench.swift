public import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauPlot

/// What a Metropolis attempt costs on square Ising lattices of sides 64 to 65536, one thread.
///
/// Spins lie in the bits of words where sides are multiples of 128, so the largest lattice takes 512 MiB. The
/// temperature is 2.5, where chains forget their start in a few sweeps.
public struct SizeBench: Sendable {
  static let sides = (6...16).map { 1 << $0 }

  private let output: String?

  /// - Parameter output: a folder for the figure; nil draws none.
  /// - Throws: `InputError` when the folder cannot be made.
  public init(output: String?) throws(InputError) {
    self.output = output
    if let output { try OutputPath.makeFolder(output) }
  }

  private struct Point {
    var side: Int
    var algorithm: String
    /// Nanoseconds for an attempt.
    var median: Double
    var best: Double
  }

  /// - Throws: `Interrupted` when stopped, `RunError` where the figure cannot be written.
  public func run(
    pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> Report {
    progress.begin("sizes", total: Self.sides.count)
    defer { progress.end() }
    let floor = BenchCase.strips.nanoseconds(ProcessorRates(clock: BenchJob.processorSeconds))
    var points: [Point] = []
    for side in Self.sides {
      progress.detail("L = \(side)")
      try MemoryBudget.require(
        0.2 * Double(side) * Double(side), for: "the largest side", "\(side)")
      let chain = try IsingChain(
        model: IsingModel(sides: [side, side]), beta: 0.4, update: .metropolis, seed: Seed(1))
      chain.sweep(2)
      let time = try BenchTime(clock: BenchJob.processorSeconds, cancellation: cancellation) {
        chain.sweep($0)
        return Double($0) * Double(side) * Double(side)
      }
      points.append(
        Point(
          side: side, algorithm: chain.algorithm, median: 1e9 * time.median, best: 1e9 * time.best))
      progress.advance()
    }
    var files: [String] = []
    if let output { files = try Plot.draw(figure(points, floor: floor), to: output + "/figure") }
    return Report(json: json(points, floor: floor), text: text(points, floor: floor), files: files)
  }

  private func figure(_ points: [Point], floor: Double) -> Figure {
    let sides = points.map { Double($0.side) }
    return Figure(
      title: "Metropolis on square Ising lattices, one thread",
      panels: [
        Figure.Panel(
          title: "Kernels \(ProcessorLevel.current)", xAxis: .init("L", logarithmic: true),
          yAxis: .init("nanoseconds for an attempt", logarithmic: true),
          series: [
            .init(
              "median of nine blocks", x: sides, y: points.map(\.median), style: .linePoints,
              color: 0),
            .init("best block", x: sides, y: points.map(\.best), style: .points, color: 1),
            .init(
              "random bits alone", x: [sides[0], sides[sides.count - 1]], y: [floor, floor],
              style: .dashedLine, color: -1),
          ])
      ])
  }

  private func json(_ points: [Point], floor: Double) -> [JSONValue.Member] {
    [
      .init("kernels", .string(ProcessorLevel.current)), .init("floorNanoseconds", .number(floor)),
      .init(
        "sizes",
        .array(
          points.map {
            .pairs([
              "side": .integer($0.side), "algorithm": .string($0.algorithm),
              "nanosecondsMedian": .number($0.median), "nanosecondsBest": .number($0.best),
            ])
          })),
    ]
  }

  private func text(_ points: [Point], floor: Double) -> String {
    var table = TextTable(["L", "ns", "best", "per ns"])
    for point in points {
      table.append([
        "\(point.side)", Estimate.fixed(point.median, digits: 4),
        Estimate.fixed(point.best, digits: 4), Estimate.fixed(1 / point.best, digits: 2),
      ])
    }
    return
      "Nanoseconds for a Metropolis attempt, square Ising lattices at T = 2.5, one thread; the random bits "
      + "alone take \(Estimate.fixed(floor, digits: 4)).\n\n" + table.text()
  }
}
