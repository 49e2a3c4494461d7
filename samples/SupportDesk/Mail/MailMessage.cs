namespace SupportDesk.Mail;

public sealed record MailMessage(string CustomerId, string Subject, string Body);
