import LandauCore
import LandauTensor

extension TrainingCheckpoint {
  /// Writes the state under a temporary name, flushes it to disk, and renames.
  func save(_ state: TrainingState<some Optimizer>, _ job: TrainingJob) throws(RunError) {
    let report = state.report
    var all: [(name: String, tensor: Tensor)] = [
      ("job", Tensor(words: job.items.map(\.word))),
      (
        "progress",
        Tensor([
          Double(state.epoch), Double(state.batch), state.isComplete ? 1 : 0,
          Double(TrainingReport.Status.allCases.firstIndex(of: report.status)!),
          Double(report.stepCount), Double(report.bestEpoch ?? -1), state.best.loss,
          state.losses.weight, state.losses.sum, state.losses.squares, Double(state.losses.count),
          Double(state.average?.stepCount ?? 0),
        ])
      ),
      ("report.training", Tensor(report.trainingLosses)),
      ("report.trainingErrors", Tensor(report.trainingErrors)),
      ("report.validation", Tensor(report.validationLosses)),
      ("report.validationErrors", Tensor(report.validationErrors)),
    ]
    for name in report.metrics.keys.sorted() {
      all.append(("metric.\(name)", Tensor(report.metrics[name]!)))
    }
    all += zip(job.names, state.tensors).map { ("model.\($0)", $1) }
    all += zip(job.names, state.best.tensors).map { ("best.\($0)", $1) }
    for (index, mean) in (state.average?.parameters ?? []).enumerated() {
      all.append(("average.\(index)", mean))
    }
    all += state.optimizer.state.named.map { ("optimizer.\($0.name)", $0.tensor) }
    let bytes = Safetensors.encode(all, metadata: [("format", "landau training checkpoint")])
    try FileWriting.writeAtomically(bytes, to: path)
  }

  /// Puts a fresh state where the one in the file was.
  ///
  /// - Throws: `InputError` where the file is no checkpoint of this job; the state is then unchanged.
  func restore(
    _ state: inout TrainingState<some Optimizer>, _ job: TrainingJob
  ) throws(InputError) {
    var file = CheckpointReader(path, try Safetensors.load(from: path))
    guard let words = try file.tensor("job").words else { throw file.damaged }
    for (item, word) in zip(job.items, words) where item.word != word {
      throw .file(
        path,
        "is the checkpoint of another run: the \(item.name) differs; choose another file, or delete this one"
      )
    }
    guard words.count == job.items.count else { throw file.damaged }
    var new = state
    let progress = try file.numbers("progress")
    guard progress.count == 12, progress[3] >= 0,
      progress[3] < Double(TrainingReport.Status.allCases.count),
      progress.enumerated().allSatisfy({ $1 >= -1 || (6...9).contains($0) }),
      [0, 1, 3, 4, 5, 10, 11].allSatisfy({ Int(exactly: progress[$0]) != nil })
    else { throw file.damaged }
    new.epoch = Int(progress[0])
    new.batch = Int(progress[1])
    new.isComplete = progress[2] == 1
    new.report.status = TrainingReport.Status.allCases[Int(progress[3])]
    new.report.stepCount = Int(progress[4])
    new.report.bestEpoch = progress[5] < 0 ? nil : Int(progress[5])
    new.losses.weight = progress[7]
    new.losses.sum = progress[8]
    new.losses.squares = progress[9]
    new.losses.count = Int(progress[10])
    new.average?.stepCount = Int(progress[11])
    new.report.trainingLosses = try file.numbers("report.training")
    new.report.trainingErrors = try file.numbers("report.trainingErrors")
    new.report.validationLosses = try file.numbers("report.validation")
    new.report.validationErrors = try file.numbers("report.validationErrors")
    for (name, tensor) in file.taken(prefix: "metric.") {
      new.report.metrics[name] = tensor.scalars(Double.self)
    }
    let tensors = try file.tensors(job.names.map { "model.\($0)" }, like: state.tensors)
    let best = try file.tensors(job.names.map { "best.\($0)" }, like: state.tensors)
    new.tensors = tensors
    new.best = (progress[6], best)
    if new.average != nil {
      var index = 0
      while let mean = file.optional("average.\(index)") {
        new.average!.means.append(mean)
        index += 1
      }
    }
    do throws(InputError) {
      try new.optimizer.state.restore(file.taken(prefix: "optimizer."))
    } catch {
      throw .file(path, error.message)
    }
    // A stop in the middle is no lasting state.
    if !new.isComplete { new.report.status = .finished }
    state = new
  }
}

/// Takes tensors out of a file by name.
private struct CheckpointReader {
  private let path: String
  private var left: [String: Tensor]

  init(_ path: String, _ tensors: [(name: String, tensor: Tensor)]) {
    self.path = path
    left = Dictionary(tensors.map { ($0.name, $0.tensor) }) { first, _ in first }
  }

  var damaged: InputError { .file(path, "is no sound checkpoint of a training run") }

  mutating func optional(_ name: String) -> Tensor? { left.removeValue(forKey: name) }

  mutating func tensor(_ name: String) throws(InputError) -> Tensor {
    guard let tensor = optional(name) else {
      throw .file(path, "is no checkpoint of a training run: it has no '\(name)'")
    }
    return tensor
  }

  mutating func numbers(_ name: String) throws(InputError) -> [Double] {
    let tensor = try tensor(name)
    guard tensor.scalarType == .double, tensor.rank == 1 else { throw damaged }
    return tensor.scalars()
  }

  mutating func tensors(_ names: [String], like: [Tensor]) throws(InputError) -> [Tensor] {
    var result: [Tensor] = []
    for (name, old) in zip(names, like) {
      let tensor = try tensor(name)
      guard tensor.type == old.type else {
        throw .file(path, "holds '\(name)' as \(tensor.type); the model has \(old.type)")
      }
      result.append(tensor)
    }
    return result
  }

  /// All that begin with `prefix`, by name without it.
  mutating func taken(prefix: String) -> [(name: String, tensor: Tensor)] {
    let names = left.keys.filter { $0.hasPrefix(prefix) }.sorted()
    return names.map { (String($0.dropFirst(prefix.count)), left.removeValue(forKey: $0)!) }
  }
}
