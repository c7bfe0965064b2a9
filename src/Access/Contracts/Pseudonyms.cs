using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace DataPortal.Access.Contracts;

/// <summary>
/// One project's names for cases and patients: <c>c</c> or <c>p</c> and 26 characters of base32. A release-internal id goes through AES-256
/// under the project's own key, so a project gets its ids back at the output edge without a table, and two projects cannot join their
/// extracts (ADR 0004). Safe for use by several threads at once.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable",
    Justification = "Lives as long as the grant it belongs to and is shared by whoever holds that; the handles are finalised.")]
public sealed class Pseudonyms
{
    /// <summary>Length of a project's key, in bytes.</summary>
    public const int KeyLength = 32;

    /// <summary>Length of a pseudonym, in characters.</summary>
    public const int TextLength = 1 + EncodedLength;

    private const int BlockLength = 16;
    private const int EncodedLength = 26;
    private const byte CaseType = 1;
    private const byte PatientType = 2;
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    private readonly Lock _gate = new();
    private readonly ICryptoTransform _encryptor;
    private readonly ICryptoTransform _decryptor;
    private readonly byte[] _input = new byte[BlockLength];
    private readonly byte[] _output = new byte[BlockLength];

    /// <param name="key">The project's key, <see cref="KeyLength"/> random bytes.</param>
    /// <exception cref="ArgumentException">The key has another length.</exception>
    public Pseudonyms(ReadOnlySpan<byte> key)
    {
        if (key.Length != KeyLength)
        {
            throw new ArgumentException($"A project's key has {KeyLength} bytes.", nameof(key));
        }

        using var aes = Aes.Create();
        // A single block that never repeats within one key is a permutation of ids, which is all that is wanted of it:
        // no two blocks are chained, so there is nothing a mode with an initialisation vector would hide.
        aes.Mode = CipherMode.ECB;
        aes.Padding = PaddingMode.None;
        aes.Key = key.ToArray();
        _encryptor = aes.CreateEncryptor();
        _decryptor = aes.CreateDecryptor();
    }

    /// <summary>The project's name of a case; the same id gives the same name in every release.</summary>
    public string Case(ulong id) => Encode('c', id, CaseType);

    /// <summary>The project's name of a patient.</summary>
    public string Patient(ulong id) => Encode('p', id, PatientType);

    /// <summary>False for whatever this project never was given as a case: another project's name, a patient's, an altered one.</summary>
    public bool TryCase(string text, out ulong id) => TryDecode('c', text, CaseType, out id);

    /// <inheritdoc cref="TryCase"/>
    public bool TryPatient(string text, out ulong id) => TryDecode('p', text, PatientType, out id);

    private string Encode(char prefix, ulong id, byte type)
    {
        Span<byte> block = stackalloc byte[BlockLength];
        block.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(block, id);
        block[^1] = type;
        Transform(_encryptor, block);
        return string.Create(TextLength, (Prefix: prefix, Value: BinaryPrimitives.ReadUInt128BigEndian(block)), static (text, state) =>
        {
            text[0] = state.Prefix;
            // 128 bits in 26 digits of 5: the last digit holds 3 of them, above two zeros.
            text[^1] = Alphabet[(int)(state.Value & 0b111) << 2];
            var rest = state.Value >> 3;
            for (var i = EncodedLength - 1; i >= 1; i--, rest >>= 5)
            {
                text[i] = Alphabet[(int)(rest & 0b11111)];
            }
        });
    }

    private bool TryDecode(char prefix, string text, byte type, out ulong id)
    {
        id = 0;
        if (text is null || text.Length != TextLength || text[0] != prefix)
        {
            return false;
        }

        UInt128 value = 0;
        for (var i = 1; i < EncodedLength; i++)
        {
            var digit = Digit(text[i]);
            if (digit < 0)
            {
                return false;
            }

            value = (value << 5) | (uint)digit;
        }

        var last = Digit(text[^1]);
        if (last < 0 || (last & 0b11) != 0)
        {
            return false; // two texts for one block would be two names for one case
        }

        Span<byte> block = stackalloc byte[BlockLength];
        BinaryPrimitives.WriteUInt128BigEndian(block, (value << 3) | (uint)(last >> 2));
        Transform(_decryptor, block);
        if (block[^1] != type || block[8..15].ContainsAnyExcept((byte)0))
        {
            return false;
        }

        id = BinaryPrimitives.ReadUInt64BigEndian(block);
        return true;
    }

    private void Transform(ICryptoTransform transform, Span<byte> block)
    {
        lock (_gate)
        {
            block.CopyTo(_input);
            transform.TransformBlock(_input, 0, BlockLength, _output, 0);
            _output.CopyTo(block);
        }
    }

    private static int Digit(char c) => c switch
    {
        >= 'a' and <= 'z' => c - 'a',
        >= '2' and <= '7' => c - '2' + 26,
        _ => -1,
    };
}
