namespace DataPortal.Catalogue.Import;

/// <summary>
/// The data as a whole cannot be taken: damaged, incomplete, or not what the format says. Nothing has been changed. <see cref="Code"/> is stable and listed in
/// <c>docs/import.md</c>; the message names files, columns and lines, never a value.
/// </summary>
internal sealed class ImportException : Exception
{
    public ImportException(string code, string message, string? file = null, long line = 0, Exception? inner = null)
        : base(file is null ? message : line > 0 ? FormattableString.Invariant($"{file}:{line}: {message}") : $"{file}: {message}", inner) => Code = code;

    public string Code { get; }
}
