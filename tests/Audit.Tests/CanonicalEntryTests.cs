using System.Reflection;
using System.Text;
using System.Text.Json;
using DataPortal.Audit.Contracts;
using DataPortal.Audit.Recording;
using FsCheck;
using FsCheck.Fluent;

namespace DataPortal.Audit.Tests;

public sealed class CanonicalEntryTests
{
    private static AuditEntry Full => new()
    {
        Id = new Guid("0198a5c0-7d00-7abc-8def-0123456789ab"),
        Time = new DateTime(2026, 1, 2, 3, 4, 5, 60, DateTimeKind.Utc),
        Action = "cohort.counted",
        Outcome = AuditOutcome.Failed,
        Code = "query_unknown_gene",
        Actor = new Guid("0198a5c0-0000-7000-8000-00000000000a"),
        Client = "notebook",
        Project = new Guid("0198a5c0-0000-7000-8000-00000000000b"),
        Release = "synthetic",
        Resource = "case/Ab\"c\\\n\u0001\u007f",
        Query = "KRAS G12C and cancer 肺 \U0001F9EC </script>",
        QueryHash = "00ff",
        Rows = 62,
        RequestId = "r-1",
        Node = "node-1",
        PersonalHash = "abcd",
    };

    [Fact]
    public void The_bytes_of_a_full_entry_are_these_for_good() => Assert.Equal(
        """
        {"action":"cohort.counted","actor":"0198a5c0-0000-7000-8000-00000000000a","client":"notebook","code":"query_unknown_gene","id":"0198a5c0-7d00-7abc-8def-0123456789ab","node":"node-1","outcome":"failed","personalHash":"abcd","project":"0198a5c0-0000-7000-8000-00000000000b","query":"KRAS G12C and cancer 肺 🧬 </script>","queryHash":"00ff","release":"synthetic","requestId":"r-1","resource":"case/Ab\"c\\\n\u0001
        """ + "\u007f" + "\"" + """
        ,"rows":62,"time":"2026-01-02T03:04:05.060Z","v":1}
        """,
        Encoding.UTF8.GetString(CanonicalEntry.Bytes(Full)));

    [Fact]
    public void The_bytes_of_a_bare_entry_leave_out_what_has_no_value() => Assert.Equal(
        """{"action":"audit.read","id":"0198a5c0-7d00-7abc-8def-0123456789ab","node":"n","outcome":"ok","time":"1970-01-01T00:00:00.000Z","v":1}""",
        Encoding.UTF8.GetString(CanonicalEntry.Bytes(Bare())));

    /// <summary>RFC 6962, 2.1: the hash of the one-leaf tree over an empty entry, from the Certificate Transparency test vectors.</summary>
    [Fact]
    public void The_leaf_hash_is_that_of_rfc_6962() => Assert.Equal(
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        Convert.ToHexStringLower(CanonicalEntry.LeafHash([])));

    /// <summary>A column outside the bytes could be edited without anyone noticing.</summary>
    [Fact]
    public void Every_column_changes_the_bytes()
    {
        var columns = typeof(AuditEntry).GetProperties(BindingFlags.Public | BindingFlags.Instance);
        Assert.Equal(16, columns.Length);
        foreach (var column in columns)
        {
            var edited = Full;
            column.SetValue(edited, Other(column.PropertyType));
            Assert.False(CanonicalEntry.Bytes(edited).AsSpan().SequenceEqual(CanonicalEntry.Bytes(Full)), column.Name);
        }
    }

    [Fact]
    public void Any_text_survives_as_json_with_its_members_in_order() => Prop.ForAll(ArbMap.Default.ArbFor<string?>(), ArbMap.Default.ArbFor<long?>(), (text, rows) =>
    {
        var storable = EntryFactory.Storable(text);
        var bytes = CanonicalEntry.Bytes(new AuditEntry { Id = Guid.Empty, Time = DateTime.UnixEpoch, Action = "a.b", Outcome = AuditOutcome.Ok, Node = "n", Query = storable, Rows = rows });
        using var json = JsonDocument.Parse(bytes);
        var names = json.RootElement.EnumerateObject().Select(m => m.Name).ToList();
        return names.SequenceEqual(names.Order(StringComparer.Ordinal))
            && (storable is null ? !json.RootElement.TryGetProperty("query", out _) : json.RootElement.GetProperty("query").GetString() == storable)
            && storable?.Contains('\0', StringComparison.Ordinal) != true;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("\ud800")]
    [InlineData("a\0b")]
    public void What_a_database_could_not_store_is_replaced_before_it_is_hashed(string text) =>
        Assert.Contains("\uFFFD", EntryFactory.Storable(text), StringComparison.Ordinal);

    [Fact]
    public void Personal_fields_are_tied_to_the_entry_by_a_salted_hash()
    {
        var salt = new byte[16];
        var hash = CanonicalEntry.PersonalHash(new AuditPersonal { EntryId = Guid.Empty, Salt = salt, Name = "N", Email = "e@example.org" });

        Assert.Equal(Sha256([.. salt, .. """{"email":"e@example.org","name":"N"}"""u8]), hash);
        salt[0] = 1;
        Assert.NotEqual(hash, CanonicalEntry.PersonalHash(new AuditPersonal { EntryId = Guid.Empty, Salt = salt, Name = "N", Email = "e@example.org" }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("cohort")]
    [InlineData("Cohort.counted")]
    [InlineData("cohort..counted")]
    [InlineData("cohort.counted\n")]
    public void An_action_without_a_proper_name_is_refused(string name) => Assert.Throws<ArgumentException>(() => new AuditAction(name));

    private static AuditEntry Bare() => new()
    {
        Id = new Guid("0198a5c0-7d00-7abc-8def-0123456789ab"), Time = DateTime.UnixEpoch, Action = "audit.read", Outcome = AuditOutcome.Ok, Node = "n",
    };

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));

    private static object Other(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(Guid) => Guid.Empty,
        var t when t == typeof(DateTime) => DateTime.UnixEpoch,
        var t when t == typeof(long) => 63L,
        var t when t == typeof(AuditOutcome) => AuditOutcome.Denied,
        _ => "other",
    };
}
