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
  static func initialise(_ e: Ensemble, set: TrainingSet, samples: [Int], seed: Seed) -> [[Float]] {
    var rng = seed.child("init").makeStream()
    let k = set.groups.count
    let (h1, h2) = (32, 16)
    var x: [Float] = []
    let some = Array(samples.indices.filter { $0 % max(1, samples.count / 2000) == 0 }.map { samples[$0] })
    set.features(e, samples: some, into: &x)
    let F = set.columns.count
    let y = some.map { set.labels[e.parameterIndex[$0]] }
    var w = [Float](repeating: 0, count: F)
    for f in 0..<F {
      var c: Float = 0
      for i in some.indices { c += x[i * F + f] * y[i] }
      w[f] = c / Float(some.count) + 0.1 * Float(rng.normal())
    }
    var zs = [[Float]](repeating: [Float](repeating: 0, count: some.count), count: k)
    for b in 0..<k {
      var m: Float = 0, v: Float = 0
      for i in some.indices { var s: Float = 0; for f in set.groups[b] { s += w[f] * x[i * F + f] }; zs[b][i] = s; m += s; v += s * s }
      let n = Float(some.count); let sd = max((v / n - m / n * m / n), 1e-12).squareRoot()
      for f in set.groups[b] { w[f] /= sd }
      for i in some.indices { zs[b][i] /= sd }
    }
    var W1 = [Float](repeating: 0, count: k * h1), b1 = [Float](repeating: 0, count: h1)
    var norms = [Float](repeating: 0, count: h1)
    for j in 0..<h1 {
      var n: Float = 0
      for b in 0..<k { let g = Float(rng.normal()); W1[b * h1 + j] = g; n += g * g }
      let slope = Float(exp(rng.uniform() * log(10)))
      norms[j] = slope
      let at = rng.index(below: some.count)
      for b in 0..<k { W1[b * h1 + j] *= slope / n.squareRoot(); b1[j] -= W1[b * h1 + j] * zs[b][at] }
    }
    let W2 = (0..<h1 * h2).map { Float(rng.normal()) * (2 / Float(h1)).squareRoot() / norms[$0 / h2] }
    let W3 = (0..<h2).map { _ in Float(rng.normal()) / Float(h2).squareRoot() }
    return [w, W1, b1, W2, [Float](repeating: 0, count: h2), W3, [0]]
  }
  static func fit(_ e: Ensemble, windows: [Int], split: Split, steps: Int, shuffle: [Int]?, seed: Seed) -> TetrisFit {
    let set = TrainingSet(e, windows: windows, training: split.training)
    var p = initialise(e, set: set, samples: split.training, seed: seed)
    var rng = seed.child("batches").makeStream()
    let (h1, h2) = (32, 16), k = set.groups.count, F = set.columns.count, B = 512
    let labels = shuffle ?? e.parameterIndex
    var m = p.map { $0.map { _ in Float(0) } }, v = m, g = m
    var best: (Double, [[Float]]) = (.infinity, p)
    var x: [Float] = []
    var order = split.training; rng.shuffle(&order); var at = 0
    var z = [Float](repeating: 0, count: k), a1 = [Float](repeating: 0, count: h1), a2 = [Float](repeating: 0, count: h2), d1 = a1, d2 = a2
    var c1: Float = 1, c2: Float = 1
    for t in 1...steps {
      if at + B > order.count { rng.shuffle(&order); at = 0 }
      let batch = Array(order[at..<min(order.count, at + B)]); at += B
      set.features(e, samples: batch, into: &x)
      for q in g.indices { for i in g[q].indices { g[q][i] = 0 } }
      for i in batch.indices {
        let pi = labels[batch[i]]
        for b in 0..<k { var s: Float = 0; for f in set.groups[b] { s += p[0][f] * x[i * F + f] }; z[b] = s }
        for j in 0..<h1 { var s = p[2][j]; for b in 0..<k { s += z[b] * p[1][b * h1 + j] }; a1[j] = tanhf(s) }
        for j in 0..<h2 { d2[j] = p[4][j] }
        for q in 0..<h1 { let a = a1[q]; for j in 0..<h2 { d2[j] += a * p[3][q * h2 + j] } }
        var o = p[6][0]
        for j in 0..<h2 { a2[j] = tanhf(d2[j]); o += a2[j] * p[5][j] }
        let gr = 2 * (o - set.labels[pi]) * set.weights[pi] / Float(batch.count)
        g[6][0] += gr
        for j in 0..<h2 { g[5][j] += gr * a2[j]; d2[j] = gr * p[5][j] * (1 - a2[j] * a2[j]); g[4][j] += d2[j] }
        for q in 0..<h1 {
          var s: Float = 0
          for j in 0..<h2 { g[3][q * h2 + j] += a1[q] * d2[j]; s += d2[j] * p[3][q * h2 + j] }
          d1[q] = s * (1 - a1[q] * a1[q]); g[2][q] += d1[q]
        }
        for b in 0..<k {
          var s: Float = 0
          for q in 0..<h1 { g[1][b * h1 + q] += z[b] * d1[q]; s += d1[q] * p[1][b * h1 + q] }
          for f in set.groups[b] { g[0][f] += s * x[i * F + f] }
        }
      }
      c1 *= 0.9; c2 *= 0.999
      let lr = Float(5e-3 * 0.5 * (1 + cos(Double.pi * Double(t) / Double(steps))) * min(1, Double(t) / 50))
      for q in p.indices { for i in p[q].indices {
        m[q][i] = 0.9 * m[q][i] + 0.1 * g[q][i]; v[q][i] = 0.999 * v[q][i] + 0.001 * g[q][i] * g[q][i]
        p[q][i] -= lr * (m[q][i] / (1 - c1) / ((v[q][i] / (1 - c2)).squareRoot() + 1e-8) + 1e-4 * p[q][i])
      } }
      if t % max(1, steps / 10) == 0 && t >= steps / 2 {
        let fit = TetrisFit(set: set, hidden: (h1, h2), p: p)
        let val = fit.squaredError(e, samples: Array(split.validation.prefix(5000)), labels: labels)
        if val < best.0 { best = (val, p) }
      }
    }
    return TetrisFit(set: set, hidden: (h1, h2), p: best.1)
  }
}
