using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DataPortal.Benchmarks;

/// <summary>One measured figure. <paramref name="Bar"/> is a limit in the figure's unit; <paramref name="Holds"/> is null where there is none.</summary>
internal sealed record Figure(
    string Name, double? MedianMs, double? P95Ms, double? Value, string Unit, double? Bar, bool? Holds, IReadOnlyDictionary<string, Comparison>? Against = null)
{
    public static Figure Time(string name, Timing timing, double? bar) =>
        new(name, timing.MedianMs, timing.P95Ms, null, "ms", bar, bar is null ? null : timing.MedianMs <= bar);

    public static Figure AtMost(string name, double value, string unit, double bar) => new(name, null, null, Math.Round(value, 2), unit, bar, value <= bar);

    public static Figure AtLeast(string name, double value, string unit, double bar) => new(name, null, null, Math.Round(value, 2), unit, bar, value >= bar);
}

/// <summary>The same figures from another system: how long it took, how many times ours, and whether every number is the same.</summary>
internal sealed record Comparison(double MedianMs, double Ratio, bool Agrees);

internal sealed record Machine(string Processor, int Cores, long MemoryMb, string System, string Runtime, long Cases)
{
    public static Machine Of(int cases)
    {
        var model = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            : null;
        return new Machine(model ?? RuntimeInformation.ProcessArchitecture.ToString(), Environment.ProcessorCount,
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20, RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription, cases);
    }
}

internal sealed record Report(Machine Machine, IReadOnlyList<Figure> Figures)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, Options));

    public void Print(TextWriter to)
    {
        to.WriteLine(FormattableString.Invariant($"{Machine.Processor}, {Machine.Cores} cores, {Machine.MemoryMb} MB; {Machine.Runtime}; {Machine.Cases:N0} cases"));
        foreach (var f in Figures)
        {
            var value = f.MedianMs is { } median ? FormattableString.Invariant($"{median:F3} ms (p95 {f.P95Ms:F3})") : FormattableString.Invariant($"{f.Value:N2} {f.Unit}");
            var bar = f.Bar is { } limit ? string.Create(CultureInfo.InvariantCulture, $"bar {limit:N0} {(f.Holds == true ? "holds" : "MISSED")}") : "";
            to.WriteLine($"{f.Name,-32} {value,-32} {bar}");
            foreach (var (system, c) in f.Against ?? new Dictionary<string, Comparison>())
                to.WriteLine(FormattableString.Invariant($"{"",-32} {system}: {c.MedianMs:F1} ms, {c.Ratio:F0} times ours, figures {(c.Agrees ? "agree" : "DIFFER")}"));
        }
    }
}

/// <summary>Repeated measurements of one piece of work.</summary>
internal sealed record Timing(double MedianMs, double P95Ms, int Runs)
{
    // Enough for the tiered compiler to be done with the hot loops.
    private const int Warmup = 300, Least = 9, Most = 400;
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(2);

    /// <summary>Warm: the first runs are not counted.</summary>
    public static Timing Of(Action work, int warmup = Warmup, int least = Least)
    {
        for (var i = 0; i < warmup; i++)
            work();
        var times = new List<double>();
        var begun = Stopwatch.GetTimestamp();
        while (times.Count < least || (times.Count < Most && Stopwatch.GetElapsedTime(begun) < Enough))
        {
            var start = Stopwatch.GetTimestamp();
            work();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        return new Timing(Math.Round(times[times.Count / 2], 4), Math.Round(times[Math.Min(times.Count - 1, times.Count * 95 / 100)], 4), times.Count);
    }
}
