import LandauCore
import Synchronization

@testable import LandauStore

/// A file system in memory that stops at a chosen step and can lose what was not flushed.
final class MemoryDisk: Disk {
  /// The content of a file, with what of it is safe.
  final class File {
    var bytes: [UInt8] = []
    var safe: [UInt8]?
    init() {}
    init(_ bytes: [UInt8]) {
      self.bytes = bytes
      safe = bytes
    }
  }

  /// A change of names that a power failure may undo.
  enum NameChange {
    case link(String, File)
    case unlink(String)
    case rename(String, String, File)
  }

  struct State {
    var names: [String: File] = [:]
    var safeNames: [String: File] = [:]
    var pending: [NameChange] = []
    var steps = 0
    var stopAt = Int.max
    /// Steps that fail once, as on a full disk, without ending the process.
    var failing: Set<Int> = []
  }

  private let state: Mutex<UncheckedBox>
  /// Which promises the disk breaks, to see that the tests notice.
  private let lies: Set<Lie>

  enum Lie { case filesAreFlushed, namesAreFlushed }

  /// The tests use one disk from one thread at a time.
  struct UncheckedBox: @unchecked Sendable { var value: State }

  static let stopped = RunError("stopped")

  init(
    _ files: [String: [UInt8]] = [:], stopAt: Int = .max, failing: Set<Int> = [],
    lies: Set<Lie> = []
  ) {
    self.lies = lies
    var state = State()
    for (name, bytes) in files {
      let file = File(bytes)
      state.names[name] = file
      state.safeNames[name] = file
    }
    state.stopAt = stopAt
    state.failing = failing
    self.state = Mutex(UncheckedBox(value: state))
  }

  var steps: Int { state.withLock { $0.value.steps } }
  var files: [String: [UInt8]] { state.withLock { $0.value.names.mapValues(\.bytes) } }

  /// Counts a step; the one at which the disk stops is done by half.
  private func step(_ whole: (inout State) -> Void, half: (inout State) -> Void = { _ in })
    throws(RunError)
  {
    let outcome = state.withLock { box -> RunError? in
      box.value.steps += 1
      if box.value.steps > box.value.stopAt { return Self.stopped }
      if box.value.steps == box.value.stopAt {
        half(&box.value)
        return Self.stopped
      }
      if box.value.failing.contains(box.value.steps) {
        half(&box.value)
        return RunError("no space left on device")
      }
      whole(&box.value)
      return nil
    }
    if let outcome { throw outcome }
  }

  func names(in folder: String) -> [String]? {
    state.withLock { box in
      box.value.names.keys.filter { $0.hasPrefix(folder + "/") }
        .map { String($0.dropFirst(folder.count + 1)) }.sorted()
    }
  }

  func read(_ path: String, at offset: Int, count: Int) throws(RunError) -> [UInt8]? {
    state.withLock { box in
      box.value.names[path].map { file in
        Array(file.bytes.dropFirst(offset).prefix(count))
      }
    }
  }

  func create(
    _ path: String, _ body: (_ append: @escaping Append) throws(RunError) -> Void
  ) throws(RunError) {
    let open: (inout State) -> Void = { state in
      if let old = state.names[path] {
        old.bytes = []
      } else {
        let file = File()
        state.names[path] = file
        state.pending.append(.link(path, file))
      }
    }
    try step(open, half: open)
    try body { [self] (piece) throws(RunError) in
      try step {
        $0.names[path]?.bytes += piece
      } half: {
        $0.names[path]?.bytes += piece.prefix(piece.count / 2)
      }
    }
    try step { state in
      if !lies.contains(.filesAreFlushed), let file = state.names[path] { file.safe = file.bytes }
    }
  }

  func apply(_ change: DiskChange) throws(RunError) {
    try step { state in
      switch change {
      case .rename(let from, let to):
        guard let file = state.names.removeValue(forKey: from) else { return }
        state.names[to] = file
        state.pending.append(.rename(from, to, file))
      case .remove(let path):
        if state.names.removeValue(forKey: path) != nil { state.pending.append(.unlink(path)) }
      case .syncFolder where lies.contains(.namesAreFlushed): break
      case .syncFolder:
        state.safeNames = state.names
        state.pending = []
      case .makeFolder, .removeFolder: break
      }
    }
  }
}

// After the stop.
extension MemoryDisk {
  /// What another process finds when this one was killed: everything that was done.
  var afterKill: [String: [UInt8]] { files }

  /// How the content of a file that was never flushed may look after a power failure.
  enum Lost: CaseIterable { case nothing, all, half, garbage }

  /// Changes of names that a power failure may undo.
  var pendingCount: Int { state.withLock { $0.value.pending.count } }

  /// What a power failure leaves: of the pending changes of names those that `survives` picks, in order.
  func afterPowerFailure(_ lost: Lost, survives: (Int) -> Bool) -> [String: [UInt8]] {
    state.withLock { box in
      var names = box.value.safeNames
      for (number, change) in box.value.pending.enumerated() where survives(number) {
        switch change {
        case .link(let path, let file): names[path] = file
        case .unlink(let path): names[path] = nil
        case .rename(let from, let to, let file):
          names[from] = nil
          names[to] = file
        }
      }
      return names.mapValues { file in
        if let safe = file.safe, safe == file.bytes { return safe }
        let before = file.safe ?? []
        return switch lost {
        case .nothing: file.bytes
        case .all: before
        case .half: Array(file.bytes.prefix(file.bytes.count / 2))
        case .garbage: file.bytes.map { ~$0 }
        }
      }
    }
  }
}
