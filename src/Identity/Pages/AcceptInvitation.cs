using DataPortal.Audit.Contracts;
using DataPortal.Identity.Credentials;
using DataPortal.Identity.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Localization;

namespace DataPortal.Identity.Pages;

/// <summary>Somebody invited follows the link and chooses a password. That the link reached them proves the address.</summary>
internal static class AcceptInvitation
{
    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/invitation", ShowAsync).WithName("ShowInvitation").NotAudited("Tells the holder of the link what it says.");
        pages.MapPost("/invitation", HandleAsync).WithName("AcceptInvitation").NotAudited("Entered by hand, with the new account as the actor.");
    }

    private static async Task<Results<RazorComponentResult<NewPasswordPage>, RazorComponentResult<MessagePage>>> ShowAsync(
        HttpContext http, Invitations invitations, IStringLocalizer<Texts> texts, CancellationToken ct)
    {
        string? token = http.Request.Query["token"];
        return !string.IsNullOrEmpty(token) && await invitations.FindAsync(token, ct) is { } invitation ? Form(invitation, token, texts) : PageResults.Void();
    }

    private static async Task<Results<RazorComponentResult<NewPasswordPage>, RazorComponentResult<MessagePage>>> HandleAsync(
        HttpContext http, Invitations invitations, IStringLocalizer<Texts> texts, CancellationToken ct)
    {
        if (http.Field("token") is not { Length: > 0 } token || await invitations.FindAsync(token, ct) is not { } invitation)
        {
            return PageResults.Void();
        }

        var password = http.Field("password") ?? "";
        if (NewPassword.Check(password, http.Field("repeat"), invitation.Name, invitation.Email, texts) is { } problem)
        {
            return Form(invitation, token, texts, problem);
        }

        return await invitations.AcceptAsync(invitation, password, ct) is null ? PageResults.Void() : PageResults.Message("Welcome", next: "/session/start?return=/account");
    }

    private static RazorComponentResult<NewPasswordPage> Form(Invitation invitation, string token, IStringLocalizer<Texts> texts, params PageFrame.Problem[] problems) =>
        PageResults.Page<NewPasswordPage>(
            new
            {
                Title = texts["Invitation.Title", invitation.Name].Value,
                Text = texts["Invitation.Text"].Value,
                Action = "/invitation",
                Token = token,
                invitation.Email,
                Problems = (IReadOnlyList<PageFrame.Problem>)problems,
            },
            problems.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
}

/// <summary>What is wrong with a password chosen anew.</summary>
internal static class NewPassword
{
    public static PageFrame.Problem? Check(string password, string? repeat, string name, string email, IStringLocalizer<Texts> texts) =>
        PasswordPolicy.Check(password, name, email) is { } complaint ? new PageFrame.Problem("password", texts["Password." + complaint])
        : !string.Equals(NormalisingHasher.Normalise(password), NormalisingHasher.Normalise(repeat ?? ""), StringComparison.Ordinal) ? new PageFrame.Problem("repeat", texts["Password.Unequal"])
        : null;
}
