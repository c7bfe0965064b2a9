using Microsoft.AspNetCore.Http;

namespace DataPortal.Kernel.Tests;

public sealed class RefusalTests
{
    [Fact]
    public void A_refusal_becomes_a_problem_with_its_code_and_details()
    {
        var problem = new Refusal("query_unknown_gene", "There is no gene KRSA.", StatusCodes.Status422UnprocessableEntity)
        {
            Details = new Dictionary<string, object?>(StringComparer.Ordinal) { ["suggestions"] = new[] { "KRAS" } },
        }.ToProblem();

        Assert.Equal(422, problem.StatusCode);
        Assert.Equal("There is no gene KRSA.", problem.ProblemDetails.Detail);
        Assert.Equal("query_unknown_gene", problem.ProblemDetails.Extensions["code"]);
        Assert.Equal(new[] { "KRAS" }, problem.ProblemDetails.Extensions["suggestions"]);
    }

    [Fact]
    public void A_detail_cannot_take_the_place_of_the_code()
    {
        var refusal = Refusal.Conflict("real", "…") with { Details = new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = "forged" } };

        Assert.Equal("real", refusal.ToProblem().ProblemDetails.Extensions["code"]);
    }

    [Fact]
    public void What_is_absent_and_what_is_not_yours_look_alike() =>
        Assert.Equal(Refusal.NotFound(), Refusal.NotFound());
}
