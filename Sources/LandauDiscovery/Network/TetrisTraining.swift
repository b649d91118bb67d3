import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

struct TetrisFit: Sendable {
  let set: TrainingSet
  let hidden: (Int, Int)
  var p: [[Float]]
  func coefficients(branch: Int) -> [Double] {
    set.groups[branch].map { Double(p[0][$0]) / Double(set.scale[$0]) }
  }
  func predict(_ e: Ensemble, samples: some RandomAccessCollection<Int>) -> [Float] {
    var out: [Float] = []
    out.reserveCapacity(samples.count)
    let k = set.groups.count
    let (h1, h2) = hidden
    var x: [Float] = []
    set.features(e, samples: samples, into: &x)
    let F = set.columns.count
    var z = [Float](repeating: 0, count: k)
    var a = [Float](repeating: 0, count: h1)
    for i in 0..<samples.count {
      for b in 0..<k { z[b] = set.groups[b].reduce(0) { $0 + p[0][$1] * x[i * F + $1] } }
      for j in 0..<h1 { var s = p[2][j]; for b in 0..<k { s += z[b] * p[1][b * h1 + j] }; a[j] = tanhf(s) }
      var o = p[6][0]
      for j in 0..<h2 { var s = p[4][j]; for q in 0..<h1 { s += a[q] * p[3][q * h2 + j] }; o += tanhf(s) * p[5][j] }
      out.append(Float(Double(o) * set.labelScale + set.labelCenter))
    }
    return out
  }
  func squaredError(_ e: Ensemble, samples: [Int], labels: [Int]? = nil) -> Double {
    let q = predict(e, samples: samples)
    var s = 0.0, w = 0.0
    for (i, sample) in samples.enumerated() {
      let pi = (labels ?? e.parameterIndex)[sample]
      let d = (Double(q[i]) - e.parameters[pi]) / set.labelScale
      s += Double(set.weights[pi]) * d * d
      w += Double(set.weights[pi])
    }
    return s / w
  }
}

enum TetrisTraining {
  static func fit(_ e: Ensemble, windows: [Int], split: Split, steps: Int, shuffle: [Int]?, seed: Seed) -> TetrisFit {
    let set = TrainingSet(e, windows: windows, training: split.training)
    return TetrisFit(set: set, hidden: (32, 16), p: [[Float](repeating: 1, count: set.columns.count), [Float](repeating: 0.1, count: 32 * windows.count), [Float](repeating: 0, count: 32), [Float](repeating: 0.1, count: 512), [Float](repeating: 0, count: 16), [Float](repeating: 0.1, count: 16), [0]])
  }
}
