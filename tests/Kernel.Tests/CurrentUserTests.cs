namespace DataPortal.Kernel.Tests;

public sealed class CurrentUserTests
{
    private static readonly Caller Steward = new(Guid.CreateVersion7(), "sub", "Steward", null, null, [Roles.Steward], IsDemo: false);

    [Fact]
    public void A_scope_acts_for_one_account_only()
    {
        var user = new CurrentUser();
        user.ActAs(Steward);

        Assert.Throws<InvalidOperationException>(() => user.ActAs(Steward));
        Assert.True(user.IsIn(Roles.Steward));
        Assert.False(user.IsIn(Roles.Admin));
    }

    [Fact]
    public void Nobody_has_no_account_and_no_roles()
    {
        var nobody = new CurrentUser();

        Assert.False(nobody.IsAuthenticated);
        Assert.Empty(nobody.Roles);
        Assert.Throws<InvalidOperationException>(() => nobody.AccountId);
    }
}
