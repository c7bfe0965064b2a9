using DataPortal.Identity.Accounts;

namespace DataPortal.Identity.Credentials;

/// <summary>What a password must be: long, and not what everybody tries first (NIST SP 800-63B, 3.1.1). No rule about kinds of characters: it only moves the exclamation mark to the end.</summary>
internal static class PasswordPolicy
{
    public const int Shortest = 12;
    public const int Longest = 128;

    public enum Complaint
    {
        TooShort,
        TooLong,
        TooCommon,
        AboutYou,
        Malformed,
    }

    /// <summary>Null when the password will do.</summary>
    public static Complaint? Check(string password, string name, string email)
    {
        if (!NormalisingHasher.IsWellFormed(password) || password.Any(c => c == '\0'))
        {
            return Complaint.Malformed;
        }

        var normal = NormalisingHasher.Normalise(password);
        var length = normal.EnumerateRunes().Count();
        return length < Shortest ? Complaint.TooShort
            : length > Longest ? Complaint.TooLong
            : IsAbout(normal, name, email) ? Complaint.AboutYou
            : CommonPasswords.Holds(normal) ? Complaint.TooCommon
            : null;
    }

    private static bool IsAbout(string password, string name, string email)
    {
        var folded = CommonPasswords.Fold(password);
        var own = Account.Normalise(email).Split(['@', '.', '-', '_', '+']).Concat(name.Split([' ', '\u3000', '-', '.', ',', '・'])).Append(name);
        return own.Select(CommonPasswords.Fold).Any(part => part.Length >= ShortestPart(part) && folded.Contains(part, StringComparison.Ordinal));
    }

    /// <summary>田中 says as much as tanaka; three letters of the alphabet stand in half of all words.</summary>
    private static int ShortestPart(string part) => part.All(char.IsAscii) ? 4 : 2;
}
