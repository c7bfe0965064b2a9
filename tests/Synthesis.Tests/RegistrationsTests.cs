using System.Security.Cryptography;
using System.Text;
using DataPortal.Releases;
using DataPortal.Releases.Building;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Sealing;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Synthesis.Tests;

public sealed class RegistrationsTests
{
    private static readonly DataDictionary Fields = DataDictionary.Current;

    [Fact]
    public void The_same_size_and_seed_give_the_same_cases_whatever_makes_them()
    {
        var one = new SyntheticRegistrations(1_500, 7);
        var inOrder = one.Select(Digest).ToList();

        Assert.Equal(inOrder, new SyntheticRegistrations(1_500, 7).MadeAhead(3).Select(Digest));
        Assert.Equal(inOrder.Take(400), new SyntheticRegistrations(400, 7).Select(Digest));
        Assert.All([1_499, 0, 700, 3, 701], i => Assert.Equal(inOrder[i], Digest(one[i])));
        Assert.NotEqual(inOrder, new SyntheticRegistrations(1_500, 8).Select(Digest));
    }

    [Fact]
    public void The_cases_are_the_same_on_every_platform()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var row in new SyntheticRegistrations(1_000, 42))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Digest(row)));
        }

        // Changes only when the generator or its tables change: then the new value is to be put here on purpose.
        Assert.Equal("A2CA13D8E3CF3820", Convert.ToHexString(hash.GetHashAndReset())[..16]);
    }

    [Fact]
    public void Zero_cases_are_none_and_fewer_are_refused()
    {
        Assert.Empty(new SyntheticRegistrations(0, 1));
        Assert.Empty(new SyntheticRegistrations(0, 1).MadeAhead(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SyntheticRegistrations(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SyntheticRegistrations(1, 1).MadeAhead(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SyntheticRegistrations(1, 1)[1]);
    }

    [Fact]
    public void Nothing_is_reported_that_the_panel_does_not_cover()
    {
        var syn = new SyntheticRegistrations(3_000, 11);
        var coverage = syn.Assays.ToDictionary(a => (a.Panel, a.Version), a => a.Coverage.Select(e => (e.Gene, e.Kind, e.Region)).ToHashSet());
        var seen = 0;
        foreach (var row in syn)
        {
            var covered = coverage[(Text(row, "panel")!, Text(row, "panel_version")!)];
            foreach (var a in row.Children(Fields.Entity("alteration")).Where(a => Text(a, "kind") != "other_biomarker"))
            {
                var kind = (Text(a, "kind"), Text(a, "change")) switch
                {
                    ("fusion", _) => AlterationKind.Fusion,
                    ("expression", _) => AlterationKind.Expression,
                    ("copy_number_alteration", "loss") => AlterationKind.Loss,
                    ("copy_number_alteration", _) => AlterationKind.Amplification,
                    _ => AlterationKind.ShortVariant,
                };
                var region = Text(a, "consequence") switch { "promoter" => "promoter", "exon_skipping" => "exon 14 intron", _ => "" };
                Assert.True(new[] { Text(a, "gene"), Text(a, "partner") }.Any(g => g is not null && covered.Contains((g, kind, region))), Digest(a));
                seen++;
            }
        }

        Assert.True(seen > 25_000);
    }

    [Fact]
    public void What_was_given_as_recommended_is_among_the_evidence_of_that_day()
    {
        var given = 0;
        foreach (var row in new SyntheticRegistrations(3_000, 12).Where(r => Text(r, "earlier_registration") == "no"))
        {
            var drugs = row.Children(Fields.Entity("alteration")).SelectMany(a => a.Children(Fields.Entity("evidence")))
                .Where(e => Text(e, "level") is "A" or "B" or "C" or "D").Select(e => Text(e, "drug")).ToHashSet();
            foreach (var line in row.Children(Fields.Entity("treatment")).Where(t => Text(t, "recommended") == "yes"))
            {
                Assert.Equal("post-ep", Text(line, "phase"));
                Assert.All(line.Children(Fields.Entity("drug")), d => Assert.Contains(Text(d, "drug"), drugs));
                given++;
            }
        }

        Assert.True(given > 100);
    }

    [Fact]
    public void Every_name_in_the_rows_is_in_the_vocabulary()
    {
        var slips = 0;
        foreach (var row in new SyntheticRegistrations(2_000, 13))
        {
            Assert.Equal(Text(row, "cancer"), Vocabulary.Shipped.Cancers.Find(Text(row, "cancer")!)?.Code);
            Assert.All(row.Children(Fields.Entity("metastasis")), m => Assert.Equal(Text(m, "site"), Vocabulary.Shipped.Terms.Find(Terms.Sites, Text(m, "site")!)?.Code));
            Assert.All(row.Children(Fields.Entity("alteration")), a => Assert.True(Text(a, "gene") is not { } gene || Vocabulary.Shipped.Genes.BySymbol(gene)?.Symbol == gene));
            foreach (var t in row.Children(Fields.Entity("treatment")))
            {
                Assert.True(Text(t, "regimen") is not { } regimen || Vocabulary.Shipped.Terms.Find(Terms.Regimens, regimen)?.Code == regimen);
                Assert.All(t.Children(Fields.Entity("drug")), d => Assert.Equal(Text(d, "drug"), Vocabulary.Shipped.Drugs.Find(Text(d, "drug")!)?.Name));
                slips += t.Children(Fields.Entity("event")).Count(e => Vocabulary.Shipped.Terms.Find(Terms.Events, Text(e, "term")!)?.Code != Text(e, "term"));
            }
        }

        Assert.InRange(slips, 1, 20);
    }

    [Fact]
    public void The_builder_takes_every_row()
    {
        var folder = Directory.CreateTempSubdirectory("synthetic").FullName;
        try
        {
            var syn = new SyntheticRegistrations(4_000, 42);
            using var signer = ReleaseSigner.OpenOrCreate(folder);
            using var builder = new ReleaseBuilder(new ReleaseSettings(Path.Combine(folder, "synthetic"), "synthetic", "synthetic", new byte[32], signer, Vocabulary.Shipped, TimeProvider.System));
            foreach (var assay in syn.Assays)
            {
                builder.Declare(assay);
            }

            Assert.All(syn.MadeAhead(2), row => Assert.Equal(AddOutcome.Added, builder.Add(row)));
            var manifest = builder.Seal(SyntheticRegistrations.Cutoff);

            Assert.Equal(4_000, manifest.Cases);
            Assert.InRange(manifest.RepeatedPatients, 40, 120);
            Assert.DoesNotContain(manifest.Assays, a => a.Unlisted);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>All values of a row and its children as text.</summary>
    private static string Digest(Row row)
    {
        var text = new StringBuilder();
        Append(row);
        return text.ToString();

        void Append(Row r)
        {
            text.Append(r.Entity.Name).Append('{');
            foreach (var field in r.Entity.Fields.Where(r.Has))
            {
                text.Append(field.Name).Append('=').Append(r.Display(field)).Append(';');
            }

            foreach (var child in r.Entity.Children.SelectMany(r.Children))
            {
                Append(child);
            }

            text.Append('}');
        }
    }

    private static string? Text(Row row, string name) => row.Text(Fields[$"{row.Entity.Name}.{name}"]);
}
