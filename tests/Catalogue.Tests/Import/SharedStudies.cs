namespace DataPortal.Catalogue.Tests.Import;

/// <summary>Public studies that lie beside the repository on machines that have them.</summary>
internal static class SharedStudies
{
    public static string Require(string study)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "DataPortal.sln")))
            root = root.Parent;
        var folder = root is null ? null : Path.Combine(root.FullName, "..", "shared", "data", study);
        Assert.SkipUnless(folder is not null && Directory.Exists(folder), $"The study {study} is not on this machine.");
        return folder!;
    }
}
