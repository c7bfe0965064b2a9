namespace DataPortal.CohortEngine.Characteristics;

/// <summary>What a caller wants of <see cref="Characterizer"/>.</summary>
public sealed record CharacteristicOptions
{
    /// <summary>Language of the labels: <c>en</c> or <c>ja</c>.</summary>
    public string Language { get; init; } = "en";

    /// <summary>Most rows of a panel over an open list (genes, drugs, hospitals …); the rest is in the row <c>other</c> where the rows partition the cohort.</summary>
    public int Top { get; init; } = 30;

    /// <summary>How many of the leading genes are shown with their changes.</summary>
    public int LeadingGenes { get; init; } = 10;

    /// <summary>Most changes shown per leading gene.</summary>
    public int ChangesPerGene { get; init; } = 10;

    /// <summary>Whether the caller may see fields of the tier <c>germline</c> (gBRCA1/2 by clinic).</summary>
    public bool Germline { get; init; }
}

/// <summary>Who they are and what they were treated with.</summary>
/// <param name="Cases">Cases of the cohort, without the excluded.</param>
/// <param name="Patients">Distinct patients among them.</param>
/// <param name="Panels">In a fixed order; names are stable.</param>
public sealed record CohortCharacteristics(int? Cases, int? Patients, IReadOnlyList<CharacteristicPanel> Panels)
{
    /// <summary>The panel of that name; null when the release has none (for example biomarkers that nobody recorded).</summary>
    public CharacteristicPanel? Find(string name)
    {
        foreach (var panel in Panels)
        {
            if (panel.Name == name)
                return panel;
        }

        return null;
    }
}

/// <summary>How the rows of a panel hang together.</summary>
public enum PanelShape
{
    /// <summary>Every unit is in exactly one row: the rows sum to the denominator.</summary>
    Partition,

    /// <summary>As a partition, but a row's number includes those of the rows that name it as <see cref="CharacteristicRow.Parent"/>.</summary>
    Tree,

    /// <summary>The rows that share a <see cref="CharacteristicRow.Parent"/> are a partition of what they are shares of.</summary>
    Grouped,

    /// <summary>A unit may be in several rows, or in none.</summary>
    Overlapping,
}

/// <summary>One table of characteristics.</summary>
/// <param name="Name">Stable name.</param>
/// <param name="Unit">What is counted: <c>cases</c>, <c>patients</c>, <c>lines</c> (of treatment) or <c>rows</c>.</param>
/// <param name="Shape">How the rows hang together.</param>
/// <param name="Denominator">What the rows are shares of; null when each row has one of its own.</param>
/// <param name="Values">Distinct values that occur, shown or not.</param>
/// <param name="Rows">Value, label, number and share.</param>
public sealed record CharacteristicPanel(string Name, string Unit, PanelShape Shape, int? Denominator, int Values, IReadOnlyList<CharacteristicRow> Rows);

/// <summary>One line of a panel. A number that was held back is null.</summary>
/// <param name="Value">The code as stored; <c>missing</c> for blank, <c>other</c> for what was cut off; two codes of a cross table are joined by <c>|</c>.</param>
/// <param name="Label">In the language asked for.</param>
/// <param name="Cases">How many of the panel's unit.</param>
/// <param name="Of">Out of how many.</param>
/// <param name="Percent">100 × <paramref name="Cases"/> ÷ <paramref name="Of"/>, to two decimals; null when there is nothing to divide by.</param>
/// <param name="Parent">In trees the value of the row above, in cross tables the first of the two codes; where a row tells what another leaves out, that one; else null.</param>
/// <param name="Below">Set where the number was held back: it is not 0 and below this, or would give such a one away.</param>
public sealed record CharacteristicRow(string Value, string Label, int? Cases, int? Of, double? Percent, string? Parent = null, int? Below = null)
{
    public static double? Share(int cases, int of) => of > 0 ? Math.Round(100.0 * cases / of, 2) : null;
}
