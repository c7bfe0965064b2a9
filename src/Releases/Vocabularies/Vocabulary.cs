namespace DataPortal.Releases.Vocabularies;

/// <summary>
/// The names that queries, imports and exports share. A release carries the snapshot it was built with (<see cref="Write"/>), so that
/// a search repeated years later resolves names as it did then.
/// </summary>
public sealed class Vocabulary
{
    private static readonly Lazy<Vocabulary> ShippedOne = new(() => Load(Embedded));

    private static readonly (string File, string[] Key)[] Files =
    [
        (CancerTypes.File, ["code"]), (CancerTypes.CrosswalkFile, ["old"]), (Genes.File, ["symbol"]), (Genes.GroupsFile, ["name"]), (Panels.File, ["code", "version"]),
        (Panels.CoverageFile, ["panel", "version", "kind", "source"]), (Drugs.File, ["name"]), (Terms.File, ["list", "code"]),
    ];

    private Vocabulary(CancerTypes cancers, Genes genes, Panels panels, Drugs drugs, Terms terms)
    {
        Cancers = cancers;
        Genes = genes;
        Panels = panels;
        Drugs = drugs;
        Terms = terms;
    }

    /// <summary>The compact vocabulary that comes with the product.</summary>
    public static Vocabulary Shipped => ShippedOne.Value;

    public CancerTypes Cancers { get; }

    public Genes Genes { get; }

    public Panels Panels { get; }

    public Drugs Drugs { get; }

    public Terms Terms { get; }

    /// <summary>
    /// The vocabulary of a folder: <c>NAME.tsv</c> stands in place of the shipped file of that name, <c>NAME.add.tsv</c> adds to it (lines with the same key replace).
    /// A folder that <see cref="Write"/> filled is therefore independent of what is shipped.
    /// </summary>
    /// <exception cref="VocabularyException">A file cannot be read; file and line are named.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static Vocabulary Read(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"no vocabulary folder '{folder}'");
        }

        return Load(file =>
        {
            var path = Path.Combine(folder, file);
            var table = File.Exists(path) ? TsvTable.ReadFile(path) : Embedded(file);
            var more = Path.Combine(folder, Path.ChangeExtension(file, ".add.tsv"));
            return File.Exists(more) ? table.ExtendedBy(TsvTable.ReadFile(more), Files.Single(f => f.File == file).Key) : table;
        });
    }

    /// <summary>Writes every file into the folder, which is made if needed; the same vocabulary gives the same bytes on every machine.</summary>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var table in Tables())
        {
            table.Write(Path.Combine(folder, table.File));
        }
    }

    internal static TsvTable Embedded(string file)
    {
        using var stream = typeof(Vocabulary).Assembly.GetManifestResourceStream("Vocabularies." + file)
            ?? throw new InvalidOperationException($"{file} is not embedded");
        using var reader = new StreamReader(stream);
        return TsvTable.Read(file, reader);
    }

    internal static Vocabulary Load(Func<string, TsvTable> table)
    {
        var genes = new Genes(table(Genes.File), table(Genes.GroupsFile));
        return new Vocabulary(new CancerTypes(table(CancerTypes.File), table(CancerTypes.CrosswalkFile)), genes,
            new Panels(table(Panels.File), table(Panels.CoverageFile), genes), new Drugs(table(Drugs.File)), new Terms(table(Terms.File)));
    }

    internal IEnumerable<TsvTable> Tables() =>
    [
        Cancers.ToTable(), Cancers.CrosswalkTable(), Genes.ToTable(), Genes.GroupsTable(), Panels.ToTable(), Panels.CoverageTable(), Drugs.ToTable(), Terms.ToTable(),
    ];
}
