using System.Diagnostics;
using System.Globalization;
using DataPortal.CohortEngine.Characteristics;
using DataPortal.CohortEngine.Evaluation;
using DataPortal.CohortEngine.Query;
using DataPortal.Releases;

namespace DataPortal.Benchmarks;

/// <summary>Measures the engine on synthetic cases. The bars are those of the project's goals for 1,000,000 cases on two cores.</summary>
internal static class CohortBench
{
    private const double OpenMs = 1000, MemoryMb = 2048, SelectiveMs = 3, EverybodyMs = 80, ScaleRatio = 20, GeneratePerSecond = 10_000, PostgresRatio = 50;

    private const string EightTerms =
        "(KRAS G12C or KRAS G12D or BRAF V600E) cancer:BOWEL age>=50 stage:IV not TP53 onc specimen:tissue year:2021-2025";

    /// <summary>Cases generated to measure the generator when the release is there already.</summary>
    private const int GenerateCases = 200_000;

    public static Report Run(int cases, string data, bool againstPostgres, TextWriter progress)
    {
        var figures = new List<Figure>();
        progress.WriteLine(FormattableString.Invariant($"Release of {cases:N0} synthetic cases …"));
        var (folder, built) = BenchRelease.Make(data, cases);
        var (smallFolder, _) = BenchRelease.Make(data, Math.Max(1, cases / 10));

        figures.Add(Figure.Time("open", Timing.Of(() => Release.Open(folder), warmup: 3), OpenMs));
        var subject = new Subject(folder);
        progress.WriteLine("Characteristics …");
        figures.Add(Figure.Time("prepare", subject.Preparation, null));
        var options = new CharacteristicOptions();
        var selective = Timing.Of(() => subject.Characterise("KRAS G12C", options));
        figures.Add(Figure.Time("characterise.kras-g12c", selective, SelectiveMs));
        figures.Add(Figure.Time("characterise.kras", Timing.Of(() => subject.Characterise("KRAS", options)), null));
        figures.Add(Figure.Time("characterise.all", Timing.Of(() => subject.CharacteriseAll(options, useTotals: false)), EverybodyMs));
        figures.Add(Figure.Time("characterise.all-from-totals", Timing.Of(() => subject.CharacteriseAll(options, useTotals: true)), null));
        figures.Add(Figure.Time("select.eight-terms", Timing.Of(() => subject.Select(EightTerms)), null));
        figures.Add(Figure.AtMost("memory", PeakMb(), "MB", MemoryMb));

        var small = new Subject(smallFolder);
        var smallTiming = Timing.Of(() => small.Characterise("KRAS G12C", options));
        figures.Add(Figure.AtMost("scale.kras-g12c", selective.MedianMs / smallTiming.MedianMs, "times", ScaleRatio));
        progress.WriteLine("Generator …");
        figures.Add(Figure.AtLeast("generate", built ?? BenchRelease.Measure(data, Math.Min(cases, GenerateCases)), "cases/s", GeneratePerSecond));
        if (againstPostgres)
            AddPostgres(figures, subject, progress);
        return new Report(Machine.Of(cases), figures);
    }

    private static void AddPostgres(List<Figure> figures, Subject subject, TextWriter progress)
    {
        using var postgres = Postgres.PostgresBaseline.Load(subject.Release, progress);
        foreach (var (name, gene, change, bar) in new[]
        {
            ("characterise.kras-g12c", "KRAS", "G12C", (double?)PostgresRatio), ("characterise.kras", "KRAS", null, null), ("characterise.all", null, null, null),
        })
        {
            progress.WriteLine($"{name} in PostgreSQL …");
            var at = figures.FindIndex(f => f.Name == name);
            var timing = postgres.Measure(gene, change);
            var expected = subject.Exhaustive(gene is null ? "" : $"{gene} {change}".TrimEnd());
            var agrees = postgres.Agrees(gene, change, expected, progress);
            var ratio = timing.MedianMs / figures[at].MedianMs!.Value;
            var comparison = new Dictionary<string, Comparison> { ["postgres"] = new(timing.MedianMs, Math.Round(ratio, 1), agrees) };
            figures[at] = figures[at] with { Against = comparison, Holds = agrees && (bar is null || ratio >= bar) && figures[at].Holds != false };
        }
    }

    /// <summary>Largest resident set so far, mapped pages included.</summary>
    private static double PeakMb()
    {
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>An opened release with all that answers questions about it.</summary>
    private sealed class Subject
    {
        private readonly CohortEngine.CohortEngine engine;
        private readonly Characterizer characterizer;
        private readonly QueryLanguage language;

        public Subject(string folder)
        {
            Release = Release.Open(folder);
            engine = CohortEngine.CohortEngine.Open(Release);
            characterizer = Characterizer.For(Release);
            language = new QueryLanguage(Release.Vocabulary, QueryContext.Of(Release));
            // Once, as a portal does: what a second packing would leave behind is nobody's memory.
            var start = Stopwatch.GetTimestamp();
            characterizer.Prepare();
            var elapsed = Math.Round(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 1);
            Preparation = new Timing(elapsed, elapsed, 1);
        }

        public Timing Preparation { get; }

        public Release Release { get; }

        /// <summary>From the text to the cohort.</summary>
        public Cohort Select(string query)
        {
            var tree = language.Parse(query, "en").Tree ?? throw new InvalidOperationException($"'{query}' is not understood.");
            return engine.Evaluate(tree, null, new EvaluationOptions(), CancellationToken.None);
        }

        /// <summary>From the text to the panels.</summary>
        public CohortCharacteristics Characterise(string query, CharacteristicOptions options) =>
            characterizer.Characterise(Select(query).True, null, options, CancellationToken.None);

        public CohortCharacteristics CharacteriseAll(CharacteristicOptions options, bool useTotals) =>
            characterizer.Characterise(CaseSet.All(Release.Cases), null, options, useTotals, CancellationToken.None);

        /// <summary>Every row of every panel, to be compared.</summary>
        public CohortCharacteristics Exhaustive(string query) =>
            Characterise(query, new CharacteristicOptions { Top = int.MaxValue, ChangesPerGene = int.MaxValue, Germline = true });
    }
}
