using System.CommandLine;
using DataPortal.Releases.Registration;
using DataPortal.Synthesis;

namespace DataPortal.Cli.Verbs;

/// <summary><c>portal generate --cases N --seed S --out DIR</c>: synthetic registrations in the portal's own format; needs no portal.</summary>
internal static class Generate
{
    /// <summary>Cases per file: files of some 100 MB that a person can still look into.</summary>
    private const int CasesPerFile = 20_000;

    public static Command Command()
    {
        var cases = new Option<int>("--cases") { Description = "How many", Required = true, HelpName = "N" };
        var seed = new Option<int>("--seed") { Description = "The same number gives the same cases", DefaultValueFactory = _ => 42, HelpName = "S" };
        var folder = new Option<string>("--out") { Description = "Folder for the files", Required = true, HelpName = "DIR" };
        var command = new Command("generate", "Writes synthetic registrations") { cases, seed, folder };
        command.Runs(async (arguments, ct) =>
        {
            var target = Path.GetFullPath(arguments.GetRequiredValue(folder));
            var count = arguments.GetRequiredValue(cases);
            if (count < 1)
                throw Failure.Bad("bad_cases", "--cases must be at least 1.");
            if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
                throw Failure.Bad("out_exists", $"{target} is there already and is left as it is.");
            await Verb.WithProgressAsync(Text.Of("生成", "Generating"), progress => Task.Run(() => Write(target, new SyntheticRegistrations(count, arguments.GetValue(seed)), progress, ct), ct));
            Console.WriteLine(Text.Of($"{count:#,0} 症例 → {target}", $"{count:#,0} cases → {target}"));
        });
        return command;
    }

    private static bool Write(string target, SyntheticRegistrations registrations, IProgress<double> progress, CancellationToken ct)
    {
        Directory.CreateDirectory(target);
        using (var assays = File.Create(Path.Combine(target, AssaysFile.Name)))
            AssaysFile.Write(assays, registrations.Assays);
        var written = 0;
        foreach (var chunk in registrations.MadeAhead(Environment.ProcessorCount).Chunk(CasesPerFile))
        {
            using var file = File.Create(Path.Combine(target, $"registrations-{written / CasesPerFile + 1:000}.ndjson"));
            using var writer = new RegistrationWriter(file);
            foreach (var row in chunk)
            {
                ct.ThrowIfCancellationRequested();
                writer.Write(row);
                if (++written % 1000 == 0)
                    progress.Report(written / (double)registrations.Cases);
            }
        }

        return true;
    }
}
