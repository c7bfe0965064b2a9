namespace DataPortal.Catalogue.Import;

/// <summary>What an import did with a row, or only remarks about it.</summary>
internal enum FindingKind
{
    /// <summary>Taken, after something in it was put right, mapped to a current name or blanked.</summary>
    Mended,

    /// <summary>Not taken.</summary>
    Dropped,

    /// <summary>Taken as it is; somebody should know.</summary>
    Noted,
}

/// <summary>What an import read, mended and dropped. It holds file names, line numbers, field names and codes, never a value of the data.</summary>
/// <param name="Format"><c>cbioportal</c> or <c>portal</c>.</param>
/// <param name="Cases">Cases in the release.</param>
/// <param name="Files">Every data file that was read. For each, <c>Rows = Read + Dropped</c>.</param>
/// <param name="Skipped">Files left out as a whole, with the reason.</param>
/// <param name="Totals">How often each thing was found, by file and code.</param>
/// <param name="Findings">The first findings of each file and code, by line.</param>
/// <param name="FindingsTotal">How many there were; all of them are in <c>findings.ndjson</c>.</param>
internal sealed record ImportReport(
    string Format, int Cases, IReadOnlyList<ImportedFile> Files, IReadOnlyList<SkippedFile> Skipped, IReadOnlyList<FindingTotal> Totals,
    IReadOnlyList<Finding> Findings, long FindingsTotal);

/// <param name="Path">Relative to the folder that was handed in.</param>
/// <param name="Holds">What it is: <c>mutations</c>, <c>clinical samples</c>, ….</param>
/// <param name="Rows">Data rows in the file.</param>
/// <param name="Read">Rows taken, mended ones included.</param>
/// <param name="Mended">Rows taken after something in them was put right.</param>
/// <param name="Dropped">Rows not taken.</param>
/// <param name="Counts">Further figures that belong to this kind of file.</param>
internal sealed record ImportedFile(string Path, string Holds, long Rows, long Read, long Mended, long Dropped, IReadOnlyDictionary<string, long> Counts);

/// <param name="Path">The file.</param>
/// <param name="Reason">Why it was not read.</param>
internal sealed record SkippedFile(string Path, string Reason);

internal sealed record FindingTotal(string File, FindingKind Kind, string Code, string? Field, long Count);

/// <param name="File">Relative path.</param>
/// <param name="Line">1-based; 0 when the file as a whole is meant.</param>
/// <param name="Kind">What was done.</param>
/// <param name="Code">Stable code, listed in <c>docs/import.md</c>.</param>
/// <param name="Field">Field of the data dictionary or column of the file; null when the row as a whole is meant.</param>
/// <param name="Hint">Names or codes that may have been meant; null when there is none.</param>
internal sealed record Finding(string File, long Line, FindingKind Kind, string Code, string? Field, string? Hint);
