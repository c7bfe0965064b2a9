namespace DataPortal.Testing;

/// <summary>Where the tests run: the repository, and what may lie beside it. Compiled into every test project.</summary>
internal static class RepositoryRoot
{
    /// <summary>The folder with the solution file.</summary>
    public static string Path { get; } = Find();

    /// <summary>A folder of the shared material beside the repository; null where it is absent.</summary>
    public static string? Shared(params ReadOnlySpan<string> parts)
    {
        var folder = System.IO.Path.GetFullPath(System.IO.Path.Combine([Path, "..", "shared", .. parts]));
        return Directory.Exists(folder) ? folder : null;
    }

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "DataPortal.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("DataPortal.sln is not above the tests.");
    }
}
