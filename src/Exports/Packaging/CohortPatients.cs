using DataPortal.CohortEngine.Evaluation;
using DataPortal.Releases;

namespace DataPortal.Exports.Packaging;

/// <summary>
/// The patients of a cohort, each at their first eligible case: the earliest registered, of equals the one with the lower number. Needs memory for the few
/// patients who have more than one case, not for the cohort.
/// </summary>
internal sealed class CohortPatients
{
    private readonly Dictionary<int, (int First, int Cases)> _repeated = [];
    private readonly Func<int, int> _patientOf;
    private readonly int _repeatedBound;

    public CohortPatients(Release release, CaseSet cohort)
    {
        var patients = release.Column("case.patient");
        var registered = release.Column("case.registered");
        _patientOf = number => patients.Scaled(number) ?? -1;
        _repeatedBound = release.Manifest.RepeatedPatients;
        foreach (var number in cohort.ToArray())
        {
            var patient = _patientOf(number);
            if (patient >= _repeatedBound)
            {
                continue;
            }

            var known = _repeated.TryGetValue(patient, out var found);
            var first = known && Day(found.First) <= Day(number) ? found.First : number;
            _repeated[patient] = (first, known ? found.Cases + 1 : 1);
        }

        Count = cohort.Count - _repeated.Values.Sum(p => p.Cases - 1);

        int Day(int number) => registered.Scaled(number) ?? int.MaxValue;
    }

    /// <summary>Distinct patients.</summary>
    public int Count { get; }

    /// <summary>True when the patient is told of at this case, and at no other.</summary>
    public bool IsFirst(int number) => !_repeated.TryGetValue(_patientOf(number), out var patient) || patient.First == number;

    /// <summary>How many cases of the cohort the patient of this case has.</summary>
    public int CasesOfPatient(int number) => _repeated.TryGetValue(_patientOf(number), out var patient) ? patient.Cases : 1;
}
