using System.Globalization;
using System.Security.Cryptography;

namespace DataPortal.EndToEnd.Tests;

/// <summary>A person's authenticator app.</summary>
internal static class Authenticator
{
    private const int Seconds = 30;

    /// <summary>What it shows now (RFC 6238).</summary>
    /// <param name="secret">Base32.</param>
    public static string Code(string secret)
    {
        var bits = string.Concat(secret.TrimEnd('=').Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        var key = bits.Chunk(8).Where(b => b.Length == 8).Select(b => Convert.ToByte(new string(b), 2)).ToArray();
        var counter = BitConverter.GetBytes(System.Net.IPAddress.HostToNetworkOrder(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / Seconds));
#pragma warning disable CA5350 // RFC 6238: authenticator apps know no other.
        var hash = HMACSHA1.HashData(key, counter);
#pragma warning restore CA5350
        var at = hash[^1] & 0xF;
        var number = ((hash[at] & 0x7F) << 24) | (hash[at + 1] << 16) | (hash[at + 2] << 8) | hash[at + 3];
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }
}
