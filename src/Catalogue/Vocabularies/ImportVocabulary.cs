using DataPortal.Audit.Contracts;
using DataPortal.Catalogue.Import;
using DataPortal.Catalogue.Registration;
using DataPortal.Kernel;
using DataPortal.Releases.Vocabularies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace DataPortal.Catalogue.Vocabularies;

/// <summary>
/// A steward brings full vocabularies (OncoTree, gene symbols and their changes, gene panels) as a ZIP archive. They add to the vocabulary in use; later releases
/// are built with the result, sealed ones keep what they have.
/// </summary>
internal static class ImportVocabulary
{
    private const long LargestUpload = 64 * 1024 * 1024;
    private const int MostNotes = 500;

    private static readonly CatalogueOptions Limits = new() { MaxExpandedBytes = 512 * 1024 * 1024, MaxFiles = 500 };

    public sealed record Response(int Number, IReadOnlyList<VocabularyFileReport> Files, IReadOnlyList<VocabularyNote> Notes, int NotesTotal);

    public static void Map(RouteGroupBuilder vocabularies) => vocabularies
        .MapPost("", HandleAsync)
        .WithName("ImportVocabulary")
        .WithSummary("Add full vocabularies (a ZIP archive of their files)")
        .MaxBody(LargestUpload)
        .RequireAuthorization(Policies.Steward)
        .Audited(AuditAction.VocabularyImported);

    private static async Task<Results<Ok<Response>, ProblemHttpResult, ValidationProblem>> HandleAsync(
        HttpContext http, CatalogueFolders folders, CurrentVocabulary vocabulary, AuditDetails details, ILogger<CurrentVocabulary> log, CancellationToken ct)
    {
        RunFolder? folder = null;
        try
        {
            folder = RunFolder.Take(Path.Combine(folders.Registrations, Guid.CreateVersion7().ToString("N")));
            await using (var file = new FileStream(folder.Upload, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true))
                await http.Request.Body.CopyToAsync(file, ct);
            if (!ZipUpload.LooksLikeZip(folder.Upload))
                return Problems.Invalid("body", "A ZIP archive is wanted as the body.");
            ZipUpload.Unpack(folder.Upload, folder.Unpacked, Limits, ct);
            string[] files = [.. Directory.EnumerateFiles(folder.Unpacked).Order(StringComparer.Ordinal)];
            if (files.Length == 0)
                return Refusal.Unprocessable("vocabulary_empty", "The archive holds no file.").ToProblem();
            var result = VocabularyImport.Import(files, vocabulary.Get());
            var number = vocabulary.Add(result.Vocabulary);
            details.Resource = $"vocabulary/{number}";
            log.VocabularyImported(number);
            return TypedResults.Ok(new Response(number, result.Files, [.. result.Notes.Take(MostNotes)], result.Notes.Count));
        }
        catch (VocabularyException e)
        {
            return Refusal.Unprocessable("vocabulary_invalid", e.Message).ToProblem();
        }
        catch (ImportException e)
        {
            return Refusal.Unprocessable(e.Code, e.Message).ToProblem();
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            return new Refusal(DiskFull.Code, "There is no room left on the portal's disk. The vocabulary in use is the same as before.", StatusCodes.Status507InsufficientStorage).ToProblem();
        }
        finally
        {
            folder?.Remove();
        }
    }
}
