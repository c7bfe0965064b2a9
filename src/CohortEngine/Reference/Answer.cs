namespace DataPortal.CohortEngine.Reference;

internal enum Tri
{
    False,
    Unknown,
    True,
}

/// <summary>Why something is unknown; a lower one goes before a higher one.</summary>
internal enum Why
{
    Failed,
    NotCovered,
    NoCtdna,
    NotAnnotated,
    OriginUnknown,
    NotRecorded,
}

/// <summary>A value of Kleene's logic, with the first reason when unknown.</summary>
internal readonly record struct Answer(Tri Is, Why Why)
{
    public static Answer True => new(Tri.True, default);

    public static Answer False => new(Tri.False, default);

    public static Answer Unknown(Why why) => new(Tri.Unknown, why);

    public static Answer Of(bool value) => value ? True : False;

    public static Answer Not(Answer a) => a.Is switch { Tri.True => False, Tri.False => True, _ => a };

    public static Answer All(IEnumerable<Answer> answers)
    {
        var all = answers.ToArray();
        return all.Any(a => a.Is == Tri.False) ? False : FirstUnknown(all) ?? True;
    }

    public static Answer Any(IEnumerable<Answer> answers)
    {
        var all = answers.ToArray();
        return all.Any(a => a.Is == Tri.True) ? True : FirstUnknown(all) ?? False;
    }

    private static Answer? FirstUnknown(Answer[] all)
    {
        var open = all.Where(a => a.Is == Tri.Unknown).ToArray();
        return open.Length == 0 ? null : Unknown(open.Min(a => a.Why));
    }
}
