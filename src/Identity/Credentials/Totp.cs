using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DataPortal.Identity.Credentials;

/// <summary>
/// Time-based codes (RFC 6238: HMAC-SHA1, 30 seconds, six figures, which is what authenticator apps speak). The framework's own check does not tell which step a code was
/// for, and so cannot refuse one that was used already.
/// </summary>
internal static class Totp
{
    private const string Issuer = "Data%20Portal";
    private const int StepSeconds = 30;
    private const int Figures = 6;
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>One step either way: clocks differ, and typing takes time.</summary>
    private const int Tolerance = 1;

    /// <summary>By the machine's clock: the app on a telephone knows nothing of a clock moved in evaluation mode.</summary>
    public static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / StepSeconds;

    /// <summary>The step whose code this is; null when none around <paramref name="now"/> fits.</summary>
    public static long? Match(string key, string? typed, long now)
    {
        var code = new string([.. (typed ?? "").Normalize(NormalizationForm.FormKC).Where(c => !char.IsWhiteSpace(c) && c != '-')]);
        if (code.Length != Figures || !code.All(char.IsAsciiDigit))
        {
            return null;
        }

        long? found = null;
        for (var step = now - Tolerance; step <= now + Tolerance; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Code(key, step)), Encoding.ASCII.GetBytes(code)))
            {
                found = step;
            }
        }

        return found;
    }

    /// <summary>160 random bits, as RFC 4226 recommends.</summary>
    public static string NewKey() => RandomNumberGenerator.GetString(Base32, 32);

    /// <param name="key">Base32 without padding.</param>
    /// <param name="step">Count of 30-second steps since 1970.</param>
    public static string Code(string key, long step)
    {
        Span<byte> message = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(message, step);
        Span<byte> mac = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 6238's default, and the only hash that every authenticator app knows; HMAC does not rest on collision resistance.
        HMACSHA1.HashData(Decode(key), message, mac);
#pragma warning restore CA5350
        var offset = mac[^1] & 0x0f;
        var number = BinaryPrimitives.ReadInt32BigEndian(mac[offset..]) & 0x7fffffff;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>What a QR code holds (the de-facto otpauth format).</summary>
    public static string Link(string key, string account) =>
        $"otpauth://totp/{Issuer}:{Uri.EscapeDataString(account)}?secret={key}&issuer={Issuer}&digits={Figures}&period={StepSeconds}";

    private static byte[] Decode(string key)
    {
        var bytes = new byte[key.Length * 5 / 8];
        int bits = 0, value = 0, at = 0;
        foreach (var c in key)
        {
            var digit = Base32.IndexOf(char.ToUpperInvariant(c), StringComparison.Ordinal);
            if (digit < 0)
            {
                throw new FormatException("The key is not base32.");
            }

            value = (value << 5) | digit;
            bits += 5;
            if (bits >= 8 && at < bytes.Length)
            {
                bits -= 8;
                bytes[at++] = (byte)(value >> bits);
                value &= (1 << bits) - 1;
            }
        }

        return bytes;
    }
}
