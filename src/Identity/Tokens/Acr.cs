namespace DataPortal.Identity.Tokens;

/// <summary>How somebody signed in, as the bundled provider says it in <c>acr</c>. What another provider says for a second factor is configured (<c>Oidc:SecondFactorAcr</c>).</summary>
internal static class Acr
{
    public const string Password = "urn:dataportal:acr:password";

    public const string SecondFactor = "urn:dataportal:acr:mfa";
}
