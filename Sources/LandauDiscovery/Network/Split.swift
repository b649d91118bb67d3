/// Training, validation and test samples of one fold: fold f is the test part, the next one validates.
struct Split: Sendable {
  var training: [Int]
  var validation: [Int]
  var test: [Int]

  /// - Parameter maximumTraining: thins the training part evenly to about this many samples, and the
  ///   other two in proportion.
  init(_ ensemble: Ensemble, fold: Int, maximumTraining: Int? = nil) {
    self.init(ensemble.folds, fold: fold)
    guard let maximumTraining, training.count > maximumTraining else { return }
    let stride = (training.count + maximumTraining - 1) / maximumTraining
    training = Self.thin(training, ensemble, stride)
    validation = Self.thin(validation, ensemble, stride)
    test = Self.thin(test, ensemble, stride)
  }

  /// All samples.
  init(_ folds: SampleFolds, fold: Int) {
    // With two folds the other one both trains and validates; there is nothing else.
    let validationFold = (fold + 1) % folds.count
    training = []
    validation = []
    test = []
    for (sample, f) in folds.fold.enumerated() {
      if f == fold {
        test.append(sample)
      } else if f == validationFold && folds.count > 2 {
        validation.append(sample)
      } else {
        training.append(sample)
      }
    }
    if folds.count == 2 { validation = training }
  }

  /// Every `stride`-th sample of each parameter.
  private static func thin(_ samples: [Int], _ ensemble: Ensemble, _ stride: Int) -> [Int] {
    var seen = [Int](repeating: 0, count: ensemble.parameters.count)
    return samples.filter { sample in
      let p = ensemble.parameterIndex[sample]
      seen[p] += 1
      return (seen[p] - 1) % stride == 0
    }
  }
}
