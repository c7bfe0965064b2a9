using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;

namespace DataPortal.Kernel.Tests;

public sealed class CursorTests
{
    [Fact]
    public void Every_cursor_is_read_back_as_it_was_made() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonNull<string>[]>().Filter(values => values.All(v => !v.Get.Any(char.IsSurrogate))),
        values =>
        {
            var given = values.Select(v => v.Get).ToArray();
            return Cursor.TryDecode(Cursor.Encode(given), given.Length, out var read) && read.SequenceEqual(given);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("%%%")]
    [InlineData("bm90IGpzb24")]
    [InlineData("WzFd")]
    [InlineData("W251bGxd")]
    [InlineData("bnVsbA")]
    [InlineData("WyJhIiwiYiJd")]
    public void What_is_no_cursor_of_one_value_is_refused(string made) => Assert.False(Cursor.TryDecode(made, 1, out _));

    [Fact]
    public void A_page_is_cut_and_linked_to_the_next_with_all_other_parameters_kept()
    {
        var context = new DefaultHttpContext();
        context.Request.Path = "/api/v1/things";
        context.Request.QueryString = new QueryString("?kind=a%26b&after=old&limit=2");

        var page = Paging.Cut(context, [1, 2, 3], 2, n => "c" + n.ToString(System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal([1, 2], page.Items);
        Assert.Equal("c2", page.Next);
        Assert.Equal("</api/v1/things?kind=a%26b&after=c2&limit=2>; rel=\"next\"", context.Response.Headers.Link.ToString());
    }

    [Fact]
    public void The_last_page_has_no_link()
    {
        var context = new DefaultHttpContext();

        var page = Paging.Cut(context, [1, 2], 2, _ => "unused");

        Assert.Null(page.Next);
        Assert.Empty(context.Response.Headers.Link.ToString());
    }
}
