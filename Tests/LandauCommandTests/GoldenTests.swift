import LandauCore
import LandauTestSupport
import Testing

@testable import LandauCommand

/// Texts that people and scripts read, compared with the recorded ones (`RECORD=1` rewrites them).
@Suite struct GoldenTests {
  @Test(arguments: [
    ("help", "--help"), ("help-sample", "sample --help"), ("help-exact", "help exact"),
    ("help-inspect", "inspect -h"), ("help-discover", "discover --help"),
    ("help-info", "info --help"), ("card-ising", "ising --help"),
    ("card-ising-gauge", "help ising-gauge"), ("card-u1-gauge", "u1-gauge --help"),
    ("card-su3-gauge", "help su3-gauge"), ("card-potts", "potts --help"),
    ("card-phi4", "phi4 --help"), ("card-edwards-anderson", "edwards-anderson --help"),
    ("card-xy", "xy --help"), ("help-selftest", "selftest --help"),
    ("help-report", "report --help"), ("help-plot", "plot --help"), ("help-merge", "merge --help"),
    ("version", "--version"),
  ])
  func helpTexts(name: String, line: String) {
    let run = CommandRun(line)
    #expect(run.status == 0)
    #expect(run.error == "")
    expectGolden(run.output, "\(name).txt")
  }

  /// Every bad command line in one file: the command, then the line on standard error.
  @Test func errors() {
    var text = ""
    for line in Self.badLines {
      let run = CommandRun(line)
      #expect(run.status == 2, "landau \(line)")
      #expect(run.output == "", "landau \(line)")
      #expect(run.complaint != nil, "landau \(line): \(run.error)")
      text += "$ landau \(line)\n\(run.error)"
    }
    expectGolden(text, "errors.txt")
  }

  /// Numbers of runs from a fixed seed, and the lengths that the defaults decided: whatever moves them is a change of
  /// definitions (CHANGELOG). Only models of whole numbers, whose energies no compiler rounds otherwise.
  /// Silent error 14: defaults that drift.
  @Test func sampledNumbers() throws {
    var text = ""
    for line in [
      "ising --size 6 --temperature 2.3 --update metropolis",
      "ising --size 6 --temperature 2.3 --update wolff",
      "ising --size 6 --temperature 2.3 --update swendsen-wang",
      "ising --lattice triangular --size 5 --coupling -1 --temperature 1",
      "potts --states 3 --size 5 --temperature 1",
      "blume-capel --size 5 --temperature 0.7 --crystal-field 1",
      "baxter-wu --size 6 --temperature 2.3",
      "edwards-anderson --size 4 --temperature 0.6,1.2 --update tempering --realization 3",
      "ising-gauge --size 6 --beta 0.8",
    ] {
      let run = CommandRun("sample \(line) --sweeps 400 --seed 11 --json")
      text += "$ landau sample \(line)\n"
      for point in try run.json()["points"]?.items ?? [] {
        for name in ["update", "sweeps", "burnIn", "measureEvery", "chains", "energyPerSite"] {
          let value = point[name]?["value"] ?? point[name]
          text += "\(name) \(value?.text(indented: false) ?? "-")\n"
        }
      }
    }
    expectGolden(text, "sampled-numbers.txt")
  }

  static let badLines = [
    "sample ising --size 8 --temperature 2 --restart",
    "", "smaple ising", "zebra", "ising", "--version now", "help zebra", "--verbose",
    "sample", "sample potts", "sample isnig --size 4", "sample ising cubic",
    "sample ising --size 8 --temprature 2", "sample ising --size 8 --size 8 --temperature 2",
    "sample ising --size 8", "sample ising --temperature 2",
    "sample ising --size 8 --temperature 2 --beta 1",
    "sample ising --size 0 --temperature 2", "sample ising --size -8 --temperature 2",
    "sample ising --size 8x8x0 --temperature 2", "sample ising --size huge --temperature 2",
    "sample ising --size 99999999999999999999 --temperature 2",
    "sample ising --size 100000 --temperature 2",
    "sample ising --size 65536x65536 --temperature 2 --update wolff",
    "sample ising --size 8 --temperature 0", "sample ising --size 8 --temperature -2",
    "sample ising --size 8 --temperature nan", "sample ising --size 8 --temperature 1e-320",
    "sample ising --size 8 --beta -1", "sample ising --size 8 --beta inf",
    "sample ising --size 8 --temperature 1:2", "sample ising --size 8 --temperature 2,2",
    "sample ising --size 8 --temperature 2 --coupling nan",
    "sample ising --size 8 --temperature 2 --field inf",
    "sample ising --size 8 --temperature 2 --lattice pentagonal",
    "sample ising --size 8 --temperature 2 --boundary twisted",
    "sample ising --size 8 --temperature 2 --boundary open,open,open",
    "sample ising --size 8 --temperature 2 --states 3",
    "sample ising --lattice triangular --size 9 --temperature 2 --coupling -1 --update wolff",
    "sample ising --lattice complete --size 8 --boundary open --temperature 2",
    "sample potts --size 8 --temperature 2", "sample potts --states 1 --size 8 --temperature 2",
    "sample potts --states 3 --coupling -1 --size 8 --temperature 2 --update swendsen-wang",
    "sample clock --states 6.5 --size 8 --temperature 2",

    "sample xy --size 8 --temperature 1 --twist 1",
    "sample xy --size 8 --temperature 1 --boundary twisted,periodic",
    "sample xy --size 8 --temperature 1 --boundary twisted --twist 1 --update wolff",
    "exact potts --states 3 --size 4 --ground-state",
    "exact ising --size 4 --ground-state --temperature 2",
    "sample phi4 --size 8", "sample phi4 --size 8 --mass-squared 1 --lambda -1",
    "sample phi4 --size 8 --mass-squared -1 --lambda 0",
    "sample phi4 --size 8 --mass-squared 1 --lambda 1 --temperature 2",
    "sample phi4 --size 8 --mass-squared 1 --lambda 1 --action other",
    "sample edwards-anderson --size 8 --temperature 1 --probability 2",
    "sample edwards-anderson --size 8 --temperature 1 --update wolff",
    "sample edwards-anderson --instance /no/such/file --temperature 1",
    "sample edwards-anderson --lattice graph --temperature 1",
    "sample sherrington-kirkpatrick --lattice square --size 8 --temperature 1",
    "sample edwards-anderson --size 4 --temperature 1 --realizations 1",
    "sample edwards-anderson --size 4 --temperature 1 --realizations 5 --chains 1",
    "sample edwards-anderson --size 4 --temperature 1 --realizations 5 --probability 0",
    "sample edwards-anderson --size 4 --temperature 1 --realizations 5 --output x.npz",
    "sample edwards-anderson --size 4 --temperature 1 --realizations 5 --snapshots 5 --output x.h5",
    "sample ising --size 8 --temperature 2 --realizations 5",
    "sample ising --size 8 --temperature 2 --population 50",
    "sample ising --size 8 --beta 0 --update population-annealing",
    "sample ising --size 8 --temperature 2 --update multicanonical --output x.npz",
    "sample ising --size 8 --temperature 2 --update wang-landau --measure-every 2",
    "sample edwards-anderson --disorder gaussian --size 4 --temperature 1 --update wang-landau",
    "sample xy --size 8 --temperature 1 --update wang-landau",
    "sample ising --size 8 --temperature 2 --seconds 0",
    "sample ising --size 8 --temperature 2 --lattice hypercubic",
    "sample ising --size 8x8 --temperature 2 --lattice cubic",
    "sample ising --size 8 --temperature 2 --lattice chain --dimension 2",
    "sample ising --size 8 --temperature 2 --dimension 9",
    "sample ising --size 8 --temperature 2 --update heat",
    "sample ising --size 8 --temperature 2 --update wolff --field 0.5 --coupling -1",
    "sample ising --size 9 --temperature 2 --update swendsen-wang --coupling -1",
    "sample ising --size 8 --temperature 2 --sweeps 0",
    "sample ising --size 8 --temperature 2 --sweeps 10 --measure-every 11",
    "sample ising --size 8 --temperature 2 --burn-in -1",
    "sample ising --size 8 --temperature 2 --chains 0",
    "sample ising --size 8 --temperature 2 --seed -1",
    "sample ising --size 8 --temperature 2 --seed 99999999999999999999",
    "sample ising --size 8 --temperature 2 --threads 0",
    "sample ising --size 8 --temperature 2 --snapshots 10",
    "sample ising --size 8 --temperature 2 --snapshots 99999999 --output /tmp/x.npz",
    "sample ising --size 8 --temperature 2 --output x.csv",
    "sample ising --size 8 --temperature 2 --output /no/such/folder/x.npz",
    "sample ising --size 8 --temperature 2 --output /dev/null/x.npz",
    "sample ising-gauge --size 8 --temperature 2", "sample ising-gauge --size 8",
    "sample ising-gauge --size 8 --beta 1 --coupling 2",
    "sample ising-gauge --size 8 --beta 1 --field 0",
    "sample ising-gauge --size 8x8x8x8x8 --beta 1",
    "sample ising-gauge --size 8 --beta 1 --update wolff",
    "sample ising-gauge --size 8 --beta 1 --lattice triangular",
    "sample ising-gauge --size 8 --beta 1 --chains 3",
    "sample ising-gauge --size 4x4x4 --beta 1 --update direct",
    "sample u1-gauge --size 8 --temperature 1", "sample u1-gauge --size 8 --beta 1 --start warm",
    "sample u1-gauge --size 8 --beta 1 --coupling 2", "sample su2-gauge --size 8x1 --beta 2",
    "sample su3-gauge --size 8 --beta 6 --smear 5",
    "sample su3-gauge --size 8 --beta 6 --flow-time 0",
    "sample su3-gauge --size 8 --beta 6 --update wolff",
    "exact", "exact ising --temperature 2", "exact ising --size 8 --infinite --temperature 2",
    "exact ising --size 8", "exact ising --size 8 --temperature 2 --sweeps 4",
    "exact ising-gauge --size 8 --beta -1",
    "report", "report /no/such/run.h5", "report a.h5 b.h5", "plot", "merge a.h5 --output c.h5",
    "merge a.h5 b.h5", "merge a.h5 b.h5 --output c.npz", "selftest now",
    "inspect", "inspect /no/such/file.npz", "inspect a.npz b.npz", "inspect /dev/null",
    "inspect x.npz --layout foo", "inspect x.npz --boundary twisted", "info now",
    "discover", "discover isnig", "discover ising ising-gauge", "discover /no/such/file.npz",
    "discover ising --beta 0.1:1:20", "discover ising-gauge --temperature 1:2:20",
    "discover ising --parameter g", "discover a.npz --temperature 1:2:20",
    "discover ising --size 0",
    "discover ising --size 8,8", "discover ising --temperature 1:2:3", "discover ising --shots 1",
    "discover ising --windows 3y3", "discover --channel z", "discover --channel z=a --channel z=b",
    "discover ising --lattice complete", "discover ising-gauge --coupling 2",
    "discover ising --output /dev/null", "discover ising --output /no/such/folder/x",
  ]
}
