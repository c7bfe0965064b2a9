using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using DataPortal.Releases.Dictionary;

namespace DataPortal.Releases.Registration;

/// <summary>Something wrong with a line of a registration file. Neither text holds a value of the file.</summary>
/// <param name="Code">
/// <c>bad_json</c>, <c>bad_utf8</c>, <c>line_too_long</c> (these three: the file is damaged); <c>unknown_field</c>, <c>derived_field</c>, <c>duplicate_field</c>,
/// <c>wrong_type</c>, <c>unknown_code</c>, <c>bad_number</c>, <c>bad_date</c>, <c>out_of_range</c>, <c>too_long</c>, <c>missing_id</c>.
/// </param>
/// <param name="Path">Where in the line: <c>treatments[0].drugs[1].dose</c>; of an unknown member, the object that has it. Empty for the line as a whole.</param>
/// <param name="Message">What is wrong, for people.</param>
/// <param name="Suggestions">Names or codes of the dictionary near to what was written.</param>
public sealed record RegistrationProblem(string Code, string Path, string Message, IReadOnlyList<string> Suggestions)
{
    /// <summary>True when the file itself is broken, so that what follows cannot be trusted either.</summary>
    public bool IsDamage => Code is "bad_json" or "bad_utf8" or "line_too_long";
}

/// <summary>One line of a registration file: a case, or what is wrong with it.</summary>
/// <param name="Number">Line number, from 1.</param>
/// <param name="Row">The case; null when there are problems.</param>
/// <param name="Problems">At most <see cref="RegistrationReader.MaxProblems"/>; empty when the case is sound.</param>
public sealed record RegistrationLine(long Number, Row? Row, IReadOnlyList<RegistrationProblem> Problems);

/// <summary>
/// Reads the product's own registration format: UTF-8, one case per line as a JSON object that follows the data dictionary (<c>docs/import.md</c>). Strict:
/// nothing is guessed, and a line with a mistake gives no case. Memory is bounded by one line. Blank lines are passed over. Never throws for content.
/// </summary>
public sealed class RegistrationReader(Stream stream)
{
    /// <summary>Longest line, in bytes.</summary>
    public const int MaxLineBytes = 16 * 1024 * 1024;

    /// <summary>Problems told per line; what comes after them is not looked at.</summary>
    public const int MaxProblems = 20;

    /// <summary>Longest code or identifier, and longest running text, in UTF-16 units.</summary>
    public const int MaxCodeLength = 512, MaxTextLength = 8192;

    private const int OldestAge = 130;
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 8 };
    private static readonly Field RegistrationId = DataDictionary.Current["case.registration_id"];

    private readonly List<RegistrationProblem> problems = [];
    private readonly List<(string Name, int Index)> path = [];

    /// <summary>The lines in order, read as they are asked for.</summary>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public IEnumerable<RegistrationLine> Lines(CancellationToken cancellation = default)
    {
        var lines = new Utf8Lines(stream, MaxLineBytes);
        while (lines.Next())
        {
            cancellation.ThrowIfCancellationRequested();
            var line = lines.Line.Span;
            if (lines.Number == 1 && line.StartsWith(Encoding.UTF8.Preamble))
                line = line[3..];
            if (line.Trim(" \t"u8).IsEmpty)
                continue;
            problems.Clear();
            path.Clear();
            Row? row = null;
            if (lines.TooLong)
                Problem("line_too_long", FormattableString.Invariant($"The line is longer than {MaxLineBytes} bytes."));
            else if (!Utf8.IsValid(line))
                Problem("bad_utf8", "The line is not valid UTF-8.");
            else
                row = Parse(line);
            yield return new RegistrationLine(lines.Number, problems.Count == 0 ? row : null, [.. problems]);
        }
    }

    private Row? Parse(ReadOnlySpan<byte> line)
    {
        var json = new Utf8JsonReader(line, Options);
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            {
                Problem("bad_json", "The line is not a JSON object.");
                return null;
            }

            var row = new Row(DataDictionary.Current.Case);
            ReadObject(ref json, row);
            if (problems.Count >= MaxProblems)
                return null;
            if (json.Read())
                Problem("bad_json", "Something stands after the JSON object.");
            if (!row.Has(RegistrationId) && problems.Count == 0)
                Problem("missing_id", "The case has no registration_id.");
            return row;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The reader's own message may quote the line. InvalidOperationException: half of a surrogate pair written as an escape.
            path.Clear();
            Problem("bad_json", FormattableString.Invariant($"The JSON is broken at byte {json.BytesConsumed} of the line."));
            return null;
        }
    }

    private void ReadObject(ref Utf8JsonReader json, Row row)
    {
        var schema = RegistrationSchema.Of(row.Entity);
        Span<bool> seen = stackalloc bool[schema.Members.Count];
        Span<char> name = stackalloc char[80];
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName && problems.Count < MaxProblems)
        {
            var member = json.ValueSpan.Length <= name.Length ? schema.Find(name[..json.CopyString(name)]) : null;
            if (member is null)
            {
                Unknown(schema, json.ValueSpan.Length <= name.Length ? json.GetString()! : "");
                json.Skip();
                continue;
            }

            path.Add((member.Name, -1));
            if (seen[member.Number])
                Problem("duplicate_field", "The member stands twice in the same object.");
            seen[member.Number] = true;
            json.Read();
            if (member.Field is { } field)
                ReadValue(ref json, row, field);
            else
                ReadChildren(ref json, row, member.Child!);
            path.RemoveAt(path.Count - 1);
        }
    }

    private void ReadChildren(ref Utf8JsonReader json, Row row, Entity child)
    {
        if (json.TokenType == JsonTokenType.Null)
            return;
        if (json.TokenType != JsonTokenType.StartArray)
        {
            Problem("wrong_type", "An array of objects is wanted here.");
            json.Skip();
            return;
        }

        var here = path.Count - 1;
        for (var index = 0; json.Read() && json.TokenType != JsonTokenType.EndArray && problems.Count < MaxProblems; index++)
        {
            path[here] = (path[here].Name, index);
            if (json.TokenType == JsonTokenType.StartObject)
            {
                ReadObject(ref json, row.Add(child));
                continue;
            }

            Problem("wrong_type", "An object is wanted here.");
            json.Skip();
        }
    }

    private void ReadValue(ref Utf8JsonReader json, Row row, Field field)
    {
        if (field.IsDerived)
        {
            Problem("derived_field", "The portal computes this field itself; leave it out.");
            json.Skip();
        }
        else if (json.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
        {
            Problem("wrong_type", "A single value is wanted here.");
            json.Skip();
        }
        else if (json.TokenType == JsonTokenType.Null)
        {
            row.Clear(field);
        }
        else if (field.Type is FieldType.Integer or FieldType.Decimal)
        {
            ReadNumber(ref json, row, field);
        }
        else if (json.TokenType != JsonTokenType.String)
        {
            Problem(field.Type == FieldType.Date ? "bad_date" : "wrong_type", "A string is wanted here.");
        }
        else if (field.Type == FieldType.Date)
        {
            ReadDate(json.GetString()!, row, field);
        }
        else
        {
            ReadText(json.GetString()!, row, field);
        }
    }

    private void ReadNumber(ref Utf8JsonReader json, Row row, Field field)
    {
        if (json.TokenType != JsonTokenType.Number || !json.TryGetDecimal(out var number) || (field.Type == FieldType.Integer && number != decimal.Truncate(number)))
        {
            Problem("bad_number", field.Type == FieldType.Integer ? "A whole number is wanted here." : "A number is wanted here.");
            return;
        }

        // Ages above the cap are registered as they are and capped when the release is built.
        var max = field.Rule.StartsWith("cap:", StringComparison.Ordinal) ? OldestAge : field.Max;
        if (number < field.Min || number > max)
            Problem("out_of_range", FormattableString.Invariant($"The number must lie between {field.Min} and {max}."));
        else
            row.Set(field, (double)number);
    }

    private void ReadDate(string text, Row row, Field field)
    {
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            Problem("bad_date", "A date such as 2024-03-31 is wanted here.");
        else if (date.Year is < 1900 or > 2199)
            Problem("out_of_range", "Dates run from 1900-01-01 to 2199-12-31.");
        else
            row.Set(field, date);
    }

    private void ReadText(string text, Row row, Field field)
    {
        var longest = field.Type == FieldType.Text ? MaxTextLength : MaxCodeLength;
        if (text.Length > longest)
            Problem("too_long", FormattableString.Invariant($"At most {longest} characters are taken here."));
        else if (field.Type == FieldType.Code && text.Length > 0 && DataDictionary.Current.Position(field.Domain, text) < 0)
            Problem("unknown_code", $"This is no code of the list '{field.Domain}'.", RegistrationSchema.NearestCodes(field, text));
        else
            row.Set(field, text);
    }

    // The member's name is not repeated: in a file whose cells slipped it may be a patient's.
    private void Unknown(RegistrationSchema schema, string name) => Problem("unknown_field", "A member here is not in the data dictionary.", schema.Nearest(name));

    private void Problem(string code, string message, IReadOnlyList<string>? suggestions = null)
    {
        if (problems.Count < MaxProblems)
            problems.Add(new RegistrationProblem(code, string.Join('.', path.Select(p => p.Index < 0 ? p.Name : FormattableString.Invariant($"{p.Name}[{p.Index}]"))), message, suggestions ?? []));
    }
}
