using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DataPortal.Identity.People;

/// <summary>The administrators' view of people.</summary>
internal static class PeopleRoutes
{
    public static void MapPeople(this RouteGroupBuilder api)
    {
        var people = api.MapGroup("/people").WithTags("People").RequireAuthorization(Policies.Admin);
        ListPeople.Map(people);
        GetPerson.Map(people);
        InvitePerson.Map(people);
        ListInvitations.Map(people);
        SendInvitationAgain.Map(people);
        WithdrawInvitation.Map(people);
        ChangeRoles.Map(people);
        ListRoleRequests.Map(people);
        DecideRoleRequest.Map(people);
        DisablePerson.Map(people);
        ResetSecondFactor.Map(people);
        SignPersonOut.Map(people);
    }
}
