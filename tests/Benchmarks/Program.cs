using System.CommandLine;
using DataPortal.Benchmarks;

// A figure that misses its bar is a failed verification; see "Exit codes" in docs/.
const int Missed = 5;

var cases = new Option<int>("--cases") { Description = "Synthetic cases to measure on.", DefaultValueFactory = _ => 1_000_000 };
var against = new Option<string?>("--against") { Description = "Measure the same figures elsewhere too." };
against.AcceptOnlyFromAmong("postgres");
var json = new Option<FileInfo?>("--json") { Description = "Write the figures to this file." };
var data = new Option<DirectoryInfo>("--data") { Description = "Where releases to measure on are kept.", DefaultValueFactory = _ => new DirectoryInfo(".portal") };
var folder = new Option<string>("--folder") { Required = true };

var cohorts = new Command("cohorts", "The cohort engine.") { cases, against, json, data };
cohorts.SetAction(parsed =>
{
    var report = CohortBench.Run(parsed.GetValue(cases), parsed.GetValue(data)!.FullName, parsed.GetValue(against) == "postgres", Console.Error);
    report.Print(Console.Out);
    if (parsed.GetValue(json) is { } file)
        report.Write(file.FullName);
    return report.Figures.Any(f => f.Holds == false) ? Missed : 0;
});
var build = new Command(BenchRelease.BuildCommand, "Builds one synthetic release.") { folder, cases };
build.Hidden = true;
build.SetAction(parsed => BenchRelease.Build(parsed.GetValue(folder)!, parsed.GetValue(cases)));
return new RootCommand("Measurements of the portal.") { cohorts, build }.Parse(args).Invoke();
