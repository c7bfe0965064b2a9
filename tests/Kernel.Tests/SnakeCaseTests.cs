namespace DataPortal.Kernel.Tests;

public sealed class SnakeCaseTests
{
    [Theory]
    [InlineData("Id", "id")]
    [InlineData("QueryHash", "query_hash")]
    [InlineData("UserID", "user_id")]
    [InlineData("HTTPStatus", "http_status")]
    [InlineData("Contract_SignedAt", "contract_signed_at")]
    [InlineData("already_snake", "already_snake")]
    public void Names_become_snake_case(string name, string snake) => Assert.Equal(snake, SnakeCaseNames.Snake(name));
}
