using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Kernel;

public static class PeopleOnly
{
    /// <summary>403: what a person answers for themselves (promises, programs, their account) no program may do in their name.</summary>
    public const string Code = "person_required";

    public const string Message = "A program cannot do this: its owner does it after signing in.";

    /// <summary>Refuses programs. Add it after <c>.Audited(…)</c>, whose filter then enters the refusal.</summary>
    public static TBuilder RequirePerson<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.AddEndpointFilter(async (context, next) =>
            context.HttpContext.RequestServices.GetRequiredService<CurrentUser>().Program is null
                ? await next(context)
                : Refusal.Forbidden(Code, Message).ToProblem());
}
