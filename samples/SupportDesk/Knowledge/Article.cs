namespace SupportDesk.Knowledge;

public sealed record Article(string Title, string Text);
