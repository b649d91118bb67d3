package import LandauCore

// Checkpoints hold no times, so that equal runs have equal states. They did once, and their places stay, so that
// older ones can still be gone on with.
extension StateWriter {
  package mutating func writeFormerTime() { write(0.0) }
}

extension StateReader {
  package mutating func skipFormerTime() throws(InputError) { _ = try number() }
}
