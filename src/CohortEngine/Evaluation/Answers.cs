using DataPortal.CohortEngine.Planning;
using DataPortal.CohortEngine.Query;

namespace DataPortal.CohortEngine.Evaluation;

/// <summary>How a query is to be understood beyond its text.</summary>
/// <param name="LenientNegatives">
/// A plasma test without a single somatic call counts as having seen that nothing is there. A query with <see cref="Query.LenientNegatives"/> at its root asks
/// for the same by itself.
/// </param>
public sealed record EvaluationOptions(bool LenientNegatives = false)
{
    public static EvaluationOptions Default { get; } = new();
}

/// <summary>The cases that a query speaks of. Excluded cases are in none of the sets.</summary>
/// <param name="True">Cases for which the query is true: the cohort.</param>
/// <param name="Unknown">Cases for which it is unknown: the population less those decided.</param>
/// <param name="Population">Cases that the query does not rule out when every term about alterations is taken as unknown.</param>
/// <param name="Assayed">Those of the population for which every term about alterations has a value, whatever it is.</param>
/// <param name="Reasons">Each case of <paramref name="Unknown"/> counted once, under the first reason that holds for it; in order of precedence.</param>
public sealed record Cohort(CaseSet True, CaseSet Unknown, CaseSet Population, CaseSet Assayed, IReadOnlyList<UnknownReason> Reasons);

/// <summary>Why cases are unknown.</summary>
/// <param name="Code">
/// In order of precedence: <c>analysis-failed</c>, <c>not-covered</c> (the panel does not call that gene, kind or region), <c>no-ctdna</c> (plasma with no
/// somatic call), <c>not-annotated</c> (the release has no evidence), <c>origin-unknown</c> (no normal sample was sequenced), <c>not-recorded</c>.
/// </param>
/// <param name="Cases">Number of cases, 1 or more.</param>
public sealed record UnknownReason(string Code, int Cases);

/// <summary>The numbers that answer a count.</summary>
/// <param name="Cases">Cases for which the query is true.</param>
/// <param name="Patients">Their patients.</param>
/// <param name="Population">See <see cref="Cohort.Population"/>.</param>
/// <param name="PopulationPatients">Patients of the population.</param>
/// <param name="Assayed">See <see cref="Cohort.Assayed"/>.</param>
/// <param name="CasesWithinAssayed">Cases for which the query is true, among the assayed.</param>
/// <param name="Unknown">See <see cref="Cohort.Unknown"/>.</param>
/// <param name="Reasons">See <see cref="Cohort.Reasons"/>; the sum is <paramref name="Unknown"/>.</param>
/// <param name="Percent"><paramref name="CasesWithinAssayed"/> of <paramref name="Assayed"/> in percent, 0 to 100; null when nobody was assayed.</param>
public sealed record CountAnswer(
    int Cases, int Patients, int Population, int PopulationPatients, int Assayed, int CasesWithinAssayed, int Unknown, IReadOnlyList<UnknownReason> Reasons,
    double? Percent);

/// <summary>What a query means, term by term.</summary>
/// <param name="Term">The term, as a query of its own.</param>
/// <param name="Count">Its numbers when asked alone.</param>
/// <param name="Access">How its cases are found.</param>
/// <param name="Terms">The terms within, in the order of evaluation.</param>
public sealed record Explanation(QueryNode Term, CountAnswer Count, Access Access, IReadOnlyList<Explanation> Terms);

/// <summary>A term, or a pair of terms, of an empty cohort.</summary>
/// <param name="Terms">One term, or two which exclude each other although either alone is met.</param>
/// <param name="Cases">Cases that meet these alone.</param>
/// <param name="CasesWithout">Cases that meet all the other terms of the query.</param>
public sealed record ZeroReason(IReadOnlyList<QueryNode> Terms, int Cases, int CasesWithout);

/// <summary>One step of inclusion or exclusion.</summary>
/// <param name="Step">The condition; exclusions are steps of the form "not …".</param>
/// <param name="Cases">Cases that meet this step and all before it.</param>
/// <param name="Patients">Their patients.</param>
/// <param name="Lost">Cases that met all steps before, but not this one.</param>
/// <param name="LostUnknown">How many of the lost are unknown rather than known not to meet it.</param>
public sealed record AttritionStep(QueryNode Step, int Cases, int Patients, int Lost, int LostUnknown);
