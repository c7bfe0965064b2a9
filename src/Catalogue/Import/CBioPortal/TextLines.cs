using System.Text;

namespace DataPortal.Catalogue.Import.CBioPortal;

/// <summary>Lines of a UTF-8 text file. Anything that is not text is damage, told with its line.</summary>
internal sealed class TextLines : IDisposable
{
    /// <summary>Longest line, in UTF-16 units: a matrix of 100,000 samples fits, a file without line breaks does not.</summary>
    private const int Longest = 8 * 1024 * 1024;

    private readonly StreamReader reader;
    private readonly char[] buffer = new char[32 * 1024];
    private readonly StringBuilder line = new();
    private int start;
    private int end;

    public TextLines(string folder, string name)
    {
        Name = name;
        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
            throw new ImportException("missing_file", "This file is named by a meta file but is not in the folder.", name);
        reader = new StreamReader(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false);
    }

    public string Name { get; }

    /// <summary>1-based number of the line last read.</summary>
    public long Number { get; private set; }

    /// <summary>Whether the line last read ended with a line break. A last line without one may have been cut off.</summary>
    public bool Terminated { get; private set; }

    public string? Next()
    {
        line.Clear();
        while (true)
        {
            if (start == end && !Fill())
            {
                Terminated = false;
                return line.Length == 0 ? null : Take();
            }

            var rest = buffer.AsSpan(start, end - start);
            var at = rest.IndexOf('\n');
            line.Append(at < 0 ? rest : rest[..at]);
            start += at < 0 ? rest.Length : at + 1;
            if (line.Length > Longest)
                throw new ImportException("line_too_long", "The line is too long for a text file.", Name, Number + 1);
            if (at >= 0)
            {
                Terminated = true;
                return Take();
            }
        }
    }

    public void Dispose() => reader.Dispose();

    private string Take()
    {
        Number++;
        if (line.Length > 0 && line[^1] == '\r')
            line.Length--;
        if (Number == 1 && line.Length > 0 && line[0] == '\uFEFF')
            line.Remove(0, 1);
        var text = line.ToString();
        return text.Contains('\0', StringComparison.Ordinal) ? throw new ImportException("not_text", "The file holds bytes that are not text.", Name, Number) : text;
    }

    private bool Fill()
    {
        try
        {
            start = 0;
            end = reader.Read(buffer);
            return end > 0;
        }
        catch (DecoderFallbackException e)
        {
            throw new ImportException("not_text", "The file is not valid UTF-8 from about here on.", Name, Number + 1, e);
        }
    }
}
