using System.Globalization;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Catalogue.Vocabularies;

/// <summary>The vocabulary that later releases are built with: the last one imported, or the shipped one. Sealed releases keep their own.</summary>
internal sealed class CurrentVocabulary(CatalogueFolders folders)
{
    private readonly Lock gate = new();
    private int loadedNumber;
    private Vocabulary loaded = Vocabulary.Shipped;

    public Vocabulary Get()
    {
        lock (gate)
        {
            var number = Latest();
            if (number != loadedNumber)
                (loaded, loadedNumber) = (number == 0 ? Vocabulary.Shipped : Vocabulary.Read(Folder(number)), number);
            return loaded;
        }
    }

    /// <summary>Keeps a vocabulary as the next number; whole or not at all.</summary>
    public int Add(Vocabulary vocabulary)
    {
        lock (gate)
        {
            Directory.CreateDirectory(folders.Vocabularies);
            var fresh = Path.Combine(folders.Vocabularies, $".new-{Guid.CreateVersion7():N}");
            try
            {
                vocabulary.Write(fresh);
                var number = Latest() + 1;
                Directory.Move(fresh, Folder(number));
                return number;
            }
            catch
            {
                if (Directory.Exists(fresh))
                    Directory.Delete(fresh, recursive: true);
                throw;
            }
        }
    }

    private int Latest() => !Directory.Exists(folders.Vocabularies) ? 0 : Directory.EnumerateDirectories(folders.Vocabularies)
        .Select(d => int.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0).DefaultIfEmpty(0).Max();

    private string Folder(int number) => Path.Combine(folders.Vocabularies, number.ToString("D4", CultureInfo.InvariantCulture));
}
