using System.Globalization;

namespace DataPortal.Releases.Vocabularies;

/// <summary>A vocabulary file that cannot be read; says where.</summary>
public sealed class VocabularyException(string file, int line, string problem)
    : Exception(line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{file}:{line}: {problem}") : $"{file}: {problem}")
{
    public string File { get; } = file;

    /// <summary>1-based; 0 when the file as a whole is meant.</summary>
    public int Line { get; } = line;

    public string Problem { get; } = problem;
}
