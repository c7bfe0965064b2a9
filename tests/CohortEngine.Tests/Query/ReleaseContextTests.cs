using DataPortal.CohortEngine.Query;
using DataPortal.Releases;
using DataPortal.Releases.Building;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Sealing;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.CohortEngine.Tests.Query;

/// <summary>A sealed release tells the language its own names.</summary>
public sealed class ReleaseContextTests : IDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), "dataportal-" + Guid.CreateVersion7().ToString("N"));

    [Fact]
    public void Hospitals_genes_and_changes_of_a_release_are_known()
    {
        var release = Build([("Hospital North", "KRAS", "G12C"), ("Hospital North", "KRAS", "G12C"), ("Hospital South", "KRAS", "G12D"), ("Hospital South", "NEWGENE7", "amplification")]);
        var language = new QueryLanguage(release.Vocabulary, QueryContext.Of(release));
        Assert.Equal("hospital:\"Hospital North\"", language.Parse("施設:ｈｏｓｐｉｔａｌｎｏｒｔｈ", "ja").Canonical);
        Assert.Equal("NEWGENE7 amp", language.Parse("newgene7 増幅", "ja").Canonical);
        var error = Assert.Single(language.Parse("hospital:\"Hospital Nort\"", "en").Errors);
        Assert.Contains("\"Hospital North\"", error.Suggestions);
        Assert.Equal([("G12C", 2), ("G12D", 1)], language.Suggest("KRAS G", 6, 6, "en").Take(2).Select(s => (s.Text, s.Cases ?? 0)));
        Assert.Equal("variant(change:amplification)", language.Parse("change:amplification", "en").Canonical);
        Assert.Equal("bad_value", Assert.Single(language.Parse("change:never-seen", "en").Errors).Code);
    }

    public void Dispose()
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private Release Build(IReadOnlyList<(string Hospital, string Gene, string Change)> cases)
    {
        var dictionary = DataDictionary.Current;
        var path = Path.Combine(folder, "r");
        using (var builder = new ReleaseBuilder(new ReleaseSettings(path, "r", "test", new byte[32], ReleaseSigner.OpenOrCreate(Path.Combine(folder, "keys")), Vocabulary.Shipped, TimeProvider.System)))
        {
            foreach (var (i, (hospital, gene, change)) in cases.Index())
            {
                var row = new Row(dictionary.Case);
                row.Set(dictionary["case.registration_id"], $"R{i}");
                row.Set(dictionary["case.patient_id"], $"P{i}");
                row.Set(dictionary["case.registered"], new DateOnly(2024, 4, 1));
                row.Set(dictionary["case.hospital"], hospital);
                row.Set(dictionary["case.cancer"], "LUAD");
                var alteration = row.Add(dictionary.Entity("alteration"));
                alteration.Set(dictionary["alteration.gene"], gene);
                alteration.Set(dictionary["alteration.change"], change);
                builder.Add(row);
            }

            builder.Seal();
        }

        return Release.Open(path);
    }
}
