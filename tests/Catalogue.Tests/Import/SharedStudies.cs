namespace DataPortal.Catalogue.Tests.Import;

/// <summary>Public studies that lie beside the repository on machines that have them.</summary>
internal static class SharedStudies
{
    public static string Require(string study)
    {
        var folder = DataPortal.Testing.RepositoryRoot.Shared("data", study);
        Assert.SkipUnless(folder is not null, $"The study {study} is not on this machine.");
        return folder;
    }
}
