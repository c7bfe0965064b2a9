using DataPortal.CohortEngine.Query;

namespace DataPortal.CohortEngine.Tests.Query;

/// <summary>Random trees of every node and test; not in normal shape, and sometimes beyond the limits.</summary>
internal sealed class RandomTrees(int seed)
{
    private static readonly string[] Genes = ["KRAS", "TP53", "EGFR", "NKX2-1", "HLA-A", "H3-3A", "ERBB2", "TERT", "ZZGENE9", "ODD GENE", "P2RY8"];

    private static readonly string[] CaseFields = ["age:60", "age>=70", "age:60-69", "age:>60-<70", "age>30", "tmb:>1.25-10", "sex:female", "stage:I,IV", "stage:missing", "ps:0,1",
        "msi:high@panel", "msi:missing@clinical", "her2.ihc:3+,2+", "er:positive", "cancer:LUAD,PAAD", "cancer.post:LUNG", "hospital:\"見本\"\"病院\"\"\"", "hospital:\"and\"",
        "hospital:\"Example Hospital 2\",\"Example Hospital 1\"", "panel:F1CDX", "date.registered:2023-04-01..2024-03-31", "date.death<2020-01-01", "year:2023", "fy:2024-2025",
        "metastasis:brain,lung", "drug:sotorasib", "drug:carboplatin+paclitaxel", "response:CR,PR", "class:\"KRAS G12C inhibitor\"", "regimen:\"FOLFOX+BV\"",
        "regimen:\"Home-made (A, B)\"", "event:\"Febrile neutropenia\"", "grade>=3", "route:patient-proposed", "cancer:X-OTHER"];

    private static readonly string[] LineFields = ["drug:sotorasib", "drug:carboplatin+paclitaxel", "drug:missing", "class:EGFR-TKI", "line>=2", "line:1", "purpose:palliative", "response:PR,CR",
        "event:Pneumonitis", "grade:3-5", "when:post-ep", "start>=2020-01-01", "route:missing", "regimen:FOLFOX"];

    private static readonly string[] AlterationFields = ["vaf>=0.1", "vaf:>0.05-<0.1", "origin:somatic", "kind:fusion", "evidence:A,B@ep", "evidence:missing@release", "evidence.drug:osimertinib@release",
        "cn>=6", "exon:19", "pgpv:yes", "partner:ALK", "change:G12C", "level:A", "pathogenicity:pathogenic"];

    private static readonly string[] Words = ["any", "onc", "vus", "trunc", "missense", "splice", "inframe", "promoter", "amp", "loss", "fusion", "exon19del", "exon20ins", "exon14skip",
        "G12C", "G12", "codon12", "p.P53", "p.C228T", "R213*", "R1450fs*12", "E746_A750del", "X1010_splice", "c.-124C>T", "c.3028+1G>T", "M1?", "D770_N771insSVD", "cn>=6", "cn:2-4", "cn:>1-<5", "cn<1.5"];

    private readonly Random random = new(seed);

    public QueryNode Next()
    {
        var tree = Node(random.Next(1, 5));
        return random.Next(12) == 0 ? new LenientNegatives(tree) : tree;
    }

    private QueryNode Node(int depth) => (depth <= 0 ? random.Next(4, 10) : random.Next(0, 10)) switch
    {
        0 or 1 => new And(Many(depth)),
        2 => new Or(Many(depth)),
        3 => new Not(Node(depth - 1)),
        4 => random.Next(4) == 0 ? new Everything() : Alteration([]),
        5 => Alteration(Tests(AlterationFields, 1, 3)),
        6 => new AlterationTerm(null, new AnyAlteration(), Tests(AlterationFields, 1, 3)),
        7 => random.Next(3) == 0 ? new SpecimenTerm(Order()) : Treatment(),
        _ => new FieldTerm(Test(CaseFields)),
    };

    private QueryNode[] Many(int depth) => [.. Enumerable.Range(0, random.Next(2, 5)).Select(_ => Node(depth - 1))];

    private TreatmentTerm Treatment()
    {
        var ordered = random.Next(2) == 0;
        return new TreatmentTerm(Tests(LineFields, ordered ? 0 : 1, 3), ordered ? Order() : null);
    }

    private TimeOrder Order() => new(random.Next(2) == 0, Tests(LineFields, 1, 2), random.Next(2) == 0 ? random.Next(1, 500) : null);

    private AlterationTerm Alteration(FieldTest[] conditions)
    {
        var gene = Pick(Genes);
        AlterationTest test = random.Next(8) switch
        {
            0 => new Fusion(Pick(Genes[..6]), random.Next(2) == 0),
            1 => new Fusion(null, true),
            2 when conditions.Length == 0 => new WildType(),
            3 when gene == "EGFR" => new ClassTest(AlterationClass.VariantIII, null),
            _ => ((AlterationTerm)Languages.Tree($"PTEN {Pick(Words)}")).Test,
        };
        // A gene with a blank has no fusion in one word.
        return new AlterationTerm(test is Fusion && gene == "ODD GENE" ? "KRAS" : gene, test, conditions);
    }

    private FieldTest[] Tests(string[] from, int least, int most) => [.. Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => Test(from))];

    private FieldTest Test(string[] from) => Languages.Tree(Pick(from)) switch
    {
        FieldTerm field => field.Test,
        AlterationTerm alteration => alteration.Conditions[0],
        var other => throw new InvalidOperationException(other.ToString()),
    };

    private T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
