#if canImport(Landau)
  import Landau
#else
  import LandauCore
  import LandauTensor
#endif

// `TensorBench [profile] [NAME...]`: milliseconds of processor time for each training step, the first call, memory; or
// where the time goes.
func text(_ value: Double, _ digits: Int = 3) -> String { Estimate.fixed(value, digits: digits) }

var chosen = Set(CommandLine.arguments.dropFirst())
let isProfile = chosen.remove("profile") != nil
for network in TensorCase.all where chosen.isEmpty || chosen.contains(network.name) {
  let training = network.make()
  if isProfile {
    for profile in training.profiles() { print("\(network.name)\n\(profile)\n") }
    continue
  }
  let start = processSeconds()
  let first = training.step()
  let latency = processSeconds() - start
  let figure = measure(blocks: 7, seconds: 0.3, clock: processSeconds, training.step)
  print(
    "\(network.name): \(text(1e3 * figure.median)) ms/step (best \(text(1e3 * figure.best))), "
      + "first \(text(1e3 * latency, 1)) ms, \(text(residentMebibytes(), 1)) MiB, "
      + "loss \(text(first, 5)) then \(text(training.step(), 5))")
}
