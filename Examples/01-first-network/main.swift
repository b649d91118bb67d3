// A first network, step by step: neurons, activations, layers, mini-batches, optimisers, the loss landscape.
//
//     scripts/examples first-network FOLDER
//
// prints what every step finds and leaves a picture of it in the folder. Each step is a file of this target, to be read
// beside its picture; docs/manual/first-network.md tells the story.

import Landau

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

guard CommandLine.arguments.count == 2 else {
  print("usage: first-network FOLDER")
  exit(2)
}
let folder = CommandLine.arguments[1]
do {
  try OutputPath.makeFolder(folder)
  let tutorial = Tutorial(folder: folder, seed: Seed(1))
  try tutorial.oneNeuron()
  try tutorial.activations()
  let network = try tutorial.layers()
  try tutorial.miniBatches()
  try tutorial.optimizers()
  try tutorial.landscape(of: network)
} catch let error as InputError {
  print("first-network: \(error.message)")
  exit(2)
} catch {
  print("first-network: \(error)")
  exit(1)
}
