using DataPortal.CohortEngine.Evaluation;
using DataPortal.CohortEngine.Query;

namespace DataPortal.CohortEngine.Planning;

/// <summary>How the cases of a term are found.</summary>
public enum Access
{
    /// <summary>Every case, or a combination of the terms below.</summary>
    None,

    /// <summary>From lists that were made when the release was sealed.</summary>
    PostingList,

    /// <summary>By looking through one column of the cases.</summary>
    ColumnScan,

    /// <summary>By looking through the rows of a child table.</summary>
    ChildScan,
}

/// <summary>A query made ready for one release: terms in the order of evaluation, names as stored codes.</summary>
internal abstract class PlanNode(QueryNode source, bool genomic, int cost)
{
    public QueryNode Source { get; } = source;

    /// <summary>Whether a term about alterations lies within.</summary>
    public bool Genomic { get; } = genomic;

    /// <summary>Rough cost, in no unit: cheap terms come first and narrow the dear ones.</summary>
    public int Cost { get; } = cost;

    public virtual Access Access => Access.None;

    public virtual IReadOnlyList<PlanNode> Terms => [];
}

internal sealed class AllPlan(QueryNode source) : PlanNode(source, false, 0);

internal sealed class AndPlan(QueryNode source, IReadOnlyList<PlanNode> terms) : PlanNode(source, terms.Any(t => t.Genomic), terms.Sum(t => t.Cost))
{
    public override IReadOnlyList<PlanNode> Terms { get; } = terms;
}

internal sealed class OrPlan(QueryNode source, IReadOnlyList<PlanNode> terms) : PlanNode(source, terms.Any(t => t.Genomic), terms.Sum(t => t.Cost))
{
    public override IReadOnlyList<PlanNode> Terms { get; } = terms;
}

internal sealed class NotPlan(QueryNode source, PlanNode term) : PlanNode(source, term.Genomic, term.Cost)
{
    public PlanNode Term { get; } = term;

    public override IReadOnlyList<PlanNode> Terms => [Term];
}

/// <summary>A term that looks at data.</summary>
internal abstract class LeafPlan(QueryNode source, bool genomic, int cost, Access access) : PlanNode(source, genomic, cost)
{
    public override Access Access => access;

    /// <summary>
    /// Sets the bits of the cases for which the term is true in <c>found.Certain</c>, and of those for which it is true or unknown in <c>found.Possible</c>.
    /// Need be right within <paramref name="within"/> only; elsewhere anything may stand.
    /// </summary>
    public abstract void Find(Run run, ulong[] within, Found found);
}
