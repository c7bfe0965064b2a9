using System.Text.RegularExpressions;

namespace DataPortal.Audit.Contracts;

/// <summary>
/// What was done, as a stable dotted name (<c>cohort.counted</c>): a business noun and a past participle. Entries keep the name for good, so a
/// name is never reused for something else. A module adds its own by a static extension property:
/// <code>internal static class CohortActions { extension(AuditAction) { public static AuditAction CohortCounted => new("cohort.counted"); } }</code>
/// </summary>
public readonly partial record struct AuditAction
{
    /// <exception cref="ArgumentException">Not two or more lower-case words joined by dots, or longer than 64 characters.</exception>
    public AuditAction(string name)
    {
        if (name.Length > 64 || !Shape().IsMatch(name))
        {
            throw new ArgumentException($"'{name}' is no dotted lower-case name such as 'cohort.counted'.", nameof(name));
        }

        Name = name;
    }

    public string Name { get; }

    /// <summary>Attempts without a valid sign-in, counted per minute and source so that nobody can flood the trail; <c>rows</c> holds the count.</summary>
    public static AuditAction AnonymousDenied => new("anonymous.denied");

    public static AuditAction AuditRead => new("audit.read");

    public static AuditAction AuditExported => new("audit.exported");

    public override string ToString() => Name;

    [GeneratedRegex(@"\A[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex Shape();
}
