namespace DataPortal.Architecture.Tests;

/// <summary>Who may reference whom: the table in docs/README.md, with the modules still to come. A project that is not in it may reference nothing of ours.</summary>
public sealed class ReferenceRules
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Releases"] = [],
        ["Deidentification"] = [],
        ["Transparency"] = [],
        ["CohortEngine"] = ["Releases"],
        ["Synthesis"] = ["Releases"],
        ["Kernel"] = [],
        ["Audit"] = ["Kernel", "Transparency"],
        ["Notices"] = ["Kernel", "Audit"],
        ["Documents"] = ["Kernel", "Audit"],
        ["Identity"] = ["Kernel", "Audit", "Notices"],
        ["Catalogue"] = ["Kernel", "Audit", "Releases", "Deidentification"],
        ["Access"] = ["Kernel", "Audit", "Notices", "Documents", "Identity", "Catalogue"],
        ["Billing"] = ["Kernel", "Audit", "Notices", "Documents", "Access"],
        ["Cohorts"] = ["Kernel", "Audit", "Documents", "Catalogue", "Access", "CohortEngine", "Releases"],
        ["Exports"] = ["Kernel", "Audit", "Notices", "Documents", "Catalogue", "Access", "Cohorts", "CohortEngine", "Releases", "Deidentification"],
        ["Beacon"] = ["Kernel", "Audit", "Catalogue", "Access", "Cohorts", "Exports", "CohortEngine"],
        ["Cli"] = ["Releases", "Deidentification", "CohortEngine", "Transparency", "Synthesis"],
    };

    [Fact]
    public void Projects_reference_only_what_the_table_allows()
    {
        Assert.NotEmpty(Repository.Projects);
        Assert.Contains(Repository.Projects, p => p.References.Count > 0);
        Assert.Empty(Violations(Repository.Projects));
    }

    [Fact]
    public void A_project_that_references_upwards_is_caught() =>
        Assert.Equal(["Kernel -> Access"], Violations([new Project("Kernel", ["Access"])]));

    [Fact]
    public void A_project_that_nobody_entered_in_the_table_is_caught() =>
        Assert.Equal(["Gossip -> Kernel"], Violations([new Project("Gossip", ["Kernel"])]));

    private static IEnumerable<string> Violations(IEnumerable<Project> projects) =>
        from project in projects
        where project.Name != "Host"
        from reference in project.References
        where !Allowed.GetValueOrDefault(project.Name, []).Contains(reference, StringComparer.Ordinal)
        select $"{project.Name} -> {reference}";
}
