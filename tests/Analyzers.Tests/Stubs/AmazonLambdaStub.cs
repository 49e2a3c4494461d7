namespace AgentLint.Tests.Stubs;

/// <summary>The messages that Amazon Lambda hands to a function.</summary>
internal static class AmazonLambdaStub
{
    public static Stub Library { get; } = new("Amazon.Lambda.SQSEvents", """
        namespace Amazon.Lambda.SQSEvents { public class SQSEvent { } }
        """);
}
