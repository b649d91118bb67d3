#if canImport(Landau)
  import Landau
#else
  import LandauCore
  import LandauPlot
  import LandauTensor
#endif

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// `TensorBench [profile] [--threads N] [NAME...]`: milliseconds for each training step, the first call, memory; or where the
// time goes. Of processor time on one thread, by the clock on the wall on several.
// `TensorBench scaling FIGURE PEER < LINES`: steps of perceptrons by size, drawn beside those of a peer.
func text(_ value: Double, _ digits: Int = 3) -> String { Estimate.fixed(value, digits: digits) }

var chosen = Set(CommandLine.arguments.dropFirst())
let isProfile = chosen.remove("profile") != nil
if let place = CommandLine.arguments.firstIndex(of: "--threads") {
  chosen.subtract(CommandLine.arguments[place...].prefix(2))
}
let arguments = Array(CommandLine.arguments.dropFirst())
if arguments.count == 3, arguments[0] == "scaling" {
  let figure = Scaling.figure(
    Scaling.measured(), peers: (name: arguments[2], points: Scaling.piped()))
  for file in try Plot.draw(figure, to: arguments[1]) { print(file) }
  exit(0)
}
let clock = TensorCase.pool == nil ? processSeconds : wallSeconds
for network in TensorCase.all where chosen.isEmpty || chosen.contains(network.name) {
  let training = network.make()
  if isProfile {
    for profile in training.profiles() { print("\(network.name)\n\(profile)\n") }
    continue
  }
  let start = clock()
  let first = training.step()
  let latency = clock() - start
  let figure = measure(blocks: 7, seconds: 0.3, clock: clock, training.step)
  print(
    "\(network.name): \(text(1e3 * figure.median)) ms/step (best \(text(1e3 * figure.best))), "
      + "first \(text(1e3 * latency, 1)) ms, \(text(residentMebibytes(), 1)) MiB, "
      + "loss \(text(first, 5)) then \(text(training.step(), 5))")
}
