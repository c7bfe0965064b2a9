using DataPortal.Kernel;
using Microsoft.Extensions.Options;

namespace DataPortal.Catalogue;

/// <summary>Where the catalogue keeps its files.</summary>
internal sealed class CatalogueFolders(IOptions<DataDirectory> data)
{
    private readonly string root = Path.GetFullPath(data.Value.Directory);

    public string Releases => data.Value.Releases;

    public string Keys => data.Value.Keys;

    /// <summary>One folder per registration: its upload while it is worked on, its findings afterwards.</summary>
    public string Registrations => Path.Combine(root, "registrations");

    /// <summary>One folder per imported vocabulary, named by number; the highest is in use.</summary>
    public string Vocabularies => Path.Combine(root, "vocabularies");

    public string Release(string name) => Path.Combine(Releases, name);
}
