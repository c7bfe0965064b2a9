using DataPortal.Releases;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Catalogue.Import;

/// <summary>Brings cancer codes up to the vocabulary's version of OncoTree; the code as registered is kept beside it whenever the two differ.</summary>
internal static class CancerCodes
{
    private static readonly Field Cancer = DataDictionary.Current["case.cancer"], AsRegistered = DataDictionary.Current["case.cancer_as_registered"],
        Post = DataDictionary.Current["case.cancer_post"];

    /// <summary>Maps <c>cancer</c> and <c>cancer_post</c> of a case in place. A code that is not known leaves the field blank.</summary>
    public static void Update(Row row, CancerTypes types, FileLog file)
    {
        if (row.Text(Cancer) is { } registered)
        {
            var (code, finding) = Map(registered, types);
            if (finding is null)
            {
                row.Set(Cancer, code);
            }
            else
            {
                row.Set(AsRegistered, row.Text(AsRegistered) ?? registered);
                row.Set(Cancer, code);
                file.Mend(finding, Cancer.Key);
            }
        }

        if (row.Text(Post) is { } later && Map(later, types) is var (current, problem) && problem is not null)
        {
            row.Set(Post, current);
            file.Mend(problem, Post.Key);
        }
    }

    private static (string? Code, string? Finding) Map(string registered, CancerTypes types) => types.Find(registered) switch
    {
        null => (null, "unknown_cancer_code"),
        var type when string.Equals(type.Code, registered, StringComparison.Ordinal) => (type.Code, null),
        var type when string.Equals(type.Code, registered, StringComparison.OrdinalIgnoreCase) => (type.Code, "cancer_code_spelling"),
        var type => (type.Code, "old_cancer_code"),
    };
}
