using System.Reflection;
using System.Xml.Linq;
using DataPortal.Testing;

namespace DataPortal.Architecture.Tests;

/// <summary>The subjects of the rules, found in the repository as it is.</summary>
internal static class Repository
{
    public static string Root => RepositoryRoot.Path;

    /// <summary>Every project below src, by its folder's name: <c>Kernel</c>, <c>Audit</c>, …</summary>
    public static IReadOnlyList<Project> Projects { get; } =
        [.. Directory.EnumerateDirectories(Path.Combine(Root, "src")).SelectMany(d => Directory.EnumerateFiles(d, "*.csproj")).Order(StringComparer.Ordinal).Select(Project.Read)];

    /// <summary>C# files of src and tests that people write.</summary>
    public static IReadOnlyList<string> Sources { get; } =
        [.. new[] { "src", "tests" }.SelectMany(top => Directory.EnumerateFiles(Path.Combine(Root, top), "*.cs", SearchOption.AllDirectories)).Where(IsWritten)];

    private static bool IsWritten(string path)
    {
        var parts = Path.GetRelativePath(Root, path).Split(Path.DirectorySeparatorChar);
        return !parts.Any(part => part is "bin" or "obj" or "node_modules");
    }
}

/// <param name="Name">The folder below src.</param>
/// <param name="References">Names of the projects of ours that it references.</param>
internal sealed record Project(string Name, IReadOnlyList<string> References)
{
    public Assembly Assembly => Assembly.Load("DataPortal." + Name);

    public static Project Read(string path) => new(
        Path.GetFileName(Path.GetDirectoryName(path)!),
        [.. XDocument.Load(path).Descendants("ProjectReference").Select(r => r.Attribute("Include")!.Value.Replace('\\', '/').Split('/')[^2])]);
}
