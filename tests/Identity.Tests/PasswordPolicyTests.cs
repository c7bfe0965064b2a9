using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using DataPortal.Identity.Credentials;
using DataPortal.Identity.Pages;

namespace DataPortal.Identity.Tests;

/// <summary>Which passwords will do, and whether every text is there in both languages.</summary>
public sealed class PasswordPolicyTests
{
    public static TheoryData<string> Guessed() =>
    [
        "password1234", "Password1234!", "P@ssw0rd1234", "p4ssw0rdp4ssw0rd", "PASSWORDPASSWORD", "qwertyuiop123", "1qaz2wsx3edc", "123456789012", "1234567890123456", "aaaaaaaaaaaa", "abcabcabcabc", "abcdefghijkl",
        "letmein12345", "welcome2026!", "Welcome2026!!", "administrator", "administrator1", "adminadmin123", "iloveyou1234", "sunshine2026", "dragon123456", "changeme1234", "changeme!!!!", "summer2026!!", "sakurasakura", "cancergenome1",
        "dataportal2026", "DataPortal!2026", "hospital12345", "qwerty123456", "zxcvbnm12345", "asdfghjkl123", "passwordhospital", "ｐａｓｓｗｏｒｄ１２３４", "19800101198001", "090123456789",
    ];

    [Theory]
    [MemberData(nameof(Guessed))]
    public void What_is_guessed_first_is_refused(string password) =>
        Assert.Equal(PasswordPolicy.Complaint.TooCommon, PasswordPolicy.Check(password, "Hanako Yamada", "h.yamada@example.org"));

    [Theory]
    [InlineData("purple tractor quietly ripens")]
    [InlineData("seven grey herons at dusk")]
    [InlineData("fX9#kw2!qLz7")]
    [InlineData("朝霧に鐘の音が遠く響いている")]
    [InlineData("tiefer Brunnen, kaltes Licht")]
    [InlineData("v8KqTz3mWp1xRs")]
    public void What_is_long_and_of_ones_own_will_do(string password) => Assert.Null(PasswordPolicy.Check(password, "Hanako Yamada", "h.yamada@example.org"));

    [Fact]
    public void Random_passwords_are_not_taken_for_common_ones()
    {
        var wrong = Enumerable.Range(0, 2000).Count(_ => PasswordPolicy.Check(System.Security.Cryptography.RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", 14), "Hanako", "h@example.org") is not null);
        Assert.InRange(wrong, 0, 2);
    }

    [Theory]
    [InlineData("elevenchars")]
    [InlineData("😀😀😀😀😀😀")]
    public void Characters_are_counted_as_people_count_them(string password) => Assert.Equal(PasswordPolicy.Complaint.TooShort, PasswordPolicy.Check(password, "A", "a@example.org"));

    [Theory]
    [InlineData("xx Yamada xx 77 qq")]
    [InlineData("y4m4d4-kept-a-goat")]
    [InlineData("山田さんの秘密の庭園へ")]
    public void Ones_own_name_is_no_password(string password) => Assert.Equal(PasswordPolicy.Complaint.AboutYou, PasswordPolicy.Check(password + " ok ok", "山田 Yamada", "h.yamada@example.org"));

    [Fact]
    public void What_cannot_be_typed_again_is_refused_and_long_ones_are_told_so()
    {
        Assert.Equal(PasswordPolicy.Complaint.Malformed, PasswordPolicy.Check("half a pair \ud800 here", "A", "a@example.org"));
        Assert.Equal(PasswordPolicy.Complaint.Malformed, PasswordPolicy.Check("a nul \0 in here", "A", "a@example.org"));
        Assert.Equal(PasswordPolicy.Complaint.TooLong, PasswordPolicy.Check(new string('x', 100) + "purple tractor quietly ripens", "A", "a@example.org"));
        Assert.Equal(NormalisingHasher.Normalise("か\u3099か\u3099"), NormalisingHasher.Normalise("がが"));
    }

    [Fact]
    public void Every_text_is_there_in_both_languages_with_the_same_places_to_fill()
    {
        var resources = new ResourceManager(typeof(Texts));
        var english = All(resources, CultureInfo.InvariantCulture);
        var japanese = All(resources, CultureInfo.GetCultureInfo("ja"));
        Assert.InRange(english.Count, 100, 1000);
        Assert.Equal(english.Keys.Order(StringComparer.Ordinal), japanese.Keys.Order(StringComparer.Ordinal));
        Assert.All(english, e => Assert.Equal(Places(e.Value), Places(japanese[e.Key])));
        Assert.All(japanese.Where(j => !j.Key.EndsWith("Separator", StringComparison.Ordinal)), j => Assert.Matches("[\\u3040-\\u30ff\\u4e00-\\u9fff]", j.Value));
    }

    [Fact]
    public void Every_text_that_a_page_names_is_there()
    {
        var known = All(new ResourceManager(typeof(Texts)), CultureInfo.InvariantCulture);
        var folder = Path.Combine(DataPortal.Testing.RepositoryRoot.Path, "src", "Identity", "Pages");
        var named = Directory.GetFiles(folder, "*.razor").Concat(Directory.GetFiles(folder, "*.cs"))
            .SelectMany(f => Regex.Matches(File.ReadAllText(f), "(?:\\bT|texts)\\[\"(?<name>[A-Za-z.]+[a-z])\"[\\],]", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5)).Select(m => m.Groups["name"].Value)).Distinct(StringComparer.Ordinal).ToList();
        Assert.InRange(named.Count, 50, 500);
        Assert.Empty(named.Except(known.Keys, StringComparer.Ordinal));
        Assert.All(Kernel.Roles.All, role => Assert.Contains("Role." + role, known.Keys));
        Assert.All(OwnAccount.Notices, notice => Assert.Contains("Account.Notice." + notice, known.Keys));
        Assert.All(Enum.GetNames<PasswordPolicy.Complaint>(), complaint => Assert.Contains("Password." + complaint, known.Keys));
    }

    private static Dictionary<string, string> All(ResourceManager resources, CultureInfo culture) =>
        resources.GetResourceSet(culture, createIfNotExists: true, tryParents: false)!.Cast<System.Collections.DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string)e.Value!, StringComparer.Ordinal);

    private static IEnumerable<string> Places(string text) => Regex.Matches(text, "\\{[0-9]\\}", RegexOptions.None, TimeSpan.FromSeconds(1)).Select(m => m.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
}
