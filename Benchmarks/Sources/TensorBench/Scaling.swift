#if canImport(Landau)
  import Landau
#else
  import LandauCore
  import LandauPlot
#endif

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Training steps of perceptrons of two hidden layers against the arithmetic in them: by width and by batch.
///
/// `Benchmarks/peers.py scaling jax` measures the same networks; both write lines of width, batch and microseconds.
enum Scaling {
  struct Point {
    var width: Int
    var batch: Int
    var seconds: Double

    /// Multiplications and additions: forward, and as many for each of both gradients but that in the input.
    var flops: Double {
      let (w, b) = (Double(width), Double(batch))
      return 2 * b * (3 * (2 * w * w + 2 * w) - w * w)
    }
  }

  /// Widths at batch 32, and batches at width 16.
  static let widths = [4, 8, 16, 32, 64, 128, 256, 512].map { (width: $0, batch: 32) }
  static let batches = [1, 4, 16, 64, 256, 1024, 4096, 16384].map { (width: 16, batch: $0) }
  /// 1e3 to 1e4.
  static let least = [(width: 4, batch: 4), (width: 4, batch: 16)]

  static func measured() -> [Point] {
    (least + widths + batches).map { width, batch in
      let training = TensorCase.perceptron(
        "scaling", [width, width, width, 2], batch: batch
      ).make()
      let clock = TensorCase.pool == nil ? processSeconds : wallSeconds
      let figure = measure(blocks: 5, seconds: 0.1, clock: clock, training.step)
      print("\(width) \(batch) \(text(1e6 * figure.median, 2))")
      return Point(width: width, batch: batch, seconds: figure.median)
    }
  }

  /// Those lines from standard input.
  static func piped() -> [Point] {
    var points: [Point] = []
    while let line = readLine() {
      let fields = line.split(separator: " ").compactMap { Double($0) }
      guard fields.count == 3 else { continue }
      points.append(
        Point(width: Int(fields[0]), batch: Int(fields[1]), seconds: 1e-6 * fields[2]))
    }
    return points
  }

  /// Multiplications and additions a second of OpenBLAS on large matrices, where the figures of the manual were measured.
  static let peak = 2.25e11

  /// - Parameter peers: their name and points.
  static func figure(_ ours: [Point], peers: (name: String, points: [Point])) -> Figure {
    func panel(_ title: String, _ isIn: (Point) -> Bool) -> Figure.Panel {
      let all = [("this program", ours, 0), (peers.name, peers.points, 1)].map {
        name, points, color in
        let points = points.filter(isIn).sorted { $0.flops < $1.flops }
        return Figure.Series(
          name, x: points.map(\.flops), y: points.map { 1e6 * $0.seconds }, style: .linePoints,
          color: color)
      }.filter { !$0.x.isEmpty }
      let ends = all.flatMap(\.x)
      let range = [ends.min() ?? 1e3, ends.max() ?? 1e8]
      return Figure.Panel(
        title: title, xAxis: .init("multiplications and additions a step", logarithmic: true),
        yAxis: .init("microseconds a step", logarithmic: true),
        series: all + [
          Figure.Series(
            "225 GFlop/s", x: range, y: range.map { 1e6 * $0 / peak }, style: .dashedLine, color: -1
          )
        ])
    }
    return Figure(
      title: "Training steps of small perceptrons",
      panels: [
        panel("Widths 4 to 512, batch 32 (4 and 16 at the left)") {
          $0.width != 16 || $0.batch == 32
        },
        panel("Width 16, batches 1 to 16384") { $0.width == 16 },
      ], columnCount: 2)
  }
}
