import LandauCore
import LandauNN
import LandauTensor

extension Study {
  /// Momentum, Adagrad, RMSProp, Adam and the rest: what is exact about them, and a race on pictures.
  static let commonOptimizers = Study(
    name: "common-optimisers",
    title: "Momentum, Adagrad, RMSProp and Adam",
    source: """
      B. Polyak 1964; J. Duchi et al. 2011; T. Tieleman and G. Hinton 2012; D. Kingma and J. Ba, \
      arXiv:1412.6980; pictures: H. Xiao et al., arXiv:1708.07747, and the UCI digits
      """,
    claim: """
      Adam's first step is minus the rate times the sign of the gradient; the tuned heavy ball contracts by \
      (sqrt k - 1)/(sqrt k + 1); every rule is its formula; a small convolutional network reads 90 per cent \
      of Fashion-MNIST.
      """,
    dataFiles: ["digits_8x8/digits.csv.gz"],
    fullDataFiles: FashionImages.files,
    run: { run in
      let identities = OptimizerIdentities()
      let race = try OptimizerRace(run)
      return StudyResult(
        findings: identities.findings + race.findings,
        figure: Figure(
          title: "Optimisers", panels: [OptimizerIdentities.panel()] + race.panels, columnCount: 2),
        remarks: remarks)
    })

  private static let remarks = [
    "Race: the quick version trains a perceptron 64-64-10 on UCI digits, five starts each, and the full one a",
    "network of two convolutions on Fashion-MNIST. Learning rates are customary values and were not tuned: the race compares",
    "settings as much as rules. Accuracies are on test pictures.",
  ]
}
