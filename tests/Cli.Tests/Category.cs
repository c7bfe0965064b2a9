[assembly: Trait("Category", "Trust")]

// Who may read a file is asked and told as Unix has it.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
