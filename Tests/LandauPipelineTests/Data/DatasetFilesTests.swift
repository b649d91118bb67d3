import LandauCore
import LandauNN
import LandauPipeline
import LandauStore
import LandauTensor
import LandauTestSupport
import Testing

struct DatasetFilesTests {
  @Test func imagesAndLabels() throws {
    try withTemporaryFolder { folder in
      let images = "\(folder)/images"
      let labels = "\(folder)/labels"
      try FileWriting.writeAtomically(
        [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255, 51, 102], to: images)
      try FileWriting.writeAtomically([0, 0, 8, 1, 0, 0, 0, 2, 3, 9], to: labels)
      let data = try Dataset.images(images, labels: labels)
      #expect(data.tensors[0].shape == [2, 1, 1, 2])
      #expect(data.tensors[0].scalars(Float.self) == [0, 1, 0.2, 0.4])
      #expect(data.tensors[1].scalars(Int32.self) == [3, 9])
      #expect { try Dataset.images(images, labels: images) } throws: {
        "\($0)".contains("there are 2 images")
      }
      #expect { try Dataset.images(labels, labels: labels) } throws: {
        "\($0)".contains("three or four axes")
      }
    }
  }

  @Test func tables() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/t.csv"
      func write(_ text: String) throws { try FileWriting.writeAtomically(text, to: path) }
      try write("a,b,label\n1,2,0\n3,4,1\n")
      let data = try Dataset.table(path, scale: 0.5)
      #expect(data.tensors[0].shape == [2, 2])
      #expect(data.tensors[0].scalars(Float.self) == [0.5, 1, 1.5, 2])
      #expect(data.tensors[1].scalars(Int32.self) == [0, 1])
      let first = try Dataset.table(path, labelColumn: 0)
      #expect(first.tensors[0].scalars(Float.self) == [2, 0, 4, 1])
      for (text, reason) in [
        ("1,2.5\n", "holds 2.5"), ("1,-1\n", "label -1"), ("1\n2\n", "at least two columns"),
      ] {
        try write(text)
        #expect { try Dataset.table(path) } throws: { "\($0)".contains(reason) }
      }
      try write("1,2,0\n")
      #expect { try Dataset.table(path, inputShape: [3]) } throws: {
        "\($0)".contains("do not fill the shape [3]")
      }
    }
  }

  /// The quick test of everything together: a small network on the 8x8 digits.
  @Test(.needsSharedData("digits_8x8/digits.csv.gz"), .slow)
  func aPerceptronLearnsTheDigits() throws {
    let path = try #require(sharedData("digits_8x8/digits.csv.gz"))
    let all = try Dataset.table(path, scale: 1.0 / 16)
    let parts = all.split([0.6, 0.2, 0.2], stratifiedBy: all.tensors[1], seed: Seed(1))
    var rng = Seed(1).child("model").makeStream()
    var model = Sequential.perceptron(widths: [64, 32, 10], activation: .relu, using: &rng)
    var optimizer = AdamW(learningRate: 5e-3)
    let objective = TrainingObjective<Sequential>(
      metrics: [
        Metric("accuracy") { model, batch in
          Metrics.accuracy(logits: model(batch[0]), labels: batch[1])
        }
      ]
    ) { model, batch in Loss.crossEntropy(logits: model(batch[0]), labels: batch[1]) }
    let report = fit(
      &model, using: &optimizer, objective: objective, training: parts[0].tensors,
      validation: parts[1].tensors, options: TrainingOptions(epochs: 30, batchSize: 64),
      seed: Seed(1))
    #expect(report.status == .finished)
    let test = parts[2].tensors
    let accuracy = Metrics.accuracy(logits: model(test[0]), labels: test[1]).item(Double.self)
    #expect(accuracy > 0.93, "\(accuracy)")
  }
}
