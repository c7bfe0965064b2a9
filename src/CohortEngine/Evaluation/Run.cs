using DataPortal.CohortEngine.Planning;

namespace DataPortal.CohortEngine.Evaluation;

/// <summary>
/// One evaluation of a plan. First the population: recorded items decide, terms about alterations stay open; cheap terms narrow what dear ones look at.
/// Then the terms about alterations, over the population alone; then both together. Not thread-safe.
/// </summary>
internal sealed class Run : IDisposable
{
    private readonly Dictionary<PlanNode, (ulong[] Certain, ulong[] Possible)> truths = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<LeafPlan, Found> genomic = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<PlanNode> ruledOut = new(ReferenceEqualityComparer.Instance);
    private readonly ulong[] none;
    private ulong[]? population;

    public Run(EngineState engine, CaseSet? excluded, bool lenient, CancellationToken cancellation)
    {
        Engine = engine;
        Lenient = lenient;
        Cancellation = cancellation;
        Arena = new Arena(engine.Pool);
        none = Arena.Empty();
        Base = excluded is null or { Count: 0 } ? engine.AllWords : Without(excluded);
    }

    public EngineState Engine { get; }

    public Arena Arena { get; }

    public bool Lenient { get; }

    public CancellationToken Cancellation { get; }

    /// <summary>All cases but the excluded.</summary>
    public ulong[] Base { get; }

    public Cohort Evaluate(PlanNode root)
    {
        population = Arena.CopyOf(Population(root, Base).Possible);
        Words.And(population, Base);
        var assayed = Arena.CopyOf(population);
        FindGenomic(root, assayed);
        var (certain, possible) = Truth(root);
        var yes = Arena.CopyOf(certain);
        Words.And(yes, population);
        var open = Arena.CopyOf(possible);
        Words.And(open, population);
        Words.AndNot(open, yes);

        var universe = Engine.Release.Cases;
        var all = Words.Count(population) == universe ? Engine.All : Engine.Recent.Of(population);
        return new Cohort(
            Engine.Recent.Of(yes), Engine.Recent.Of(open), all,
            assayed.AsSpan().SequenceEqual(population) ? all : Engine.Recent.Of(assayed), ReasonsOf(root, open));
    }

    public void Dispose() => Arena.Dispose();

    // Certain and possible when nothing is known of alterations. Right within `within`; arbitrary elsewhere.
    private (ulong[] Certain, ulong[] Possible) Population(PlanNode node, ulong[] within)
    {
        Cancellation.ThrowIfCancellationRequested();
        var truth = node switch
        {
            AllPlan => (within, within),
            LeafPlan { Genomic: true } => (none, within),
            LeafPlan leaf => Recorded(leaf, within),
            NotPlan not => Opposite(Population(not.Term, within), within),
            AndPlan and => NarrowingAnd(and, within),
            OrPlan or => Combined([.. or.Terms.Select(t => Population(t, within))], and: false),
            _ => throw new InvalidOperationException($"No rule for {node.GetType().Name}."),
        };
        if (!node.Genomic)
            truths[node] = truth;
        return truth;
    }

    private (ulong[] Certain, ulong[] Possible) Recorded(LeafPlan leaf, ulong[] within)
    {
        var found = new Found(Arena, genomic: false);
        leaf.Find(this, within, found);
        return (found.Certain, found.Possible);
    }

    private (ulong[] Certain, ulong[] Possible) NarrowingAnd(AndPlan and, ulong[] within)
    {
        var possible = Arena.CopyOf(within);
        var certain = Arena.CopyOf(within);
        foreach (var term in and.Terms)
        {
            var (c, p) = Population(term, possible);
            Words.And(certain, c);
            if (ReferenceEquals(p, possible))
                continue;
            // A term narrows only the terms after it: what those before it were given must stay as it is.
            possible = Arena.CopyOf(possible);
            Words.And(possible, p);
            if (Words.IsEmpty(possible))
            {
                ruledOut.Add(and);
                return (none, none);
            }
        }

        return (certain, possible);
    }

    private void FindGenomic(PlanNode node, ulong[] assayed)
    {
        if (node is LeafPlan { Genomic: true } leaf)
        {
            Cancellation.ThrowIfCancellationRequested();
            var found = new Found(Arena, genomic: true);
            leaf.Find(this, population!, found);
            genomic.Add(leaf, found);
            truths.Add(leaf, (found.Certain, found.Possible));
            Words.RemoveUndecided(assayed, found.Certain, found.Possible);
            return;
        }

        foreach (var term in node.Terms)
        {
            if (term.Genomic)
                FindGenomic(term, assayed);
        }
    }

    private (ulong[] Certain, ulong[] Possible) Truth(PlanNode node)
    {
        if (truths.TryGetValue(node, out var known))
            return known;
        var truth = ruledOut.Contains(node) ? (none, none) : node switch
        {
            NotPlan not => Opposite(Truth(not.Term), Base),
            AndPlan and => Combined([.. and.Terms.Select(Truth)], and: true),
            OrPlan or => Combined([.. or.Terms.Select(Truth)], and: false),
            _ => throw new InvalidOperationException($"No rule for {node.GetType().Name}."),
        };
        truths.Add(node, truth);
        return truth;
    }

    private (ulong[] Certain, ulong[] Possible) Opposite((ulong[] Certain, ulong[] Possible) of, ulong[] within)
    {
        var certain = Arena.CopyOf(within);
        Words.AndNot(certain, of.Possible);
        var possible = Arena.CopyOf(within);
        Words.AndNot(possible, of.Certain);
        return (certain, possible);
    }

    private (ulong[] Certain, ulong[] Possible) Combined((ulong[] Certain, ulong[] Possible)[] terms, bool and)
    {
        var certain = Arena.CopyOf(terms[0].Certain);
        var possible = Arena.CopyOf(terms[0].Possible);
        foreach (var term in terms.AsSpan(1))
        {
            if (and)
            {
                Words.And(certain, term.Certain);
                Words.And(possible, term.Possible);
            }
            else
            {
                Words.Or(certain, term.Certain);
                Words.Or(possible, term.Possible);
            }
        }

        return (certain, possible);
    }

    private ulong[] Without(CaseSet excluded)
    {
        if (excluded.Universe != Engine.Release.Cases)
            throw new ArgumentException("The excluded cases are of another release.", nameof(excluded));
        var words = Arena.CopyOf(Engine.AllWords);
        if (excluded.IsList)
        {
            foreach (var number in excluded.List)
                words[number >> 6] &= ~(1UL << (number & 63));
        }
        else
        {
            Words.AndNot(words, excluded.Bits);
        }

        return words;
    }

    // Each unknown case once, under the first reason that any of the terms gives which leave it unknown.
    private List<UnknownReason> ReasonsOf(PlanNode root, ulong[] open)
    {
        var result = new List<UnknownReason>();
        if (Words.IsEmpty(open))
            return result;
        var because = new ulong[]?[Reasons.Count];
        Gather(root, open, because);
        var left = Arena.CopyOf(open);
        for (var reason = 0; reason < because.Length; reason++)
        {
            if (because[reason] is not { } cases)
                continue;
            Words.And(cases, left);
            Words.AndNot(left, cases);
            if (Words.Count(cases) is > 0 and var count)
                result.Add(new UnknownReason(((Reason)reason).Code(), count));
        }

        return result;
    }

    private void Gather(PlanNode node, ulong[] open, ulong[]?[] because)
    {
        var (certain, possible) = Truth(node);
        var here = Arena.CopyOf(open);
        Words.And(here, possible);
        Words.AndNot(here, certain);
        if (Words.IsEmpty(here))
            return;
        if (node is LeafPlan leaf)
        {
            for (var reason = 0; reason < because.Length; reason++)
            {
                var cases = !genomic.TryGetValue(leaf, out var found) ? reason == (int)Reason.NotRecorded ? here : null : found.CasesWith((Reason)reason);
                if (cases is null)
                    continue;
                var sum = because[reason] ??= Arena.Empty();
                for (var i = 0; i < sum.Length; i++)
                    sum[i] |= cases[i] & here[i];
            }
        }

        foreach (var term in node.Terms)
            Gather(term, here, because);
    }
}
