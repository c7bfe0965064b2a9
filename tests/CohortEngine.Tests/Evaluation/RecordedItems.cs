using DataPortal.CohortEngine.Evaluation;
using DataPortal.CohortEngine.Query;
using DataPortal.Releases.Dictionary;

namespace DataPortal.CohortEngine.Tests.Evaluation;

/// <summary>Recorded fields, lines of treatment and their order in time, with the answers worked out by hand.</summary>
public sealed class RecordedItems(TestReleases releases) : IClassFixture<TestReleases>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private CohortEngine Engine => CohortEngine.Open(releases.Build("recorded",
    [
        /* 0 */ Write.Case("a", values: [("stage", "IV"), ("age", "70"), ("breast_her2_ihc", "3+"), ("tmb", "10"), ("specimen_date", "2023-05-10"), ("registered", "2023-04-01")])
            .And("metastasis", ("site", "brain"))
            .Line("2023-01-10", ["sotorasib"], ("line", "2"), ("response", "PR"))
            .Line("2023-03-01", ["docetaxel"], ("line", "3"), ("response", "PD")),
        /* 1 */ Write.Case("b", values: [("stage", "unknown"), ("age", "69"), ("gi_her2_ihc", "0"), ("tmb", "9.99"), ("specimen_date", "2022-12-01")])
            .And("metastasis", ("site", ""))
            .Line("2023-01-10", ["cisplatin", "docetaxel"], ("line", "1"), ("response", "PD")),
        /* 2 */ Write.Case("c", values: [("breast_her2_ihc", "unknown"), ("gi_her2_ihc", "")])
            .Line("2023-06-01", ["docetaxel"], ("line", "2"))
            .Line("2023-01-01", ["sotorasib"], ("line", "1"), ("response", "PR")),
        /* 3 */ Write.Case("d", values: [("stage", "I"), ("specimen_date", "2023-02-01")])
            .Line("", ["sotorasib"], ("line", "1"))
            .Line("2023-01-10", [""], ("line", "2")),
        /* 4 */ Write.Case("e"),
    ]));

    [Fact]
    public void An_empty_field_is_unknown_and_so_is_the_code_unknown_unless_it_is_asked_for()
    {
        var stage = Evaluate(Ask.Field(Ask.Codes("case.stage", "stage", "IV")));
        Assert.Equal([0], stage.True.ToArray());
        Assert.Equal([1, 2, 4], stage.Unknown.ToArray());
        Assert.Equal([new UnknownReason("not-recorded", 3)], stage.Reasons);
        var asked = Evaluate(Ask.Field(Ask.Codes("case.stage", "stage", "unknown")));
        Assert.Equal([1], asked.True.ToArray());
        Assert.Equal([2, 4], asked.Unknown.ToArray());
    }

    [Fact]
    public void Missing_asks_for_the_empty_field_and_is_never_unknown()
    {
        var missing = Evaluate(Ask.Field(Ask.Missing("case.stage", "stage")));
        Assert.Equal([2, 4], missing.True.ToArray());
        Assert.Equal(0, missing.Unknown.Count);
        Assert.Equal([0, 1, 3], Evaluate(new Not(Ask.Field(Ask.Missing("case.stage", "stage")))).True.ToArray());
    }

    [Fact]
    public void An_unknown_item_rules_nobody_out_of_the_population()
    {
        var answer = Engine.Count(Evaluate(Ask.Field(Ask.Codes("case.stage", "stage", "IV"))));
        // Only d is known not to be of stage IV. No term speaks of alterations, so that all of the population count as assayed.
        Assert.Equal((1, 4, 4, 1, 3), (answer.Cases, answer.Population, answer.Assayed, answer.CasesWithinAssayed, answer.Unknown));
        Assert.Equal(25, answer.Percent);
    }

    [Fact]
    public void Numbers_and_days_in_their_unit_bounds_inclusive()
    {
        Assert.Equal([0], True(Ask.Field(Ask.Range("case.age", "age", 70, null))));
        Assert.Equal([0, 1], True(Ask.Field(Ask.Range("case.age", "age", 69, 70))));
        Assert.Equal([1], True(Ask.Field(Ask.Range("case.age", "age", null, 69.5m))));
        Assert.Equal([0], True(Ask.Field(Ask.Range("case.tmb", "tmb", 10, null))));
        Assert.Equal([1], True(Ask.Field(Ask.Range("case.tmb", "tmb", 9.981m, 9.999m))));
        var day = Releases.Row.Epoch.DayNumber;
        Assert.Equal([0], True(Ask.Field(Ask.Range("case.registered", "date.registered", new DateOnly(2023, 4, 1).DayNumber - day, null))));
        Assert.Empty(True(Ask.Field(Ask.Range("case.registered", "date.registered", new DateOnly(2023, 4, 2).DayNumber - day, null))));
        Assert.Equal([0, 1], True(Ask.Field(Ask.Range("case.age", "age", decimal.MinValue, decimal.MaxValue))));
        Assert.Empty(True(Ask.Field(Ask.Range("case.age", "age", 71, 20))));
    }

    [Fact]
    public void An_item_recorded_by_organ_passes_in_any_and_is_unknown_when_all_are_silent()
    {
        Field[] fields = [.. DataDictionary.Current.ByQueryName("her2.ihc")];
        var positive = Evaluate(Ask.Field(new FieldTest("her2.ihc", fields, new OneOf(["3+"], ["3+"]))));
        Assert.Equal([0], positive.True.ToArray());
        Assert.Equal([2, 3, 4], positive.Unknown.ToArray());
        Assert.Equal([3, 4], True(Ask.Field(new FieldTest("her2.ihc", fields, new IsMissing()))));
    }

    [Fact]
    public void No_row_of_a_child_is_false_and_an_empty_row_unknown()
    {
        var brain = Evaluate(Ask.Field(Ask.Codes("metastasis.site", "metastasis", "brain")));
        Assert.Equal([0], brain.True.ToArray());
        Assert.Equal([1], brain.Unknown.ToArray());
        var drug = Evaluate(Ask.Field(Ask.Codes("drug.drug", "drug", "docetaxel")));
        Assert.Equal([0, 1, 2], drug.True.ToArray());
        // d was given something that has no name; e nothing at all.
        Assert.Equal([3], drug.Unknown.ToArray());
        Assert.Equal([4], True(new Not(Ask.Field(Ask.Codes("drug.drug", "drug", "docetaxel")))));
    }

    [Fact]
    public void One_and_the_same_line()
    {
        FieldTest sotorasib = Ask.Codes("drug.drug", "drug", "sotorasib"), second = Ask.Range("treatment.line", "line", 2, null), response = Ask.Codes("treatment.response", "response", "PR");
        // In a the second line is of sotorasib; in c it is of docetaxel.
        Assert.Equal([0], True(new TreatmentTerm([sotorasib, second], null)));
        // Asked apart, the two may come from different lines: in c and in d they do.
        Assert.Equal([0, 2, 3], True(Ask.All(Ask.Field(sotorasib), Ask.Field(second))));
        Assert.Equal([3], Evaluate(new TreatmentTerm([sotorasib, second], null)).Unknown.ToArray());
        Assert.Equal([0, 2], True(new TreatmentTerm([sotorasib, response], null)));
        // All of them on one line: b alone had both drugs at once.
        var both = new FieldTest("drug", sotorasib.Fields, new AllOf(["cisplatin", "docetaxel"]));
        Assert.Equal([1], True(Ask.Field(both)));
        Assert.Equal([1], True(new TreatmentTerm([both], null)));
    }

    [Fact]
    public void Conditions_on_events_are_passed_by_one_event()
    {
        var row = Write.Case("a").Line("", []).Line("", []);
        var lines = row.Children(DataDictionary.Current.Entity("treatment"));
        lines[0].And("event", ("term", "Pneumonitis"), ("grade", "1")).And("event", ("term", "Nausea"), ("grade", "3"));
        lines[1].And("event", ("term", "Nausea"), ("grade", "2"));
        var engine = CohortEngine.Open(releases.Build("events", [row]));
        int Cases(string term, int grade) => engine.Evaluate(
            new TreatmentTerm([Ask.Codes("event.term", "event", term), Ask.Range("event.grade", "grade", grade, null)], null), null, EvaluationOptions.Default, Ct).True.Count;
        Assert.Equal(1, Cases("Nausea", 3));
        Assert.Equal(0, Cases("Pneumonitis", 3));
        Assert.Equal(1, Cases("Pneumonitis", 1));
    }

    [Fact]
    public void Order_in_time_is_of_start_dates_of_two_lines()
    {
        FieldTest docetaxel = Ask.Codes("drug.drug", "drug", "docetaxel"), sotorasib = Ask.Codes("drug.drug", "drug", "sotorasib");
        TreatmentTerm After(int? within) => new([docetaxel], new TimeOrder(true, [sotorasib], within));
        // a: 50 days after; c: 151 days after, though written down first; d: no date, and the later drug has no name.
        Assert.Equal([0, 2], True(After(null)));
        Assert.Equal([0], True(After(50)));
        Assert.Empty(True(After(49)));
        Assert.Equal([3], Evaluate(After(null)).Unknown.ToArray());
        Assert.Empty(True(new TreatmentTerm([docetaxel], new TimeOrder(false, [sotorasib], null))));
        Assert.Equal([0, 2], True(new TreatmentTerm([sotorasib], new TimeOrder(false, [docetaxel], null))));
        // A line does not come after itself, nor after one begun on the same day.
        Assert.Empty(True(new TreatmentTerm([Ask.Codes("drug.drug", "drug", "cisplatin")], new TimeOrder(true, [docetaxel], null))));
    }

    [Fact]
    public void A_specimen_after_a_drug_began()
    {
        SpecimenTerm After(string drug, bool after = true, int? within = null) => new(new TimeOrder(after, [Ask.Codes("drug.drug", "drug", drug)], within));
        // c has no specimen date, d no start of sotorasib.
        Assert.Equal([0], True(After("sotorasib")));
        Assert.Equal([2, 3], Evaluate(After("sotorasib")).Unknown.ToArray());
        Assert.Equal([0], True(After("sotorasib", within: 120)));
        Assert.Empty(True(After("sotorasib", within: 119)));
        Assert.Equal([1], True(After("docetaxel", after: false)));
    }

    [Fact]
    public void What_cannot_be_asked_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Evaluate(Ask.Field(Ask.Range("case.sex", "sex", 1, 2))));
        Assert.Throws<ArgumentException>(() => Evaluate(Ask.Field(Ask.Codes("case.age", "age", "70"))));
        Assert.Throws<ArgumentException>(() => Evaluate(Ask.Field(Ask.Codes("case.clinical_diagnosis", "diagnosis", "x"))));
        Assert.Throws<ArgumentException>(() => Evaluate(new TreatmentTerm([Ask.Codes("case.sex", "sex", "male")], null)));
        Assert.Throws<ArgumentException>(() => Evaluate(Ask.Gene("KRAS", new AnyAlteration(), Ask.Codes("case.sex", "sex", "male"))));
    }

    private int[] True(QueryNode query) => Evaluate(query).True.ToArray();

    private Cohort Evaluate(QueryNode query) => Engine.Evaluate(query, null, EvaluationOptions.Default, Ct);
}
