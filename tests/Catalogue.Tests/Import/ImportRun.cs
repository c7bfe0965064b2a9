using DataPortal.Catalogue.Import;
using DataPortal.Catalogue.Import.CBioPortal;
using DataPortal.Catalogue.Import.Portal;
using DataPortal.Releases;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Catalogue.Tests.Import;

/// <summary>One import read to its end, with what it gave.</summary>
internal sealed record ImportRun(IReadOnlyList<Assay> Assays, IReadOnlyList<Row> Cases, ImportReport Report)
{
    public static ImportRun OfStudy(string folder) => Run("cbioportal", log => StudyImport.Read(folder, Vocabulary.Shipped, log, TestContext.Current.CancellationToken));

    public static ImportRun OfPortal(string folder) =>
        Run("portal", log => PortalImport.Read(folder, Vocabulary.Shipped, TimeProvider.System, log, TestContext.Current.CancellationToken));

    public IEnumerable<Row> Alterations => Cases.SelectMany(c => c.Children(DataDictionary.Current.Entity("alteration")));

    public long Count(string code) => Report.Totals.Where(t => t.Code == code).Sum(t => t.Count);

    public ImportedFile File(string path) => Report.Files.Single(f => f.Path == path);

    private static ImportRun Run(string format, Func<ImportLog, RegistrationSource> read)
    {
        using var log = new ImportLog(null);
        var source = read(log);
        var cases = source.Cases.Select(c => c.Row).ToList();
        return new ImportRun(source.Assays, cases, log.Report(format, cases.Count));
    }
}
