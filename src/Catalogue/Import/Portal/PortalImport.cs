using System.Text.Json;
using DataPortal.Releases;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Registration;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Catalogue.Import.Portal;

/// <summary>
/// Reads the product's own registration files: every <c>registrations*.ndjson</c> of a folder, in order of name, case by case while the release is being built. A
/// line with a mistake gives no case and is reported; a file that is broken stops the import.
/// </summary>
internal static class PortalImport
{
    private static readonly Entity Alteration = DataDictionary.Current.Entity("alteration");
    private static readonly Field Gene = DataDictionary.Current["alteration.gene"], Partner = DataDictionary.Current["alteration.partner"];

    /// <exception cref="ImportException">There is no registration file, or <c>assays.json</c> cannot be read. Enumerating the cases throws it for broken lines.</exception>
    public static RegistrationSource Read(string folder, Vocabulary vocabulary, TimeProvider clock, ImportLog log, CancellationToken ct)
    {
        string[] files = [.. Directory.EnumerateFiles(folder, "registrations*.ndjson").Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)];
        if (files.Length == 0)
            throw new ImportException("missing_registrations", "The folder has no file registrations*.ndjson.");
        foreach (var other in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(folder, p)).Except([.. files, AssaysFile.Name]).Order(StringComparer.Ordinal))
            log.Skip(other, "not a part of the registration format");
        var (total, read) = (files.Sum(name => new FileInfo(Path.Combine(folder, name)).Length), 0L);
        var cases = files.SelectMany(name => Cases(folder, name, vocabulary, clock, log, bytes => read += bytes, ct));
        return new RegistrationSource(Assays(folder), cases, () => total == 0 ? 1 : Math.Min(1, (double)read / total));
    }

    private static IReadOnlyList<Assay> Assays(string folder)
    {
        var path = Path.Combine(folder, AssaysFile.Name);
        if (!File.Exists(path))
            return [];
        try
        {
            using var stream = File.OpenRead(path);
            return AssaysFile.Read(stream);
        }
        catch (JsonException e)
        {
            throw new ImportException("bad_json", "The file is not of the form that the documentation describes.", AssaysFile.Name, (e.LineNumber ?? -1) + 1, e);
        }
    }

    private static IEnumerable<ImportedCase> Cases(string folder, string name, Vocabulary vocabulary, TimeProvider clock, ImportLog log, Action<long> read, CancellationToken ct)
    {
        var file = log.Open(name, "registrations");
        var genes = new GeneNames(vocabulary.Genes);
        var plausibility = new Plausibility(clock);
        using var stream = File.OpenRead(Path.Combine(folder, name));
        var position = 0L;
        foreach (var line in new RegistrationReader(stream).Lines(ct))
        {
            read(stream.Position - position);
            position = stream.Position;
            file.Begin(line.Number);
            if (line.Row is not { } row)
            {
                Refuse(line, file);
                continue;
            }

            foreach (var alteration in row.Children(Alteration))
            {
                Update(alteration, Gene, genes, file);
                Update(alteration, Partner, genes, file);
            }

            CancerCodes.Update(row, vocabulary.Cancers, file);
            plausibility.Mend(row, file);
            yield return new ImportedCase(row, code => file.Drop(code));
        }

        file.End();
    }

    private static void Update(Row alteration, Field field, GeneNames genes, FileLog file)
    {
        if (alteration.Text(field) is { } symbol)
            alteration.Set(field, genes.Current(symbol, null, file));
    }

    private static void Refuse(RegistrationLine line, FileLog file)
    {
        if (line.Problems.FirstOrDefault(p => p.IsDamage) is { } damage)
            throw new ImportException(damage.Code, damage.Message, file.Path, line.Number);
        file.Drop(line.Problems[0].Code, line.Problems[0].Path, Hint(line.Problems[0]));
        foreach (var more in line.Problems.Skip(1))
            file.Note(more.Code, more.Path, Hint(more));
    }

    private static string? Hint(RegistrationProblem problem) => problem.Suggestions.Count == 0 ? null : string.Join(", ", problem.Suggestions);
}
