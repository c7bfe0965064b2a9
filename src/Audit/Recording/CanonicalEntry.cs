using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DataPortal.Audit.Contracts;

namespace DataPortal.Audit.Recording;

/// <summary>
/// The canonical bytes of an entry, version 1, fixed for good (docs/decisions/0003-audit-entry-shape.md): a JSON object as RFC 8785 (JCS) writes it:
/// members in code-unit order, UTF-8, no insignificant white space; members without a value are left out.
/// </summary>
internal static class CanonicalEntry
{
    private const int Version = 1;

    public static byte[] Bytes(AuditEntry entry) => Encoding.UTF8.GetBytes(Json(
        ("action", entry.Action),
        ("actor", entry.Actor?.ToString("D")),
        ("client", entry.Client),
        ("code", entry.Code),
        ("id", entry.Id.ToString("D")),
        ("node", entry.Node),
        ("outcome", Name(entry.Outcome)),
        ("personalHash", entry.PersonalHash),
        ("project", entry.Project?.ToString("D")),
        ("query", entry.Query),
        ("queryHash", entry.QueryHash),
        ("release", entry.Release),
        ("requestId", entry.RequestId),
        ("resource", entry.Resource),
        ("rows", entry.Rows),
        ("time", entry.Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)),
        ("v", (long)Version)));

    /// <summary>RFC 6962 leaf hash: SHA-256 of a zero byte and the canonical bytes; the zero byte keeps leaves apart from inner nodes.</summary>
    public static byte[] LeafHash(ReadOnlySpan<byte> canonical)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([0x00]);
        hash.AppendData(canonical);
        return hash.GetHashAndReset();
    }

    public static string PersonalHash(AuditPersonal personal)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(personal.Salt);
        hash.AppendData(Encoding.UTF8.GetBytes(Json(
            ("address", personal.Address), ("email", personal.Email), ("name", personal.Name), ("userAgent", personal.UserAgent))));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public static string Name(AuditOutcome outcome) => outcome switch
    {
        AuditOutcome.Ok => "ok",
        AuditOutcome.Denied => "denied",
        AuditOutcome.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    /// <param name="members">In code-unit order of their names; values are null, <see cref="string"/> or <see cref="long"/>.</param>
    internal static string Json(params ReadOnlySpan<(string Name, object? Value)> members)
    {
        var json = new StringBuilder("{");
        foreach (var (name, value) in members)
        {
            if (value is null)
            {
                continue;
            }

            json.Append(json.Length > 1 ? "," : "").Append('"').Append(name).Append("\":");
            if (value is long number)
            {
                json.Append(number.ToString(CultureInfo.InvariantCulture));
            }
            else
            {
                AppendString(json, (string)value);
            }
        }

        return json.Append('}').ToString();
    }

    /// <summary>RFC 8785, 3.2.2.2: only quotation mark, reverse solidus and control characters are escaped, each in one way.</summary>
    private static void AppendString(StringBuilder json, string value)
    {
        json.Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => json.Append("\\\""),
                '\\' => json.Append("\\\\"),
                '\b' => json.Append("\\b"),
                '\t' => json.Append("\\t"),
                '\n' => json.Append("\\n"),
                '\f' => json.Append("\\f"),
                '\r' => json.Append("\\r"),
                < ' ' => json.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => json.Append(c),
            };
        }

        json.Append('"');
    }
}
