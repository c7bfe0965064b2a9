using System.Globalization;
using DataPortal.Releases;
using DataPortal.Releases.Reading;

namespace DataPortal.Exports.Packaging;

/// <summary>When the clock of a survival time starts.</summary>
internal enum TimeZero
{
    Registration,
    Diagnosis,
    FirstLine,
    Specimen,
}

/// <summary>
/// One patient's time under observation, in days from a time zero: at risk after <paramref name="Entry"/>, up to <paramref name="Exit"/>. When it cannot
/// be told, <paramref name="Excluded"/> says why and the rest means nothing.
/// </summary>
internal readonly record struct Observation(int Entry, int Exit, bool IsDeath, string? Excluded)
{
    /// <summary>Months of 30.4375 days (a twelfth of 365.25), to four decimals.</summary>
    public static string Months(int days) => (days / 30.4375m).ToString("0.0000", CultureInfo.InvariantCulture);
}

/// <summary>
/// Overall survival as analysts need it (docs/query-language.md, Survival): delayed entry at registration, because who died before the test is not in
/// the data; censored at the last day confirmed alive, at most the data cut-off; a death without a date leaves the patient out.
/// </summary>
internal sealed class FollowUp
{
    private readonly Column _registered;
    private readonly Column _diagnosed;
    private readonly Column _specimen;
    private readonly Column _outcome;
    private readonly Column _lastAlive;
    private readonly Column _died;
    private readonly Column _purpose;
    private readonly Column _start;
    private readonly Table _treatments;
    private readonly int _dead;
    private readonly int _palliative;
    private readonly DateOnly _cutoff;

    public FollowUp(Release release)
    {
        _registered = release.Column("case.registered");
        _diagnosed = release.Column("case.diagnosis_date");
        _specimen = release.Column("case.specimen_date");
        _outcome = release.Column("case.outcome");
        _lastAlive = release.Column("case.last_alive");
        _died = release.Column("case.death_date");
        _treatments = release.Table("treatment");
        _purpose = _treatments.Column("purpose");
        _start = _treatments.Column("start");
        _dead = _outcome.Encode("dead");
        _palliative = _purpose.Encode("palliative");
        _cutoff = release.Manifest.DataCutoff;
    }

    public Observation Of(int number, TimeZero from)
    {
        if (_registered.Date(number) is not { } entry)
        {
            return Left("no-registration-date");
        }

        if (ZeroOf(number, from) is not { } zero)
        {
            return Left("no-time-zero");
        }

        var isDead = _dead != 0 && _outcome.Stored(number) == _dead;
        var died = _died.Date(number);
        if (isDead && died is null)
        {
            return Left("death-without-date");
        }

        var isDeath = isDead && died <= _cutoff;
        if ((isDeath ? died : isDead ? _cutoff : _lastAlive.Date(number)) is not { } exit)
        {
            return Left("no-follow-up");
        }

        exit = exit > _cutoff ? _cutoff : exit;
        var begins = entry > zero ? entry : zero;
        return exit < begins ? Left("ends-before-entry") : new Observation(begins.DayNumber - zero.DayNumber, exit.DayNumber - zero.DayNumber, isDeath, null);
    }

    private static Observation Left(string why) => new(0, 0, false, why);

    private DateOnly? ZeroOf(int number, TimeZero from) => from switch
    {
        TimeZero.Registration => _registered.Date(number),
        TimeZero.Diagnosis => _diagnosed.Date(number),
        TimeZero.Specimen => _specimen.Date(number),
        _ => FirstPalliativeLine(number),
    };

    private DateOnly? FirstPalliativeLine(int number)
    {
        DateOnly? first = null;
        var rows = _treatments.RowsOfCase(number);
        for (var row = rows.Start.Value; row < rows.End.Value; row++)
        {
            if (_palliative != 0 && _purpose.Stored(row) == _palliative && _start.Date(row) is { } start && (first is null || start < first))
            {
                first = start;
            }
        }

        return first;
    }
}
