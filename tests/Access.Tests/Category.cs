[assembly: Trait("Category", "Trust")]
