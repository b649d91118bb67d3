import LandauCore
import LandauPipeline

extension OptionGroup {
  /// How a file of snapshots is read.
  static let reading = OptionGroup(
    title: "Reading files",
    options: [
      .text("spins", "NAME", "array with the spins (default 'spins', or the only one it can be)"),
      .text(
        "parameter", "NAME", "array with the scanned parameter (default: the only one it can be)"),
      .text(
        "layout", "AXES", "axes of the spins, e.g. parameter,shot,x,y or sample,x (default: found)"),
      .text("boundary", "open|periodic", "default open for files"),
    ])
}

extension Verb {
  static let inspect = Verb(
    name: "inspect", argument: "FILE",
    summary: "arrays, layout, parameters, warnings",
    description: """
      Shows what is in a file (NPZ, NPY, JSON) or a folder of CSV files: the arrays, the layout taken
      for the snapshots, the values of the parameter with the number of samples at each, and what
      looks odd.
      """,
    groups: [.reading, .common],
    examples: [
      .init(command: "landau inspect snapshots.npz", what: "what is in it, and how it is read"),
      .init(
        command: "landau inspect data.npz --spins s --parameter g --layout sample,x --json",
        what: "said explicitly, for programs"),
    ],
    prepare: { (arguments) throws(InputError) in
      var options = InspectOptions(path: try arguments.onlyPositional("the file"))
      options.spins = arguments.text("spins")
      options.parameter = arguments.text("parameter")
      options.layout = arguments.text("layout")
      options.boundary = try arguments.choice("boundary", ["open", "periodic"])
      let job = try InspectJob(options)
      return PreparedJob(
        subject: [.init("file", .string(options.path))], seed: nil, threads: nil, run: job.run)
    })
}
