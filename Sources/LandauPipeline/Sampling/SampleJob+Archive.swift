import LandauCore
import LandauMonteCarlo
import LandauStore

extension SampleJob {
  /// The run that the output file is; nil where nothing is kept before the end.
  func openArchive() throws -> (any Archive)? {
    guard let output = options.output, keepsRun else { return nil }
    do {
      return try RunArchive.open(
        output, job: job(), target: plan.sweeps, restart: options.restarts,
        portable: options.isPortable)
    } catch let error as InputError where error.message.contains("'snapshotEvery'") {
      throw InputError(
        "\(error.message). A longer run keeps configurations as far apart as it did: give --snapshots in proportion to --sweeps"
      )
    }
  }

  /// What makes this run the one that it is: everything but how long it is to be.
  private func job() throws(InputError) -> ArchiveJob {
    var arguments: [JSONValue.Member] = [.init("model", .string(model.name.rawValue))]
    arguments += model.members.filter { $0.key != "convention" }
    arguments += [
      .init("update", .string(plan.isDirect ? "direct" : options.update)),
      .init("chains", .integer(plan.chainCount)),
      .init("burnIn", plan.burnIn.map { .integer($0) } ?? .string("default")),
      .init("snapshotEvery", .integer(plan.snapshotEvery)),
    ]
    if let count = options.realizations {
      arguments.append(.init(ArchiveJob.parts, .integer(count)))
    }
    if let path = model.words[.instance] {
      // The file's name does not say what is in it.
      arguments.append(
        .init("instanceChecksum", .string(try ModelOptions.instance(path).checksum)))
    }
    if let magnetization = options.magnetization {
      arguments.append(.init("magnetization", .number(magnetization)))
    }
    if factory.method == .populationAnnealing {
      arguments.append(.init("population", .integer(population)))
    }
    // Where more sweeps are no continuation they make another job.
    if let method = factory.method, !method.isExtendable {
      arguments.append(.init("sweeps", .integer(plan.sweeps)))
    }
    return ArchiveJob(
      command: "sample", arguments: .object(arguments), seed: options.seed,
      kernelLevel: ProcessorLevel.current, parameterName: parameterName, parameters: parameters,
      spacing: plan.measureEvery, snapshots: plan.snapshotEvery == 0 ? nil : snapshotForm,
      revision: ProgramRevision.current)
  }
}
