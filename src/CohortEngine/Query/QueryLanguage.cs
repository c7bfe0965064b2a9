using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.CohortEngine.Query;

/// <summary>
/// The cohort query language of <c>docs/query-language.md</c>: text and JSON into trees and back, and help while writing. One instance serves one release. Thread-safe.
/// Nothing here throws for what a user sends; languages other than <c>ja</c> are answered in English.
/// </summary>
public sealed class QueryLanguage
{
    private readonly Names names;
    private readonly CanonicalText canonical;
    private readonly Lexicon lexicon;
    private readonly Completion completion;

    /// <param name="vocabulary">Names; for a search in a release the release's own, so that a query means what it meant then.</param>
    /// <param name="context">What the release itself holds: <see cref="QueryContext.Of"/>.</param>
    public QueryLanguage(Vocabulary vocabulary, QueryContext context)
    {
        names = new Names(vocabulary, context);
        canonical = new CanonicalText(names);
        lexicon = new Lexicon(names);
        completion = new Completion(names, lexicon);
    }

    /// <summary>Text → tree. The empty text asks for every case.</summary>
    public QueryResult Parse(string text, string language) => Parse(text, language, out _);

    /// <summary>JSON form → tree; the form is described by <c>docs/query-language.schema.json</c>. Unknown members are refused.</summary>
    public QueryResult ParseTree(JsonElement tree, string language)
    {
        var reader = new JsonTreeReader(names, language);
        return Finish(() => reader.Read(tree), () => reader.Notices, language, reader.Refuse);
    }

    /// <summary>Tree → JSON form.</summary>
    public JsonObject ToJson(QueryNode node) => JsonTreeWriter.Write(QueryShape.Normal(node));

    /// <summary>Tree → its one text. The text of a tree that a user's query gave keeps <see cref="QueryLimits"/>.</summary>
    public string Canonical(QueryNode node) => canonical.Write(QueryShape.Normal(node));

    /// <summary>Ways to go on at the caret, best first: genes and groups, changes of the gene before it, cancer types, drugs, fields and their values.</summary>
    /// <param name="caret">UTF-16 index into the text; outside it, the nearest end is meant.</param>
    public IReadOnlyList<Suggestion> Suggest(string text, int caret, int max, string language) => completion.Suggest(text, caret, max, language);

    /// <summary>As the public one; <paramref name="steps"/> counts the tokens looked at.</summary>
    internal QueryResult Parse(string text, string language, out int steps)
    {
        Parser? parser = null;
        // Measured before anything is read: a text of any size costs nothing.
        if (text.Length > QueryLimits.Bytes || Encoding.UTF8.GetByteCount(text) > QueryLimits.Bytes)
        {
            steps = 0;
            return Failed(new QueryError("too_long", 0, text.Length, Messages.Of("too_long", language, QueryLimits.Bytes), []));
        }

        var result = Finish(
            () => (parser = new Parser(SourceText.Of(text), names, canonical, lexicon, language)).Parse(), () => parser!.Notices, language,
            (code, message, limit) => new QueryRefusal(new QueryError(code, 0, text.Length, Messages.Of(message, language, limit), [])));
        steps = parser?.Steps ?? 0;
        return result;
    }

    private static QueryResult Failed(QueryError error) => new(null, null, [error], []);

    private QueryResult Finish(Func<QueryNode> read, Func<IReadOnlyList<QueryNotice>> notices, string language, Func<string, string, int, QueryRefusal> refuse)
    {
        try
        {
            var tree = QueryShape.Normal(read());
            string? text = null;
            switch (QueryShape.Broken(tree, () => text = canonical.Write(tree)))
            {
                case "too_deep":
                    throw refuse("too_deep", "too_deep", QueryLimits.Depth);
                case "too_many_terms":
                    throw refuse("too_many_terms", "too_many_terms", QueryLimits.Terms);
                case "too_long":
                    throw refuse("too_long", "too_long.canonical", QueryLimits.Bytes);
            }

            return new QueryResult(tree, text, [], notices());
        }
        catch (QueryRefusal refusal)
        {
            return Failed(refusal.Error);
        }
    }
}
