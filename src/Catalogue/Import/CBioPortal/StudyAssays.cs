using DataPortal.Releases;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Catalogue.Import.CBioPortal;

/// <summary>
/// Makes an assay of every combination of panels that occurs, and writes its name into the cases. A sample on a case list without a panel was examined in every
/// gene; one on no list, in none. A profile whose data are not in the folder covers nothing: its silence is not a negative.
/// </summary>
internal sealed class StudyAssays
{
    /// <summary>Stands where a panel's name would, for samples examined in every gene.</summary>
    public const string AllGenes = "all-genes";

    private static readonly Field Panel = DataDictionary.Current["case.panel"], Version = DataDictionary.Current["case.panel_version"];
    private static readonly (Profile Profile, string Name, AlterationKind[] Kinds)[] Profiles =
    [
        (Profile.Mutations, "mutations", [AlterationKind.ShortVariant]),
        (Profile.CopyNumber, "cna", [AlterationKind.Amplification, AlterationKind.Loss]),
        (Profile.StructuralVariants, "structural_variants", [AlterationKind.Fusion]),
    ];

    private readonly Study study;
    private readonly GeneNames genes;
    private readonly Panels vocabulary;
    private readonly Dictionary<string, IReadOnlyList<string>> listed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> sources = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, string), Assay> assays = [];
    private readonly HashSet<string> reported = [];
    private readonly FileLog log;

    public StudyAssays(Study study, GeneNames genes, Panels vocabulary)
    {
        (this.study, this.genes, this.vocabulary) = (study, genes, vocabulary);
        log = study.Log.Open(study.Folder.Meta.Name, "study");
        foreach (var file in study.Folder.GenePanels())
        {
            listed[file.Required("stable_id")] = file.List("gene_list");
            sources[file.Required("stable_id")] = file.Name;
        }
    }

    public IReadOnlyList<Assay> Assign()
    {
        var used = Profiles.Where(p => study.WithData.Contains(p.Profile) || study.Samples.Any(s => s.Panels[(int)p.Profile] is not null)).ToList();
        foreach (var (profile, name, _) in Profiles)
            NoteGaps(profile, name);
        foreach (var sample in study.Samples)
        {
            var examined = used.ConvertAll(p => (p.Name, p.Profile, p.Kinds,
                What: sample.Panels[(int)p.Profile] ?? (sample.IsListed(p.Profile) && study.WithData.Contains(p.Profile) ? AllGenes : null)));
            var names = examined.Select(e => e.What).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
            var panel = string.Join('+', names);
            var alike = names.Count == 1 && examined.TrueForAll(e => e.What is not null);
            var version = names.Count == 0 || alike ? "" : string.Join(' ', examined.Where(e => e.What is not null).Select(e => $"{e.Name}={e.What}"));
            if (sample.Matched is { } matched && names.Count > 0)
                version = (version + (matched ? " matched" : " unmatched")).TrimStart();
            sample.Row.Set(Panel, panel);
            sample.Row.Set(Version, version);
            if (!assays.ContainsKey((panel, version)))
                assays.Add((panel, version), Describe(panel, version, sample.Matched == true, [.. examined.Where(e => e.What is not null).Select(e => (e.Profile, e.Kinds, e.What!))]));
        }

        // An assay of which nothing is known stays undeclared, so that the release calls it unlisted.
        return [.. assays.Values.Where(a => a.AllGenes.Count > 0 || a.Coverage.Count > 0 || a.Panel.Length == 0)];
    }

    private Assay Describe(string panel, string version, bool paired, IReadOnlyList<(Profile Profile, AlterationKind[] Kinds, string What)> examined)
    {
        var all = new List<AlterationKind>();
        var coverage = new List<CoverageEntry>();
        foreach (var (profile, kinds, what) in examined.Where(e => study.WithData.Contains(e.Profile)))
        {
            if (what == AllGenes)
                all.AddRange(kinds);
            else if (listed.TryGetValue(what, out var symbols))
                coverage.AddRange(symbols.Select(genes.Current).Distinct(StringComparer.Ordinal).SelectMany(g => kinds.Select(k => new CoverageEntry(panel, version, g, k, "", sources[what], false))));
            else if (vocabulary.Find(what) is { } known)
                coverage.AddRange(vocabulary.Coverage(known.Code, known.Version).Where(c => kinds.Contains(c.Kind)).Select(c => c with { Panel = panel, Version = version }));
            else if (reported.Add(what))
                log.NoteAt(0, "unlisted_panel", "case.panel", what);
        }

        return new Assay(panel, version, paired, all, coverage);
    }

    private void NoteGaps(Profile profile, string name)
    {
        var withData = study.WithData.Contains(profile);
        if (!withData && study.Samples.Any(s => s.IsListed(profile) || s.Panels[(int)profile] is not null))
            log.NoteAt(0, "profile_without_data", name);
        if (withData && !study.Samples.Any(s => s.IsListed(profile) || s.Panels[(int)profile] is not null))
            log.NoteAt(0, "no_examined_samples", name);
    }
}
