using System.Globalization;
using DataPortal.Releases;
using DataPortal.Releases.Building;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Sealing;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.CohortEngine.Tests.Characteristics;

/// <summary>A small sealed release of random rows in a folder of its own: every field may be blank, every child may repeat, some patients have several cases.</summary>
public sealed class RandomRelease : IDisposable
{
    private static readonly DataDictionary Dictionary = DataDictionary.Current;
    private static readonly string[] Genes = ["ALK", "APC", "BRAF", "EGFR", "EML4", "KRAS", "NOSUCH1", "STK11", "TERT", "TP53"];

    private readonly string folder = Path.Combine(Path.GetTempPath(), $"characteristics-{Guid.CreateVersion7():N}");
    private readonly Random random;
    private readonly double blank;
    private readonly bool evidence;

    public RandomRelease(int seed, int cases)
    {
        random = new Random(seed);
        blank = random.NextDouble() * 0.6;
        evidence = random.Next(4) != 0;
        Directory.CreateDirectory(folder);
        using var signer = ReleaseSigner.OpenOrCreate(Path.Combine(folder, "keys"));
        var settings = new ReleaseSettings(Path.Combine(folder, "random"), "random", "portal", new byte[32], signer, Vocabulary.Shipped, TimeProvider.System);
        using var builder = new ReleaseBuilder(settings);
        foreach (var panel in Vocabulary.Shipped.Panels.All)
            builder.Declare(Assay.Of(panel, Vocabulary.Shipped.Panels));
        for (var i = 0; i < cases; i++)
        {
            var row = Fill(new Row(Dictionary.Case));
            row.Set(Dictionary["case.registration_id"], $"R{i}");
            row.Set(Dictionary["case.patient_id"], $"P{random.Next(cases)}");
            row.Set(Dictionary["case.consent_secondary_use"], "yes");
            builder.Add(row);
        }

        builder.Seal(new DateOnly(2025, 3, 31));
        Release = Release.Open(Path.Combine(folder, "random"));
    }

    public Release Release { get; }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private Row Fill(Row row)
    {
        foreach (var field in row.Entity.Fields)
        {
            if (field.IsDerived || random.NextDouble() < blank)
                continue;
            Fill(row, field);
        }

        foreach (var child in row.Entity.Children)
        {
            // Now and then more rows than the byte of a sum can hold.
            var rows = child.Name == "alteration" && random.Next(60) == 0 ? 300 : random.Next(5);
            for (var i = 0; i < rows && (evidence || child.Name != "evidence"); i++)
                Fill(row.Add(child));
        }

        return row;
    }

    private void Fill(Row row, Field field)
    {
        switch (field.Type)
        {
            case FieldType.Code when evidence || field.Name != "pathogenicity":
                row.Set(field, Pick(Dictionary.Codes(field.Domain)).Value);
                break;
            case FieldType.Open:
                row.Set(field, Open(field.Domain));
                break;
            case FieldType.Text:
                row.Set(field, "text " + random.Next(9));
                break;
            case FieldType.Date:
                row.Set(field, new DateOnly(2019 + random.Next(7), 1 + random.Next(12), 1 + random.Next(28)));
                break;
            case FieldType.Integer or FieldType.Decimal:
                var span = Math.Min((double)(field.Max - field.Min), 90);
                row.Set(field, (double)field.Min + Math.Round(random.NextDouble() * span, 1));
                break;
        }
    }

    private string Open(string domain) => domain switch
    {
        "cancer" => random.Next(9) == 0 ? "NOSUCH" : Vocabulary.Shipped.Cancers.All[random.Next(60)].Code,
        "gene" => Pick(Genes),
        "change" => "G" + random.Next(6).ToString(CultureInfo.InvariantCulture) + "C",
        "drug" => random.Next(9) == 0 ? "unheard of" : Vocabulary.Shipped.Drugs.All[random.Next(8)].Name,
        "panel" => Pick(Vocabulary.Shipped.Panels.All).Code,
        "panel_version" => "1",
        "site" => Pick(Vocabulary.Shipped.Terms.All(Terms.Sites)).Code,
        "event" => Vocabulary.Shipped.Terms.All(Terms.Events)[random.Next(8)].Code,
        "regimen" => Vocabulary.Shipped.Terms.All(Terms.Regimens)[random.Next(8)].Code,
        _ => $"{domain} {random.Next(6)}",
    };

    private T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
