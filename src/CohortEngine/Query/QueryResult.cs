namespace DataPortal.CohortEngine.Query;

/// <summary>What became of a query. <see cref="Tree"/> and <see cref="Canonical"/> are given exactly when there is no error.</summary>
/// <param name="Tree">The meaning, names resolved.</param>
/// <param name="Canonical">The one text for that meaning; it parses back to the same tree, within the same limits.</param>
/// <param name="Errors">Why the query was refused; the first cause is enough to mend it.</param>
/// <param name="Notices">What a reader should know about a query that was understood.</param>
public sealed record QueryResult(QueryNode? Tree, string? Canonical, IReadOnlyList<QueryError> Errors, IReadOnlyList<QueryNotice> Notices);

/// <summary>A query, or a part of it, that cannot be understood.</summary>
/// <param name="Code">
/// Stable: <c>unknown_word</c>, <c>ambiguous_word</c>, <c>ambiguous_reading</c>, <c>missing_operand</c>, <c>missing_value</c>, <c>unbalanced_parenthesis</c>,
/// <c>unbalanced_quote</c>, <c>bad_value</c>, <c>bad_range</c>, <c>not_here</c>, <c>too_long</c>, <c>too_deep</c>, <c>too_many_terms</c>; for JSON also <c>bad_tree</c>.
/// </param>
/// <param name="Position">First UTF-16 code unit in the text as it was given; 0 for JSON.</param>
/// <param name="Length">UTF-16 code units; 0 where something is missing.</param>
/// <param name="Message">In the user's language.</param>
/// <param name="Suggestions">Texts, each of which may replace the marked part.</param>
/// <param name="Path">For JSON: where, as a JSON path such as <c>$.terms[1].gene</c>; null for text.</param>
public sealed record QueryError(string Code, int Position, int Length, string Message, IReadOnlyList<string> Suggestions, string? Path = null);

/// <summary>A remark on a query that was understood.</summary>
/// <param name="Code">
/// Stable: <c>alias_resolved</c>, <c>old_symbol</c>, <c>group_resolved</c>, <c>notation_resolved</c>, <c>separate_lines</c>, <c>separate_alterations</c>.
/// </param>
/// <param name="Message">In the user's language.</param>
public sealed record QueryNotice(string Code, string Message);

/// <summary>A way to go on writing.</summary>
/// <param name="Text">What to put in place of the text from <paramref name="ReplaceStart"/> on.</param>
/// <param name="Label">For the list: name in the user's language.</param>
/// <param name="Kind"><c>gene</c>, <c>group</c>, <c>change</c>, <c>class</c>, <c>cancer</c>, <c>drug</c>, <c>field</c>, <c>value</c>, <c>form</c>.</param>
/// <param name="ReplaceStart">UTF-16 index into the text as given.</param>
/// <param name="ReplaceLength">UTF-16 code units to replace.</param>
/// <param name="Cases">
/// For changes of a known release: number of reported alterations, exact. Whoever shows it to a user applies that user's disclosure rules first. Null where not counted.
/// </param>
public sealed record Suggestion(string Text, string Label, string Kind, int ReplaceStart, int ReplaceLength, int? Cases = null);

/// <summary>Bounds on a query, whichever form it comes in. A canonical text is held to them too, so that what was accepted once can always be sent again.</summary>
public static class QueryLimits
{
    /// <summary>Bytes of UTF-8.</summary>
    public const int Bytes = 4096;

    /// <summary>Nested parentheses, blocks and negations.</summary>
    public const int Depth = 64;

    /// <summary>Single conditions, after groups of genes are written out.</summary>
    public const int Terms = 256;
}

/// <summary>Carries the first error out of the parser; never leaves <see cref="QueryLanguage"/>.</summary>
internal sealed class QueryRefusal(QueryError error) : Exception(error.Message)
{
    public QueryError Error { get; } = error;
}
